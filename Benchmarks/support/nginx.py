"""nginx with static files, as the reference of a server: its own folder and configuration, on loopback."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from support import tools
from support.measure import NotMeasured

CONFIGURATION = """
{user}
daemon off;
pid nginx.pid;
worker_processes {workers};
error_log stderr error;
events {{ worker_connections 512; }}
http {{
  access_log off;
  default_type application/json;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=20000 inactive=600s;
  open_file_cache_valid 600s;
  client_body_temp_path temp/body;
  proxy_temp_path temp/proxy;
  fastcgi_temp_path temp/fastcgi;
  uwsgi_temp_path temp/uwsgi;
  scgi_temp_path temp/scgi;
  server {{
    listen 127.0.0.1:{port};
    root files;
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def end_with_parent():
    """Lets the process get a SIGTERM when this program ends, however it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Nginx:
    """A running nginx that answers each path with a body. Ends with its `with`, and with this program."""

    def __init__(self, folder: Path, bodies: dict[str, bytes], workers: int):
        self.folder = folder
        self.port = free_port()
        for path, body in bodies.items():
            file = folder / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        (folder / "temp").mkdir(parents=True, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(user=user, workers=workers, port=self.port).replace("root files;", f"root {folder}/files;"))
        self.log = folder / "nginx.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [tools.nginx(), "-e", "stderr", "-p", f"{folder}/", "-c", folder / "nginx.conf"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent)
        self.await_start()

    def await_start(self):
        for _ in range(200):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise NotMeasured(f"nginx did not start: {self.log.read_text(errors='replace')[-500:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
