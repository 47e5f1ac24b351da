"""twine, pip and uv against a repository, with every kind of credential."""

import json
import urllib.request

import pytest
from support.clients import fresh
from support.tools import BIN, Repository, environment, run, wheel

FORMS = ["oauth2accesstoken", "_token", "_json_key", "_json_key_base64"]


def requests_to(repository: Repository) -> int:
    """The number of requests to a repository's package host that the sandbox received."""
    with urllib.request.urlopen(f"{repository.base}/_sandbox/journal", timeout=1800) as answer:
        entries = json.load(answer)["requests"]
    return sum(entry["path"].startswith(f"{repository.url[len(repository.base):]}") for entry in entries)


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_credential(repository, roles, forms, form, tmp_path):
    writer, reader = forms(roles["writer"])[form], forms(roles["reader"])[form]
    repository.twine(writer, wheel(tmp_path, "demo", "1.0"))
    repository.pip(reader, "download", "demo", "--dest", tmp_path / "got")
    assert (tmp_path / "got/demo-1.0-py3-none-any.whl").exists()
    python = environment(tmp_path / "env")
    repository.uv(reader, "install", "--python", python, "demo")
    run(python, "-c", "import demo")


def test_the_spanish_tutorial(repository, writer, reader, tmp_path):
    """Builds, publishes, installs and runs greetings 0.0.1, and then 0.0.2."""
    source = tmp_path / "greetings"
    (source / "greetings").mkdir(parents=True)

    def release(version: str, words: str):
        (source / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
            f'[project]\nname = "greetings"\nversion = "{version}"\n'
            'description = "Saluda"\nrequires-python = ">=3.8"\n')
        (source / "greetings/__init__.py").write_text(
            f"def hello(nombre):\n    return f\"{words}\"\n", encoding="utf-8")
        run(BIN / "python", "-m", "build", "--no-isolation", source, "--outdir",
            tmp_path / version)
        files = sorted((tmp_path / version).iterdir())
        assert [f.suffix for f in files] == [".whl", ".gz"]
        repository.twine(writer, *files)
        return files

    def install(*options):
        repository.pip(reader, "--python", python, "install", "greetings", *options)
        return run(python, "-c", "import greetings; print(greetings.hello('Ana'))").strip()

    python = environment(tmp_path / "env")
    files = release("0.0.1", "¡Hola, {nombre}!")
    assert install() == "¡Hola, Ana!"
    again = repository.twine(writer, *files, fails=True)
    assert "400 Bad Request" in again and "Requested entity already exists." in again
    release("0.0.2", "👋¡Hola holita, {nombre}!👋")
    assert install() == "¡Hola, Ana!"
    assert install("--upgrade") == "👋¡Hola holita, Ana!👋"
    assert "Available versions: 0.0.2, 0.0.1" in repository.pip(
        reader, "index", "versions", "greetings")
    refused = repository.twine(reader, *files, fails=True)
    assert "403 Forbidden" in refused
    assert "artifactregistry.repositories.uploadArtifacts" in refused
    assert repository.name in refused
    # The source distribution exists too.
    repository.pip(
        reader, "download", "greetings==0.0.1", "--no-binary", ":all:", "--no-deps",
        "--no-build-isolation", "--dest", tmp_path / "sources")
    assert (tmp_path / "sources/greetings-0.0.1.tar.gz").exists()


def test_refusals(repository, roles, forms, reader, tmp_path):
    nobody = forms(roles["nobody"])["_json_key_base64"]
    file = wheel(tmp_path, "demo", "1.0")
    assert "403 Forbidden" in repository.twine(nobody, file, fails=True)
    assert "403 Client Error" in repository.pip(nobody, "download", "-vv", "demo", fails=True)
    assert "401 Client Error" in repository.pip(None, "download", "-vv", "demo", fails=True)
    assert "No matching distribution" in repository.pip(reader, "download", "demo", fails=True)
    assert "not found in the package registry" in repository.uv(
        reader, "install", "--target", tmp_path / "t", "demo", fails=True)


