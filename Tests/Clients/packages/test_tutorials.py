"""The five setups that tutorials describe, with their client steps: the examples' manifests, Google's own URLs, real tools.

`arctl token` stands where the tutorials have `gcloud auth print-access-token`.
"""

import subprocess

import pytest
from support.google import GoogleSandbox
from support.process import ROOT
from support.settings import ARCTL, Bench
from support.tools import ENVIRONMENT, wheel

SETUPS = {
    "manifests": "my-project-id", "examples/github-publishing": "my-project-1948-436821",
    "examples/docker-build": "docker-build-demo", "examples/poetry-team": "poetry-dev",
    "examples/team-access": "my-project",
}


@pytest.fixture(scope="module")
def sandbox_of_google(tmp_path_factory):
    """A sandbox under Google's host names; PyPI is a folder with one public package."""
    folder = tmp_path_factory.mktemp("tutorials")
    public = folder / "pypi"
    public.mkdir()
    wheel(public, "public_words", "1.0", "from PyPI")
    projects = [argument for project in SETUPS.values() for argument in ("--project", project)]
    server = GoogleSandbox(folder / "data", "--upstream", f"pypi={public}", *projects)
    yield server
    assert server.stop() == 0, server.log.read_text()


@pytest.fixture
def tutorial(sandbox_of_google, tmp_path):
    """Applies the manifests of a setup. Returns a user's shell, whose credential is the owner's."""

    def start(setup: str) -> Bench:
        keys = tmp_path / "keys"
        shell = {name: value for name, value in sandbox_of_google.environment.items()
                 if ENVIRONMENT.get(name) != value}
        done = subprocess.run(
            [ARCTL, "apply", ROOT / setup, "--auto-approve", "--key-dir", keys],
            env=sandbox_of_google.environment, text=True, capture_output=True, timeout=1800)
        assert done.returncode == 0, done.stdout + done.stderr
        bench = Bench(tmp_path / "user", ["--manifests", str(ROOT / setup), "--key-dir", str(keys)], shell)
        bench.shell("python3 -m venv --without-pip target")
        return bench

    return start


def sign_in(bench: Bench, key: str):
    """Uses a key file as application default credentials."""
    keys = bench.arctl_arguments[bench.arctl_arguments.index("--key-dir") + 1]
    bench.variables["GOOGLE_APPLICATION_CREDENTIALS"] = f"{keys}/{key}"


PIP = "pip --python target/bin/python install --quiet"


def words(bench: Bench, module: str) -> str:
    return bench.shell(f"target/bin/python -c 'import {module}; print({module}.WORDS)'").strip()


def test_a_publishing_with_a_key(tutorial):
    bench = tutorial("manifests")
    page = bench.printed("--tool", "twine", "--auth", "key", "--account", "uploader")
    bench.put(page, "greetings", "publish")
    index = "https://_token:$(arctl token)@us-east4-python.pkg.dev/my-project-id/my-python-libraries/simple/"
    sign_in(bench, "uploader-key.json")
    for version in ("0.0.1", "0.0.2"):
        bench.source("greetings", version)
        bench.shell("rm -rf dist")
        bench.carry_out(page, "greetings", "publish")
    bench.shell(f'{PIP} greetings==0.0.1 --index-url "{index}"')
    assert words(bench, "greetings") == "hello"
    bench.shell(f'{PIP} --upgrade greetings --index-url "{index}"')
    assert "0.0.2" in bench.shell("ls target/lib/python3*/site-packages")
    assert "my-python-libraries" in bench.shell("arctl ls repositories --project my-project-id")


def test_b_publishing_from_github(tutorial):
    bench = tutorial("examples/github-publishing")
    keys = bench.arctl_arguments[-1]
    page = bench.printed("--tool", "github-actions", "--account", "github-action-pusher")
    workflow = page["files"][0]["text"]
    url = "https://us-central1-python.pkg.dev/my-project-1948-436821/privatepythonpackages/"
    assert f"TWINE_REPOSITORY_URL: {url}\n" in workflow
    bench.source("python_starter")
    secret = f'export GOOGLE_CREDENTIALS="$(base64 -w0 {keys}/github-action-pusher.json)"\n'
    publish = (f"{secret}export TWINE_REPOSITORY_URL={url} TWINE_USERNAME=_json_key_base64\n"
               "TWINE_PASSWORD=$GOOGLE_CREDENTIALS twine upload --non-interactive dist/*")
    bench.shell(f"python -m build\n{publish}")
    assert "Requested entity already exists" in bench.shell(f"{publish} --verbose", fails=True)
    index = url.replace("https://", "https://_json_key_base64:$GOOGLE_CREDENTIALS@")
    bench.shell(f'{secret}{PIP} --no-input python-starter --index-url "{index}"', fails=True)
    bench.shell(f'{secret}{PIP} python-starter --index-url "{index}simple"')
    assert words(bench, "python_starter") == "hello"
    assert "python-starter" in bench.shell("arctl ls packages --project my-project-1948-436821")


def test_c_packages_in_images(tutorial):
    bench = tutorial("examples/docker-build")
    url = "https://europe-west1-python.pkg.dev/docker-build-demo/python-packages/"
    bench.source("adder")
    bench.shell(
        f"python -m build\ntwine upload --non-interactive -u oauth2accesstoken -p \"$(arctl token)\" --repository-url {url} dist/*")
    page = bench.printed("python-packages", "--tool", "requirements", "--auth", "env")
    bench.put(page, "adder", "install")
    bench.variables["PIP_PYTHON"] = "target/bin/python"
    bench.carry_out(page, "adder", "install")
    assert words(bench, "adder") == "hello"
    # The image build of the settings, without Docker: the same line, with the secret in a file.
    bench.shell(f"""python3 -m venv --without-pip --clear target
        echo adder > requirements.txt
        echo "https://oauth2accesstoken:$(arctl token)@{url[8:]}simple/" > pip_index
        PIP_INDEX_URL="$(cat pip_index)" pip install -r requirements.txt""")
    assert words(bench, "adder") == "hello"
    assert "1.0" in bench.shell("arctl ls versions --project docker-build-demo")


def test_d_a_team_with_poetry(tutorial):
    bench = tutorial("examples/poetry-team")
    url = "https://us-central1-python.pkg.dev/poetry-dev/team-packages/"
    bench.source("hello_world")
    bench.shell(f"poetry build\ntwine upload -u oauth2accesstoken -p \"$(arctl token)\" --repository-url {url} dist/*")
    bench.source("hello_again")
    page = bench.printed("--tool", "poetry", "--auth", "env")
    bench.carry_out(page, "hello_again", "publish")
    for name in ("hello_world", "hello_again"):
        bench.shell(f'{PIP} {name} --index-url "https://oauth2accesstoken:$(arctl token)@{url[8:]}simple/"')
        assert words(bench, name) == "hello"


def test_e_access_for_a_team(tutorial):
    bench = tutorial("examples/team-access")
    url = "https://us-central1-python.pkg.dev/my-project/my-python-repo/"
    page = bench.printed("--tool", "twine", "--auth", "env")
    bench.source("my_internal_package")
    bench.put(page, "my_internal_package", "publish")
    bench.carry_out(page, "my_internal_package", "publish")
    # The tutorial's form, with PyPI beside it.
    page = bench.printed("--tool", "pip", "--auth", "env", "--extra-index")
    bench.variables["PIP_PYTHON"] = "target/bin/python"
    bench.carry_out(page, "my_internal_package public_words", "install")
    assert words(bench, "my_internal_package") == "hello"
    assert words(bench, "public_words") == "from PyPI"
