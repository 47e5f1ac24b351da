"""Large and broken uploads: they take no memory, leave nothing, and send no useless body."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from google.auth.transport.requests import Request
from support.clients import Cloud, credentials, fresh
from support.process import Sandbox
from support.tools import LOCATION, Repository

MEBIBYTE = 1 << 20


@pytest.fixture
def own(tmp_path):
    """A sandbox for this test only, with a repository: the process, the repository and the owner's token."""
    server = Sandbox(tmp_path / "data", "--project", "big-files")
    credential = credentials(server.owner())
    owner = Cloud(server.url, credential)
    owner.enable("big-files", "artifactregistry.googleapis.com")
    made = Repository(server.url, "big-files", fresh("r"))
    owner.finish_repository(owner.repositories.create(
        parent=f"projects/big-files/locations/{LOCATION}", repositoryId=made.id,
        body={"format": "PYTHON"}).execute())
    if not credential.valid:
        credential.refresh(Request())
    yield server, made, credential.token
    server.stop()


def upload(repository: Repository, token: str, file: Path, *options) -> subprocess.Popen:
    """Starts curl with the form of twine. It prints the status and the number of bytes sent."""
    version = file.name.split("-")[1]
    return subprocess.Popen(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}",
         "-u", f"oauth2accesstoken:{token}", "-F", ":action=file_upload", "-F", "name=big",
         "-F", f"version={version}", "-F", "filetype=bdist_wheel", "-F", f"content=@{file}",
         *options, repository.url], stdout=subprocess.PIPE, text=True)


def sparse(folder: Path, size: int, version: str = "1.0") -> Path:
    file = folder / f"big-{version}-py3-none-any.whl"
    with open(file, "wb") as out:
        out.truncate(size)
    return file


def resident(server: Sandbox) -> int:
    """The memory of a process, in KiB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def blobs(server: Sandbox) -> list[str]:
    return os.listdir(server.data / "packages")


def wait_until(condition) -> None:
    """Waits for something that a server does on its own, however busy the machine is."""
    until = time.monotonic() + 1800
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_memory_stays_flat(own, tmp_path):
    server, repository, token = own
    file = sparse(tmp_path, 100 * MEBIBYTE)
    before = resident(server)
    assert upload(repository, token, file).communicate()[0].startswith("200 ")
    got = tmp_path / "got"
    subprocess.run(
        ["curl", "-sfL", "-u", f"oauth2accesstoken:{token}", "-o", got,
         f"{repository.url}big/{file.name}"], check=True)
    assert subprocess.run(["cmp", file, got]).returncode == 0
    assert resident(server) - before < 30 * 1024


def test_a_killed_upload_leaves_nothing(own, tmp_path):
    server, repository, token = own
    assert upload(
        repository, token, sparse(tmp_path, MEBIBYTE, "0.9")).communicate()[0].startswith("200 ")
    client = upload(repository, token, sparse(tmp_path, 50 * MEBIBYTE), "--limit-rate", "1M")
    wait_until(lambda: len(blobs(server)) == 2)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    client.wait()
    again = Sandbox(server.data)
    try:
        assert len(blobs(again)) == 1
        there = subprocess.run(
            ["curl", "-sL", "-o", "/dev/null", "-w", "%{http_code}", "-u",
             f"oauth2accesstoken:{token}",
             f"{repository.url.replace(server.url, again.url)}big/big-0.9-py3-none-any.whl"],
            stdout=subprocess.PIPE, text=True)
        assert there.stdout == "200"
    finally:
        again.stop()


def test_an_aborted_upload_leaves_nothing(own, tmp_path):
    server, repository, token = own
    client = upload(repository, token, sparse(tmp_path, 50 * MEBIBYTE), "--limit-rate", "1M")
    wait_until(lambda: blobs(server))
    client.kill()
    client.wait()
    wait_until(lambda: not blobs(server))


def test_a_refused_client_that_asks_first_sends_nothing(own, tmp_path):
    server, repository, token = own
    file = sparse(tmp_path, 20 * MEBIBYTE)
    asking = upload(repository, "wrong", file, "-H", "Expect: 100-continue")
    status, sent = asking.communicate()[0].split()
    assert status == "401" and int(sent) < MEBIBYTE
    telling = upload(repository, "wrong", file, "-H", "Expect:")
    assert telling.communicate()[0].startswith("401 ")
    granted = upload(repository, token, file, "-H", "Expect: 100-continue")
    assert granted.communicate()[0].startswith("200 ")
    assert len(blobs(server)) == 1
