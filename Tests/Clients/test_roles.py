"""IAM v1: custom and predefined roles, and the permissions that can be tested."""

import pytest
from support.clients import expect_failure

READ = ["artifactregistry.repositories.get", "artifactregistry.repositories.list"]


@pytest.fixture
def make(owner, project):
    def create(id="my.Role_1", **role):
        return owner.roles.create(
            parent=f"projects/{project}", body={"roleId": id, "role": role}).execute()
    return create


def test_create_get_patch_delete_undelete(owner, project, make):
    name = f"projects/{project}/roles/my.Role_1"
    made = make(title="Mine", description="What it is for", includedPermissions=READ, stage="GA")
    assert set(made) == {"name", "title", "description", "includedPermissions", "stage", "etag"}
    assert made["name"] == name and sorted(made["includedPermissions"]) == READ
    assert owner.roles.get(name=name).execute() == made

    changed = owner.roles.patch(
        name=name, updateMask="title,includedPermissions",
        body={"etag": made["etag"], "title": "Yours", "includedPermissions": READ[:1],
              "description": "not in the mask"}).execute()
    assert (changed["title"], changed["description"]) == ("Yours", "What it is for")
    assert changed["includedPermissions"] == READ[:1] and changed["etag"] != made["etag"]
    error = expect_failure(
        owner.roles.patch(name=name, updateMask="title", body={"etag": made["etag"], "title": "x"}),
        409, "ABORTED")
    assert error["errors"][0]["reason"] == "aborted"

    expect_failure(owner.roles.delete(name=name, etag=made["etag"]), 409, "ABORTED")
    deleted = owner.roles.delete(name=name, etag=changed["etag"]).execute()
    assert deleted["deleted"] is True
    assert owner.roles.get(name=name).execute() == deleted, "a deleted role can still be read"
    expect_failure(
        owner.roles.delete(name=name), 400, "FAILED_PRECONDITION",
        f"You can't delete role_id ({name}) as it is already deleted.")
    expect_failure(
        owner.roles.create(parent=f"projects/{project}", body={"roleId": "my.Role_1"}), 400,
        "FAILED_PRECONDITION",
        "You can't create a role_id (my.Role_1) which has been marked for deletion.")
    expect_failure(
        owner.roles.patch(name=name, updateMask="title", body={"title": "x"}), 400,
        "FAILED_PRECONDITION")
    expect_failure(owner.roles.undelete(name=name, body={"etag": made["etag"]}), 409, "ABORTED")
    back = owner.roles.undelete(name=name, body={"etag": deleted["etag"]}).execute()
    assert "deleted" not in back and back["title"] == "Yours"
    expect_failure(owner.roles.undelete(name=name, body={}), 400, "FAILED_PRECONDITION")


def test_an_etag_in_the_url_alphabet(owner, project, make):
    role = make(title="0")
    for n in range(200):
        if set("+/") & set(role["etag"]):
            break
        role = owner.roles.patch(
            name=role["name"], updateMask="title", body={"title": str(n)}).execute()
    etag = role["etag"].replace("+", "-").replace("/", "_")
    owner.roles.patch(
        name=role["name"], updateMask="title", body={"title": "last", "etag": etag}).execute()
    expect_failure(owner.roles.delete(name=role["name"], etag=etag), 409, "ABORTED")


def test_alpha_is_the_omitted_stage(make):
    assert "stage" not in make("one1", title="x", stage="ALPHA")
    assert "stage" not in make("two2", title="x")
    assert make("three", title="x", stage="BETA")["stage"] == "BETA"


