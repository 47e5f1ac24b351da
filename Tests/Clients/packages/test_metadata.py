"""Uploads as the v1 API shows them, through Google's discovery client."""

import base64
import hashlib
import urllib.request
from urllib.parse import quote

import pytest
from google.api_core.client_options import ClientOptions
from google.cloud import artifactregistry_v1 as ar
from google.oauth2 import service_account
from support.clients import expect_failure
from support.tools import wheel


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


@pytest.fixture
def local_version(repository, writer, tmp_path):
    """A repository with a version that contains a plus sign."""
    repository.twine(writer, wheel(tmp_path, "my-demo", "1.0+cu121"))
    return repository


def test_generated_clients_get_what_they_list(sandbox, local_version):
    """They escape the percent signs in a name's ids again."""
    client = ar.ArtifactRegistryClient(
        credentials=service_account.Credentials.from_service_account_info(sandbox.owner()),
        transport="rest", client_options=ClientOptions(api_endpoint=sandbox.url))
    name = local_version.name
    files = list(client.list_files(parent=name))
    assert [f.name for f in files] == [
        f"{name}/files/my-demo%2Fmy_demo-1.0%2Bcu121-py3-none-any.whl"]
    for file in files:
        assert client.get_file(name=file.name) == file
    for package in client.list_packages(parent=name):
        assert client.get_package(name=package.name) == package
        for version in client.list_versions(parent=package.name):
            assert version.name == f"{name}/packages/my-demo/versions/1.0%2Bcu121"
            assert client.get_version(name=version.name) == version
    for package in client.list_python_packages(parent=name):
        assert client.get_python_package(name=package.name) == package
    assert list(client.list_tags(parent=f"{name}/packages/my-demo")) == []


def test_generated_clients_change_what_they_list(sandbox, local_version):
    client = ar.ArtifactRegistryClient(
        credentials=service_account.Credentials.from_service_account_info(sandbox.owner()),
        transport="rest", client_options=ClientOptions(api_endpoint=sandbox.url))
    name = local_version.name
    [file] = client.list_files(parent=name)
    [version] = client.list_versions(parent=f"{name}/packages/my-demo")
    mask = {"paths": ["annotations"]}
    file.annotations = version.annotations = {"team": "web"}
    assert client.update_file(file=file, update_mask=mask).annotations == {"team": "web"}
    assert client.update_version(version=version, update_mask=mask).annotations == {"team": "web"}
    assert [f.name for f in client.list_files(
        request={"parent": name, "filter": "annotations.team:web"})] == [file.name]
    made = client.create_attachment(
        parent=name, attachment_id="sbom",
        attachment=ar.Attachment(target=version.name, files=[file.name], type="t")).result()
    assert (made.target, list(made.files)) == (version.name, [file.name])
    assert client.get_attachment(name=made.name) == made
    client.delete_version(name=version.name).result()
    # The last version takes the package with it.
    assert list(client.list_packages(parent=name)) == []


def test_gcloud_escapes_twice(raw, local_version):
    """`files describe`, `versions describe` and `files list --package` of gcloud 578."""
    name = f"/v1/{local_version.name}"
    file = "files/my-demo%2Fmy_demo-1.0%2Bcu121-py3-none-any.whl"
    for path in [file, "packages/my-demo/versions/1.0%2Bcu121"]:
        once, twice = raw("GET", f"{name}/{path}"), raw("GET", f"{name}/{path.replace('%', '%25')}")
        assert once.status_code == twice.status_code == 200, twice.text
        assert once.json() == twice.json()
    encoded = file.replace("%", "%25")
    described = raw("PATCH", f"{name}/{encoded}?updateMask=annotations", {"annotations": {"a": "b"}})
    assert described.json()["annotations"] == {"a": "b"}
    python = raw("GET", f"{name}/pythonPackages/my-demo%3A1.0%252Bcu121")
    assert python.json()["version"] == "1.0+cu121"
    assert raw("GET", f"{name}/packages/my%252Ddemo/tags").json() == {}
    for owner in ["packages/my-demo", "packages/my-demo/versions/1.0%252Bcu121"]:
        listed = raw(
            "GET", f'{name}/files?filter=owner%3D%22{local_version.name}/{owner}%22')
        assert len(listed.json()["files"]) == 1, listed.text
    for filter in ["annotations.a:b", 'name="*cu121*"']:
        listed = raw("GET", f"{name}/files?filter={quote(filter, safe='')}")
        assert len(listed.json()["files"]) == 1, listed.text
    deleted = raw("DELETE", f"{name}/packages/my-demo/versions/1.0%252Bcu121")
    assert deleted.status_code == 200, deleted.text
    assert raw("GET", f"{name}/packages/my-demo").status_code == 404


