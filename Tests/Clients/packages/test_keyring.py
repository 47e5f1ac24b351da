"""pip, uv and Docker get their password from arctl, with no other keyring, no gcloud and no key in a setting."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.process import BINARY
from support.tools import BIN, ENVIRONMENT, environment, run, wheel

ARCTL = BINARY.parent / "arctl"
# The names that clients run, and arctl itself.
NAMES = ["arctl", "keyring", "docker-credential-arctl"]


class Machine:
    """A machine with nothing but arctl in PATH, under its names, and with the credential of one account."""

    def __init__(self, folder: Path, url: str, key: dict):
        programs = folder / "programs"
        programs.mkdir()
        for name in NAMES:
            (programs / name).symlink_to(ARCTL)
        file = folder / "key.json"
        file.write_text(json.dumps(key))
        self.variables = {
            **ENVIRONMENT, "PATH": str(programs), "ARCTL_ENDPOINT": url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(file), "NO_GCE_CHECK": "true",
            "UV_PYTHON_DOWNLOADS": "never",
        }
        del self.variables["PYTHON_KEYRING_BACKEND"]

    def run(self, *command, given: str | None = None, fails=False, **more) -> str:
        """The output of a command, standard error last. It must succeed, or fail if `fails`."""
        done = subprocess.run(
            [str(part) for part in command], env={**self.variables, **more}, text=True, timeout=1800,
            input=given, stdin=None if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert (done.returncode != 0) == fails, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def published(repository, writer, tmp_path):
    """A repository with one wheel."""
    repository.twine(writer, wheel(tmp_path, "demo", "1.0", "hello"))
    return repository


@pytest.fixture
def machine(tmp_path, published, roles):
    """That of the reader."""
    return Machine(tmp_path, published.base, roles["reader"])


@pytest.fixture(scope="session")
def pip(tmp_path_factory):
    """The pip of an environment that has nothing else: no keyring and no backend."""
    folder = tmp_path_factory.mktemp("pip") / "env"
    python = environment(folder)
    site = run(python, "-c", "import site; print(site.getsitepackages()[0])").strip()
    own = run(sys.executable, "-c", "import pip, os; print(os.path.dirname(pip.__file__))").strip()
    shutil.copytree(own, Path(site) / "pip")
    listed = json.loads(run(python, "-m", "pip", "list", "--format", "json"))
    assert {entry["name"].lower() for entry in listed} <= {"pip"}
    assert run(python, "-c", "import importlib.util as u; print(u.find_spec('keyring'))").strip() == "None"
    return python


def with_user(published, user: str = "oauth2accesstoken@") -> str:
    scheme, rest = published.index(None).split("://")
    return f"{scheme}://{user}{rest}"


def test_no_other_program_can_answer(machine):
    path = machine.variables["PATH"]
    assert os.path.samefile(shutil.which("keyring", path=path), ARCTL)
    assert shutil.which("gcloud", path=path) is None


def test_pip_installs(machine, published, pip, tmp_path):
    target = tmp_path / "installed"
    command = [
        pip, "-m", "pip", "install", "--no-deps", "--target", target, "--index-url", with_user(published), "demo"]
    refused = machine.run(*command, "--keyring-provider", "disabled", fails=True)
    assert "from versions: none" in refused or "401" in refused
    shown = machine.run(*command, "--keyring-provider", "subprocess", "-vv")
    assert (target / "demo.py").read_text() == "WORDS = 'hello'\n"
    assert "arctlsbx." not in shown


def test_pip_asks_for_the_user_too(machine, published, pip, tmp_path):
    """Without a user name in the URL, pip runs `keyring --mode=creds --output=json get URL`."""
    target = tmp_path / "installed"
    machine.run(
        pip, "-m", "pip", "install", "--target", target, "--keyring-provider", "subprocess",
        "--index-url", published.index(None), "demo")
    assert (target / "demo.py").exists()


@pytest.mark.parametrize("output", [[], ["--output=json"]])
def test_answers_look_like_those_of_keyring(machine, tmp_path, output):
    """The Python package, asked for a password that it stores, prints the same fields in the same form."""
    (tmp_path / "own.py").write_text(
        "from keyring.backend import KeyringBackend\nfrom keyring.credentials import SimpleCredential\n"
        "class Own(KeyringBackend):\n    priority = 1\n"
        "    def get_password(self, service, username):\n        return 'secret'\n"
        "    def get_credential(self, service, username):\n"
        "        return SimpleCredential('oauth2accesstoken', 'secret')\n"
        "    def set_password(self, service, username, password): pass\n")
    url = machine.variables["ARCTL_ENDPOINT"]
    for call in [["get", url, "oauth2accesstoken"], ["--mode=creds", "get", url]]:
        own = machine.run("keyring", *output, *call)
        other = machine.run(
            BIN / "keyring", *output, *call, PYTHONPATH=str(tmp_path), PYTHON_KEYRING_BACKEND="own.Own")
        if output:
            assert json.loads(own).keys() == json.loads(other).keys()
            assert json.loads(own).get("username") == json.loads(other).get("username")
        else:
            assert own.splitlines()[:-1] == other.splitlines()[:-1]
            assert own.count("\n") == other.count("\n")


def test_uv_installs(machine, published, tmp_path):
    target = tmp_path / "installed"
    command = [
        BIN / "uv", "pip", "install", "--python", sys.executable, "--target", target,
        "--index-url", with_user(published), "demo"]
    refused = machine.run(*command, "--keyring-provider", "disabled", fails=True)
    assert "401" in refused
    shown = machine.run(*command, "--keyring-provider", "subprocess", "--verbose")
    assert (target / "demo.py").read_text() == "WORDS = 'hello'\n"
    assert "arctlsbx." not in shown


def test_uv_asks_for_the_user_too(machine, published, tmp_path):
    """Without a user name in the URL, uv runs `keyring get URL --mode creds` if the index always has a login."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.9"\n'
        'dependencies = ["demo"]\n[[tool.uv.index]]\nname = "gar"\ndefault = true\n'
        f'authenticate = "always"\nurl = "{published.index(None)}"\n')
    machine.run(
        BIN / "uv", "lock", "--project", tmp_path, "--python", sys.executable, "--keyring-provider", "subprocess",
        UV_NO_CONFIG="0")
    assert "demo-1.0-py3-none-any.whl" in (tmp_path / "uv.lock").read_text()
    assert "arctlsbx." not in (tmp_path / "uv.lock").read_text()


