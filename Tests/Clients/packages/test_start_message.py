"""The start message of the sandbox, pasted unchanged into a shell."""

import json
import time

import pytest
from support.clients import Cloud, credentials
from support.process import Sandbox
from support.tools import BIN, ENVIRONMENT, run, wheel

PROJECT = "my-project-id"
LOCATION = "us-east4"


class Message:
    """The message on a terminal: the lines to paste below each heading."""

    def __init__(self, text: str):
        self.text = text.replace("\r", "")
        self.blocks = {}
        for block in self.text.split("\n\n"):
            heading, _, lines = block.strip().partition(":\n")
            self.blocks[heading.removeprefix("# ")] = lines

    def below(self, heading: str) -> str:
        """The lines below the heading with this start."""
        [lines] = [lines for text, lines in self.blocks.items() if text.startswith(heading)]
        return lines


def message_of(sandbox: Sandbox) -> Message:
    for _ in range(18_000):
        text = sandbox.log.read_text()
        if text.endswith("PACKAGE\n\n"):
            return Message(text)
        time.sleep(0.1)
    raise AssertionError(text)


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A sandbox with a Python repository, in a folder whose name a shell splits unless it is quoted."""
    sandbox = Sandbox(
        tmp_path_factory.mktemp("started") / "it's my data", "--project", PROJECT, on_terminal=True)
    owner = Cloud(sandbox.url, credentials(sandbox.owner()))
    operation = owner.services.enable(
        name=f"projects/{PROJECT}/services/artifactregistry.googleapis.com").execute()
    owner.finish(operation, owner.service_operations)
    owner.finish_repository(owner.repositories.create(
        parent=f"projects/{PROJECT}/locations/{LOCATION}", repositoryId="lib",
        body={"format": "PYTHON"}).execute())
    yield sandbox
    assert sandbox.stop() == 0


def paste(*lines: str, cwd=None) -> str:
    """The output of lines that are pasted into a shell with the tools of the tests."""
    path = f"{BIN}:{ENVIRONMENT['PATH']}"
    return run("sh", "-euc", "\n".join([f"export PATH='{path}'", *lines]), cwd=cwd)


def test_the_exports_lead_to_the_owners_file(started):
    exports = message_of(started).below("gcloud")
    assert all(line.startswith("export ") for line in exports.splitlines())
    for name in ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"]:
        assert json.loads(paste(exports, f'cat "${name}"')) == started.owner()


def test_the_text_around_the_exports_can_be_pasted(started):
    until_python = message_of(started).text.split("# The Python clients")[0]
    output = paste(until_python, 'cat "$GOOGLE_APPLICATION_CREDENTIALS"')
    assert started.owner()["client_email"] in output


# Signs in as gcloud 528 does with CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE (core/credentials/store.py), and
# calls every API at its override.
AS_GCLOUD = """
import json, os
from google.auth import _default
from google.auth.transport.requests import AuthorizedSession

credential, _ = _default.load_credentials_from_file(
    os.environ["CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"],
    scopes=["openid", "https://www.googleapis.com/auth/userinfo.email",
            "https://www.googleapis.com/auth/cloud-platform"])
credential._token_uri = os.environ.get("CLOUDSDK_AUTH_TOKEN_HOST", "https://oauth2.googleapis.com/token")
session = AuthorizedSession(credential)
project = "v1/projects/my-project-id"
calls = {
    "ARTIFACTREGISTRY": ("GET", f"{project}/locations/us-east4/repositories", None),
    "IAM": ("GET", f"{project}/serviceAccounts", None),
    "IAMCREDENTIALS": (
        "POST", "v1/projects/-/serviceAccounts/absent@my-project-id.iam.gserviceaccount.com"
        ":generateAccessToken", {"scope": ["https://www.googleapis.com/auth/cloud-platform"]}),
    "CLOUDRESOURCEMANAGER": ("POST", f"{project}:getIamPolicy", {}),
    "SERVICEUSAGE": ("GET", f"{project}/services?filter=state:ENABLED&pageSize=200", None),
    "CLOUDBILLING": ("GET", f"{project}/billingInfo", None),
}
answers = {}
for api, (method, path, body) in calls.items():
    base = os.environ[f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"]
    answers[api] = session.request(method, base + path, json=body).status_code
print(json.dumps(answers))
"""


def test_the_exports_for_gcloud(started, tmp_path):
    (tmp_path / "as_gcloud.py").write_text(AS_GCLOUD)
    answers = json.loads(paste(message_of(started).below("gcloud"), "python as_gcloud.py", cwd=tmp_path))
    assert answers.pop("IAMCREDENTIALS") == 404, "of the account, which is not there"
    assert set(answers.values()) == {200} and len(answers) == 5


# After the lines of the message: commands of their clients, and the sandbox's output.
WITH_PYTHON = """
accounts = iam.projects().serviceAccounts().list(name="projects/my-project-id").execute()
parent = "projects/my-project-id/locations/us-east4"
print([accounts, [made.name for made in registry.list_repositories(parent=parent)]])
"""


def test_googles_python_clients(started, tmp_path):
    message = message_of(started)
    (tmp_path / "lines.py").write_text(message.below("The Python clients") + WITH_PYTHON)
    output = paste(message.below("gcloud"), "python lines.py", cwd=tmp_path)
    assert output.strip() == (
        f"[{{}}, ['projects/{PROJECT}/locations/{LOCATION}/repositories/lib']]")


def test_twine_and_pip(started, tmp_path):
    lines = message_of(started).below("twine")
    for word, meant in {
        "LOCATION": LOCATION, "PROJECT": PROJECT, "REPOSITORY": "lib", "KEY": "key.json",
        "PACKAGE": "greetings --target installed",
    }.items():
        lines = lines.replace(word, meant)
    (tmp_path / "dist").mkdir()
    (tmp_path / "key.json").write_bytes(started.owner_file.read_bytes())
    wheel(tmp_path / "dist", "greetings", "1.0", "hello")
    paste(lines, cwd=tmp_path)
    assert "hello" in (tmp_path / "installed/greetings.py").read_text()
