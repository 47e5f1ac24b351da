"""A sandbox of the benchmark's own: its process, its journal, its CPU time."""

import http.client
import json
import os
import subprocess
from pathlib import Path

from support.measure import NotMeasured

TICKS = os.sysconf("SC_CLK_TCK")


class Sandbox:
    """A running arctl-sandbox. Ends with its `with`, and with this program."""

    def __init__(self, program: Path, data: Path, projects=(), latency=0):
        self.data = data
        options = [word for project in projects for word in ("--project", project)]
        options += ["--latency", str(latency)] if latency else []
        self.log = data.parent / f"{data.name}.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [program, "--data", data, "--stop-with-input", *options], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        if not self.url.startswith("http://127.0.0.1:"):
            self.stop()
            raise NotMeasured(f"the sandbox did not start: {self.log.read_text(errors='replace')[-500:]}")
        self.port = int(self.url.rsplit(":", 1)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end, and ends it if it does not."""
        if hasattr(self, "connection"):
            self.connection.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def cpu(self) -> float:
        """The CPU seconds that its process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def get(self, path: str, token: str = "") -> bytes:
        """The body of an answer, which must be 200."""
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise NotMeasured(f"GET {path}: {answer.status} {body[:300].decode(errors='replace')}")
        return body

    def post(self, path: str, body: str, token: str) -> bytes:
        """The body of the answer to a POST, which must be 200."""
        self.connection.request("POST", path, body=body, headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise NotMeasured(f"POST {path}: {answer.status} {read[:300].decode(errors='replace')}")
        return read

    def journal(self, since: int = 0) -> list[dict]:
        """The requests after number `since`; all of them, or the row cannot be measured."""
        entries = json.loads(self.get(f"/_sandbox/journal?since={since}"))["requests"]
        if entries and entries[0]["seq"] != since + 1:
            raise NotMeasured("the sandbox's journal no longer has all requests")
        return entries
