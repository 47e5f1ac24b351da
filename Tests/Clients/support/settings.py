"""Carries out what `arctl settings` prints, as a user would: the files are put in place and the commands run in a shell."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.process import ROOT
from support.tools import ENVIRONMENT

ARCTL = ROOT / ".build/debug/arctl"
TOOLS = ROOT / ".venv-tools/bin"

# A repository that no manifest declares, whose settings any format can have.
PLACE = "projects/my-project-id/locations/us-east4/repositories/libraries"

# A build backend in the project itself, so that a build needs nothing from elsewhere.
BACKEND = '''
import io, tarfile, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    info = f"{NAME}-{VERSION}.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        archive.writestr(f"{NAME}.py", "WORDS = 'hello'\\n")
        archive.writestr(f"{info}/METADATA", METADATA)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return name

def build_sdist(folder, config_settings=None):
    name = f"{NAME}-{VERSION}.tar.gz"
    with tarfile.open(f"{folder}/{name}", "w:gz") as archive:
        for path, text in {"PKG-INFO": METADATA, "pyproject.toml": open("pyproject.toml").read(),
                           "backend.py": open("backend.py").read()}.items():
            member = tarfile.TarInfo(f"{NAME}-{VERSION}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return name
'''


@dataclass
class Bench:
    """A user's home, project folder and search path, in which settings are tried."""

    folder: Path
    arctl_arguments: list[str]
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        for name in ("home", "bin", "project"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "bin/arctl").symlink_to(ARCTL)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in ENVIRONMENT.items()
                if not name.startswith(("PYTHON_KEYRING", "PIP_CONFIG", "UV_NO_CONFIG"))}
        home = self.folder / "home"
        return {
            **kept, "HOME": str(home),
            # Hatch does not read `backend-path`.
            "PYTHONPATH": str(self.project),
            "XDG_CACHE_HOME": str(home / ".cache"),
            # Neither asks PyPI for a newer version of itself, or of pip, meanwhile.
            "PDM_CHECK_UPDATE": "false", "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
            "PATH": f"{self.folder}/bin:{home}/.local/bin:{TOOLS}:/usr/bin:/bin", **self.variables,
        }

    def sign_in(self, account: str):
        """Makes a declared account the user of this shell, by the file of its key."""
        keys = self.arctl_arguments[self.arctl_arguments.index("--key-dir") + 1]
        self.variables["GOOGLE_APPLICATION_CREDENTIALS"] = f"{keys}/{account}.json"

    def settings(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs `arctl settings` as a user does who has no sandbox in mind, unless the arguments name one."""
        environment = {name: value for name, value in self.environment.items() if name != "ARCTL_ENDPOINT"}
        return subprocess.run(
            [str(ARCTL), "settings", *arguments, *self.arctl_arguments], env=environment, cwd=self.folder,
            text=True, capture_output=True, timeout=1800)

    def printed(self, *arguments: str) -> dict:
        """What `arctl settings` prints, as JSON. The text form holds the same texts (a test compares them)."""
        done = self.settings(*arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def put(self, page: dict, package: str, use: str):
        """Puts the files in place; a part of a file of the project goes to its end."""
        for file in page["files"]:
            if file.get("use") not in (None, use):
                continue
            path = Path(file["path"].replace("~", str(self.folder / "home")))
            if not path.is_absolute():
                path = self.project / path
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "a", encoding="utf-8") as out:
                out.write("\n" + file["text"].replace("PACKAGE", package))

    def carry_out(self, page: dict, package: str, use: str, fails=False) -> str:
        """Runs the commands for this use in one shell. Returns what they print."""
        lines = [item["text"].replace("PACKAGE", package)
                 for item in page["commands"] if item.get("use") in (None, use)]
        return self.shell("set -e\n" + "".join(lines), fails=fails)

    def shell(self, script: str, fails=False) -> str:
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.project, env=self.environment, text=True, timeout=1800,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert (done.returncode != 0) == fails, f"{script}\n{done.returncode}\n{done.stdout}"
        return done.stdout

    def source(self, name: str, version: str = "1.0"):
        """A project that builds one small package without any download."""
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: A test\n"
        (self.project / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "A test"\n'
            'requires-python = ">=3.11"\n')
        (self.project / "backend.py").write_text(
            f"NAME = {name!r}\nVERSION = {version!r}\nMETADATA = {metadata!r}\n{BACKEND}")
        # Builders that ignore the backend take the module itself.
        (self.project / f"{name}.py").write_text("WORDS = 'hello'\n")

    def consumer(self, *dependencies: str):
        """A project without a package of its own."""
        names = ", ".join(f'"{name}"' for name in dependencies)
        (self.project / "pyproject.toml").write_text(
            '[project]\nname = "consumer"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
            f"dependencies = [{names}]\n\n[tool.pdm]\ndistribution = false\n")


def page(tool: str, format: str, *arguments: str) -> dict:
    """What `arctl settings` prints for PLACE, as JSON."""
    done = subprocess.run(
        [ARCTL, "settings", PLACE, "--repository-format", format, "--tool", tool, "--output", "json", *arguments],
        capture_output=True, text=True, timeout=1800, cwd="/")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def files(page: dict) -> dict[str, str]:
    """The text of each file: its parts in the printed order."""
    texts: dict[str, str] = {}
    for file in page["files"]:
        texts[file["path"]] = texts.get(file["path"], "") + file["text"]
    return texts
