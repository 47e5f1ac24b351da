"""The sandbox's clock moved by days: clients sign in by the real clock, and stored data ages."""

import subprocess

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.cloud import artifactregistry_v1 as ar
from google.oauth2 import service_account
from support.clients import Cloud, credentials
from support.process import BINARY, ROOT, Sandbox
from support.tools import ENVIRONMENT, LOCATION, Login, Repository, wheel

DAYS = 11 * 86400
PROJECT = "my-project-id"
PARENT = f"projects/{PROJECT}/locations/{LOCATION}"
NAME = f"{PARENT}/repositories/old"


@pytest.fixture
def start(tmp_path):
    """Starts a sandbox on this test's folder, again after the last one was stopped."""
    started = []

    def make() -> Sandbox:
        for server in started:
            assert server.stop() == 0
        started[:] = [Sandbox(tmp_path / "data", "--project", PROJECT)]
        return started[0]

    yield make
    assert started[0].stop() == 0


def move(server: Sandbox, seconds: int):
    answer = requests.post(
        f"{server.url}/_sandbox/clock", json={"advanceSeconds": seconds}, timeout=1800)
    assert answer.status_code == 200


def plan(server: Sandbox) -> str:
    """The output of `arctl plan` for a manifest, which must have read the live state."""
    done = subprocess.run(
        [BINARY.parent / "arctl", "plan", ROOT / "manifests/python.yaml", "--endpoint", server.url],
        env={**ENVIRONMENT, "GOOGLE_APPLICATION_CREDENTIALS": str(server.owner_file)},
        text=True, timeout=1800, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def sign_in(server: Sandbox):
    """With google-auth (with an issued token and with its own JWT), with GAPIC, and with arctl."""
    credential = credentials(server.owner())
    credential.refresh(Request())
    url = f"{server.url}/v1/projects/{PROJECT}"
    own = service_account.Credentials.from_service_account_info(
        server.owner(), always_use_jwt_access=True).with_scopes(
            ["https://www.googleapis.com/auth/cloud-platform"])
    for session in [AuthorizedSession(credential), AuthorizedSession(own)]:
        assert session.get(url).status_code == 200
    client = ar.ArtifactRegistryClient(
        credentials=own, transport="rest", client_options={"api_endpoint": server.url})
    assert [r.name for r in client.list_repositories(parent=PARENT)] == [NAME]
    assert "my-python-libraries" in plan(server)


def cleaned(server: Sandbox) -> list[str]:
    answer = requests.post(
        f"{server.url}/_sandbox/cleanup", json={"repository": NAME}, timeout=1800).json()
    return answer["repositories"][0].get("deleted", [])


def test_clients_sign_in_after_the_clock_moved(start, tmp_path):
    server = start()
    owner = Cloud(server.url, credentials(server.owner()))
    owner.enable(PROJECT, "artifactregistry.googleapis.com")
    owner.finish_repository(owner.repositories.create(
        parent=PARENT, repositoryId="old", body={
            "format": "PYTHON", "cleanupPolicies": {"ten": {
                "id": "ten", "action": "DELETE",
                "condition": {"olderThan": "864000s", "tagState": "ANY"}}}}).execute())
    login = Login.forms(server.owner(), "")["_json_key_base64"]
    Repository(server.url, PROJECT, "old").twine(login, wheel(tmp_path, "demo", "1.0"))
    sign_in(server)
    move(server, DAYS - 2 * 86400)
    sign_in(server)
    assert cleaned(server) == []
    move(server, 2 * 86400)
    sign_in(server)
    server = start()
    sign_in(server)
    assert cleaned(server) == [f"{NAME}/packages/demo/versions/1.0"]
    # To a time before the owner's key was created.
    move(server, -2 * DAYS)
    sign_in(server)


def test_a_signed_in_client_keeps_working(start):
    server = start()
    session = AuthorizedSession(credentials(server.owner()))
    url = f"{server.url}/v1/projects/{PROJECT}"
    assert session.get(url).status_code == 200
    first = session.credentials.token
    move(server, DAYS)
    assert session.get(url).status_code == 200
    assert session.credentials.token != first, "the token has ended, and the client bought another"
