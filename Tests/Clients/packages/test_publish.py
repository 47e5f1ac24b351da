"""twine, pip and uv against a repository, with every kind of credential."""

import json
import urllib.error
import urllib.request

import pytest
from support.tools import BIN, environment, run, wheel

FORMS = ["oauth2accesstoken", "_token", "_json_key", "_json_key_base64"]


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
    assert "400 Bad Request" in again and "Requested entity already exists" in again
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
        assert "401 Unauthorized" in repository.twine(login, second, fails=True)


def test_requires_python_is_applied(repository, writer, reader, tmp_path):
    repository.twine(
        writer, wheel(tmp_path, "demo", "1.0"), wheel(tmp_path, "demo", "2.0", requires=">=3.99"))
    shown = repository.pip(reader, "index", "versions", "demo")
    assert "demo (1.0)" in shown
    python = environment(tmp_path / "env")
    assert "demo==1.0" in repository.uv(reader, "install", "--python", python, "demo")


def test_metadata_comes_without_the_wheel(repository, writer, reader, tmp_path):
    file = wheel(tmp_path, "demo", "1.0")
    repository.twine(writer, file)
    resolved = repository.pip(
        reader, "install", "--dry-run", "--target", tmp_path / "t", "--no-deps", "-vv", "demo")
    assert "demo-1.0-py3-none-any.whl.metadata" in resolved


def test_virtual_repositories_prefer_the_greater_priority(
        repository, new_repository, writer, reader, roles, grant, tmp_path):
    outside = new_repository()
    grant(outside, "roles/artifactregistry.writer", roles["writer"])
    both = new_repository(mode="VIRTUAL_REPOSITORY", virtualRepositoryConfig={"upstreamPolicies": [
        {"id": "outside", "repository": outside.name, "priority": 10},
        {"id": "own", "repository": repository.name, "priority": 100}]})
    # Its own permission is enough.
    grant(both, "roles/artifactregistry.reader", roles["nobody"])
    repository.twine(writer, wheel(tmp_path, "demo", "1.0", "own"))
    outside.twine(writer, wheel(tmp_path, "demo", "9.0", "squatted"))
    outside.twine(writer, wheel(tmp_path, "other", "1.0"))
    grant(both, "roles/artifactregistry.reader", roles["reader"])
    python = environment(tmp_path / "env")
    both.uv(reader, "install", "--python", python, "demo", "other")
    assert run(python, "-c", "import demo; print(demo.WORDS)").strip() == "own"
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
    assert "too many 502 error responses" in public.pip(reader, "download", "-vv", "demo", fails=True)


def test_the_json_form_of_the_index(repository, writer, forms, roles, tmp_path):
    repository.twine(writer, wheel(tmp_path, "demo", "1.0"))
    token = forms(roles["reader"])["_token"].password
    request = urllib.request.Request(
        f"{repository.url}simple/demo/", headers={
            "Authorization": f"Bearer {token}", "Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=1800) as answer:
        page, tag = json.load(answer), answer.headers["ETag"]
    assert [file["filename"] for file in page["files"]] == ["demo-1.0-py3-none-any.whl"]
    request.add_header("If-None-Match", tag)
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        urllib.request.urlopen(request, timeout=1800)
    assert unchanged.value.code == 304