def test_a_stranger_gets_no_package(published, keys, pip, tmp_path):
    """The token is that of the credential: an account without a role installs nothing."""
    stranger = Machine(tmp_path, published.base, keys["nobody"])
    shown = stranger.run(
        pip, "-m", "pip", "install", "--target", tmp_path / "t", "--keyring-provider", "subprocess",
        "--index-url", with_user(published), "demo", fails=True)
    assert "from versions: none" in shown or "403" in shown


def test_docker_gets_a_token(machine, published):
    """As Docker sends it: the server on standard input, without a line break."""
    server = published.base.removeprefix("http://")
    answer = json.loads(machine.run("docker-credential-arctl", "get", given=server))
    assert answer["ServerURL"] == server and answer["Username"] == "oauth2accesstoken"
    assert answer["Secret"].startswith("arctlsbx.")
    for other in ["https://index.docker.io/v1/", f"{server}.evil.example", "us-docker.pkg.dev.evil"]:
        refused = machine.run("docker-credential-arctl", "get", given=other, fails=True)
        assert refused == "credentials not found in native keychain\n"
    google = machine.run("docker-credential-arctl", "get", given="us-docker.pkg.dev", fails=True)
    assert "no token for us-docker.pkg.dev" in google and "arctlsbx." not in google


def test_the_token_of_a_declared_account(machine, roles):
    """`arctl token --as` gives what IAM Credentials gives; the reader may not act as the writer."""
    email = roles["writer"]["client_email"]
    refused = machine.run("arctl", "token", "--as", email, fails=True)
    assert "roles/iam.serviceAccountTokenCreator" in refused
    answer = json.loads(machine.run("arctl", "token", "--output", "json"))
    assert answer["account"] == roles["reader"]["client_email"]
    assert answer["expiry"].endswith("Z")
