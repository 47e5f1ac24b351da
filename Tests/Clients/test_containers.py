"""Resource Manager: folders, organizations and ancestry."""

import pytest
from support.clients import expect_failure, fresh


@pytest.fixture
def organization():
    return f"organizations/{int(fresh().split('-')[1], 16) % 10**12}"


@pytest.fixture
def folder(owner, organization):
    operation = owner.folders.create(
        body={"displayName": "Team", "parent": organization}).execute()
    made = owner.finish(operation, owner.project_operations3)
    return made["name"]


def test_ancestry(owner, project, organization, folder):
    owner.finish(
        owner.projects3.move(
            name=f"projects/{project}", body={"destinationParent": folder}).execute(),
        owner.project_operations3)
    assert owner.projects.getAncestry(projectId=project, body={}).execute() == {"ancestor": [
        {"resourceId": {"type": "project", "id": project}},
        {"resourceId": {"type": "folder", "id": folder.removeprefix("folders/")}},
        {"resourceId": {"type": "organization", "id": organization.removeprefix("organizations/")}},
    ]}


def test_folders(owner, organization, folder):
    got = owner.folders.get(name=folder).execute()
    assert got["parent"] == organization and got["displayName"] == "Team"
    assert owner.folders.list(parent=organization).execute() == {"folders": [got]}
    older = owner.folders2.get(name=folder).execute()
    assert older["lifecycleState"] == got["state"] == "ACTIVE"
    expect_failure(
        owner.folders.create(body={"displayName": "Team", "parent": organization}), 400,
        "FAILED_PRECONDITION")
    expect_failure(owner.folders.get(name="folders/1"), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize("api", ["folders", "folders2", "organizations", "organizations1"])
def test_policies(owner, organization, folder, api):
    client = getattr(owner, api)
    name = folder if "folder" in api else organization
    got = client.get(name=name).execute()
    assert got["name"] == name
    policy = client.getIamPolicy(resource=name, body={}).execute()
    policy["bindings"] = [{"role": "roles/viewer", "members": ["user:a@example.com"]}]
    written = client.setIamPolicy(resource=name, body={"policy": policy}).execute()
    assert client.getIamPolicy(resource=name, body={}).execute() == written
    expect_failure(
        client.setIamPolicy(resource=name, body={"policy": policy}), 409, "ABORTED")
    asked = {"permissions": ["resourcemanager.projects.get"]}
    assert client.testIamPermissions(resource=name, body=asked).execute() == asked


@pytest.mark.parametrize("name,role,permission,absent", [
    ("//cloudresourcemanager.googleapis.com/projects/p", "roles/viewer",
     "resourcemanager.projects.get", "resourcemanager.folders.get"),
    ("//artifactregistry.googleapis.com/projects/p/locations/us/repositories/r",
     "roles/artifactregistry.reader", "artifactregistry.files.get", "compute.zones.list"),
    ("//iam.googleapis.com/projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
     "roles/iam.serviceAccountUser", "iam.serviceAccounts.actAs", "artifactregistry.files.get"),
])
def test_what_a_resource_takes(owner, name, role, permission, absent):
    permissions = owner.permissions.queryTestablePermissions(
        body={"fullResourceName": name, "pageSize": 1000}).execute()["permissions"]
    names = [item["name"] for item in permissions]
    assert permission in names and absent not in names
    roles, body = [], {"fullResourceName": name, "pageSize": 1000}
    while True:
        answer = owner.predefined.queryGrantableRoles(body=body).execute()
        roles += [item["name"] for item in answer["roles"]]
        if "nextPageToken" not in answer:
            break
        body["pageToken"] = answer["nextPageToken"]
    assert role in roles and roles == sorted(set(roles))
    assert ("roles/compute.admin" in roles) == ("/projects/p" == name[-11:])
    full = owner.predefined.queryGrantableRoles(
        body={"fullResourceName": name, "view": "FULL", "pageSize": 1}).execute()["roles"]
    assert full == [owner.predefined.get(name=roles[0]).execute()]


@pytest.mark.parametrize("body", [
    {}, {"fullResourceName": "x"}, {"fullResourceName": "//x/buckets/b"},
    {"fullResourceName": "//x/projects/p", "view": "ALL"}])
def test_names_that_no_list_knows(owner, body):
    expect_failure(owner.predefined.queryGrantableRoles(body=body), 400, "INVALID_ARGUMENT")