def test_list(owner, project, make):
    parent = f"projects/{project}"
    assert owner.roles.list(parent=parent).execute() == {}
    for id in ["aaa", "bbb", "ccc"]:
        make(id, title=id, includedPermissions=READ)
    owner.roles.delete(name=f"{parent}/roles/bbb").execute()

    def ids(**query):
        return [r["name"][-3:] for r in owner.roles.list(parent=parent, **query).execute()["roles"]]

    assert ids() == ["aaa", "ccc"] and ids(showDeleted=True) == ["aaa", "bbb", "ccc"]
    basic = owner.roles.list(parent=parent).execute()["roles"]
    assert all("includedPermissions" not in role for role in basic)
    full = owner.roles.list(parent=parent, view="FULL").execute()["roles"]
    assert full[0] == owner.roles.get(name=f"{parent}/roles/aaa").execute()
    page = owner.roles.list(parent=parent, pageSize=1)
    answer = page.execute()
    assert len(answer["roles"]) == 1
    rest = owner.roles.list_next(page, answer).execute()
    assert len(rest["roles"]) == 1 and "nextPageToken" not in rest


@pytest.mark.parametrize("body", [
    {"roleId": "with-hyphen"}, {"roleId": "ab"}, {"roleId": "a" * 65}, {"roleId": "spa ce"}, {},
    {"roleId": "good", "role": {"title": "x" * 101}},
    {"roleId": "good", "role": {"description": "x" * 301}},
    {"roleId": "good", "role": {"stage": "NEVER"}},
    {"roleId": "good", "role": {"includedPermissions": ["no.such.permission"]}},
    {"roleId": "good", "role": {"includedPermissions": "all"}},
    {"roleId": "good", "role": {"colour": "red"}},
], ids=lambda body: str(body)[:60])
def test_names(owner, project, body):
    expect_failure(
        owner.roles.create(parent=f"projects/{project}", body=body), 400, "INVALID_ARGUMENT")


def test_an_id_that_is_taken(owner, project, make):
    make("taken", title="x")
    error = expect_failure(
        owner.roles.create(parent=f"projects/{project}", body={"roleId": "taken"}), 409,
        "ALREADY_EXISTS")
    assert error["errors"][0]["reason"] == "alreadyExists"


def test_absent_roles(owner, project):
    name = f"projects/{project}/roles/none"
    for request in [owner.roles.get(name=name), owner.roles.delete(name=name),
                    owner.roles.undelete(name=name, body={}),
                    owner.roles.patch(name=name, body={"title": "x"}),
                    owner.predefined.get(name="roles/no.such")]:
        error = expect_failure(request, 404, "NOT_FOUND", "roles/no")
        assert error["errors"][0]["reason"] == "notFound"


def test_predefined_roles(owner):
    names, request = [], owner.predefined.list(pageSize=500)
    while request is not None:
        answer = request.execute()
        names += [role["name"] for role in answer["roles"]]
        assert all("includedPermissions" not in role for role in answer["roles"])
        request = owner.predefined.list_next(request, answer)
    assert {"roles/artifactregistry.writer", "roles/owner", "roles/viewer"} <= set(names)
    assert len(names) == len(set(names)) == 2461
    full = owner.predefined.list(view="FULL", pageSize=1000).execute()["roles"]
    writer = owner.predefined.get(name="roles/artifactregistry.writer").execute()
    assert writer in full and "artifactregistry.repositories.uploadArtifacts" in writer["includedPermissions"]
    expect_failure(
        owner.predefined.list(pageToken="nonsense"), 400, "INVALID_ARGUMENT")


def test_testable_permissions(owner, project):
    name = f"//cloudresourcemanager.googleapis.com/projects/{project}"
    everything = owner.permissions.queryTestablePermissions(
        body={"fullResourceName": name, "pageSize": 1000}).execute()["permissions"]
    request = owner.permissions.queryTestablePermissions(
        body={"fullResourceName": name, "pageSize": 50})
    first = request.execute()
    assert len(first["permissions"]) == 50 and first["nextPageToken"]
    second = owner.permissions.queryTestablePermissions(body={
        "fullResourceName": name, "pageSize": 50, "pageToken": first["nextPageToken"]}).execute()
    assert first["permissions"] + second["permissions"] == everything[:100]
    expect_failure(
        owner.permissions.queryTestablePermissions(body={"fullResourceName": "x"}), 400,
        "INVALID_ARGUMENT")
