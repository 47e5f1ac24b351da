"""Resource Manager v1 and v3, and Cloud Billing."""

import google_auth_httplib2
import pytest
from googleapiclient.discovery import build_from_document
from support.clients import expect_failure, fresh
from support.discovery import document


def create(owner, **body):
    project = fresh("p")
    operation = owner.projects.create(body={"projectId": project, **body}).execute()
    assert set(operation) == {"name"}, "v1 answers a creation with the bare name"
    return project, owner.finish(operation, owner.project_operations)


def test_v1_create_get_update_delete_undelete(owner):
    project, made = create(
        owner, name="First name", labels={"team": "web"}, parent={"type": "folder", "id": "12"})
    got = owner.projects.get(projectId=project).execute()
    assert {**got, "@type": made["@type"]} == made
    assert set(got) == {
        "projectNumber", "projectId", "lifecycleState", "name", "labels", "createTime", "parent"}
    assert owner.projects.get(projectId=got["projectNumber"]).execute() == got

    changed = owner.projects.update(
        projectId=project, body={"name": "Second name", "parent": got["parent"]}).execute()
    assert changed["name"] == "Second name" and "labels" not in changed, "PUT wipes labels"

    assert owner.projects.delete(projectId=project).execute() == {}
    assert owner.projects.get(projectId=project).execute()["lifecycleState"] == "DELETE_REQUESTED"
    expect_failure(
        owner.projects.update(projectId=project, body={"name": "Third name"}), 400,
        "FAILED_PRECONDITION")
    expect_failure(owner.projects.delete(projectId=project), 400, "FAILED_PRECONDITION")
    assert owner.projects.undelete(projectId=project, body={}).execute() == {}
    assert owner.projects.get(projectId=project).execute()["lifecycleState"] == "ACTIVE"
    expect_failure(owner.projects.undelete(projectId=project, body={}), 400, "FAILED_PRECONDITION")


def test_v1_list_pages_and_filters(owner):
    team = fresh("team")
    wanted = {create(owner, labels={"team": team})[0] for _ in range(3)}
    seen, request = [], owner.projects.list(filter=f"labels.team:{team}", pageSize=2)
    pages = 0
    while request is not None:
        answer = request.execute()
        pages += 1
        seen += [p["projectId"] for p in answer["projects"]]
        request = owner.projects.list_next(request, answer)
    assert pages == 2 and len(seen) == 3 and set(seen) == wanted
    assert owner.projects.list(filter="labels.team:nobody-has-this").execute() == {}


def test_an_absent_project_is_forbidden_and_not_absent(owner):
    for request in [owner.projects.get(projectId=fresh()), owner.projects3.get(name=f"projects/{fresh()}")]:
        error = expect_failure(request, 403, "PERMISSION_DENIED")
        assert error == {
            "code": 403, "message": "The caller does not have permission",
            "status": "PERMISSION_DENIED"}


@pytest.mark.parametrize("body", [
    {"projectId": "short"}, {"projectId": "1-begins-with-digit"}, {"projectId": "ends-with-"},
    {"projectId": "has_underscore"}, {"projectId": "UPPERCASE"}, {"projectId": "a" * 31},
    {}, {"projectId": "good-name-1", "name": "abc"}, {"projectId": "good-name-1", "name": "a" * 31},
    {"projectId": "good-name-1", "name": "tab\there"},
    {"projectId": "good-name-1", "labels": {"Upper": "x"}},
    {"projectId": "good-name-1", "labels": {"ok": "Not Ok"}},
    {"projectId": "good-name-1", "labels": {f"k{i}": "" for i in range(257)}},
    {"projectId": "good-name-1", "parent": {"type": "team", "id": "1"}},
], ids=str)
def test_v1_names(owner, body):
    expect_failure(owner.projects.create(body=body), 400, "INVALID_ARGUMENT")


def test_an_id_that_is_taken(owner, project):
    error = expect_failure(
        owner.projects.create(body={"projectId": project}), 409, "ALREADY_EXISTS")
    assert error["errors"][0]["reason"] == "alreadyExists"
    expect_failure(
        owner.projects3.create(body={"projectId": project}), 409, "ALREADY_EXISTS")


