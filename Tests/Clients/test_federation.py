"""IAM v1: workload identity pools and their providers, and the exchange of an issuer's tokens."""

import base64
import json

import google.auth.exceptions
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth import identity_pool
from google.auth.transport.requests import Request
from support.clients import SCOPE, Cloud, expect_failure, fresh

OIDC = {
    "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    "attributeMapping": {
        "google.subject": "assertion.sub", "attribute.repository_id": "assertion.repository_id"},
    "attributeCondition": "assertion.repository_owner_id == '5'",
}


@pytest.fixture
def parent(new_project):
    project = new_project("iam.googleapis.com", "iamcredentials.googleapis.com")
    return f"projects/{project}/locations/global"


@pytest.fixture
def finish(owner):
    """Polls an operation, which ends without a response."""

    def poll(operation):
        operations = owner.pool_providers.operations() if "/providers/" in operation["name"] else (
            owner.pools.operations())
        assert owner.finish(operation, operations) == {}

    return poll


@pytest.fixture
def pool(owner, parent, finish):
    finish(owner.pools.create(
        parent=parent, workloadIdentityPoolId="github", body={"displayName": "GitHub"}).execute())
    return f"{parent}/workloadIdentityPools/github"


@pytest.fixture
def provider(owner, pool, finish):
    finish(owner.pool_providers.create(
        parent=pool, workloadIdentityPoolProviderId="main", body=OIDC).execute())
    return owner.pool_providers.get(name=f"{pool}/providers/main").execute()


def test_pools(owner, parent, pool, finish):
    made = owner.pools.get(name=pool).execute()
    assert made["state"] == "ACTIVE" and made["name"].endswith("/workloadIdentityPools/github")
    assert owner.pools.list(parent=parent).execute() == {"workloadIdentityPools": [made]}
    finish(owner.pools.patch(
        name=pool, updateMask="displayName,disabled", body={"disabled": True}).execute())
    changed = owner.pools.get(name=pool).execute()
    assert changed["disabled"] is True and "displayName" not in changed
    expect_failure(
        owner.pools.patch(name=pool, updateMask="mode", body={"mode": "TRUST_DOMAIN"}), 400,
        "INVALID_ARGUMENT", "Attempted to update an immutable field.")
    finish(owner.pools.delete(name=pool).execute())
    deleted = owner.pools.get(name=pool).execute()
    assert deleted["state"] == "DELETED" and "expireTime" in deleted
    assert owner.pools.list(parent=parent).execute() == {}
    assert owner.pools.list(parent=parent, showDeleted=True).execute()["workloadIdentityPools"]
    expect_failure(
        owner.pools.create(parent=parent, workloadIdentityPoolId="github", body={}), 409,
        "ALREADY_EXISTS", "Requested entity already exists")
    finish(owner.pools.undelete(name=pool, body={}).execute())
    assert owner.pools.get(name=pool).execute() == changed
    expect_failure(owner.pools.get(name=f"{pool}x"), 404, "NOT_FOUND")


def test_policies_of_pools(owner, pool, new_account, parent):
    member = f"serviceAccount:{new_account(parent.split('/')[1])}"
    policy = owner.pools.getIamPolicy(resource=pool, body={}).execute()
    policy["bindings"] = [
        {"role": "roles/iam.workloadIdentityPoolViewer", "members": [member]}]
    owner.pools.setIamPolicy(resource=pool, body={"policy": policy}).execute()
    assert owner.pools.getIamPolicy(resource=pool, body={}).execute()["bindings"] == policy["bindings"]
    wanted = ["iam.googleapis.com/workloadIdentityPools.update"]
    held = owner.pools.testIamPermissions(resource=pool, body={"permissions": wanted}).execute()
    assert held == {"permissions": wanted}


def test_providers(owner, pool, provider, finish):
    name = f"{pool}/providers/main"
    assert {**OIDC, "state": "ACTIVE", "name": provider["name"]} == provider
    assert owner.pool_providers.list(parent=pool).execute() == {
        "workloadIdentityPoolProviders": [provider]}
    finish(owner.pool_providers.patch(
        name=name, updateMask="oidc.allowedAudiences", body={"oidc": {"allowedAudiences": ["a"]}}
    ).execute())
    changed = owner.pool_providers.get(name=name).execute()
    assert changed["oidc"] == {**OIDC["oidc"], "allowedAudiences": ["a"]}
    expect_failure(
        owner.pool_providers.patch(name=name, updateMask="attributeCondition", body={}), 400,
        "INVALID_ARGUMENT")
    finish(owner.pool_providers.delete(name=name).execute())
    assert owner.pool_providers.get(name=name).execute()["state"] == "DELETED"
    assert owner.pool_providers.list(parent=pool).execute() == {}
    finish(owner.pool_providers.undelete(name=name, body={}).execute())
    assert owner.pool_providers.get(name=name).execute() == changed


# What a workflow has: a token of the issuer in a file, and the configuration of google-auth.

