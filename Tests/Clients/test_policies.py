"""getIamPolicy, setIamPolicy and testIamPermissions, on every kind of resource that has them."""

import base64
from dataclasses import dataclass
from typing import Callable

import pytest
from support.clients import expect_failure, failure, fresh

CONDITION = {
    "title": "until-2030", "expression": 'request.time < timestamp("2030-01-01T00:00:00Z")'}


@dataclass
class Target:
    """The three calls on one resource, and a role that can be granted on it."""

    role: str
    get: Callable
    set: Callable
    test: Callable
    permission: str
    never_set: bool


@pytest.fixture(params=["project-v1", "project-v3", "repository", "account"])
def target(request, owner, project, new_account):
    if request.param == "project-v1":
        api = owner.projects
        return Target(
            "roles/artifactregistry.reader",
            lambda version=3: api.getIamPolicy(
                resource=project, body={"options": {"requestedPolicyVersion": version}}),
            lambda body: api.setIamPolicy(resource=project, body=body),
            lambda body: api.testIamPermissions(resource=project, body=body),
            "resourcemanager.projects.get", never_set=False)
    if request.param == "project-v3":
        api, name = owner.projects3, f"projects/{project}"
        get = lambda version=3: api.getIamPolicy(
            resource=name, body={"options": {"requestedPolicyVersion": version}})
        role, permission = "roles/artifactregistry.reader", "resourcemanager.projects.get"
    elif request.param == "repository":
        api, name = owner.repositories, f"projects/{project}/locations/us/repositories/r"
        owner.finish_repository(api.create(
            parent=f"projects/{project}/locations/us", repositoryId="r",
            body={"format": "PYTHON"}).execute())
        get = lambda version=3: api.getIamPolicy(
            resource=name, options_requestedPolicyVersion=version)
        role, permission = "roles/artifactregistry.writer", "artifactregistry.repositories.get"
    else:
        api, name = owner.accounts, f"projects/{project}/serviceAccounts/{new_account(project)}"
        get = lambda version=3: api.getIamPolicy(
            resource=name, options_requestedPolicyVersion=version)
        role, permission = "roles/iam.serviceAccountTokenCreator", "iam.serviceAccounts.get"
    return Target(
        role, get, lambda body: api.setIamPolicy(resource=name, body=body),
        lambda body: api.testIamPermissions(resource=name, body=body), permission,
        never_set=request.param != "project-v3")


def test_a_policy_that_was_never_set_is_an_etag(target):
    if target.never_set:
        assert target.get().execute() == {"etag": "ACAB"}
    else:
        assert target.get().execute()["bindings"][0]["role"] == "roles/owner"


def test_read_modify_write(target):
    policy = target.get().execute()
    kept = policy.get("bindings", [])
    policy["bindings"] = kept + [
        {"role": target.role, "members": ["user:Zoe@Example.com", "group:all@example.com"]}]
    written = target.set({"policy": {**policy, "version": 3}}).execute()
    assert written["version"] == 1 and written["etag"] != policy["etag"]
    assert target.get().execute() == written
    ours = next(b for b in written["bindings"] if b["role"] == target.role)
    assert sorted(ours["members"]) == ["group:all@example.com", "user:zoe@example.com"]

    # The write with the old etag is refused, and the policy is unchanged.
    error = expect_failure(
        target.set({"policy": policy}), 409, "ABORTED", "There were concurrent policy changes.")
    assert "did not match the current policy's ETag" in error["message"]
    assert target.get().execute() == written

    # An etag is bytes: decoding and encoding it again gives the same one.
    assert base64.b64encode(base64.b64decode(written["etag"])).decode() == written["etag"]
    # Without one, the write is blind.
    blind = target.set({"policy": {"bindings": kept}}).execute()
    assert blind.get("bindings", []) == kept


@pytest.mark.parametrize("spell", [
    base64.urlsafe_b64encode, lambda raw: base64.b64encode(raw).rstrip(b"="),
    lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"="),
], ids=["url", "unpadded", "url-unpadded"])
def test_an_etag_in_any_base64(target, spell):
    """gcloud sends etags in the URL's alphabet; proto JSON accepts it with or without padding."""
    written = target.set({"policy": target.get().execute()}).execute()
    for _ in range(90_000):
        if set("+/") & set(written["etag"]):
            break
        written = target.set({"policy": written}).execute()
    etag = spell(base64.b64decode(written["etag"])).decode()
    assert etag != written["etag"]
    after = target.set({"policy": {**written, "etag": etag}}).execute()
    assert after["etag"] != written["etag"]
    expect_failure(target.set({"policy": {**written, "etag": etag}}), 409, "ABORTED")


