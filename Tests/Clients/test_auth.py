"""Signing in with google-auth: key files, uploaded keys, self-signed tokens, impersonation."""

import base64
import datetime
import json
import re
import time

import google.auth
import google.auth.exceptions
import pytest
import requests
from google.auth import crypt, identity_pool, impersonated_credentials, jwt
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import service_account
from support.clients import SCOPE, Cloud, Raw, credentials, expect_failure, info_of
from support.discovery import method_of
from support.keys import certificate, key_file, key_pair, upload_body
from support.watch import WATCH

IAM_SCOPE = "https://www.googleapis.com/auth/iam"
TOKEN_CREATOR = "roles/iam.serviceAccountTokenCreator"


@pytest.fixture
def name(project, account):
    return f"projects/{project}/serviceAccounts/{account}"


@pytest.fixture
def made_key(owner, name):
    """A key that the server generated: its name and its file."""
    made = owner.keys.create(name=name, body={}).execute()
    return made["name"], json.loads(base64.b64decode(made["privateKeyData"]))


def grant(owner, project, role, *members):
    policy = owner.projects.getIamPolicy(resource=project, body={}).execute()
    policy["bindings"].append({"role": role, "members": list(members)})
    owner.projects.setIamPolicy(resource=project, body={"policy": policy}).execute()


def refused(file: dict) -> str:
    """Signs in with a key file, which must fail. Returns the token endpoint's text."""
    with pytest.raises(google.auth.exceptions.RefreshError) as caught:
        credentials(file).refresh(Request())
    assert caught.value.args[1]["error"] == "invalid_grant"
    return caught.value.args[1]["error_description"]


def test_the_owner_file_signs_in_like_any_credential(sandbox, monkeypatch, project):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(sandbox.owner_file))
    credential, default_project = google.auth.default(scopes=[SCOPE])
    assert default_project == "sandbox-owner"
    session = AuthorizedSession(credential)
    answer = session.get(f"{sandbox.url}/v1/projects/{project}/serviceAccounts")
    assert answer.status_code == 200
    assert credential.token.startswith("arctlsbx."), "it cannot be taken for a real token"
    lifetime = credential.expiry - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert 3500 < lifetime.total_seconds() < 3600


def test_a_made_key_acts_for_its_account(owner, sandbox, project, account, made_key):
    cloud = Cloud(sandbox.url, credentials(made_key[1]))
    error = expect_failure(
        cloud.accounts.list(name=f"projects/{project}"), 403, "PERMISSION_DENIED",
        "Permission 'iam.serviceAccounts.list' denied on resource (or it may not exist).")
    info = info_of(error)
    assert (info["reason"], info["domain"]) == ("IAM_PERMISSION_DENIED", "iam.googleapis.com")
    assert info["metadata"]["permission"] == "iam.serviceAccounts.list"
    grant(owner, project, "roles/viewer", f"serviceAccount:{account}")
    listed = cloud.accounts.list(name=f"projects/{project}").execute()["accounts"]
    assert [a["email"] for a in listed] == [account]


@pytest.mark.parametrize("where,call", [
    ("locations/us", lambda cloud, name: cloud.repositories.list(parent=name)),
    ("locations/us/repositories/r", lambda cloud, name: cloud.repositories.get(name=name)),
], ids=["list", "get"])
def test_a_denial_by_artifact_registry(sandbox, project, made_key, where, call):
    """As in recorded answers: the location is the resource of list and create."""
    name = f"projects/{project}/{where}"
    cloud = Cloud(sandbox.url, credentials(made_key[1]))
    error = expect_failure(call(cloud, name), 403, "PERMISSION_DENIED")
    permission = info_of(error)["metadata"]["permission"]
    assert error["message"] == (
        f"Permission '{permission}' denied on resource "
        f"'//artifactregistry.googleapis.com/{name}' (or it may not exist).")
    assert info_of(error) == {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "IAM_PERMISSION_DENIED",
        "domain": "artifactregistry.googleapis.com",
        "metadata": {"permission": permission, "resource": name}}


