"""nginx on loopback, with a folder and a configuration of its own: as a server of files, and as a front with TLS."""

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
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path temp/body;
  proxy_temp_path temp/proxy;
  fastcgi_temp_path temp/fastcgi;
  uwsgi_temp_path temp/uwsgi;
  scgi_temp_path temp/scgi;
{server}
}}
"""

FILES = """
  default_type application/json;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=20000 inactive=600s;
  open_file_cache_valid 600s;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
  }}
"""

# The sandbox accepts its own name only.
FRONT = """
  upstream sandbox {{
    server 127.0.0.1:{behind};
    keepalive 512;
    keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    http2_max_concurrent_streams {streams};
    location / {{
      proxy_pass http://sandbox;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host 127.0.0.1:{behind};
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
    """A running nginx. Ends with its `with`, and with this program."""

    def __init__(self, folder: Path, server: str, workers: int, **values):
        self.folder = folder
        self.port = free_port()
        (folder / "temp").mkdir(parents=True, exist_ok=True)
        (folder / "nginx.conf").write_text(CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "", workers=workers,
            server=server.format(port=self.port, folder=folder, **values)))
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


class Files(Nginx):
    """Answers each path with a body."""

    def __init__(self, folder: Path, bodies: dict[str, bytes], workers: int):
        for path, body in bodies.items():
            file = folder / "files" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        super().__init__(folder, FILES, workers)


class Front(Nginx):
    """Answers with TLS and HTTP/2, and asks a server on loopback."""

    def __init__(self, folder: Path, behind: int, streams: int):
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate = folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", folder / "key.pem", "-out", self.certificate, "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        super().__init__(folder, FRONT, 1, behind=behind, streams=streams)
        self.url = f"https://localhost:{self.port}"
