"""The whole Spanish tutorial: manifests, a sandbox to apply them to, twine and pip with the keys that arctl wrote."""

import json
import urllib.request

import pytest
from support.process import ROOT, Sandbox
from support.tools import BIN, Login, Repository, environment, run

READER = """
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {name: installer}
spec: {displayName: Installs packages}
---
apiVersion: arctl.dev/v1
kind: IAMBinding
metadata: {name: installer-reads}
spec:
  resource: repository/my-python-libraries
  role: roles/artifactregistry.reader
  members: [serviceAccount:installer]
---
apiVersion: arctl.dev/v1
kind: ServiceAccountKey
metadata: {name: installer-key}
spec:
  serviceAccount: installer
  destination: {file: installer-key.json}
"""


@pytest.fixture
def sandbox_of_the_tutorial(tmp_path):
    """A sandbox that is set up from the default manifests, with a reader in addition to the uploader."""
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    text = (ROOT / "manifests/python.yaml").read_text()
    (manifests / "python.yaml").write_text(text + READER)
    sandbox = Sandbox(tmp_path / "data", "--apply", str(manifests))
    yield sandbox
    assert sandbox.stop() == 0


def login(sandbox: Sandbox, name: str) -> Login:
    key = json.loads((sandbox.data / f"keys/{name}").read_text())
    return Login.forms(key, "")["_json_key_base64"]


def release(folder, version: str, words: str) -> list:
    source = folder / "greetings"
    (source / "greetings").mkdir(parents=True, exist_ok=True)
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "greetings"\nversion = "{version}"\n')
    (source / "greetings/__init__.py").write_text(
        f'def hello(nombre):\n    return f"{words}"\n', encoding="utf-8")
    run(BIN / "python", "-m", "build", "--no-isolation", source, "--outdir", folder / version)
    return sorted((folder / version).iterdir())


def test_roles_decide_who_publishes(sandbox_of_the_tutorial, tmp_path):
    sandbox = sandbox_of_the_tutorial
    repository = Repository(sandbox.url, "my-project-id", "my-python-libraries")
    uploader, reader = login(sandbox, "uploader-key.json"), login(sandbox, "installer-key.json")
    python = environment(tmp_path / "env")

    def install(*options):
        repository.pip(reader, "--python", python, "install", "greetings", *options)
        return run(python, "-c", "import greetings; print(greetings.hello('Ana'))").strip()

    first = release(tmp_path, "0.0.1", "¡Hola, {nombre}!")
    refused = repository.twine(reader, *first, fails=True)
    assert "403 Forbidden" in refused
    assert "artifactregistry.repositories.uploadArtifacts" in refused
    repository.twine(uploader, *first)
    assert install() == "¡Hola, Ana!"

    second = release(tmp_path, "0.0.2", "👋¡Hola holita, {nombre}!👋")
    repository.twine(uploader, *second)
    assert install("--upgrade") == "👋¡Hola holita, Ana!👋"

    revoke(sandbox, "uploader")
    third = release(tmp_path, "0.0.3", "¡Adiós, {nombre}!")
    assert "401 Unauthorized" in repository.twine(uploader, *third, fails=True)
    assert install("--upgrade") == "👋¡Hola holita, Ana!👋"


def revoke(sandbox: Sandbox, account: str):
    """Deletes the account's keys, as the owner."""
    from google.auth.transport.requests import Request
    from google.oauth2 import service_account

    owner = service_account.Credentials.from_service_account_file(
        sandbox.owner_file, scopes=["https://www.googleapis.com/auth/cloud-platform"])
    owner.refresh(Request())
    email = f"{account}@my-project-id.iam.gserviceaccount.com"
    keys = f"{sandbox.url}/v1/projects/-/serviceAccounts/{email}/keys"

    def call(method: str, url: str) -> dict:
        request = urllib.request.Request(
            url, method=method, headers={"Authorization": f"Bearer {owner.token}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    found = call("GET", f"{keys}?keyTypes=USER_MANAGED")["keys"]
    assert len(found) == 1
    call("DELETE", f"{sandbox.url}/v1/{found[0]['name']}")


