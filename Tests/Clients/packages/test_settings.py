"""What `arctl settings` prints, used as it is: every tool installs and publishes against the sandbox."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.clients import Cloud, credentials, fresh
from support.google import GoogleSandbox
from support.settings import ARCTL, Bench
from support.tools import ENVIRONMENT

METHODS = ["keyring", "env", "key"]
PUBLISHERS = ["twine", "uv", "poetry", "pdm", "hatch"]
# Hatch uploads with an HTTP client that reads no proxy variables, so it reaches the sandbox at its own address only.
PUBLISHING = [(form, tool) for form in ("plain", "google") for tool in PUBLISHERS if (form, tool) != ("google", "hatch")]
INSTALLERS = ["pip", "requirements", "uv", "poetry", "pdm", "pipenv"]

MANIFEST = """
apiVersion: arctl.dev/v1
kind: Stack
metadata: {{name: settings}}
spec: {{defaults: {{project: {project}, location: us-east4}}}}
---
apiVersion: arctl.dev/v1
kind: Project
metadata: {{name: {project}}}
spec: {{services: [artifactregistry.googleapis.com, iam.googleapis.com]}}
---
apiVersion: arctl.dev/v1
kind: Repository
metadata: {{name: own2}}
spec:
  format: python
  iam:
  - {{role: roles/artifactregistry.writer, members: [serviceAccount:writer]}}
  - {{role: roles/artifactregistry.reader, members: [serviceAccount:reader]}}
---
apiVersion: arctl.dev/v1
kind: Repository
metadata: {{name: all}}
spec:
  format: python
  mode: virtual
  virtualRepositoryConfig: {{upstreamPolicies: [{{id: own, repository: own2, priority: 100}}]}}
  iam:
  - {{role: roles/artifactregistry.reader, members: [serviceAccount:writer, serviceAccount:reader]}}
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {{name: writer}}
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {{name: reader}}
---
apiVersion: arctl.dev/v1
kind: ServiceAccountKey
metadata: {{name: writer}}
spec: {{serviceAccount: writer, destination: {{file: writer.json}}}}
---
apiVersion: arctl.dev/v1
kind: ServiceAccountKey
metadata: {{name: reader}}
spec: {{serviceAccount: reader, destination: {{file: reader.json}}}}
"""


@dataclass(frozen=True)
class Estate:
    """Manifests that were applied to a sandbox, and how its users reach it."""

    manifests: Path
    project: str
    keys: Path
    # The arguments with which settings are printed for the sandbox; none for Google's own addresses.
    server: tuple[str, ...]
    # The shell in which the settings are used.
    shell: dict[str, str]
    # Reads the live state.
    owner: Cloud

    def bench(self, folder: Path, **variables: str) -> Bench:
        arguments = ["--manifests", str(self.manifests), "--key-dir", str(self.keys), *self.server]
        return Bench(folder, arguments, {**self.shell, **variables})

    def secrets(self) -> list[str]:
        """A part of each private key."""
        return [json.loads((self.keys / f"{name}.json").read_text())["private_key"].splitlines()[5]
                for name in ("writer", "reader")]


def applied(folder: Path, project: str, environment: dict[str, str], *arguments: str) -> tuple[Path, Path]:
    """Applies the manifests. Returns their path and the folder of the key files."""
    manifests, keys = folder / "manifests.yaml", folder / "keys"
    manifests.write_text(MANIFEST.format(project=project))
    done = subprocess.run(
        [ARCTL, "apply", manifests, "--auto-approve", "--key-dir", keys, *arguments],
        env={**ENVIRONMENT, **environment}, text=True, capture_output=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    return manifests, keys


@pytest.fixture(scope="session")
def plain(sandbox, owner, packages_project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("estate")
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": str(sandbox.owner_file)}
    manifests, keys = applied(folder, packages_project, environment, "--endpoint", sandbox.url)
    return Estate(manifests, packages_project, keys, ("--endpoint", sandbox.url), {}, owner)


@pytest.fixture(scope="session")
def google(tmp_path_factory):
    """The same under Google's own host names: the printed addresses are Google's, and the shell has the sandbox's proxy."""
    folder = tmp_path_factory.mktemp("google")
    server = GoogleSandbox(folder / "data", "--project", "settings-project")
    manifests, keys = applied(folder, "settings-project", server.environment)
    shell = {name: value for name, value in server.environment.items() if ENVIRONMENT.get(name) != value}
    yield Estate(manifests, "settings-project", keys, (), shell,
                 Cloud(server.url, credentials(server.owner())))
    assert server.stop() == 0, server.log.read_text()


