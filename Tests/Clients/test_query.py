"""Query parameters: each method accepts Google's standard ones and its own, and no others."""

import requests
from support import discovery

PLACE = "us-east4"


def words(name: str) -> str:
    return (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message.")


def test_each_method_has_the_documented_parameters(sandbox):
    routes = requests.get(f"{sandbox.url}/_sandbox/routes", timeout=1800).json()["routes"]
    compared = 0
    for route in routes:
        path = route["template"].replace("{", "").replace("}", "")
        method = discovery.method_of(route["api"], route["method"], path)
        if method is None:
            assert route["query"] == [], route
            continue
        assert set(route["query"]) - method.standard == method.query, route
        compared += bool(method.query)
    assert compared > 20


def test_standard_parameters_on_every_get(raw, project):
    standard = discovery.methods("artifactregistry.v1")[0].standard - {"callback"}
    for path in [f"/v1/projects/{project}", f"/v1/projects/{project}/locations/{PLACE}/repositories"]:
        for name in standard:
            value = {"alt": "json", "fields": "name", "$.xgafv": "2"}.get(name, "x")
            answer = raw("GET", path, params={name: value})
            assert answer.status_code == 200, (name, answer.text)


def test_unknown_parameters(raw, project, account):
    base = f"/v1/projects/{project}/locations/{PLACE}/repositories"
    for method, path, name, body in [
            ("GET", f"{base}?pageSiz=1", "pageSiz", None),
            ("POST", f"{base}?repository_id=zz&nosuch=2", "nosuch", {"format": "PYTHON"}),
            ("POST", f"/v1/projects/{project}/serviceAccounts?foo=bar", "foo", {"accountId": "worker"}),
            ("GET", f"/v1/projects/{project}/serviceAccounts/{account}/keys?page_size=5", "page_size", None),
    ]:
        answer = raw(method, path, body)
        assert answer.status_code == 400, path
        assert answer.json()["error"] == {
            "code": 400, "message": words(name), "status": "INVALID_ARGUMENT", "details": [{
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"description": words(name)}]}]}, path
    assert raw("GET", f"{base}/zz").status_code == 404


def test_the_package_index_ignores_parameters(raw, project):
    # As web indexes do. The repository does not exist, and the answer says so.
    path = f"/{PLACE}-python.pkg.dev/{project}/absent/simple/demo/"
    assert raw("GET", path).status_code == raw("GET", f"{path}?nosuch=1").status_code == 404
