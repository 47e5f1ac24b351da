"""A setup without keys, applied from nothing, and the workflows that use it with the files that `arctl settings` prints."""

import http.server
import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from google.auth import identity_pool
from google.auth.transport.requests import Request

from support.clients import SCOPE
from support.settings import ARCTL
from support.tools import ENVIRONMENT, Login

# The owner 5 has the repositories 77, which publishes, and 78, which only reads; from the branch main, in an environment.
MANIFEST = """
apiVersion: arctl.dev/v1
kind: Stack
metadata: {{name: keyless}}
spec: {{defaults: {{project: {project}, location: us-east4}}}}
---
apiVersion: arctl.dev/v1
kind: Project
metadata: {{name: {project}}}
spec: {{services: [artifactregistry.googleapis.com, iam.googleapis.com, iamcredentials.googleapis.com]}}
---
apiVersion: arctl.dev/v1
kind: WorkloadIdentityPool
metadata: {{name: workflows}}
---
apiVersion: arctl.dev/v1
kind: WorkloadIdentityPoolProvider
metadata: {{name: github}}
spec:
  pool: workflows
  oidc: {{issuerUri: https://token.actions.githubusercontent.com}}
  attributeMapping:
    google.subject: "'repository:' + assertion.repository_id"
    attribute.repository_id: assertion.repository_id
  attributeCondition: assertion.repository_owner_id == '5' && assertion.ref == 'refs/heads/main' && assertion.environment == 'release'
---
apiVersion: arctl.dev/v1
kind: WorkloadIdentityPoolProvider
metadata: {{name: gitlab}}
spec:
  pool: workflows
  oidc: {{issuerUri: https://gitlab.com}}
  attributeMapping:
    google.subject: "'project:' + assertion.project_id"
    attribute.gitlab_project: assertion.project_id
  attributeCondition: assertion.namespace_id == '5'
---
apiVersion: arctl.dev/v1
kind: Repository
metadata: {{name: direct}}
spec:
  format: python
  iam:
  - role: roles/artifactregistry.writer
    members:
    - {principals}/attribute.repository_id/77
    - {principals}/attribute.gitlab_project/9
  - role: roles/artifactregistry.reader
    members: ["{principals}/attribute.repository_id/78"]
---
apiVersion: arctl.dev/v1
kind: Repository
metadata: {{name: by-account}}
spec:
  format: python
  iam:
  - {{role: roles/artifactregistry.writer, members: [serviceAccount:publisher]}}
  - {{role: roles/artifactregistry.reader, members: [serviceAccount:reader]}}
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {{name: publisher}}
spec:
  iam:
  - role: roles/iam.workloadIdentityUser
    members: ["{principals}/attribute.repository_id/77"]
---
apiVersion: arctl.dev/v1
kind: ServiceAccount
metadata: {{name: reader}}
spec:
  iam:
  - role: roles/iam.workloadIdentityUser
    members: ["{principals}/attribute.repository_id/78"]
"""

# What GitHub says of a job of the repository `acme/lib`.
CLAIMS = {
    "sub": "repo:acme/lib:environment:release", "repository": "acme/lib", "repository_id": "77",
    "repository_owner": "acme", "repository_owner_id": "5", "ref": "refs/heads/main", "environment": "release"}


def arctl(*arguments, fails=None, **environment) -> subprocess.CompletedProcess:
    """Runs arctl, which must succeed, or end with the code `fails`."""
    done = subprocess.run(
        [str(part) for part in (ARCTL, *arguments)], env={**ENVIRONMENT, **environment}, text=True,
        capture_output=True, timeout=1800, stdin=subprocess.DEVNULL)
    assert done.returncode == (fails or 0), f"{arguments}\n{done.stdout}{done.stderr}"
    return done


@dataclass
class Keyless:
    """The applied setup."""

    folder: Path
    project: str
    # The sandbox's address.
    url: str
    # The environment and the arguments with which its owner, and the settings, reach the sandbox.
    environment: dict[str, str]
    server: tuple[str, ...]
    # Signs tokens of issuers.
    sign: object

    def __post_init__(self):
        self.manifests = self.folder / "manifests.yaml"
        self.manifests.write_text(MANIFEST.format(
            project=self.project,
            principals="principalSet://iam.googleapis.com/projects/"
            f"{self.project}/locations/global/workloadIdentityPools/workflows"))
        self.apply()
        listed = json.loads(
            arctl("ls", "pools", "--manifests", self.manifests, "--output", "json", *self.server,
                  **self.environment).stdout)
        self.number = listed["items"][0]["name"].split("/")[1]
        assert self.number.isdigit(), listed

    def apply(self):
        arctl("apply", self.manifests, "--auto-approve", *self.server, **self.environment)

    def provider(self, name: str = "github") -> str:
        return f"projects/{self.number}/locations/global/workloadIdentityPools/workflows/providers/{name}"

    def token(self, provider: str = "github", **claims) -> str:
        """A token for a job of `acme/lib`; a claim that is None is missing."""
        claims = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
        answer = self.sign("POST", "/_sandbox/oidc/token", {"provider": self.provider(provider), "claims": claims})
        assert answer.ok, answer.text
        return answer.json()["token"]

    def settings(self, *arguments) -> dict:
        """What `arctl settings` prints for the sandbox, as JSON."""
        return json.loads(arctl(
            "settings", *arguments, "--manifests", self.manifests, "--project-number", self.number, "--output", "json",
            *(self.server if "credential-config" in arguments else ())).stdout)

    def file(self, folder: Path, *arguments, token: str | None = None) -> Path:
        """The printed credential file; with a token, in a file of text beside it."""
        if token is not None:
            (folder / "token").write_text(token)
            arguments = (*arguments, "--token-file", folder / "token")
        page = self.settings("--tool", "credential-config", "--provider", "github", *arguments)
        path = folder / page["files"][0]["path"]
        path.write_text(page["files"][0]["text"])
        return path

    def login(self, folder: Path, token: str, *arguments) -> Login:
        """What google-auth gets for a workflow with this token."""
        path = self.file(folder, *arguments, token=token)
        # `google.auth.load_credentials_from_file` would ask Resource Manager at Google for the project.
        credential = identity_pool.Credentials.from_file(str(path), scopes=[SCOPE])
        credential.refresh(Request())
        return Login("oauth2accesstoken", credential.token)


class Issuer:
    """A server that answers a request with a secret header with a token, as GitHub's runner has one."""

    def __init__(self, token: str, secret: str):
        requests = self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                requests.append((self.path, dict(self.headers)))
                good = self.headers.get("Authorization") == f"Bearer {secret}"
                moved = self.path.startswith("/moved")
                body = json.dumps({"value": token}).encode() if good and not moved else b"{}"
                self.send_response(302 if moved else 200 if good else 401)
                if moved:
                    self.send_header("Location", "/token")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()