@pytest.fixture(params=["plain", "google"])
def estate(request):
    return request.getfixturevalue(request.param)


def publish(bench: Bench, tool: str, method: str, package: str, account="writer", fails=False) -> str:
    bench.sign_in(account)
    page = bench.printed("own2", "--tool", tool, "--auth", method, "--account", account)
    bench.source(package)
    bench.put(page, package, "publish")
    return bench.carry_out(page, package, "publish", fails=fails)


@pytest.fixture(scope="session")
def names():
    """The name of a published package for each project."""
    return {}


@pytest.fixture
def published(estate, names, tmp_path):
    """The name of a package in `own2`."""
    if estate.project not in names:
        package = fresh("pkg").replace("-", "_")
        publish(estate.bench(tmp_path / "published"), "twine", "key", package)
        names[estate.project] = package
    return names[estate.project]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("estate, tool", PUBLISHING, indirect=["estate"])
def test_publishes(estate, tmp_path, tool, method):
    package = fresh("pkg").replace("-", "_")
    publish(estate.bench(tmp_path / "bench"), tool, method, package)
    parent = (f"projects/{estate.project}/locations/us-east4/repositories/own2/packages/"
              + package.replace("_", "-"))
    versions = estate.owner.repositories.packages().versions().list(parent=parent).execute()
    assert [version["name"].rsplit("/", 1)[1] for version in versions["versions"]] == ["1.0"]


@pytest.mark.parametrize("estate, tool", PUBLISHING, indirect=["estate"])
def test_a_reader_does_not_publish(estate, tmp_path, tool):
    package = fresh("pkg").replace("-", "_")
    shown = publish(estate.bench(tmp_path / "bench"), tool, "key", package, "reader", fails=True)
    assert "403" in shown or "Forbidden" in shown or "denied" in shown, shown


def install(bench: Bench, tool: str, method: str, repository: str, package: str):
    """Installs with the printed settings, and imports what was installed."""
    bench.sign_in("reader")
    page = bench.printed(repository, "--tool", tool, "--auth", method, "--account", "reader")
    if tool in ("uv", "poetry", "pdm"):
        bench.consumer(*([package] if tool == "uv" else []))
    bench.put(page, package, "install")
    bench.carry_out(page, package, "install")
    check = f"-c 'import {package}; print({package}.WORDS)'"
    runner = {"pip": "target/bin/python", "requirements": "target/bin/python", "uv": ".venv/bin/python",
              "poetry": "poetry run python", "pdm": "pdm run python", "pipenv": "pipenv run python"}[tool]
    assert bench.shell(f"{runner} {check}").splitlines()[-1] == "hello"


# A virtual repository differs from another one in its address only, so one way to sign in is enough for it.
@pytest.mark.parametrize("method, repository", [*((method, "own2") for method in METHODS), ("keyring", "all")])
@pytest.mark.parametrize("tool", INSTALLERS)
def test_installs(estate, published, tmp_path, tool, method, repository):
    variables = {"PIP_PYTHON": "target/bin/python"} if tool in ("pip", "requirements") else {}
    bench = estate.bench(tmp_path / "bench", **variables)
    bench.shell("python3 -m venv --without-pip target")
    install(bench, tool, method, repository, published)


@pytest.mark.parametrize("tool", [*INSTALLERS, *PUBLISHERS, "keyring", "dockerfile", "github-actions", "gitlab-ci"])
def test_no_secret_is_printed(plain, tmp_path, tool):
    bench = plain.bench(tmp_path / "bench")
    for method in METHODS:
        for output in ("text", "json"):
            done = bench.settings("own2", "--tool", tool, "--auth", method, "--account", "writer", "--output", output)
            for secret in plain.secrets():
                assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("tool", [*INSTALLERS, *PUBLISHERS])
def test_the_text_holds_the_same(plain, tmp_path, tool):
    """A user who pastes the text gets what the tests above get from the JSON."""
    bench = plain.bench(tmp_path / "bench")
    page = bench.printed("own2", "--tool", tool)
    text = bench.settings("own2", "--tool", tool).stdout
    for item in [*page["files"], *page["commands"]]:
        assert f"\n\n{item['text']}" in text
    for file in page["files"]:
        assert f"# {file['path']}" in text
