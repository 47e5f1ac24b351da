"""IAM Credentials and the token endpoint: signatures and ID tokens of accounts."""

import base64
import json

import google.auth.transport.requests
import pytest
from google.auth import crypt, impersonated_credentials, jwt
from google.oauth2 import id_token, service_account
from support.clients import SCOPE, expect_failure

AUDIENCE = "https://service.example.com"


@pytest.fixture
def name(account):
    return f"projects/-/serviceAccounts/{account}"


@pytest.fixture
def verify(sandbox):
    """Verifies an ID token as its receiver does, with the sandbox's certificates. Returns the claims."""

    def verified(token):
        return id_token.verify_token(
            token, google.auth.transport.requests.Request(), audience=AUDIENCE,
            certs_url=f"{sandbox.url}/oauth2/v1/certs")

    return verified


def test_sign_blob(owner, anonymous, account, name):
    payload = base64.b64encode(b"blob").decode()
    signed = owner.credentials.signBlob(name=name, body={"payload": payload}).execute()
    certificates = anonymous(
        "GET", f"/service_accounts/v1/metadata/x509/{account}").json()
    assert crypt.verify_signature(
        b"blob", base64.b64decode(signed["signedBlob"]), certificates[signed["keyId"]])
    expect_failure(owner.credentials.signBlob(name=name, body={}), 400, "INVALID_ARGUMENT")
    expect_failure(
        owner.credentials.signBlob(name=f"{name}x", body={"payload": payload}), 404, "NOT_FOUND")


def test_sign_jwt(owner, anonymous, account, name):
    claims = {"sub": "user@example.com", "iat": 313435}
    signed = owner.credentials.signJwt(name=name, body={"payload": json.dumps(claims)}).execute()
    certificates = anonymous(
        "GET", f"/service_accounts/v1/metadata/x509/{account}").json()
    assert jwt.decode_header(signed["signedJwt"])["kid"] == signed["keyId"]
    _, payload, _, _ = jwt._unverified_decode(signed["signedJwt"])
    assert payload == claims
    text, _, signature = signed["signedJwt"].rpartition(".")
    assert crypt.verify_signature(
        text, base64.urlsafe_b64decode(signature + "=="), certificates[signed["keyId"]])
    expect_failure(
        owner.credentials.signJwt(name=name, body={"payload": '{"exp": 1}'}), 400,
        "INVALID_ARGUMENT")


def test_generate_id_token(owner, account, name, verify):
    answer = owner.credentials.generateIdToken(
        name=name, body={"audience": AUDIENCE, "includeEmail": True}).execute()
    claims = verify(answer["token"])
    assert claims["email"] == account and claims["iss"] == "https://accounts.google.com"
    plain = verify(owner.credentials.generateIdToken(
        name=name, body={"audience": AUDIENCE}).execute()["token"])
    assert "email" not in plain and plain["sub"] == claims["sub"] == plain["azp"]


def test_an_id_token_for_a_key_file(sandbox, verify):
    """As google-auth and `gcloud auth print-identity-token` request it."""
    credential = service_account.IDTokenCredentials.from_service_account_info(
        sandbox.owner(), target_audience=AUDIENCE)
    credential.refresh(google.auth.transport.requests.Request())
    claims = verify(credential.token)
    assert claims["email"] == sandbox.owner()["client_email"] == claims["azp"]
    assert claims["sub"] == sandbox.owner()["client_id"] and claims["email_verified"]


def test_impersonated_credentials_sign(sandbox, owner, account, verify):
    source = service_account.Credentials.from_service_account_info(
        sandbox.owner(), scopes=[SCOPE])
    impersonated = impersonated_credentials.Credentials(
        source_credentials=source, target_principal=account, target_scopes=[SCOPE],
        iam_endpoint_override=(
            f"{sandbox.url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"))
    impersonated.refresh(google.auth.transport.requests.Request())
    assert impersonated.token.startswith("arctlsbx.")