def test_an_uploaded_key_acts_for_its_account(owner, sandbox, project, account, name):
    key = key_pair()
    uploaded = owner.keys.upload(name=name, body=upload_body(certificate(key))).execute()
    grant(owner, project, "roles/viewer", f"serviceAccount:{account}")
    file = key_file(sandbox.url, account, uploaded["name"].rsplit("/", 1)[1], key)
    cloud = Cloud(sandbox.url, credentials(file))
    assert cloud.accounts.get(name=name).execute()["email"] == account


def test_an_uploaded_key_ends_with_its_certificate(owner, sandbox, account, name):
    key = key_pair()
    uploaded = owner.keys.upload(name=name, body=upload_body(certificate(key, days=2))).execute()
    file = key_file(sandbox.url, account, uploaded["name"].rsplit("/", 1)[1], key)
    credentials(file).refresh(Request())
    move = lambda seconds: requests.post(
        f"{sandbox.url}/_sandbox/clock", json={"advanceSeconds": seconds}, timeout=1800)
    two_days = 2 * 86400
    move(two_days)
    try:
        # The client's clock is moved with the server's, so that only the key is too old.
        now = int(time.time()) + two_days
        claims = {
            "iss": account, "scope": SCOPE, "aud": "https://oauth2.googleapis.com/token",
            "iat": now, "exp": now + 3600}
        assertion = jwt.encode(crypt.RSASigner.from_service_account_info(file), claims)
        answer = requests.post(file["token_uri"], timeout=1800, data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion})
        assert (answer.status_code, answer.json()) == (
            400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
    finally:
        move(-two_days)
    credentials(file).refresh(Request())


def test_a_key_that_no_longer_signs_in(owner, sandbox, made_key, name):
    key_name, file = made_key
    credential = credentials(file)
    credential.refresh(Request())
    raw = Raw(sandbox.url, credential)
    call = lambda: raw("GET", f"/v1/{name}").status_code
    assert call() == 403, "known, and without rights"

    owner.keys.disable(name=key_name, body={}).execute()
    assert call() == 401, "its tokens end with it, at once"
    assert refused(file) == "Invalid JWT Signature."
    owner.keys.enable(name=key_name, body={}).execute()
    assert call() == 403

    owner.accounts.disable(name=name, body={}).execute()
    assert call() == 401
    assert refused(file) == "Invalid grant: account is disabled"
    owner.accounts.enable(name=name, body={}).execute()
    assert call() == 403

    owner.keys.delete(name=key_name).execute()
    assert call() == 401
    assert refused(file) == "Invalid JWT Signature."
    owner.accounts.delete(name=name).execute()
    assert refused(file) == "Invalid grant: account not found"


def test_a_key_of_another_account_is_refused(sandbox, made_key):
    file = {**made_key[1], "private_key": sandbox.owner()["private_key"]}
    assert refused(file) == "Invalid JWT Signature."


def self_signed(file: dict, **changes) -> str:
    now = int(time.time())
    claims = {
        "iss": file["client_email"], "sub": file["client_email"],
        "aud": "https://artifactregistry.googleapis.com/", "iat": now, "exp": now + 3600}
    claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    return jwt.encode(crypt.RSASigner.from_service_account_info(file), claims).decode()


def answer_to(sandbox, token: str, project: str) -> requests.Response:
    return requests.get(
        f"{sandbox.url}/v1/projects/{project}/locations", timeout=1800,
        headers={"Authorization": f"Bearer {token}"})


def test_self_signed_tokens_by_google_auth(sandbox, project):
    plain = service_account.Credentials.from_service_account_info(sandbox.owner())
    by_audience = plain.with_always_use_jwt_access(True)
    by_audience._create_self_signed_jwt("https://artifactregistry.googleapis.com/")
    by_scope = plain.with_scopes([SCOPE]).with_always_use_jwt_access(True)
    before = WATCH.good[("POST /token", "google-auth")]
    for credential in [by_audience, by_scope]:
        credential.refresh(Request())
        assert credential.token.count(".") == 2, "signed by itself"
        assert answer_to(sandbox, credential.token, project).status_code == 200
    assert WATCH.good[("POST /token", "google-auth")] == before, "no further token was requested"


@pytest.mark.parametrize("changes", [
    {"aud": "https://example.com/"}, {"aud": None}, {"sub": "else@example.com"},
    {"iss": "else@example.com", "sub": "else@example.com"}, {"sub": None},
    {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600},
    {"exp": int(time.time()) + 7200}, {"iat": int(time.time()) + 1800, "exp": int(time.time()) + 3600},
    {"aud": None, "scope": "https://www.googleapis.com/auth/userinfo.email"},
], ids=str)
def test_self_signed_tokens_that_are_refused(sandbox, project, changes):
    assert answer_to(sandbox, self_signed(sandbox.owner()), project).status_code == 200
    answer = answer_to(sandbox, self_signed(sandbox.owner(), **changes), project)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_every_method_accepts_its_documented_scopes(sandbox):
    routes = requests.get(f"{sandbox.url}/_sandbox/routes", timeout=1800).json()["routes"]
    known = 0
    for route in routes:
        path = re.sub(r"\{\w+\}", "x", route["template"])
        services = [route["api"]]
        if path == "/v1/operations/x":  # Resource Manager's clients poll their operations there
            services.append("cloudresourcemanager.googleapis.com")
        found = [method_of(service, route["method"], path) for service in services]
        wanted = set().union(*(method.scopes for method in found if method))
        if wanted:
            known += 1
            # IAM's reference pages also name a scope of its own, and google-auth requests it to impersonate.
            own = {IAM_SCOPE} if route["api"].startswith("iam") else set()
            assert set(route["scopes"]) == wanted | own, route
    assert known > 70


def test_a_token_of_another_scope(sandbox, owner, project, made_key):
    grant(owner, project, "roles/viewer", f"serviceAccount:{made_key[1]['client_email']}")
    plain = service_account.Credentials.from_service_account_info(made_key[1])
    path = f"/v1/projects/{project}/locations"
    for scope, status in [("cloud-platform.read-only", 200), ("devstorage.read_only", 403)]:
        credential = plain.with_scopes([f"https://www.googleapis.com/auth/{scope}"])
        credential.refresh(Request())
        answer = Raw(sandbox.url, credential)("GET", path)
        assert answer.status_code == status
    assert info_of(answer.json()["error"])["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_no_credential_and_bad_ones(sandbox, anonymous, project):
    path = f"/v1/projects/{project}/locations"
    answer = anonymous("GET", path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
    error = answer.json()["error"]
    assert error["message"].startswith("Request is missing required authentication credential.")
    assert info_of(error)["reason"] == "CREDENTIALS_MISSING"
    for value in ["Bearer ya29.stolen", "Bearer", "Basic eDp5", "Bearer arctlsbx.e30.e30", "Bearer a.b.c"]:
        answer = anonymous("GET", path, headers={"Authorization": value})
        assert answer.status_code == 401, value
        assert info_of(answer.json()["error"])["reason"] == "ACCESS_TOKEN_INVALID", value


def test_a_token_that_is_too_old(sandbox, owner, project):
    credential = credentials(sandbox.owner())
    credential.refresh(Request())
    assert answer_to(sandbox, credential.token, project).status_code == 200
    requests.post(f"{sandbox.url}/_sandbox/clock", json={"advanceSeconds": 3700}, timeout=1800)
    try:
        assert answer_to(sandbox, credential.token, project).status_code == 401
    finally:
        requests.post(f"{sandbox.url}/_sandbox/clock", json={"advanceSeconds": -3700}, timeout=1800)


def impersonated(sandbox, source, account: str, lifetime: int = 600):
    # The documented way to another endpoint is the credential's own override.
    return impersonated_credentials.Credentials(
        source_credentials=source, target_principal=account, target_scopes=[SCOPE],
        lifetime=lifetime,
        iam_endpoint_override=(
            f"{sandbox.url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"))


def test_impersonation(owner, sandbox, project, new_account):
    robot, person = new_account(project), new_account(project)
    key = owner.keys.create(name=f"projects/{project}/serviceAccounts/{person}", body={}).execute()
    source = credentials(json.loads(base64.b64decode(key["privateKeyData"])))
    credential = impersonated(sandbox, source, robot)
    with pytest.raises(google.auth.exceptions.RefreshError) as caught:
        credential.refresh(Request())
    assert "iam.serviceAccounts.getAccessToken" in str(caught.value)

    owner.accounts.setIamPolicy(
        resource=f"projects/{project}/serviceAccounts/{robot}",
        body={"policy": {"bindings": [
            {"role": TOKEN_CREATOR, "members": [f"serviceAccount:{person}"]}]}}).execute()
    credential.refresh(Request())
    lifetime = credential.expiry - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert 590 < lifetime.total_seconds() <= 601
    cloud = Cloud(sandbox.url, credential)
    expect_failure(cloud.accounts.list(name=f"projects/{project}"), 403, "PERMISSION_DENIED")
    grant(owner, project, "roles/viewer", f"serviceAccount:{robot}")
    assert len(cloud.accounts.list(name=f"projects/{project}").execute()["accounts"]) == 2
    expect_failure(Cloud(sandbox.url, source).accounts.list(name=f"projects/{project}"), 403,
                   "PERMISSION_DENIED")


def test_generate_access_token(owner, project, account):
    name = f"projects/-/serviceAccounts/{account}"
    made = owner.credentials.generateAccessToken(
        name=name, body={"scope": [SCOPE], "lifetime": "300s"}).execute()
    assert set(made) == {"accessToken", "expireTime"}
    for body in [{}, {"scope": [SCOPE], "lifetime": "2h"}, {"scope": [SCOPE], "lifetime": "3601s"},
                 {"scope": [SCOPE], "lifetime": "0s"}, {"scope": SCOPE}]:
        expect_failure(
            owner.credentials.generateAccessToken(name=name, body=body), 400, "INVALID_ARGUMENT")
    expect_failure(
        owner.credentials.generateAccessToken(
            name=f"projects/-/serviceAccounts/nobody@{project}.iam.gserviceaccount.com",
            body={"scope": [SCOPE]}), 404, "NOT_FOUND")
    owner.accounts.disable(name=f"projects/{project}/serviceAccounts/{account}", body={}).execute()
    expect_failure(
        owner.credentials.generateAccessToken(name=name, body={"scope": [SCOPE]}), 400,
        "FAILED_PRECONDITION")


@pytest.mark.parametrize("form,code", [
    ({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, "invalid_grant"),
    ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"},
     "invalid_grant"),
], ids=str)
def test_token_requests_that_are_refused(sandbox, form, code):
    answer = requests.post(f"{sandbox.url}/token", data=form, timeout=1800)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


PROVIDER = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q"
NO_POOL = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist.")
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "subject_token": "a.b.c",
    "audience": PROVIDER, "scope": SCOPE}


def test_google_auth_reports_a_missing_pool(sandbox, tmp_path):
    (tmp_path / "token").write_text("a.b.c")
    credential = identity_pool.Credentials(
        audience=PROVIDER, subject_token_type=EXCHANGE["subject_token_type"],
        token_url=f"{sandbox.url}/v1/token", credential_source={"file": str(tmp_path / "token")},
        scopes=[SCOPE])
    with pytest.raises(google.auth.exceptions.OAuthError) as caught:
        credential.refresh(Request())
    assert str(caught.value.args[0]) == f"Error code invalid_target: {NO_POOL}"


@pytest.mark.parametrize("changes,code", [
    ({"grant_type": None}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"requested_token_type": None}, "invalid_request"), ({"requested_token_type": "x"}, "invalid_request"),
    ({"subject_token_type": None}, "invalid_request"), ({"subject_token_type": "x"}, "invalid_request"),
    ({"subject_token": None}, "invalid_request"), ({"scope": None}, "invalid_request"),
    ({"audience": None}, "invalid_request"), ({"audience": f"https:{PROVIDER}"}, "invalid_request"),
    ({"audience": PROVIDER.rsplit("/", 2)[0]}, "invalid_request"),
    ({"audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/q"}, "invalid_target"),
    ({}, "invalid_target"),
], ids=str)
def test_exchanges_that_are_refused(sandbox, changes, code):
    form = {**EXCHANGE, **changes}
    camel = lambda name: re.sub(r"_(\w)", lambda match: match[1].upper(), name)
    for body in [{"data": form}, {"json": {camel(k): v for k, v in form.items() if v is not None}}]:
        answer = requests.post(f"{sandbox.url}/v1/token", timeout=1800, **body)
        assert (answer.status_code, answer.json()["error"]) == (400, code)
    if code == "invalid_target":
        assert answer.json()["error_description"] == NO_POOL
