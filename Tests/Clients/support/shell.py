"""A shell that stays: it takes one command after the other, and keeps its variables and background jobs."""

import os
import re
import select
import subprocess
import time
from pathlib import Path

# Bounds a test that hangs; no test is decided by it.
HANGS_AFTER = 1800


class Shell:
    """A bash with its own folder. Its output of each command is standard output and standard error together."""

    def __init__(self, folder: Path, environment: dict[str, str], scratch: Path):
        """Starts it in `folder`; `scratch` takes the files that pass commands and outputs."""
        self.scratch = scratch
        self.count = 0
        reader, writer = os.pipe()
        self.codes = open(reader, encoding="utf-8")
        self.codes_descriptor = writer
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[writer])
        os.close(writer)

    def run(self, command: str) -> tuple[int, str]:
        """The exit code and the output of a command."""
        self.count += 1
        script = self.scratch / f"{self.count}.sh"
        script.write_text(f"{command}\n", encoding="utf-8")
        # A job in the background must not keep the pipe open, so it is closed for the command.
        self.send(
            f". '{script}' >'{self.output_file}' 2>&1 </dev/null {self.codes_descriptor}>&-; "
            f"echo $? >&{self.codes_descriptor}")
        ready, _, _ = select.select([self.codes], [], [], HANGS_AFTER)
        answer = self.codes.readline() if ready else ""
        if not answer:
            raise AssertionError(f"the shell ended or hangs:\n{command}\n{self.last_output()}")
        return int(answer), self.last_output()

    @property
    def output_file(self) -> Path:
        return self.scratch / f"{self.count}.out"

    def last_output(self) -> str:
        return self.output_file.read_text(encoding="utf-8")

    def run_until(self, command: str, pattern: str) -> re.Match | None:
        """Starts a command in the background, and waits until its output has a line of this pattern.

        None if the command ends before.
        """
        code, _ = self.run(command)
        assert code == 0, command
        output = self.output_file
        deadline = time.monotonic() + HANGS_AFTER
        while time.monotonic() < deadline:
            # Asked before the output is read: what a command printed last counts, too.
            has_ended = self.run("kill -0 $!")[0] != 0
            match = re.search(pattern, output.read_text(encoding="utf-8"), re.M)
            if match or has_ended:
                return match
            time.sleep(0.1)
        raise AssertionError(f"{command}\nhangs:\n{output.read_text(encoding='utf-8')}")

    def close(self):
        """Ends it and its jobs."""
        self.run("kill $(jobs -p) 2>/dev/null; wait; true")
        self.process.stdin.close()
        self.process.wait(HANGS_AFTER)
        self.codes.close()

    def send(self, line: str):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
