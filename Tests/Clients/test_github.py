"""The GitHub that the sandbox plays: secrets and variables of Actions, sealed by PyNaCl as GitHub's pages show it."""

import base64

import pytest
import requests
from nacl import encoding, public
from support.clients import fresh


class GitHub:
    """A client of one repository, or of one of its environments."""

    def __init__(self, base: str, parent: str, token: str = "arctl-sandbox-test"):
        self.base, self.parent = f"{base}/api.github.com", parent
        self.session = requests.Session()
        self.session.headers.update({
            "Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28"})

    def __call__(self, method: str, path: str, body=None):
        return self.session.request(
            method, f"{self.base}/repos/{self.parent}/{path}", json=body, timeout=1800)

    def seal(self, value: bytes) -> dict:
        key = self("GET", "secrets/public-key").json()
        box = public.SealedBox(public.PublicKey(key["key"].encode(), encoding.Base64Encoder()))
        return {
            "encrypted_value": base64.b64encode(box.encrypt(value)).decode(),
            "key_id": key["key_id"]}


@pytest.fixture(params=["actions", "environments/prod%2Feu"])
def github(sandbox, request):
    client = GitHub(sandbox.url, f"acme/{fresh('lib')}/{request.param}")
    client.values = f"{sandbox.url}/_sandbox/github/repos/{client.parent}/secrets"
    return client


def test_a_sealed_secret_reaches_the_run(github):
    key = b'{"type": "service_account", "private_key": "-----BEGIN..."}'
    assert github("GET", "secrets/GCP_KEY").status_code == 404
    assert github("PUT", "secrets/gcp_key", github.seal(key)).status_code == 201
    assert github("PUT", "secrets/GCP_KEY", github.seal(key)).status_code == 204
    shown = github("GET", "secrets/GCP_KEY").json()
    assert set(shown) == {"name", "created_at", "updated_at"} and shown["name"] == "GCP_KEY"
    listed = github("GET", "secrets?per_page=100").json()
    assert listed == {"total_count": 1, "secrets": [shown]}
    assert requests.get(f"{github.values}/GCP_KEY/value", timeout=60).json()["value"] == key.decode()
    binary = bytes(range(256))
    assert github("PUT", "secrets/BINARY", github.seal(binary)).status_code == 201
    answer = requests.get(f"{github.values}/BINARY/value", timeout=60).json()
    assert base64.b64decode(answer["value_base64"]) == binary
    assert github("DELETE", "secrets/GCP_KEY").status_code == 204
    assert github("DELETE", "secrets/GCP_KEY").status_code == 404


def test_a_value_for_another_key_is_refused(github):
    body = github.seal(b"secret")
    other = public.SealedBox(public.PrivateKey.generate().public_key).encrypt(b"secret")
    wrong = {**body, "encrypted_value": base64.b64encode(other).decode()}
    assert github("PUT", "secrets/A", wrong).status_code == 422
    assert github("PUT", "secrets/A", {**body, "key_id": "1"}).status_code == 422
    assert github("GET", "secrets/A").status_code == 404


def test_variables(github):
    assert github("POST", "variables", {"name": "KEY_ID", "value": "abc"}).status_code == 201
    assert github("POST", "variables", {"name": "key_id", "value": "abc"}).status_code == 409
    assert github("PATCH", "variables/KEY_ID", {"value": "def"}).status_code == 204
    assert github("GET", "variables/KEY_ID").json()["value"] == "def"
    assert github("DELETE", "variables/KEY_ID").status_code == 204
    assert github("GET", "variables/KEY_ID").status_code == 404


@pytest.mark.parametrize("token", ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "anything"])
def test_no_other_token_is_taken(sandbox, token):
    answer = GitHub(sandbox.url, "acme/lib/actions", token)("GET", "secrets")
    assert answer.status_code == 401 and token not in answer.text
    assert "arctl-sandbox-" in answer.json()["message"]
    journal = requests.get(f"{sandbox.url}/_sandbox/journal", timeout=60)
    assert token not in journal.text or token == "anything"
