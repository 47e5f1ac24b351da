"""The requests of gcloud 578, as plain HTTP."""

import base64
import time
from urllib.parse import quote

import pytest
from support.clients import fresh

PLACE = "us-central1"


@pytest.fixture
def call(raw):
    """Sends as gcloud does, with `alt=json` on every URL. Returns the answer's JSON."""

    def send(method, path, body=None, status=200):
        mark = "&" if "?" in path else "?"
        answer = raw(
            method, f"{path}{mark}alt=json", body,
            headers={"User-Agent": "google-cloud-sdk gcloud/578.0.0", "X-Goog-User-Project": "-"})
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


def finish(call, operation, prefix="/v1/"):
    for _ in range(90_000):
        if operation.get("done"):
            return operation.get("response", {})
        time.sleep(0.02)
        operation = call("GET", f"{prefix}{operation['name']}")
    raise AssertionError(operation)


def test_projects(call):
    project = fresh("p")
    finish(call, call("POST", "/v1/projects", {"projectId": project, "name": project}))
    finish(call, call(
        "POST", f"/v1/projects/{project}/services/cloudapis.googleapis.com:enable", {}))
    described = call("GET", f"/v1/projects/{project}")
    listed = call("GET", "/v1/projects?filter=lifecycleState%3AACTIVE&pageSize=500")
    assert described in listed["projects"]
    policy = call(
        "POST", f"/v1/projects/{project}:getIamPolicy", {"options": {"requestedPolicyVersion": 3}})
    policy["bindings"].append({"role": "roles/viewer", "members": ["user:a@example.com"]})
    policy["version"] = 3
    written = call("POST", f"/v1/projects/{project}:setIamPolicy", {"policy": policy})
    assert len(written["bindings"]) == 2
    assert call("DELETE", f"/v1/projects/{project}") == {}


def test_services(call, project):
    base = f"/v1/projects/{project}/services"
    finish(call, call("POST", f"{base}/run.googleapis.com:enable", {}))
    finish(call, call(
        "POST", f"{base}:batchEnable", {"serviceIds": ["dns.googleapis.com", "pubsub.googleapis.com"]}))
    listed = call("GET", f"{base}?filter=state%3AENABLED&pageSize=200")["services"]
    assert {"run.googleapis.com", "dns.googleapis.com"} <= {s["config"]["name"] for s in listed}
    finish(call, call("POST", f"{base}/run.googleapis.com:disable", {
        "checkIfServiceHasUsage": "CHECK", "disableDependentServices": False}))


