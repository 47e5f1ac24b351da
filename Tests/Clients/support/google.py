"""A sandbox that answers under Google's own host names, and the shell that reaches it so.

    sandbox = GoogleSandbox(tmp_path / "data", "--project", "my-project-id")
    run("twine", "upload", "--repository-url", "https://us-east4-python.pkg.dev/...", env=sandbox.environment)
"""

import json
import subprocess
from pathlib import Path

from .process import Sandbox
from .tools import BIN, ENVIRONMENT, LOCATION, Repository, run


class GoogleSandbox(Sandbox):
    """A running `arctl-sandbox --tls`."""

    def __init__(self, data: Path, *options: str):
        super().__init__(data, "--tls", *options)
        self.environment = environment_of(data / "tls/env.sh")

    def python(self, script: str, *arguments: str) -> dict:
        """Runs a script with the packages of the tests, in that shell. Returns the JSON that it prints."""
        return json.loads(
            run(BIN / "python", "-W", "ignore", "-c", script, *arguments, env=self.environment))

    def repository(self, project: str, id: str) -> Repository:
        """A repository at Google's address."""
        return Repository("https:/", project, id, self.environment)

    @staticmethod
    def host(format: str = "python") -> str:
        return f"{LOCATION}-{format}.pkg.dev"


def environment_of(settings: Path) -> dict[str, str]:
    """The environment of a shell after `. FILE`, with none of the user's own settings before it."""
    printed = subprocess.run(
        ["sh", "-euc", '. "$0"; env -0', str(settings)], env=ENVIRONMENT, check=True, timeout=600,
        stdout=subprocess.PIPE).stdout.decode()
    return dict(line.split("=", 1) for line in printed.split("\0") if line)
