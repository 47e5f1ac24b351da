"""IAM v1: keys of service accounts, made by the server or uploaded."""

import base64
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from support.clients import expect_failure
from support.keys import certificate, key_pair, upload_body


@pytest.fixture
def name(project, account):
    return f"projects/{project}/serviceAccounts/{account}"


FILE = {"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "keyAlgorithm": "KEY_ALG_RSA_2048"}


def test_create_get_list_disable_delete(owner, name, account, sandbox):
    made = owner.keys.create(name=name, body=FILE).execute()
    assert set(made) == {
        "name", "privateKeyType", "privateKeyData", "validAfterTime", "validBeforeTime",
        "keyAlgorithm", "keyOrigin", "keyType"}
    id = made["name"].removeprefix(f"{name}/keys/")
    assert len(id) == 40 and set(id) <= set("0123456789abcdef")
    assert made["validBeforeTime"] == "9999-12-31T23:59:59Z"
    assert (made["keyOrigin"], made["keyType"]) == ("GOOGLE_PROVIDED", "USER_MANAGED")
    file = json.loads(base64.b64decode(made["privateKeyData"]))
    assert (file["type"], file["client_email"], file["private_key_id"]) == (
        "service_account", account, id)
    assert file["token_uri"] == f"{sandbox.url}/token"

    got = owner.keys.get(name=made["name"]).execute()
    assert got == {k: v for k, v in made.items() if k not in ("privateKeyType", "privateKeyData")}
    assert owner.keys.list(name=name, keyTypes="USER_MANAGED").execute() == {"keys": [got]}
    kinds = [key["keyType"] for key in owner.keys.list(name=name).execute()["keys"]]
    assert sorted(kinds) == ["SYSTEM_MANAGED", "USER_MANAGED"]

    assert owner.keys.disable(name=made["name"], body={}).execute() == {}
    assert owner.keys.get(name=made["name"]).execute() == {**got, "disabled": True}
    assert owner.keys.enable(name=made["name"], body={}).execute() == {}
    assert owner.keys.get(name=made["name"]).execute() == got

    assert owner.keys.delete(name=made["name"]).execute() == {}
    error = expect_failure(
        owner.keys.get(name=made["name"]), 404, "NOT_FOUND", "Unknown service account key")
    assert error["errors"][0]["reason"] == "notFound"
    expect_failure(owner.keys.delete(name=made["name"]), 404, "NOT_FOUND")
    assert owner.keys.list(name=name, keyTypes="USER_MANAGED").execute() == {}


def test_public_halves(owner, name):
    made = owner.keys.create(name=name, body={}).execute()
    private = serialization.load_pem_private_key(
        json.loads(base64.b64decode(made["privateKeyData"]))["private_key"].encode(), None)
    x509_pem = owner.keys.get(name=made["name"], publicKeyType="TYPE_X509_PEM_FILE").execute()
    shown = x509.load_pem_x509_certificate(base64.b64decode(x509_pem["publicKeyData"]))
    assert shown.public_key() == private.public_key()
    raw_pem = owner.keys.get(name=made["name"], publicKeyType="TYPE_RAW_PUBLIC_KEY").execute()
    assert serialization.load_pem_public_key(
        base64.b64decode(raw_pem["publicKeyData"])) == private.public_key()


def test_upload(owner, name):
    key = key_pair()
    pem = certificate(key, days=30)
    made = owner.keys.upload(name=name, body=upload_body(pem)).execute()
    assert set(made) == {
        "name", "validAfterTime", "validBeforeTime", "keyAlgorithm", "keyOrigin", "keyType"}
    assert (made["keyOrigin"], made["keyType"]) == ("USER_PROVIDED", "USER_MANAGED")
    ends = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    assert made["validBeforeTime"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    expect_failure(owner.keys.upload(name=name, body=upload_body(pem)), 409, "ALREADY_EXISTS")


def test_uploads_that_are_refused(owner, name):
    key = key_pair()
    good = certificate(key)
    bodies = {
        "nothing": {}, "no certificate": upload_body(b"hello"),
        "a bare PEM": {"publicKeyData": good.decode()},
        "expired": upload_body(certificate(key, starts=-10, days=5)),
        "a private key in it": upload_body(good + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption())),
        "an unknown field": {**upload_body(good), "colour": "red"},
    }
    for what, body in bodies.items():
        error = expect_failure(owner.keys.upload(name=name, body=body), 400, "INVALID_ARGUMENT")
        assert error["message"], what
    assert owner.keys.list(name=name, keyTypes="USER_MANAGED").execute() == {}


def test_at_most_ten(owner, name):
    for _ in range(10):
        owner.keys.create(name=name, body={}).execute()
    error = expect_failure(
        owner.keys.create(name=name, body={}), 400, "FAILED_PRECONDITION",
        "Precondition check failed.")
    assert error["errors"][0]["reason"] == "failedPrecondition"
    expect_failure(
        owner.keys.upload(name=name, body=upload_body(certificate(key_pair()))), 400,
        "FAILED_PRECONDITION")


def test_system_keys_stay(owner, name):
    system = owner.keys.list(name=name, keyTypes="SYSTEM_MANAGED").execute()["keys"]
    assert len(system) == 1
    expect_failure(owner.keys.delete(name=system[0]["name"]), 400, "FAILED_PRECONDITION")
    expect_failure(owner.keys.disable(name=system[0]["name"], body={}), 400, "FAILED_PRECONDITION")


@pytest.mark.parametrize("body", [
    {"privateKeyType": "TYPE_NONE"}, {"keyAlgorithm": "KEY_ALG_MD5"}, {"colour": "red"}], ids=str)
def test_keys_that_are_refused(owner, name, body):
    expect_failure(owner.keys.create(name=name, body=body), 400, "INVALID_ARGUMENT")


def test_keys_of_an_absent_account(owner, project):
    name = f"projects/{project}/serviceAccounts/nobody@{project}.iam.gserviceaccount.com"
    for request in [owner.keys.list(name=name), owner.keys.create(name=name, body={})]:
        expect_failure(request, 404, "NOT_FOUND", "Unknown service account")
