"""What `arctl settings` prints, used as it is: every tool installs and publishes against the sandbox."""

import json
import os
import subprocess

import pytest
from support.clients import fresh
from support.settings import ARCTL, Bench
from support.tools import ENVIRONMENT

METHODS = ["keyring", "env", "key"]
PUBLISHERS = ["twine", "uv", "poetry", "pdm", "hatch"]
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


@pytest.fixture(scope="session")
def estate(sandbox, packages_project, tmp_path_factory):
    """Manifests that were applied to the sandbox: the arguments with which settings are printed for them."""
    folder = tmp_path_factory.mktemp("estate")
    (folder / "manifests.yaml").write_text(MANIFEST.format(project=packages_project))
    keys = folder / "keys"
    done = subprocess.run(
        [ARCTL, "apply", folder / "manifests.yaml", "--auto-approve", "--endpoint", sandbox.url, "--key-dir", keys],
        env={**ENVIRONMENT, "GOOGLE_APPLICATION_CREDENTIALS": str(sandbox.owner_file)},
        text=True, capture_output=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    secrets = [json.loads((keys / f"{name}.json").read_text())["private_key"].splitlines()[5]
               for name in ("writer", "reader")]
    return secrets, ["--manifests", str(folder / "manifests.yaml"), "--endpoint", sandbox.url, "--key-dir", str(keys)]


@pytest.fixture
def new_bench(estate, tmp_path):
    def make(name: str, **variables: str) -> Bench:
        return Bench(tmp_path / name, estate[1], variables)

    return make


def publish(bench: Bench, tool: str, method: str, package: str, account="writer", fails=False) -> str:
    page = bench.printed("own2", "--tool", tool, "--auth", method, "--account", account)
    bench.source(package)
    bench.put(page, package, "publish")
    return bench.carry_out(page, package, "publish", fails=fails)


@pytest.fixture(scope="session")
def published(estate, tmp_path_factory):
    """The name of a package in `own`."""
    package = fresh("pkg").replace("-", "_")
    publish(Bench(tmp_path_factory.mktemp("published") / "bench", estate[1]), "twine", "key", package)
    return package


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tool", PUBLISHERS)
def test_publishes(new_bench, sandbox, owner, packages_project, tool, method):
    package = fresh("pkg").replace("-", "_")
    publish(new_bench("bench"), tool, method, package)
    parent = f"projects/{packages_project}/locations/us-east4/repositories/own2/packages/{package.replace('_', '-')}"
    versions = owner.repositories.packages().versions().list(parent=parent).execute()
    assert [version["name"].rsplit("/", 1)[1] for version in versions["versions"]] == ["1.0"]


@pytest.mark.parametrize("tool", PUBLISHERS)
def test_a_reader_does_not_publish(new_bench, tool):
    shown = publish(new_bench("bench"), tool, "key", fresh("pkg").replace("-", "_"), "reader", fails=True)
    assert "403" in shown or "Forbidden" in shown or "denied" in shown, shown


def install(bench: Bench, tool: str, method: str, repository: str, package: str):
    """Installs with the printed settings, and imports what was installed."""
    page = bench.printed(repository, "--tool", tool, "--auth", method, "--account", "reader")
    if tool in ("uv", "poetry", "pdm"):
        bench.consumer(*([package] if tool == "uv" else []))
    bench.put(page, package, "install")
    bench.carry_out(page, package, "install")
    check = f"-c 'import {package}; print({package}.WORDS)'"
    runner = {"pip": "target/bin/python", "requirements": "target/bin/python", "uv": ".venv/bin/python",
              "poetry": "poetry run python", "pdm": "pdm run python", "pipenv": "pipenv run python"}[tool]
    assert bench.shell(f"{runner} {check}").splitlines()[-1] == "hello"


@pytest.mark.parametrize("repository", ["own2", "all"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tool", INSTALLERS)
def test_installs(new_bench, published, tool, method, repository):
    bench = new_bench("bench", PIP_PYTHON="target/bin/python") if tool in ("pip", "requirements") else new_bench("bench")
    bench.shell("python3 -m venv --without-pip target")
    install(bench, tool, method, repository, published)


@pytest.mark.parametrize("tool", [*INSTALLERS, *PUBLISHERS, "keyring", "dockerfile", "github-actions", "gitlab-ci"])
def test_no_secret_is_printed(new_bench, estate, tool):
    bench = new_bench("bench")
    for method in METHODS:
        for output in ("text", "json"):
            done = subprocess.run(
                [ARCTL, "settings", "own2", "--tool", tool, "--auth", method, "--account", "writer", *estate[1],
                 "--output", output],
                env=bench.environment, text=True, capture_output=True, timeout=1800)
            for secret in estate[0]:
                assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize("tool", [*INSTALLERS, *PUBLISHERS])
def test_the_text_holds_the_same(new_bench, estate, tool):
    """A user who pastes the text gets what the tests above get from the JSON."""
    bench = new_bench("bench")
    page = bench.printed("own2", "--tool", tool)
    text = subprocess.run(
        [ARCTL, "settings", "own2", "--tool", tool, *estate[1]], env=bench.environment, text=True,
        capture_output=True, timeout=1800).stdout
    for item in [*page["files"], *page["commands"]]:
        assert f"\n\n{item['text']}" in text
    for file in page["files"]:
        assert f"# {file['path']}" in text