def test_v3_everything_is_an_operation(owner):
    def done(request):
        return owner.finish(request.execute(), owner.project_operations3)

    project, parent = fresh("p"), f"folders/{int(fresh().split('-')[1], 16) % 10**12}"
    made = done(owner.projects3.create(
        body={"projectId": project, "displayName": "A name", "labels": {"a": "b"}, "parent": parent}))
    name = f"projects/{project}"
    got = owner.projects3.get(name=name).execute()
    assert {**got, "@type": made["@type"]} == made
    assert set(got) == {
        "name", "parent", "projectId", "state", "displayName", "createTime", "updateTime", "etag",
        "labels"}
    assert got["name"].removeprefix("projects/").isdigit()

    changed = done(owner.projects3.patch(
        name=name, updateMask="displayName,labels",
        body={"displayName": "Another", "etag": got["etag"]}))
    assert changed["displayName"] == "Another" and "labels" not in changed
    expect_failure(
        owner.projects3.patch(
            name=name, updateMask="displayName", body={"displayName": "Late", "etag": got["etag"]}),
        409, "ABORTED")
    expect_failure(
        owner.projects3.patch(name=name, updateMask="colour", body={}), 400, "INVALID_ARGUMENT")

    moved = done(owner.projects3.move(name=name, body={"destinationParent": "folders/77"}))
    assert moved["parent"] == "folders/77"
    expect_failure(
        owner.projects3.move(name=name, body={"destinationParent": "teams/7"}), 400,
        "INVALID_ARGUMENT")

    listed = owner.projects3.list(parent="folders/77").execute()["projects"]
    assert project in [p["projectId"] for p in listed]
    expect_failure(owner.projects3.list(), 400, "INVALID_ARGUMENT")
    found = owner.projects3.search(query=f"projectId:{project}").execute()["projects"]
    assert [p["projectId"] for p in found] == [project]

    deleted = done(owner.projects3.delete(name=name))
    assert deleted["state"] == "DELETE_REQUESTED" and "deleteTime" in deleted
    assert project not in [
        p["projectId"] for p in owner.projects3.list(parent="folders/77").execute().get("projects", [])]
    assert project in [
        p["projectId"]
        for p in owner.projects3.list(parent="folders/77", showDeleted=True).execute()["projects"]]
    assert "deleteTime" not in done(owner.projects3.undelete(name=name, body={}))


@pytest.mark.parametrize("body", [
    {"projectId": "good-name-1", "labels": {f"k{i}": "" for i in range(65)}},
    {"projectId": "good-name-1", "parent": "teams/1"}, {"projectId": "Bad"}, {},
], ids=str)
def test_v3_names(owner, body):
    expect_failure(owner.projects3.create(body=body), 400, "INVALID_ARGUMENT")


def test_unknown_operations_are_absent(owner, project):
    expect_failure(owner.project_operations.get(name="operations/cp.1"), 404, "NOT_FOUND")
    expect_failure(owner.project_operations3.get(name="operations/cp.1"), 404, "NOT_FOUND")
    expect_failure(
        owner.locations.operations().get(
            name=f"projects/{project}/locations/europe/operations/none"), 404, "NOT_FOUND")


def test_billing(owner, project):
    name = f"projects/{project}"
    assert owner.billing.getBillingInfo(name=name).execute() == {
        "name": f"{name}/billingInfo", "projectId": project}
    account = "billingAccounts/012345-6789AB-CDEF01"
    paid = owner.billing.updateBillingInfo(name=name, body={"billingAccountName": account}).execute()
    assert paid == {
        "name": f"{name}/billingInfo", "projectId": project, "billingAccountName": account,
        "billingEnabled": True}
    assert owner.billing.getBillingInfo(name=name).execute() == paid
    expect_failure(
        owner.billing.updateBillingInfo(name=name, body={"billingAccountName": "mine"}), 400,
        "INVALID_ARGUMENT")
    assert "billingEnabled" not in owner.billing.updateBillingInfo(
        name=name, body={"billingAccountName": ""}).execute()


def test_a_client_with_another_root_url(sandbox, owner, project):
    """The older way to another server: replacing the document's rootUrl."""
    changed = {**document("cloudresourcemanager.v1"), "rootUrl": f"{sandbox.url}/"}
    client = build_from_document(
        changed, http=google_auth_httplib2.AuthorizedHttp(owner.credential))
    assert client.projects().get(projectId=project).execute()["projectId"] == project
