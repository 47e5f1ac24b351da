"""Service Usage v1."""

from support.clients import expect_failure, info_of


def test_enable_and_disable(owner, project):
    name = f"projects/{project}/services/pubsub.googleapis.com"
    before = owner.services.get(name=name).execute()
    assert before["state"] == "DISABLED"
    number = before["parent"]
    assert number.removeprefix("projects/").isdigit(), "Service Usage names projects by number"
    assert before["name"] == f"{number}/services/pubsub.googleapis.com"
    assert before["config"] == {"name": "pubsub.googleapis.com", "title": "Cloud Pub/Sub API"}

    operation = owner.services.enable(name=name, body={}).execute()
    assert set(operation) == {"name"} and operation["name"].startswith("operations/acf.")
    response = owner.finish(operation, owner.service_operations)
    assert response["service"] == owner.services.get(name=name).execute()
    assert response["service"]["state"] == "ENABLED"

    again = owner.services.enable(name=name, body={}).execute()
    assert again["done"] and again["name"] == "operations/noop.DONE_OPERATION"
    assert owner.service_operations.get(name=again["name"]).execute()["done"]

    response = owner.finish(
        owner.services.disable(
            name=name,
            body={"checkIfServiceHasUsage": "CHECK", "disableDependentServices": False}).execute(),
        owner.service_operations)
    assert response["service"]["state"] == "DISABLED"


def test_list(owner, project):
    parent = f"projects/{project}"
    enabled = owner.services.list(parent=parent, filter="state:ENABLED", pageSize=200).execute()
    names = [s["config"]["name"] for s in enabled["services"]]
    assert "artifactregistry.googleapis.com" in names
    assert {s["state"] for s in enabled["services"]} == {"ENABLED"}
    assert "nextPageToken" not in enabled

    every, request = [], owner.services.list(parent=parent, pageSize=30)
    while request is not None:
        answer = request.execute()
        every += [(s["config"]["name"], s["state"]) for s in answer["services"]]
        request = owner.services.list_next(request, answer)
    assert len(every) == len(set(every)) > 400
    disabled, request = [], owner.services.list(parent=parent, filter="state:DISABLED", pageSize=200)
    while request is not None:
        answer = request.execute()
        disabled += answer["services"]
        request = owner.services.list_next(request, answer)
    assert len(names) + len(disabled) == len(every)

    part = owner.services.list(
        parent=parent, filter="state:ENABLED", fields="services/name,services/state,nextPageToken"
    ).execute()
    assert all(set(s) == {"name", "state"} for s in part["services"])

    expect_failure(owner.services.list(parent=parent, pageSize=201), 400, "INVALID_ARGUMENT")
    expect_failure(owner.services.list(parent=parent, filter="name:x"), 400, "INVALID_ARGUMENT")


def test_batches(owner, project):
    parent = f"projects/{project}"
    wanted = ["run.googleapis.com", "dns.googleapis.com"]
    operation = owner.services.batchEnable(parent=parent, body={"serviceIds": wanted}).execute()
    response = owner.finish(operation, owner.service_operations)
    assert [s["config"]["name"] for s in response["services"]] == wanted
    assert {s["state"] for s in response["services"]} == {"ENABLED"} and "failures" not in response
    got = owner.services.batchGet(
        parent=parent, names=[f"{parent}/services/{s}" for s in wanted]).execute()
    assert got["services"] == response["services"]

    names = [f"{parent}/services/run.googleapis.com"]
    expect_failure(owner.services.batchGet(parent=parent, names=names * 31), 400, "INVALID_ARGUMENT")
    expect_failure(
        owner.services.batchGet(parent=parent, names=["run.googleapis.com"]), 400,
        "INVALID_ARGUMENT")
    many = [f"s{n}.googleapis.com" for n in range(21)]
    expect_failure(
        owner.services.batchEnable(parent=parent, body={"serviceIds": many}), 400,
        "INVALID_ARGUMENT")


def test_an_unknown_service_is_forbidden(owner, project):
    name = f"projects/{project}/services/nobody.googleapis.com"
    for request in [owner.services.get(name=name), owner.services.enable(name=name, body={})]:
        error = expect_failure(
            request, 403, "PERMISSION_DENIED",
            "Not found or permission denied for service(s): nobody.googleapis.com")
        assert info_of(error)["reason"] == "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED"


def test_a_service_with_dependents_cannot_be_disabled(owner, project):
    name = f"projects/{project}/services/containeranalysis.googleapis.com"
    owner.enable(project, "containerscanning.googleapis.com")
    assert owner.services.get(name=name).execute()["state"] == "ENABLED", "its need came with it"
    error = expect_failure(
        owner.services.disable(name=name, body={}), 400, "FAILED_PRECONDITION",
        "containerscanning.googleapis.com")
    info = info_of(error)
    assert info["reason"] == "COMMON_SU_SERVICE_HAS_DEPENDENT_SERVICES"
    assert info["metadata"]["services"] == "containerscanning.googleapis.com"
    owner.finish(
        owner.services.disable(name=name, body={"disableDependentServices": True}).execute(),
        owner.service_operations)
    scanning = name.replace("containeranalysis", "containerscanning")
    assert owner.services.get(name=scanning).execute()["state"] == "DISABLED"


def test_a_disabled_api_says_so(owner, new_project):
    project = new_project("pubsub.googleapis.com")
    number = owner.projects.get(projectId=project).execute()["projectNumber"]
    error = expect_failure(
        owner.repositories.list(parent=f"projects/{project}/locations/europe-west1"), 403,
        "PERMISSION_DENIED",
        f"Artifact Registry API has not been used in project {number} before or it is disabled.")
    info = info_of(error)
    assert (info["reason"], info["domain"]) == ("SERVICE_DISABLED", "googleapis.com")
    assert info["metadata"]["service"] == "artifactregistry.googleapis.com"
    assert info["metadata"]["consumer"] == f"projects/{number}"
    kinds = [detail["@type"].rsplit(".", 1)[1] for detail in error["details"]]
    assert kinds == ["ErrorInfo", "LocalizedMessage", "Help"]
