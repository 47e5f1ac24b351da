"""Secret Manager v1, with the client of its discovery document."""

import base64

import pytest
from support.clients import expect_failure, failure, info_of

AUTOMATIC = {"replication": {"automatic": {}}}


@pytest.fixture
def project(new_project):
    return new_project("secretmanager.googleapis.com")


@pytest.fixture
def secrets(owner):
    return owner.secrets


@pytest.fixture
def secret(secrets, project):
    secrets.create(parent=f"projects/{project}", secretId="app", body=AUTOMATIC).execute()
    return f"projects/{project}/secrets/app"


def add(secrets, secret, text):
    data = base64.b64encode(text.encode()).decode()
    return secrets.addVersion(parent=secret, body={"payload": {"data": data}}).execute()


def test_create_get_list_patch_delete(owner, secrets, project):
    parent = f"projects/{project}"
    number = owner.projects.get(projectId=project).execute()["projectNumber"]
    # As `gcloud secrets create S --replication-policy=automatic --labels=a=b` sends it.
    made = secrets.create(parent=parent, secretId="one", body={
        "annotations": {}, "labels": {"a": "b"}, **AUTOMATIC}).execute()
    assert made["name"] == f"projects/{number}/secrets/one" and made["labels"] == {"a": "b"}
    assert made["replication"] == {"automatic": {}} and made["etag"].startswith('"')
    two = secrets.create(parent=parent, secretId="two", body={"replication": {"userManaged": {
        "replicas": [{"location": "us-east1"}, {"location": "europe-west1"}]}},
        "topics": [{"name": f"projects/{project}/topics/t"}],
        "rotation": {"nextRotationTime": "2099-01-01T00:00:00Z", "rotationPeriod": "3600s"},
        "versionDestroyTtl": "86400s", "expireTime": "2099-02-01T00:00:00Z"}).execute()
    assert two["rotation"]["rotationPeriod"] == "3600s"
    assert secrets.get(name=f"{parent}/secrets/one").execute() == made
    assert secrets.list(parent=parent).execute() == {"secrets": [two, made], "totalSize": 2}
    request, seen = secrets.list(parent=parent, pageSize=1), []
    while request:
        answer = request.execute()
        seen.append(answer["secrets"])
        request = secrets.list_next(request, answer)
    assert seen == [[two], [made]]

    # As `gcloud secrets update --update-labels --update-annotations` sends it.
    changed = secrets.patch(name=made["name"], updateMask="labels,annotations", body={
        "annotations": {"a": "b"}, "labels": {"c": "d"}, "versionAliases": {}}).execute()
    assert changed == {
        **made, "annotations": {"a": "b"}, "labels": {"c": "d"}, "etag": changed["etag"]}
    expect_failure(secrets.patch(name=made["name"], updateMask="labels", body={
        "labels": {}, "etag": made["etag"]}), 400, "FAILED_PRECONDITION")
    expect_failure(
        secrets.create(parent=parent, secretId="one", body=AUTOMATIC), 409, "ALREADY_EXISTS")
    expect_failure(secrets.delete(name=made["name"], etag=made["etag"]), 400, "FAILED_PRECONDITION")
    assert secrets.delete(name=made["name"], etag=changed["etag"]).execute() == {}
    expect_failure(secrets.get(name=made["name"]), 404, "NOT_FOUND")


def test_versions(secrets, secret):
    versions = secrets.versions()
    # As gcloud sends it: it fails unless the answer confirms the checksum.
    one = secrets.addVersion(parent=secret, body={
        "payload": {"data": "aGk=", "dataCrc32c": "4120762818"}}).execute()
    assert one["clientSpecifiedPayloadChecksum"] is True and one["state"] == "ENABLED"
    two = add(secrets, secret, "two")
    assert versions.list(parent=secret, pageSize=0).execute() == {
        "versions": [two, one], "totalSize": 2}
    assert versions.get(name=f"{secret}/versions/latest").execute() == two
    value = versions.access(name=f"{secret}/versions/1").execute()
    assert value == {"name": one["name"], "payload": {"data": "aGk=", "dataCrc32c": "4120762818"}}
    aliases = secrets.patch(name=secret, updateMask="versionAliases", body={
        "versionAliases": {"first": "1"}}).execute()
    assert aliases["versionAliases"] == {"first": "1"}
    assert versions.access(name=f"{secret}/versions/first").execute() == value

    disabled = versions.disable(name=one["name"], body={}).execute()
    assert disabled["state"] == "DISABLED"
    expect_failure(
        versions.access(name=one["name"]), 400, "FAILED_PRECONDITION", "is in DISABLED state.")
    assert versions.enable(name=one["name"], body={}).execute()["state"] == "ENABLED"
    expect_failure(
        versions.destroy(name=one["name"], body={"etag": disabled["etag"]}), 400,
        "FAILED_PRECONDITION")
    destroyed = versions.destroy(name=one["name"], body={}).execute()
    assert destroyed["state"] == "DESTROYED" and destroyed["destroyTime"]
    expect_failure(
        versions.access(name=one["name"]), 400, "FAILED_PRECONDITION", "is in DESTROYED state.")
    expect_failure(secrets.addVersion(parent=secret, body={
        "payload": {"data": "aGk=", "dataCrc32c": "1"}}), 400, "INVALID_ARGUMENT")


def test_policy(secrets, secret):
    # As `gcloud secrets add-iam-policy-binding` does it.
    policy = secrets.getIamPolicy(resource=secret, options_requestedPolicyVersion=3).execute()
    assert policy == {"etag": "ACAB"}
    policy["version"] = 3
    policy["bindings"] = [
        {"role": "roles/secretmanager.secretAccessor", "members": ["group:apps@example.com"]}]
    written = secrets.setIamPolicy(resource=secret, body={"policy": policy}).execute()
    assert written["bindings"] == policy["bindings"]
    assert failure(
        secrets.setIamPolicy(resource=secret, body={"policy": policy}))["status"] == "ABORTED"
    asked = ["secretmanager.versions.access", "secretmanager.secrets.get"]
    assert secrets.testIamPermissions(
        resource=secret, body={"permissions": asked}).execute() == {"permissions": asked}
    absent = secret.replace("/app", "/absent")
    assert secrets.testIamPermissions(resource=absent, body={"permissions": asked}).execute() == {}


def test_the_service_must_be_enabled(secrets, new_project):
    error = expect_failure(
        secrets.list(parent=f"projects/{new_project()}"), 403, "PERMISSION_DENIED")
    assert info_of(error)["reason"] == "SERVICE_DISABLED"


def test_no_value_is_in_the_journal(raw, secrets, secret):
    add(secrets, secret, "never in a journal")
    journal = raw("GET", "/_sandbox/journal").text
    assert "(may hold the value of a secret; not kept)" in journal
    assert base64.b64encode(b"never in a journal").decode() not in journal
