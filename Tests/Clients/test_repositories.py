"""Artifact Registry v1: repositories and locations."""

import pytest
from support.clients import expect_failure, fresh, info_of

PLACE = "europe-west1"


@pytest.fixture
def parent(project):
    return f"projects/{project}/locations/{PLACE}"


@pytest.fixture
def make(owner, parent):
    def create(id=None, **body):
        id = id or fresh("r")
        body.setdefault("format", "PYTHON")
        operation = owner.repositories.create(
            parent=parent, repositoryId=id, body=body).execute()
        return f"{parent}/repositories/{id}", owner.finish_repository(operation)
    return create


def test_create_get_patch_delete(owner, parent, project, make):
    name, made = make("demo", format="PYTHON", description="First", labels={"team": "web"})
    # As recorded: the operation's answer does not have what the server adds later.
    assert not {"createTime", "updateTime", "registryUri"} & set(made)
    got = owner.repositories.get(name=name).execute()
    assert {"createTime", "updateTime", "registryUri", "satisfiesPzi"} <= set(got)
    assert got["mode"] == "STANDARD_REPOSITORY"
    assert got["registryUri"] == f"{PLACE}-python.pkg.dev/{project}/demo"
    assert got["vulnerabilityScanningConfig"]["enablementState"] == "SCANNING_DISABLED"

    # Sends the whole object back, including output-only fields, as gcloud does.
    changed = owner.repositories.patch(
        name=name, updateMask="description,labels",
        body={**got, "description": "Second", "sizeBytes": "999", "labels": {}}).execute()
    assert changed["description"] == "Second"
    assert not {"registryUri", "labels", "sizeBytes"} & set(changed)
    after = owner.repositories.get(name=name).execute()
    assert {**changed, "registryUri": got["registryUri"]} == after
    assert after["updateTime"] > got["updateTime"] and after["createTime"] == got["createTime"]

    response = owner.finish_repository(owner.repositories.delete(name=name).execute())
    assert response == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    error = expect_failure(owner.repositories.get(name=name), 404, "NOT_FOUND")
    assert error == {
        "code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
    expect_failure(owner.repositories.delete(name=name), 404, "NOT_FOUND")


def test_creation_is_an_operation_that_takes_time(owner, parent):
    operation = owner.repositories.create(
        parent=parent, repositoryId="slow", body={"format": "NPM"}).execute()
    assert set(operation) == {"name", "metadata"}
    assert operation["metadata"] == {
        "@type": "type.googleapis.com/google.devtools.artifactregistry.v1.OperationMetadata"}
    error = expect_failure(
        owner.repositories.create(parent=parent, repositoryId="slow", body={"format": "NPM"}), 409,
        "ALREADY_EXISTS", "the repository already exists")
    assert "errors" not in error


@pytest.mark.parametrize("format", [
    "DOCKER", "MAVEN", "NPM", "APT", "YUM", "GOOGET", "PYTHON", "KFP", "GO", "GENERIC", "RUBY"])
def test_every_format(owner, make, format):
    name, _ = make(format=format)
    got = owner.repositories.get(name=name).execute()
    assert got["format"] == format
    assert got["registryUri"].startswith(f"{PLACE}-{format.lower()}.pkg.dev/")


def test_configurations_are_returned_unchanged(owner, make):
    sent = {
        "format": "DOCKER", "dockerConfig": {"immutableTags": True}, "cleanupPolicyDryRun": True,
        "cleanupPolicies": {
            "old": {"action": "DELETE", "condition": {"olderThan": "30d", "tagState": "ANY"}},
            "keep": {"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": 5}},
        },
    }
    name, _ = make(**sent)
    got = owner.repositories.get(name=name).execute()
    assert got["dockerConfig"] == {"immutableTags": True} and got["cleanupPolicyDryRun"] is True
    assert got["cleanupPolicies"] == {
        "old": {
            "id": "old", "action": "DELETE",
            "condition": {"olderThan": "2592000s", "tagState": "ANY"}},
        "keep": {"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": 5}},
    }
    after = owner.repositories.patch(
        name=name, updateMask="cleanupPolicies,cleanupPolicyDryRun,dockerConfig.immutableTags",
        body={}).execute()
    assert "cleanupPolicies" not in after and "cleanupPolicyDryRun" not in after