def test_download(owner, filled):
    repository, files = filled
    name = f"{repository.name}/files/my-demo%2F{files[0].name}"
    assert owner.repositories.files().download(name=name).execute() == {}
    # Not with the watched clients, because the answer is not JSON.
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


def test_annotations(owner, filled):
    repository, _ = filled
    packages = owner.repositories.packages()
    package = f"{repository.name}/packages/my-demo"
    version = f"{package}/versions/1.0"
    file = owner.repositories.files().list(
        parent=repository.name, filter=f'owner="{version}"').execute()["files"][0]["name"]
    for client, name in [
            (packages, package), (packages.versions(), version), (owner.repositories.files(), file)]:
        before = client.get(name=name).execute()
        body = {**before, "annotations": {"team": "web", "a/b": "c"}}
        changed = client.patch(name=name, updateMask="annotations", body=body).execute()
        assert changed == {**before, "annotations": body["annotations"]}
        assert client.get(name=name).execute() == changed
        expect_failure(
            client.patch(name=name, updateMask="colour", body={}), 400, "INVALID_ARGUMENT")
        expect_failure(
            client.patch(name=name, body={"colour": "red"}), 400, "INVALID_ARGUMENT")
        assert client.patch(name=name, updateMask="name", body={}).execute() == changed
    assert owner.repositories.files().patch(
        name=file, updateMask="annotations", body={}).execute().get("annotations") is None


def test_attachments(owner, filled):
    repository, _ = filled
    attachments = owner.repositories.attachments()
    version = f"{repository.name}/packages/my-demo/versions/1.0"
    file = owner.repositories.files().list(
        parent=repository.name, filter=f'owner="{version}"').execute()["files"][0]["name"]
    body = {
        "target": version, "files": [file], "type": "application/vnd.spdx+json",
        "attachmentNamespace": "example.com", "annotations": {"a": "b"}}

    def create(id, **changes):
        return attachments.create(
            parent=repository.name, attachmentId=id, body={**body, **changes})

    made = owner.finish_repository(create("sbom").execute())
    name = f"{repository.name}/attachments/sbom"
    got = attachments.get(name=name).execute()
    assert {**got, "@type": made["@type"]} == made and got["name"] == name
    assert {key: got[key] for key in body} == body
    owner.finish_repository(create("all", target=repository.name).execute())
    assert [a["name"] for a in attachments.list(parent=repository.name).execute()["attachments"]] == [
        f"{repository.name}/attachments/all", name]
    found = attachments.list(parent=repository.name, filter=f'target="{version}"').execute()
    assert found == {"attachments": [got]}
    expect_failure(create("sbom"), 409, "ALREADY_EXISTS")
    for changes in [
            {"target": f"{version}1"}, {"files": []}, {"files": [f"{file}x"]}, {"colour": "red"}]:
        expect_failure(create("bad", **changes), 400, "INVALID_ARGUMENT")
    expect_failure(
        attachments.list(parent=repository.name, filter="colour=red"), 400, "INVALID_ARGUMENT")

    # An attachment is deleted with its target.
    owner.finish_repository(
        owner.repositories.packages().versions().delete(name=version).execute())
    expect_failure(attachments.get(name=name), 404, "NOT_FOUND")
    owner.finish_repository(
        attachments.delete(name=f"{repository.name}/attachments/all").execute())
    assert attachments.list(parent=repository.name).execute() == {}