def test_a_revoked_key_is_refused_at_once(owner, repository, new_key, grant, forms, tmp_path):
    key = new_key()
    grant(repository, "roles/artifactregistry.writer", key)
    logins = forms(key)
    repository.twine(logins["_json_key_base64"], wheel(tmp_path, "demo", "1.0"))
    name = f"projects/-/serviceAccounts/{key['client_email']}/keys/{key['private_key_id']}"
    owner.keys.delete(name=name).execute()
    second = wheel(tmp_path, "demo", "1.1")
    for login in logins.values():
        refused = repository.twine(login, second, fails=True)
        assert "401 Unauthorized" in refused
        assert "The request does not have valid authentication credentials." in refused


def test_requires_python_is_applied(repository, writer, reader, tmp_path):
    repository.twine(
        writer, wheel(tmp_path, "demo", "1.0"), wheel(tmp_path, "demo", "2.0", requires=">=3.99"))
    shown = repository.pip(reader, "index", "versions", "demo")
    assert "demo (1.0)" in shown
    python = environment(tmp_path / "env")
    assert "demo==1.0" in repository.uv(reader, "install", "--python", python, "demo")


def test_virtual_repositories_offer_every_version(
        repository, new_repository, writer, reader, roles, grant, tmp_path):
    """Dependency confusion: a newer third-party version of an own name, with a smaller priority."""
    outside = new_repository()
    grant(outside, "roles/artifactregistry.writer", roles["writer"])
    both = new_repository(mode="VIRTUAL_REPOSITORY", virtualRepositoryConfig={"upstreamPolicies": [
        {"id": "outside", "repository": outside.name, "priority": 50},
        {"id": "own", "repository": repository.name, "priority": 100}]})
    # Its own permission is enough.
    grant(both, "roles/artifactregistry.reader", roles["reader"])
    for version in ["0.0.1", "0.0.3"]:
        repository.twine(writer, wheel(tmp_path, "demo", version, f"own {version}"))
    (tmp_path / "outside").mkdir()
    for version in ["0.0.3", "9.9.9"]:
        outside.twine(writer, wheel(tmp_path / "outside", "demo", version, f"squatted {version}"))
    outside.twine(writer, wheel(tmp_path, "other", "1.0"))

    def installed(tool: str, requirement: str) -> str:
        python = environment(tmp_path / fresh("env"))
        if tool == "pip":
            both.pip(reader, "--python", python, "install", requirement, "other")
        else:
            both.uv(reader, "install", "--python", python, requirement, "other")
        return run(python, "-c", "import demo; print(demo.WORDS)").strip()

    for tool in ["pip", "uv"]:
        assert installed(tool, "demo") == "squatted 9.9.9"
        # Priorities decide between equal versions only, so what protects is a bound.
        assert installed(tool, "demo==0.0.3") == "own 0.0.3"
        assert installed(tool, "demo<1") == "own 0.0.3"
    assert "Available versions: 9.9.9, 0.0.3, 0.0.1" in both.pip(
        reader, "index", "versions", "demo")
    grant(both, "roles/artifactregistry.writer", roles["writer"])
    refused = both.twine(writer, wheel(tmp_path, "more", "1.0"), fails=True)
    assert "400 Bad Request" in refused and "virtual" in refused


def test_a_remote_repository_serves_another(
        repository, new_repository, writer, reader, roles, grant, tmp_path):
    mirror = new_repository(mode="REMOTE_REPOSITORY", remoteRepositoryConfig={
        "pythonRepository": {"customRepository": {"uri": repository.url}}})
    grant(mirror, "roles/artifactregistry.reader", roles["reader"])
    repository.twine(writer, wheel(tmp_path, "demo", "1.0"))
    mirror.pip(reader, "download", "demo", "--dest", tmp_path / "got")
    public = new_repository(mode="REMOTE_REPOSITORY", remoteRepositoryConfig={
        "pythonRepository": {"publicRepository": "PYPI"}})
    grant(public, "roles/artifactregistry.reader", roles["reader"])
    # Nothing is repeated. pip shows the status only, uv the sentence, too.
    before = requests_to(public)
    assert "424 Client Error" in public.pip(reader, "download", "-vv", "demo", fails=True)
    assert requests_to(public) - before == 1
    refused = public.uv(reader, "install", "--target", tmp_path / "t", "demo", fails=True)
    assert "424 Failed Dependency" in refused
    assert "The upstream is the public PYPI, and the sandbox reaches nothing outside." in refused
    assert requests_to(public) - before == 2