def test_virtual_and_remote_repositories(owner, make):
    remote, _ = make(
        mode="REMOTE_REPOSITORY",
        remoteRepositoryConfig={"pythonRepository": {"publicRepository": "PYPI"}})
    standard, _ = make()
    virtual, _ = make(
        mode="VIRTUAL_REPOSITORY", virtualRepositoryConfig={"upstreamPolicies": [
            {"id": "ours", "repository": standard, "priority": 20},
            {"id": "theirs", "repository": remote, "priority": 10}]})
    got = owner.repositories.get(name=virtual).execute()
    assert {p["id"] for p in got["virtualRepositoryConfig"]["upstreamPolicies"]} == {
        "ours", "theirs"}
    scanning = got["vulnerabilityScanningConfig"]
    assert scanning.pop("lastEnableTime") == got["createTime"]
    assert scanning == {
        "enablementState": "SCANNING_UNSUPPORTED",
        "enablementStateReason": "Repository mode VIRTUAL_REPOSITORY is not supported."}
    assert owner.repositories.get(name=remote).execute()["remoteRepositoryConfig"] == {
        "pythonRepository": {"publicRepository": "PYPI"}}


def test_list_pages_filters_and_orders(owner, parent, make):
    for id in ["one", "two", "three", "four", "five"]:
        make(id)
    seen, request = [], owner.repositories.list(parent=parent, pageSize=2)
    while request is not None:
        answer = request.execute()
        assert len(answer["repositories"]) <= 2
        seen += [r["name"].rsplit("/", 1)[1] for r in answer["repositories"]]
        request = owner.repositories.list_next(request, answer)
    assert sorted(seen) == ["five", "four", "one", "three", "two"] and len(set(seen)) == 5

    def listed(**query):
        answer = owner.repositories.list(parent=parent, **query).execute()
        return [r["name"].rsplit("/", 1)[1] for r in answer.get("repositories", [])]

    assert listed(filter=f'name="{parent}/repositories/t*"') == ["three", "two"]
    assert listed(orderBy="create_time desc") == ["five", "four", "three", "two", "one"]
    full = owner.repositories.list(parent=parent, filter="name=two").execute()["repositories"]
    assert full == [owner.repositories.get(name=f"{parent}/repositories/two").execute()]
    assert owner.repositories.list(parent=parent.replace(PLACE, "us")).execute() == {}
    expect_failure(owner.repositories.list(parent=parent, filter="format=NPM"), 400, "INVALID_ARGUMENT")
    expect_failure(owner.repositories.list(parent=parent, orderBy="colour"), 400, "INVALID_ARGUMENT")
    expect_failure(
        owner.repositories.list(parent=parent, pageToken="nonsense"), 400, "INVALID_ARGUMENT")
    expect_failure(owner.repositories.list(parent=parent, pageSize=-1), 400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("id", ["", "Upper", "1st", "ends-", "under_score", "a.b", "a" * 64, "-a"])
def test_names(owner, parent, id):
    expect_failure(
        owner.repositories.create(parent=parent, repositoryId=id, body={"format": "NPM"}), 400,
        "INVALID_ARGUMENT")


PYTHON = {"format": "PYTHON"}
DELETE_OLD = {"action": "DELETE", "condition": {"olderThan": "1d"}}


@pytest.mark.parametrize("body", [
    {}, {"format": "COBOL"}, {"format": 99}, {"format": True}, {**PYTHON, "colour": "red"},
    {**PYTHON, "description": 5}, {**PYTHON, "labels": {"UPPER": "x"}},
    {**PYTHON, "labels": {"ok": "Not Ok"}}, {**PYTHON, "labels": {"ok": 1}},
    {**PYTHON, "labels": {f"k{n}": "" for n in range(65)}}, {**PYTHON, "labels": {"a" * 64: ""}},
    {**PYTHON, "kmsKeyName": "key"},
    {**PYTHON, "kmsKeyName": "projects/p/locations/us/keyRings/r/cryptoKeys/k"},
    {**PYTHON, "mavenConfig": {"versionPolicy": "RELEASE"}},
    {**PYTHON, "dockerConfig": {"immutableTags": True}},
    {**PYTHON, "mode": "REMOTE_REPOSITORY"}, {"format": "KFP", "mode": "VIRTUAL_REPOSITORY"},
    {**PYTHON, "mode": "REMOTE_REPOSITORY",
     "remoteRepositoryConfig": {"npmRepository": {"publicRepository": "NPMJS"}}},
    {**PYTHON, "remoteRepositoryConfig": {"pythonRepository": {"publicRepository": "PYPI"}}},
    {**PYTHON, "mode": "VIRTUAL_REPOSITORY", "virtualRepositoryConfig": {"upstreamPolicies": [
        {"id": "a", "repository": "projects/p/locations/us/repositories/none", "priority": 1}]}},
    {**PYTHON, "cleanupPolicies": {"a": {"action": "DELETE"}}},
    {**PYTHON, "cleanupPolicies": {"a": {"condition": {"olderThan": "1d"}}}},
    {**PYTHON, "cleanupPolicies": {"a": {"action": "DELETE", "mostRecentVersions": {"keepCount": 1}}}},
    {**PYTHON, "cleanupPolicies": {"a": {"action": "DELETE", "condition": {"olderThan": "long"}}}},
    {**PYTHON, "cleanupPolicies": {"a" * 128: DELETE_OLD}},
    {**PYTHON, "cleanupPolicies": {"a": {**DELETE_OLD, "id": "b"}}},
    {**PYTHON, "cleanupPolicies": {f"p{n}": DELETE_OLD for n in range(11)}},
], ids=lambda body: str(body)[:60])
def test_bodies_that_are_refused(owner, parent, body):
    error = expect_failure(
        owner.repositories.create(parent=parent, repositoryId=fresh("r"), body=body), 400,
        "INVALID_ARGUMENT")
    assert "errors" not in error


@pytest.mark.parametrize("mask,body", [
    ("format", {"format": "NPM"}), ("mode", {"mode": "VIRTUAL_REPOSITORY"}),
    ("kmsKeyName", {"kmsKeyName": f"projects/p/locations/{PLACE}/keyRings/r/cryptoKeys/k"}),
    ("colour", {}), ("labels", {"labels": {"UPPER": ""}}),
], ids=str)
def test_patches_that_are_refused(owner, make, mask, body):
    name, _ = make()
    expect_failure(
        owner.repositories.patch(name=name, updateMask=mask, body=body), 400, "INVALID_ARGUMENT")
    assert owner.repositories.get(name=name).execute()["format"] == "PYTHON"


def test_unknown_locations(owner, parent, project):
    expect_failure(
        owner.repositories.list(parent=parent.replace(PLACE, "*")), 400, "INVALID_ARGUMENT",
        f'Invalid project name: "projects/{project}/locations/*"')
    nowhere = parent.replace(PLACE, "moon-1")
    error = expect_failure(owner.repositories.list(parent=nowhere), 403, "PERMISSION_DENIED")
    assert info_of(error)["reason"] == "LOCATION_ACCESS_DENIED"
    expect_failure(
        owner.repositories.create(parent=nowhere, repositoryId="a", body=PYTHON), 403,
        "PERMISSION_DENIED")


def test_an_absent_project(owner):
    absent = fresh()
    expect_failure(
        owner.repositories.list(parent=f"projects/{absent}/locations/us"), 403,
        "PERMISSION_DENIED", f"Project '{absent}' not found or permission denied.")


def test_locations(owner, parent, project):
    listed = owner.locations.list(name=f"projects/{project}").execute()["locations"]
    assert len(listed) > 30
    one = owner.locations.get(name=parent).execute()
    assert one in listed
    assert one["name"] == parent and one["locationId"] == PLACE
    beta = owner.locations_beta.list(name=f"projects/{project}").execute()["locations"]
    assert beta == listed
    assert owner.locations_beta.get(name=parent).execute() == one
    expect_failure(owner.locations.get(name=parent.replace(PLACE, "moon-1")), 404, "NOT_FOUND")


def test_a_malformed_body_is_reported(raw, parent, sandbox):
    answer = raw.session.post(
        f"{sandbox.url}/v1/{parent}/repositories?repositoryId=x", data=b'{"format": ',
        headers={"Authorization": f"Bearer {raw.credential.token}"}, timeout=1800)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid JSON payload received.")


def test_unserved_requests_say_so(raw, project):
    answer = raw("GET", f"/v1/projects/{project}/locations/us/repositories/a/prewarmedArtifacts")
    assert answer.status_code in (404, 501)
    error = answer.json()["error"]
    assert info_of(error)["reason"] == "NOT_SERVED_BY_SANDBOX" and "sandbox" in error["message"]
