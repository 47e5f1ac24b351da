"""The sandbox's process: started on a free port with its own folder, stopped by its id."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("ARCTL_SANDBOX", ROOT / ".build/debug/arctl-sandbox"))


class Sandbox:
    """A running `arctl-sandbox`; `url` has no slash at its end.

    With `on_terminal`, its standard output is a terminal, so that it prints the start message.
    """

    def __init__(self, data: Path, *options: str, on_terminal: bool = False):
        if not BINARY.exists():
            raise RuntimeError(f"{BINARY} is missing: swift build --product arctl-sandbox")
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        reader, writer = pty.openpty() if on_terminal else os.pipe()
        self.output = open(reader, encoding="utf-8")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(BINARY), "--data", str(data), "--port", "0", *options],
                cwd=data.parent, stdout=writer, stderr=log)
        os.close(writer)
        self.url = self.output.readline().strip()
        if not self.url.startswith("http://127.0.0.1:"):
            self.stop()
            raise RuntimeError(f"the sandbox did not start: {self.log.read_text()}")

    @property
    def owner_file(self) -> Path:
        return self.data / "owner.json"

    def owner(self) -> dict:
        """The owner's key file."""
        return json.loads(self.owner_file.read_text())

    def stop(self) -> int:
        """Asks it to end. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.output.close()
        return code