def test_conditions_need_version_3(target):
    policy = target.get().execute()
    binding = {"role": target.role, "members": ["user:a@example.com"], "condition": CONDITION}
    new = {**policy, "bindings": policy.get("bindings", []) + [binding]}
    expect_failure(target.set({"policy": {**new, "version": 1}}), 400, "INVALID_ARGUMENT")
    written = target.set({"policy": {**new, "version": 3}}).execute()
    assert written["version"] == 3 and binding in written["bindings"]
    assert target.get(3).execute() == written

    # A request for version 1 returns a mangled role, which cannot be written back.
    old = target.get(1).execute()
    assert old["version"] == 1
    assert any(b["role"].startswith(f"{target.role}_withcond_") for b in old["bindings"])
    assert all("condition" not in b for b in old["bindings"])
    expect_failure(target.set({"policy": old}), 400, "INVALID_ARGUMENT")
    expect_failure(target.get(4), 400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("member", [
    "allUser", "user:nobody", "serviceAccount:x", "robot:a@example.com", "a@example.com", "",
    "principal://iam.googleapis.com/projects/1/pools/x", "domain:nodots", "deleted:user:a@b.com",
])
def test_invalid_members(target, member):
    expect_failure(
        target.set({"policy": {"bindings": [{"role": target.role, "members": [member]}]}}), 400,
        "INVALID_ARGUMENT")


POOL = "iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool-1"


@pytest.mark.parametrize("member", [
    "user:a@example.com", "group:g@example.com", "domain:example.com",
    "serviceAccount:robot@elsewhere-1.iam.gserviceaccount.com",
    "serviceAccount:proj.svc.id.goog[ns/ksa]", f"principal://{POOL}/subject/Case-Sensitive",
    f"principalSet://{POOL}/attribute.repository/Owner/Repo", f"principalSet://{POOL}/group/g",
    f"principalSet://{POOL}/*", "deleted:serviceAccount:a@p-1.iam.gserviceaccount.com?uid=123",
])
def test_members_of_every_kind(target, member):
    policy = {"bindings": [{"role": target.role, "members": [member]}]}
    assert target.set({"policy": policy}).execute()["bindings"] == policy["bindings"]


@pytest.mark.parametrize("policy", [
    {"bindings": [{"role": "roles/nobody.has", "members": ["user:a@example.com"]}]},
    {"bindings": [{"role": "", "members": ["user:a@example.com"]}]},
    {"bindings": [{"role": "owner", "members": ["user:a@example.com"]}]},
    {"bindings": [{"role": "projects/other-project/roles/x", "members": ["user:a@example.com"]}]},
    {"bindings": "all"}, {"colour": "red"}, {"version": 2}, {"etag": "!!"},
], ids=str)
def test_policies_that_are_refused(target, policy):
    before = target.get().execute()
    expect_failure(target.set({"policy": policy}), 400, "INVALID_ARGUMENT")
    assert target.get().execute() == before


def test_a_policy_is_required_and_bounded(target):
    expect_failure(target.set({}), 400, "INVALID_ARGUMENT")
    members = [f"user:u{n}@example.com" for n in range(1501)]
    expect_failure(
        target.set({"policy": {"bindings": [{"role": target.role, "members": members}]}}), 400,
        "INVALID_ARGUMENT", "1500")
    groups = [f"group:g{n}@example.com" for n in range(251)]
    expect_failure(
        target.set({"policy": {"bindings": [{"role": target.role, "members": groups}]}}), 400,
        "INVALID_ARGUMENT", "250")


def test_an_absent_account(target, project):
    email = f"nobody@{project}.iam.gserviceaccount.com"
    expect_failure(
        target.set({"policy": {"bindings": [
            {"role": target.role, "members": [f"serviceAccount:{email}"]}]}}),
        400, "INVALID_ARGUMENT", f"Service account {email} does not exist.")


def test_permissions(target):
    held = target.test({"permissions": [target.permission, "no.such.permission"]}).execute()
    assert held == {"permissions": [target.permission]}
    assert target.test({"permissions": ["no.such.permission"]}).execute() == {}
    expect_failure(target.test({"permissions": ["iam.*"]}), 400, "INVALID_ARGUMENT")


def test_projects_refuse_public_members(owner, project):
    for member in ["allUsers", "allAuthenticatedUsers"]:
        expect_failure(
            owner.projects.setIamPolicy(resource=project, body={"policy": {"bindings": [
                {"role": "roles/viewer", "members": [member]}]}}), 400, "INVALID_ARGUMENT")


def test_audit_configs_change_only_when_the_mask_names_them(owner, project):
    audits = [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]

    def write(mask, **policy):
        current = owner.projects.getIamPolicy(resource=project, body={}).execute()
        body = {"policy": {**current, **policy}}
        if mask:
            body["updateMask"] = mask
        return owner.projects.setIamPolicy(resource=project, body=body).execute()

    assert "auditConfigs" not in write(None, auditConfigs=audits)
    assert write("bindings,etag,auditConfigs", auditConfigs=audits)["auditConfigs"] == audits
    assert write(None, auditConfigs=[])["auditConfigs"] == audits
    assert "auditConfigs" not in write("auditConfigs", auditConfigs=[])
    expect_failure(
        owner.projects.setIamPolicy(
            resource=project, body={"policy": {}, "updateMask": "colour"}), 400, "INVALID_ARGUMENT")


def test_policies_of_absent_resources(owner, project):
    repository = f"projects/{project}/locations/us/repositories/none"
    expect_failure(owner.repositories.getIamPolicy(resource=repository), 404, "NOT_FOUND")
    expect_failure(
        owner.repositories.setIamPolicy(resource=repository, body={"policy": {}}), 404, "NOT_FOUND")
    account = f"nobody@{project}.iam.gserviceaccount.com"
    error = expect_failure(
        owner.accounts.getIamPolicy(resource=f"projects/{project}/serviceAccounts/{account}"), 404,
        "NOT_FOUND", f"Not found; Gaia id not found for email {account}")
    assert error["errors"][0]["reason"] == "notFound"
    error = expect_failure(
        owner.accounts.getIamPolicy(resource=f"projects/{project}/serviceAccounts/service"), 404,
        "NOT_FOUND", "Unknown service account")
    assert "errors" not in error
    absent = fresh()
    assert failure(owner.projects.getIamPolicy(resource=absent, body={}))["code"] == 403
