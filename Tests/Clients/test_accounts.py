"""IAM v1: service accounts."""

import pytest
from support.clients import expect_failure, fresh


def test_create_get_patch_update_delete(owner, project):
    id = fresh("sa")
    made = owner.accounts.create(
        name=f"projects/{project}",
        body={"accountId": id, "serviceAccount": {"displayName": "One", "description": "Two"}},
    ).execute()
    email = f"{id}@{project}.iam.gserviceaccount.com"
    name = f"projects/{project}/serviceAccounts/{email}"
    assert set(made) == {
        "name", "projectId", "uniqueId", "email", "displayName", "etag", "description",
        "oauth2ClientId"}
    assert (made["name"], made["email"], made["projectId"]) == (name, email, project)
    assert made["uniqueId"].isdigit() and len(made["uniqueId"]) == 21

    for alias in [name, f"projects/-/serviceAccounts/{email}",
                  f"projects/-/serviceAccounts/{made['uniqueId']}",
                  f"projects/{project}/serviceAccounts/{made['uniqueId']}"]:
        assert owner.accounts.get(name=alias).execute() == made, "the real project is in the name"

    # As recorded: the mask is in the body, and the answer has the name and the changed fields.
    assert owner.accounts.patch(name=name, body={
        "serviceAccount": {"description": "Three", "displayName": "ignored"},
        "updateMask": "description"}).execute() == {"name": name, "description": "Three"}
    assert owner.accounts.patch(name=name, body={
        "serviceAccount": {"displayName": "Four"}, "updateMask": "display_name"}).execute() == {
            "name": name, "displayName": "Four"}
    assert owner.accounts.get(name=name).execute() == {
        **made, "description": "Three", "displayName": "Four"}
    assert owner.accounts.patch(
        name=name, body={"serviceAccount": {}, "updateMask": "description"}).execute() == {
            "name": name}
    expect_failure(
        owner.accounts.patch(name=name, body={"serviceAccount": {}, "updateMask": "email"}), 400,
        "INVALID_ARGUMENT")
    expect_failure(owner.accounts.patch(name=name, body={"serviceAccount": {}}), 400, "INVALID_ARGUMENT")

    updated = owner.accounts.update(name=name, body={**made, "displayName": "Five"}).execute()
    assert updated["displayName"] == "Five"

    assert owner.accounts.delete(name=name).execute() == {}
    error = expect_failure(owner.accounts.get(name=name), 404, "NOT_FOUND", "Unknown service account")
    assert error["errors"] == [
        {"message": "Unknown service account", "domain": "global", "reason": "notFound"}]
    expect_failure(
        owner.accounts.get(name=f"projects/-/serviceAccounts/{email}"), 404, "NOT_FOUND")


def test_disable_and_enable(owner, project, account):
    name = f"projects/{project}/serviceAccounts/{account}"
    assert owner.accounts.disable(name=name, body={}).execute() == {}
    assert owner.accounts.get(name=name).execute()["disabled"] is True
    assert owner.accounts.enable(name=name, body={}).execute() == {}
    assert "disabled" not in owner.accounts.get(name=name).execute()


def test_undelete_restores_the_same_account(owner, project, account):
    name = f"projects/{project}/serviceAccounts/{account}"
    made = owner.accounts.get(name=name).execute()
    role = {"role": "roles/artifactregistry.reader", "members": [f"serviceAccount:{account}"]}
    owner.projects.setIamPolicy(resource=project, body={"policy": {"bindings": [role]}}).execute()
    undelete = owner.accounts.undelete(
        name=f"projects/-/serviceAccounts/{made['uniqueId']}", body={})
    expect_failure(undelete, 400, "FAILED_PRECONDITION")

    owner.accounts.delete(name=name).execute()
    bindings = owner.projects.getIamPolicy(resource=project, body={}).execute()["bindings"]
    assert bindings[0]["members"] == [
        f"deleted:serviceAccount:{account}?uid={made['uniqueId']}"]
    assert undelete.execute() == {"restoredAccount": made}
    bindings = owner.projects.getIamPolicy(resource=project, body={}).execute()["bindings"]
    assert bindings == [role]


def test_a_namesake_is_another_account(owner, project, account):
    name = f"projects/{project}/serviceAccounts/{account}"
    first = owner.accounts.get(name=name).execute()
    owner.accounts.delete(name=name).execute()
    second = owner.accounts.create(
        name=f"projects/{project}", body={"accountId": account.split("@")[0]}).execute()
    assert second["uniqueId"] != first["uniqueId"]
    expect_failure(
        owner.accounts.undelete(name=f"projects/-/serviceAccounts/{first['uniqueId']}", body={}),
        400, "FAILED_PRECONDITION")
    expect_failure(
        owner.accounts.undelete(name="projects/-/serviceAccounts/123456789012345678901", body={}),
        403, "PERMISSION_DENIED")


def test_list_pages(owner, project, new_account):
    emails = {new_account(project) for _ in range(22)}
    first = owner.accounts.list(name=f"projects/{project}").execute()
    assert len(first["accounts"]) == 20, "20 is the default, as Google's"
    seen, request = [], owner.accounts.list(name=f"projects/{project}", pageSize=8)
    while request is not None:
        answer = request.execute()
        seen += [a["email"] for a in answer["accounts"]]
        request = owner.accounts.list_next(request, answer)
    assert len(seen) == 22 and set(seen) == emails


def test_an_empty_list_is_an_empty_object(owner, project):
    assert owner.accounts.list(name=f"projects/{project}").execute() == {}


def test_an_id_that_is_taken(owner, project, account):
    id = account.split("@")[0]
    message = f"Service account {id} already exists within project projects/{project}."
    error = expect_failure(
        owner.accounts.create(name=f"projects/{project}", body={"accountId": id}), 409,
        "ALREADY_EXISTS")
    assert error == {
        "code": 409, "message": message, "status": "ALREADY_EXISTS",
        "errors": [{"message": message, "domain": "global", "reason": "alreadyExists"}]}


@pytest.mark.parametrize("body", [
    {"accountId": "ci"}, {"accountId": "short"}, {"accountId": "a" * 31}, {"accountId": "1-digit"},
    {"accountId": "ends-with-"}, {"accountId": "UPPER-case"}, {"accountId": "under_score"}, {},
    {"accountId": "good-id", "serviceAccount": {"displayName": "x" * 101}},
    {"accountId": "good-id", "serviceAccount": {"displayName": "é" * 51}},
    {"accountId": "good-id", "serviceAccount": {"description": "x" * 257}},
    {"accountId": "good-id", "serviceAccount": {"colour": "red"}},
    {"accountId": "good-id", "serviceAccount": "text"}, {"accountId": 5},
], ids=lambda body: str(body)[:60])
def test_names(owner, project, body):
    expect_failure(
        owner.accounts.create(name=f"projects/{project}", body=body), 400, "INVALID_ARGUMENT")


def test_an_absent_project_is_forbidden(owner):
    expect_failure(
        owner.accounts.list(name=f"projects/{fresh()}"), 403, "PERMISSION_DENIED",
        "Permission 'iam.serviceAccounts.list' denied on resource (or it may not exist).")
