"""Docker's own command reads the printed config.json, runs arctl by its name there, and hands its token on."""

import base64
import json
import os
import socketserver
import subprocess
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from support.process import ROOT
from support.settings import ARCTL, files, page

# Scripts/bootstrap puts it there.
DOCKER = ROOT / ".build/tools/docker"
IMAGE = "us-east4-docker.pkg.dev/my-project-id/libraries/demo:1.0"


class Daemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Takes what Docker's command sends to its daemon, which would do the rest, and keeps the logins."""

    daemon_threads = True

    def __init__(self, path: Path):
        self.logins: list[dict] = []
        super().__init__(str(path), Answer)


class Answer(BaseHTTPRequestHandler):
    server: Daemon

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "X-Registry-Auth" in self.headers:
            self.server.logins.append(json.loads(base64.urlsafe_b64decode(self.headers["X-Registry-Auth"])))
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    do_HEAD = do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def pull(tmp_path):
    """Runs `docker pull` with a config.json. Returns the login that the daemon got, and what Docker complained about."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker-credential-arctl").symlink_to(ARCTL)
    (tmp_path / "config").mkdir()
    daemon = Daemon(tmp_path / "socket")
    threading.Thread(target=daemon.serve_forever, daemon=True).start()

    def run(config: str, image: str) -> tuple[dict, str]:
        (tmp_path / "config/config.json").write_text(config)
        daemon.logins.clear()
        done = subprocess.run(
            [DOCKER, "--config", tmp_path / "config", "pull", image], text=True, capture_output=True, timeout=1800,
            env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8",
                 "DOCKER_HOST": f"unix://{tmp_path}/socket", "ARCTL_ACCESS_TOKEN": "ya29.canary"})
        assert done.returncode == 0, done.stdout + done.stderr
        [login] = daemon.logins
        return login, done.stderr

    yield run
    daemon.shutdown()
    daemon.server_close()


def printed() -> str:
    return files(page("docker", "docker"))["~/.docker/config.json"]


def test_docker_asks_arctl(pull):
    login, complaints = pull(printed(), IMAGE)
    assert complaints == ""
    assert (login["username"], login["password"]) == ("oauth2accesstoken", "ya29.canary")


@pytest.mark.parametrize("image", ["docker.io/library/demo", "us-docker.pkg.dev/my-project-id/libraries/demo"])
def test_docker_asks_for_no_other_host(pull, image):
    assert pull(printed(), image) == ({}, "")


def test_docker_reports_mistakes(pull):
    """What the tests above rest on: Docker says that it cannot read a file, and goes on without a login."""
    broken = json.dumps({"credHelpers": list(json.loads(printed())["credHelpers"])})
    login, complaints = pull(broken, IMAGE)
    assert login == {}
    assert "Error loading config file" in complaints
