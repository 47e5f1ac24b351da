"""The tools for publishing and installing, run as users run them, and files for them."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
LOCATION = "us-east4"

# None of the user's own settings, and no questions.
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "NO_COLOR": "1", "COLUMNS": "999", "LANG": "C.UTF-8",
    "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0", "UV_NO_CACHE": "1", "UV_NO_CONFIG": "1",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONDONTWRITEBYTECODE": "1",
}


def run(*command, cwd=None, fails=False, env=None) -> str:
    """The output of a command, which must succeed, or fail if `fails`. `env` replaces the usual environment."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env or ENVIRONMENT, text=True, timeout=1800,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    assert (done.returncode != 0) == fails, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


@dataclass(frozen=True)
class Login:
    """A user name and a password."""

    user: str
    password: str

    @staticmethod
    def forms(key: dict, token: str) -> dict[str, "Login"]:
        """Every kind of credential that Artifact Registry accepts, for one service account."""
        text = json.dumps(key, indent=2)
        return {
            "oauth2accesstoken": Login("oauth2accesstoken", token),
            "_token": Login("_token", token),
            "_json_key": Login("_json_key", text),
            "_json_key_base64": Login(
                "_json_key_base64", base64.b64encode(text.encode()).decode()),
        }


@dataclass(frozen=True)
class Repository:
    """A repository as its clients see it. With the base `https:/` its address is Google's own."""

    base: str
    project: str
    id: str
    environment: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return f"projects/{self.project}/locations/{LOCATION}/repositories/{self.id}"

    @property
    def url(self) -> str:
        return f"{self.base}/{LOCATION}-python.pkg.dev/{self.project}/{self.id}/"

    def index(self, login: Login | None) -> str:
        """The address of its index including the credential, as in pip.conf."""
        from urllib.parse import quote
        scheme, rest = self.url.split("://")
        who = f"{login.user}:{quote(login.password, safe='')}@" if login else ""
        return f"{scheme}://{who}{rest}simple/"

    def twine(self, login: Login, *files, fails=False) -> str:
        return run(
            BIN / "twine", "upload", "--non-interactive", "--disable-progress-bar", "--verbose",
            "--repository-url", self.url, "--username", login.user, "--password", login.password,
            *files, fails=fails, env=self.environment)

    def pip(self, login: Login | None, *arguments, fails=False) -> str:
        return run(
            BIN / "pip", *arguments, "--index-url", self.index(login), fails=fails,
            env=self.environment)

    def uv(self, login: Login | None, *arguments, fails=False) -> str:
        return run(
            BIN / "uv", "pip", *arguments, "--index-url", self.index(login), fails=fails,
            env=self.environment)


def wheel(folder: Path, name: str, version: str, text: str = "", requires: str = "") -> Path:
    """A small wheel with one module, whose `WORDS` are `text`."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: A test\n"
    if requires:
        metadata += f"Requires-Python: {requires}\n"
    files = {
        f"{stem}.py": f"WORDS = {text!r}\n", f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={digest(content)},{len(content.encode())}\n"
        for path, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in files.items():
            archive.writestr(place, content)
    return path


def digest(content: str) -> str:
    raw = hashlib.sha256(content.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def environment(folder: Path) -> Path:
    """Creates an empty environment to install into. Returns its Python."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    return folder / "bin/python"