@pytest.fixture
def token(anonymous, provider):
    """Signs a token of the issuer."""

    def sign(**claims) -> str:
        answer = anonymous("POST", "/_sandbox/oidc/token", {
            "provider": provider["name"], "claims": {
                "sub": "repo:acme/lib:ref:refs/heads/main", "repository_id": "77",
                "repository_owner_id": "5", **claims}})
        assert answer.ok, answer.text
        return answer.json()["token"]

    return sign


@pytest.fixture
def configuration(sandbox, provider, tmp_path):
    """Writes the file that `gcloud iam workload-identity-pools create-cred-config` writes."""

    def write(token: str, account: str | None = None, audience: str | None = None):
        (tmp_path / "token").write_text(token)
        content = {
            "universe_domain": "googleapis.com", "type": "external_account",
            "audience": audience or f"//iam.googleapis.com/{provider['name']}",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{sandbox.url}/v1/token",
            "credential_source": {"file": str(tmp_path / "token")}}
        if account:
            content["service_account_impersonation_url"] = (
                f"{sandbox.url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken")
        (tmp_path / "credentials.json").write_text(json.dumps(content))
        # `google.auth.load_credentials_from_file` would ask Resource Manager at Google for the project.
        return identity_pool.Credentials.from_file(
            str(tmp_path / "credentials.json"), scopes=[SCOPE])

    return write


def principals(provider: dict, rest: str) -> str:
    return f"principalSet://iam.googleapis.com/{provider['name'].split('/providers/')[0]}/{rest}"


def test_google_auth_exchanges_a_token(owner, sandbox, parent, provider, token, configuration):
    project = "/".join(parent.split("/")[:2])
    policy = owner.projects.getIamPolicy(resource=project.split("/")[1], body={}).execute()
    policy["bindings"].append({
        "role": "roles/iam.workloadIdentityPoolViewer",
        "members": [principals(provider, "attribute.repository_id/77")]})
    owner.projects.setIamPolicy(resource=project.split("/")[1], body={"policy": policy}).execute()
    caller = Cloud(sandbox.url, configuration(token()))
    assert caller.pools.list(parent=parent).execute()["workloadIdentityPools"]
    other = Cloud(sandbox.url, configuration(token(repository_id="78")))
    expect_failure(other.pools.list(parent=parent), 403, "PERMISSION_DENIED")


def test_google_auth_impersonates_an_account(
        owner, sandbox, parent, provider, token, configuration, new_account):
    project = parent.split("/")[1]
    account = new_account(project)
    name = f"projects/{project}/serviceAccounts/{account}"
    with pytest.raises(google.auth.exceptions.RefreshError, match="iam.serviceAccounts.getAccessToken"):
        configuration(token(), account).refresh(Request())
    owner.accounts.setIamPolicy(resource=name, body={"policy": {"bindings": [{
        "role": "roles/iam.workloadIdentityUser",
        "members": [principals(provider, "attribute.repository_id/77")]}]}}).execute()
    credential = configuration(token(), account)
    credential.refresh(Request())
    assert credential.token.startswith("arctlsbx.")
    with pytest.raises(google.auth.exceptions.RefreshError, match="iam.serviceAccounts.getAccessToken"):
        configuration(token(repository_id="78"), account).refresh(Request())


@pytest.mark.parametrize("claims,code,text", [
    ({"repository_owner_id": "6"}, "unauthorized_client", "rejected by the attribute condition"),
    ({"aud": "https://github.com/acme"}, "invalid_grant", "audience"),
    ({"iss": "https://gitlab.com"}, "invalid_grant", "issuer"),
    ({"exp": 1}, "invalid_grant", "expired"),
    ({"sub": "a" * 128}, "invalid_grant", "127 bytes limit"),
], ids=str)
def test_google_auth_reports_a_refused_token(token, configuration, claims, code, text):
    with pytest.raises(google.auth.exceptions.OAuthError, match=f"{code}.*{text}"):
        configuration(token(**claims)).refresh(Request())


def test_google_auth_reports_an_absent_provider(provider, token, configuration):
    audience = f"//iam.googleapis.com/{provider['name']}x"
    with pytest.raises(google.auth.exceptions.OAuthError, match="invalid_target"):
        configuration(token(), audience=audience).refresh(Request())


def test_the_keys_of_the_issuer(anonymous):
    """Another library verifies the tokens with the published key."""
    def decoded(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    key = anonymous("GET", "/_sandbox/oidc/jwks").json()["keys"][0]
    sent = {"iss": "https://issuer.example.com", "sub": fresh(), "aud": "x"}
    token = anonymous("POST", "/_sandbox/oidc/token", {"claims": sent}).json()["token"]
    header, payload, signature = token.split(".")
    assert json.loads(decoded(header)) == {"alg": "ES256", "kid": key["kid"], "typ": "JWT"}
    claims = json.loads(decoded(payload))
    assert sent.items() <= claims.items() and claims["exp"] - claims["iat"] == 300
    x, y, r, s = (int.from_bytes(part, "big") for part in (
        decoded(key["x"]), decoded(key["y"]), decoded(signature)[:32], decoded(signature)[32:]))
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
        utils.encode_dss_signature(r, s), f"{header}.{payload}".encode(), ec.ECDSA(SHA256()))