def test_workload_identity_pools(call, new_project):
    project = new_project("iam.googleapis.com")
    base = f"/v1/projects/{project}/locations/global/workloadIdentityPools"
    made = call("POST", f"{base}?workloadIdentityPoolId=github", {
        "description": "", "disabled": False, "displayName": "", "enableMeshCaCompatibility": False})
    assert list(made) == ["name"]
    call("PATCH", f"{base}/github?updateMask=disabled%2CdisplayName", {
        "disabled": True, "displayName": "GitHub"})
    assert call("GET", f"{base}/github")["disabled"] is True
    providers = f"{base}/github/providers"
    call("POST", f"{providers}?workloadIdentityPoolProviderId=main", {
        "attributeCondition": "assertion.repository_owner_id=='5'", "disabled": False,
        "attributeMapping": {"google.subject": "assertion.sub"},
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"}})
    call("PATCH", f"{providers}/main?updateMask=attributeCondition%2CdisplayName%2Coidc.allowedAudiences", {
        "attributeCondition": "assertion.repository_owner_id=='6'", "disabled": False,
        "displayName": "Main", "oidc": {"allowedAudiences": ["one"]}})
    shown = call("GET", f"{providers}/main")
    assert shown["oidc"] == {
        "issuerUri": "https://token.actions.githubusercontent.com", "allowedAudiences": ["one"]}
    for path in [f"{providers}/main", f"{base}/github"]:
        call("DELETE", path)
        assert call("GET", path)["state"] == "DELETED"
    assert "workloadIdentityPools" not in call("GET", f"{base}?showDeleted=False")
    assert len(call("GET", f"{base}?showDeleted=True")["workloadIdentityPools"]) == 1
    for path in [f"{base}/github", f"{providers}/main"]:
        call("POST", f"{path}:undelete", {})


def test_repositories(call, project):
    base = f"/v1/projects/{project}/locations/{PLACE}/repositories"
    name = f"{base.removeprefix('/v1/')}/demo"
    made = finish(call, call("POST", f"{base}?repositoryId=demo", {
        "format": "PYTHON", "mode": "MODE_UNSPECIFIED", "name": name, "labels": {"a": "b"}}))
    assert made["mode"] == "STANDARD_REPOSITORY"
    got = call("GET", f"/v1/{name}")
    assert call("GET", base)["repositories"] == [got]
    places = call("GET", f"/v1beta2/projects/{project}/locations")["locations"]
    assert PLACE in [place["locationId"] for place in places]
    changed = call(
        "PATCH", f"/v1/{name}?updateMask=description%2Clabels", {**got, "description": "New"})
    assert changed["description"] == "New"

    policy = call("GET", f"/v1/{name}:getIamPolicy")
    # gcloud decodes the etag's bytes and encodes them again.
    etag = base64.b64encode(base64.b64decode(policy["etag"])).decode()
    assert etag == policy["etag"]
    written = call("POST", f"/v1/{name}:setIamPolicy", {"policy": {
        "bindings": [{"role": "roles/artifactregistry.reader", "members": ["user:a@example.com"]}],
        "etag": etag}})
    again = call("GET", f"/v1/{name}:getIamPolicy")
    assert again == written and again["version"] == 1
    call("POST", f"/v1/{name}:setIamPolicy", {"policy": {**again, "bindings": []}})
    finish(call, call("DELETE", f"/v1/{name}"))


@pytest.mark.parametrize("member", [
    {"enableIngestionAttestation": False}, {"enableIngestionAttestation": True},
    {"deleteNotFoundCacheFiles": True}, {"remoteType": "MIRROR"}])
def test_remote_repositories(call, project, member):
    """gcloud always sends `enableIngestionAttestation`, which no discovery document has."""
    base = f"/v1/projects/{project}/locations/{PLACE}/repositories"
    finish(call, call("POST", f"{base}?repositoryId=remote", {
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY", "remoteRepositoryConfig": {
            "pythonRepository": {"publicRepository": "PYPI"}, **member}}))
    got = call("GET", f"{base}/remote")["remoteRepositoryConfig"]
    assert {k: got.get(k, False) for k in member} == member


def test_filters_of_projects(call):
    """`projects list --filter=labels.env=dev` is sent in parentheses."""
    project, team = fresh("p"), fresh("team")
    finish(call, call("POST", "/v1/projects", {
        "projectId": project, "name": project, "labels": {"env": "dev", "team": team}}))
    for filter in [
            f"lifecycleState:ACTIVE AND (labels.env=dev AND labels.team={team})",
            f"lifecycleState:ACTIVE AND (labels.team={team} AND NOT labels.env=prod)"]:
        listed = call("GET", f"/v1/projects?filter={quote(filter)}&pageSize=500")
        assert [p["projectId"] for p in listed["projects"]] == [project], filter
    call("GET", f"/v1/projects?filter={quote('labels.env=dev AND (')}", status=400)


def test_cleanup_policies(call, project):
    """`set-cleanup-policies` sends the file's `Delete` and a fractional number of seconds."""
    base = f"/v1/projects/{project}/locations/{PLACE}/repositories"
    finish(call, call("POST", f"{base}?repositoryId=demo", {"format": "PYTHON"}))
    changed = call("PATCH", f"{base}/demo?updateMask=cleanup_policies", {"cleanupPolicies": {
        "old": {"id": "old", "action": "Delete", "condition": {"olderThan": "2592000.0s"}}}})
    assert changed["cleanupPolicies"]["old"] == {
        "id": "old", "action": "DELETE", "condition": {"olderThan": "2592000s"}}


def test_names_in_snake_case(raw, project):
    """Terraform's names of query parameters, and those of GAPIC clients, with enums as numbers."""
    base = f"/v1/projects/{project}/locations/{PLACE}/repositories"
    number = "%24alt=json%3Benum-encoding%3Dint"
    answer = raw("POST", f"{base}?repository_id=snake&{number}", {"format": 8, "mode": 1})
    assert answer.status_code == 200, answer.text
    got = raw("GET", f"{base}/snake?{number}&prettyPrint=false").json()
    assert (got["format"], got["mode"]) == (8, 1)
    assert got["vulnerabilityScanningConfig"]["enablementState"] == 2
    assert raw("GET", f"{base}?{number}&page_size=1").json()["repositories"] == [got]
    changed = raw("PATCH", f"{base}/snake?update_mask=description&{number}", {"description": "x"})
    assert changed.json()["description"] == "x" and changed.json()["format"] == 8
    named = raw("GET", f"{base}/snake?alt=json&prettyPrint=false").json()
    assert (named["format"], named["mode"]) == ("PYTHON", "STANDARD_REPOSITORY")
    states = raw("GET", f"/v1/projects/{project}/services?filter=state:ENABLED&{number}").json()
    assert {service["state"] for service in states["services"]} == {2}
    v3 = raw("GET", f"/v3/projects/{project}?{number}").json()
    assert v3["state"] == 1


def test_service_accounts(call, project):
    id = fresh("sa")
    made = call("POST", f"/v1/projects/{project}/serviceAccounts", {
        "accountId": id, "serviceAccount": {"displayName": "One", "description": "Two"}})
    email, mine = made["email"], "/v1/projects/-/serviceAccounts"
    assert call("GET", f"/v1/projects/{project}/serviceAccounts?pageSize=100")["accounts"] == [made]
    policy = call(
        "POST", f"/v1/projects/{project}/serviceAccounts/{email}:getIamPolicy"
        "?options.requestedPolicyVersion=3")
    policy |= {"version": 3, "bindings": [
        {"role": "roles/iam.serviceAccountUser", "members": ["user:a@example.com"]}]}
    assert call(
        "POST", f"/v1/projects/{project}/serviceAccounts/{email}:setIamPolicy",
        {"policy": policy})["bindings"] == policy["bindings"]
    key = call(
        "POST", f"{mine}/{email}/keys", {"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"})
    assert key["name"].startswith(f"projects/{project}/serviceAccounts/{email}/keys/")
    assert len(call("GET", f"{mine}/{email}/keys")["keys"]) == 2
    assert call("DELETE", f"/v1/{key['name'].replace(project, '-', 1)}") == {}
    assert call("DELETE", f"{mine}/{email}") == {}
    back = call("POST", f"{mine}/{made['uniqueId']}:undelete", {})
    assert back["restoredAccount"]["email"] == email
    # gcloud does not check the length of an id: the server must.
    call("POST", f"/v1/projects/{project}/serviceAccounts", {"accountId": "ci"}, status=400)


def test_roles(call, project, sandbox):
    # The host in the name is the endpoint override's, whatever that is.
    for host in [sandbox.url.removeprefix("http://"), "cloudresourcemanager.googleapis.com", "x:1"]:
        answer = call("POST", "/v1/permissions:queryTestablePermissions", {
            "fullResourceName": f"//{host}/projects/{project}", "pageSize": 1000})
        assert {"name", "stage"} <= set(answer["permissions"][0])
    base = f"/v1/projects/{project}/roles"
    made = call("POST", base, {"roleId": "mine", "role": {
        "title": "Mine", "includedPermissions": ["iam.roles.get"]}})
    assert call("GET", f"{base}?pageSize=100&showDeleted=False")["roles"]
    got = call("GET", f"{base}/mine")
    changed = call("PATCH", f"{base}/mine?updateMask=includedPermissions", {
        "etag": got["etag"], "includedPermissions": ["iam.roles.get", "iam.roles.list"]})
    assert len(changed["includedPermissions"]) == 2 and changed["title"] == made["title"]
    assert call("DELETE", f"{base}/mine")["deleted"] is True
    assert call("GET", f"{base}?pageSize=100&showDeleted=False") == {}
    assert len(call("GET", f"{base}?showDeleted=True")["roles"]) == 1
    assert "deleted" not in call("POST", f"{base}/mine:undelete", {})


def test_google_host_names_are_answered(raw, project):
    for host in ["artifactregistry.googleapis.com", "localhost"]:
        answer = raw("GET", f"/v1/projects/{project}/locations", headers={"Host": host})
        assert answer.status_code == 200, host
    answer = raw("GET", f"/v1/projects/{project}/locations", headers={"Host": "evil.example.com"})
    assert answer.status_code == 421
