"""Keys that arctl stores where others read them: a workflow publishes with a secret that no person has touched, and kills leave nothing
behind."""

import base64
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
from support.process import Sandbox
from support.settings import ARCTL, TOOLS, Bench
from support.tools import wheel

EMAIL = "uploader@my-project-id.iam.gserviceaccount.com"
SETUP = """
apiVersion: arctl.dev/v1
kind: Stack
metadata: {name: destinations}
spec:
  defaults: {project: my-project-id, location: us-east4}
---
apiVersion: arctl.dev/v1
kind: Project
metadata: {name: my-project-id}
spec:
  services: [artifactregistry.googleapis.com, iam.googleapis.com, secretmanager.googleapis.com]
---
apiVersion: arctl.dev/v1
kind: Repository
metadata: {name: private-python}
spec:
  format: python
  iam:
    - role: roles/artifactregistry.writer
      members: ["serviceAccount:uploader"]
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {name: uploader}
spec: {}
---
apiVersion: arctl.dev/v1
kind: Secret
metadata: {name: uploader-key}
spec: {}
---
apiVersion: arctl.dev/v1
kind: ServiceAccountKey
metadata: {name: uploader-key}
spec:
  serviceAccount: uploader
  destination: DESTINATION
"""
DESTINATIONS = {
    "file": "{file: uploader.json}",
    "secretManager": "{secretManager: {secret: uploader-key}}",
    "githubActions": "{githubActions: {repository: acme/lib, secret: UPLOADER_KEY}}",
}


class Setup:
    """A sandbox of its own, manifests with one key, and the user who reads its destination."""

    def __init__(self, folder: Path, destination: str):
        self.folder, self.destination = folder, destination
        self.server = Sandbox(folder / "data", "--project", "my-project-id")
        manifests = folder / "manifests"
        manifests.mkdir()
        (manifests / "all.yaml").write_text(SETUP.replace("DESTINATION", DESTINATIONS[destination]))
        self.arguments = [str(manifests), "--key-dir", str(folder / "keys")]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ARCTL_")},
            "HOME": str(folder), "ARCTL_ENDPOINT": self.server.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.server.owner_file)}
        self.output = ""

    def arctl(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [ARCTL, *arguments, *self.arguments], env=self.environment, text=True, capture_output=True, timeout=1800)
        self.output += done.stdout + done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def killed(self, delay: float):
        """An apply that is killed after a while, whatever it does then."""
        process = subprocess.Popen(
            [ARCTL, "apply", "--auto-approve", *self.arguments], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            output, _ = process.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
        self.output += output

    def sleep(self, seconds: int):
        answer = requests.post(
            f"{self.server.url}/_sandbox/clock", json={"advanceSeconds": seconds}, timeout=1800)
        assert answer.status_code == 200, answer.text

    def owner(self, method: str, path: str):
        token = subprocess.run(
            [ARCTL, "token"], env=self.environment, text=True, capture_output=True, timeout=1800, check=True).stdout.strip()
        answer = requests.request(
            method, f"{self.server.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=1800)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def value(self) -> bytes:
        """The destination, as its user reads it."""
        if self.destination == "file":
            return (self.folder / "keys/uploader.json").read_bytes()
        if self.destination == "secretManager":
            path = "/v1/projects/my-project-id/secrets/uploader-key/versions/latest:access"
            return base64.b64decode(self.owner("GET", path)["payload"]["data"])
        answer = requests.get(
            f"{self.server.url}/_sandbox/github/repos/acme/lib/actions/secrets/UPLOADER_KEY/value", timeout=1800)
        return base64.b64decode(answer.json()["value"])

    def expect_usable(self):
        """Whoever reads the destination now can sign in, and no third key can."""
        (self.folder / "read.json").write_bytes(self.value())
        done = subprocess.run(
            [ARCTL, "token"], env={**self.environment, "GOOGLE_APPLICATION_CREDENTIALS": str(self.folder / "read.json")},
            text=True, capture_output=True, timeout=1800)
        assert done.returncode == 0, done.stderr
        assert len([key for key in self.keys() if not key.get("disabled")]) <= 2

    def keys(self) -> list:
        path = f"/v1/projects/my-project-id/serviceAccounts/{EMAIL}/keys?keyTypes=USER_MANAGED"
        return self.owner("GET", path).get("keys", [])


@pytest.fixture
def setup(tmp_path):
    started = []

    def start(destination: str) -> Setup:
        started.append(Setup(tmp_path, destination))
        return started[0]

    yield start
    for setup in started:
        assert setup.server.stop() == 0


def test_b_publishing_with_a_secret_of_github(setup, tmp_path):
    """The second tutorial without its step by hand: no person sees the key."""
    user = setup("githubActions")
    user.arctl("apply", "--auto-approve")
    bench = Bench(tmp_path / "user", ["--manifests", *user.arguments, "--endpoint", user.server.url])
    page = bench.printed("--tool", "github-actions", "--auth", "key", "--account", "uploader")
    workflow = page["files"][0]["text"]
    assert "TWINE_PASSWORD: ${{ secrets.UPLOADER_KEY }}\n" in workflow
    assert "TWINE_USERNAME: _json_key_base64\n" in workflow
    assert "gh secret set" not in json.dumps(page)
    url = next(line.split(": ", 1)[1] for line in workflow.splitlines() if "TWINE_REPOSITORY_URL" in line)
    # What GitHub puts in place of the expression.
    value = requests.get(
        f"{user.server.url}/_sandbox/github/repos/acme/lib/actions/secrets/UPLOADER_KEY/value", timeout=1800).json()["value"]
    package = wheel(tmp_path, "python_starter", "1.0", "hello")
    shell = {"TWINE_REPOSITORY_URL": url, "TWINE_USERNAME": "_json_key_base64", "TWINE_PASSWORD": value}
    done = subprocess.run(
        [TOOLS / "twine", "upload", "--non-interactive", str(package)], env={**os.environ, **shell}, text=True, capture_output=True,
        timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_kills_lose_nothing_and_leak_nothing(setup, destination):
    """A year with four rotations, of which every apply is killed once, at a random moment."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    user = setup(destination)
    user.arctl("apply", "--auto-approve")
    private = set()
    for _ in range(4):
        user.sleep(60 * 86_400)
        for _ in range(3):
            user.killed(moments.uniform(0.05, 0.6))
            user.expect_usable()
            user.sleep(301)
            for _ in range(2):
                user.arctl("apply", "--auto-approve")
                user.expect_usable()
                private.add(json.loads(user.value())["private_key"])
            user.sleep(86_400)
        for _ in range(2):
            user.arctl("apply", "--auto-approve")
            user.sleep(86_400)
    user.arctl("apply", "--auto-approve")
    user.arctl("plan", "--detailed-exitcode")
    assert len(user.keys()) == 1
    user.expect_usable()
    # No line of a private half is in what was printed, nor in a file outside of the destination and the server's own.
    texts = [user.output] + [
        path.read_text(errors="replace") for path in user.folder.rglob("*")
        if path.is_file() and path.name != "read.json" and "data" not in path.parts and path.parent.name != "keys"]
    for key in private:
        for line in key.splitlines()[1:-1]:
            for form in (line, base64.b64encode(line.encode()).decode()[4:-4]):
                assert not any(form in text for text in texts)
