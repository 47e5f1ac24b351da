"""The v1 API's view of what was uploaded, through Google's discovery client."""

import base64
import hashlib
import urllib.request

import pytest
from support.clients import expect_failure
from tools import wheel


@pytest.fixture
def filled(repository, writer, tmp_path):
    """A repository with two versions of a package."""
    files = [wheel(tmp_path, "my-demo", version) for version in ("1.0", "1.1")]
    repository.twine(writer, *files)
    return repository, files


def test_lists_and_gets(owner, filled):
    repository, files = filled
    name = repository.name
    packages = owner.repositories.packages()
    found = packages.list(parent=name).execute()["packages"]
    assert [p["name"] for p in found] == [f"{name}/packages/my-demo"]
    assert packages.get(name=found[0]["name"]).execute() == found[0]
    versions = packages.versions().list(
        parent=found[0]["name"], view="FULL", orderBy="createTime desc").execute()["versions"]
    assert [v["name"].rpartition("/")[2] for v in versions] == ["1.1", "1.0"]
    assert packages.versions().get(name=versions[0]["name"]).execute() == versions[0]
    assert packages.tags().list(parent=found[0]["name"]).execute() == {}

    listed = owner.repositories.files().list(parent=name, pageSize=1)
    first = listed.execute()
    second = owner.repositories.files().list_next(listed, first).execute()
    assert "nextPageToken" not in second
    file = first["files"][0]
    assert file["name"] == f"{name}/files/my-demo%2F{files[0].name}"
    content = files[0].read_bytes()
    assert file["sizeBytes"] == str(len(content))
    assert file["hashes"] == [
        {"type": "SHA256", "value": base64.b64encode(hashlib.sha256(content).digest()).decode()}]
    assert file["owner"] == f"{name}/packages/my-demo/versions/1.0"
    assert owner.repositories.files().get(name=file["name"]).execute() == file
    python = owner.repositories.pythonPackages()
    shown = python.list(parent=name).execute()["pythonPackages"]
    assert [(p["packageName"], p["version"]) for p in shown] == [
        ("my-demo", "1.0"), ("my-demo", "1.1")]
    assert python.get(name=shown[0]["name"]).execute() == shown[0]
    assert owner.repositories.get(name=name).execute()["sizeBytes"] == str(
        sum(f.stat().st_size for f in files))


def test_download(owner, filled):
    repository, files = filled
    name = f"{repository.name}/files/my-demo%2F{files[0].name}"
    assert owner.repositories.files().download(name=name).execute() == {}
    # Not through the watched clients: the answer is no JSON.
    request = urllib.request.Request(
        f"{repository.base}/v1/{name}:download?alt=media",
        headers={"Authorization": f"Bearer {owner.credential.token}"})
    with urllib.request.urlopen(request, timeout=1800) as answer:
        assert answer.read() == files[0].read_bytes()


def test_deletes(owner, filled, writer, tmp_path):
    repository, files = filled
    packages = owner.repositories.packages()
    name = f"{repository.name}/packages/my-demo"
    file = f"{repository.name}/files/my-demo%2F{files[0].name}"
    expect_failure(owner.repositories.files().delete(name=file), 400, "FAILED_PRECONDITION")
    owner.finish_repository(packages.versions().delete(name=f"{name}/versions/1.0").execute())
    expect_failure(packages.versions().get(name=f"{name}/versions/1.0"), 404, "NOT_FOUND")
    owner.finish_repository(packages.versions().batchDelete(
        parent=name, body={"names": [f"{name}/versions/1.1"]}).execute())
    expect_failure(packages.get(name=name), 404, "NOT_FOUND")
    assert "sizeBytes" not in owner.repositories.get(name=repository.name).execute()
    repository.twine(writer, *files)
    owner.finish_repository(packages.delete(name=name).execute())
    assert packages.list(parent=repository.name).execute() == {}
