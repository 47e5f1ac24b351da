"""Follows a page from top to bottom: runs what it says to run, and compares what it shows."""

import difflib
import json
import re
import shutil
from pathlib import Path

from support.pages import Block
from support.process import BINARY, ROOT
from support.shell import Shell
from support.tools import BIN, ENVIRONMENT

TIME = re.compile(r"\b\d+\.\d+s\b")
# A line of a running apply; operations that do not depend on each other finish in any order.
FINISHED = re.compile(r"^  [-+~^x]\S* .*<time>$")


def normal(output: str, hides_ids: bool = False) -> list[str]:
    """The lines of an output without what differs from run to run: durations, key ids, the order of finished operations.

    With `hides_ids`, plan ids, digests and commits are numbered, so that equal ones still have to be equal.
    """
    text = TIME.sub("<time>", output)
    text = re.sub(r"(?<=   key )[0-9a-f]{12}\b", "<key>", text)
    if hides_ids:
        seen: dict[str, str] = {}
        text = re.sub(
            r"\b(?:[0-9a-f]{16}|[0-9a-f]{12})\b", lambda id: seen.setdefault(id[0], f"<id {len(seen) + 1}>"), text)
    lines: list[str] = []
    finished: list[str] = []
    for line in [*(line.rstrip() for line in text.strip("\n").split("\n")), None]:
        if line is not None and FINISHED.match(line):
            finished.append(line)
            continue
        lines += sorted(finished)
        finished = []
        if line is not None:
            lines.append(line)
    return lines


def words(text: str) -> str:
    """A text without its line breaks, which depend on the width of a terminal, and without colours."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


def shows(block: Block, output: str) -> bool:
    """Whether an output contains what a block shows; JSON is compared as data."""
    if block.language == "json":
        return json.loads(block.text) == json.loads(output)
    return words(block.text) in words(output)


class Walk:
    """A walk through a page, in an empty folder with a home of its own."""

    def __init__(self, scratch: Path, given: dict):
        """`given` has what a page assumes, by the name in its marker: functions of the folder."""
        self.given = given
        self.folder = self.new_folder(scratch / "folder")
        self.home = self.new_folder(scratch / "home")
        # An error of a server is an error of curl; pip must not install into the environment of the tests.
        (self.home / ".curlrc").write_text("fail\nsilent\nshow-error\n")
        self.installed = self.home / "installed"
        programs = self.new_folder(scratch / "bin")
        for name in ["arctl", "arctl-sandbox"]:
            (programs / name).symlink_to(BINARY.parent / name)
        self.repository = scratch / "repository"
        self.copy_repository(programs)
        self.shell = Shell(self.folder, {
            **ENVIRONMENT, "PATH": f"{programs}:{BIN}:{ENVIRONMENT['PATH']}", "HOME": str(self.home),
            "PIP_TARGET": str(self.installed),
        }, self.new_folder(scratch / "shell"))
        self.last_output = ""
        # The real port by the one on the page.
        self.ports: dict[str, str] = {}
        # The command for every line of a block, and the section in which it applies.
        self.lines: tuple[str, str] = ("", "")
        self.commands = 0

    @staticmethod
    def new_folder(path: Path) -> Path:
        path.mkdir()
        return path

    def copy_repository(self, programs: Path):
        """What pages run in the repository: the demo, with the built binaries, and the manifests."""
        for name in ["Scripts", "manifests", "examples"]:
            shutil.copytree(ROOT / name, self.repository / name)
        (self.repository / ".build").mkdir()
        (self.repository / ".build/release").symlink_to(programs)

    def follow(self, blocks: list[Block]):
        try:
            for block in blocks:
                self.take(block)
        finally:
            self.shell.close()

    def take(self, block: Block):
        """Runs a block, or does what its markers say."""
        markers = block.markers
        if "lines" in markers:
            self.lines = (markers["lines"], block.section)
        if "not-run" in markers:
            if not markers["not-run"]:
                raise block.fails("`not-run` needs a reason")
            return
        if "given" in markers:
            self.provide(block)
        if "file" in markers:
            path = self.folder / markers["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif "end-of" in markers:
            self.run(block, markers["end-of"])
            shown = normal(block.text, "varies" in markers)
            self.compare(block, shown, normal(self.last_output, "varies" in markers)[-len(shown):])
        elif "within-last-output" in markers:
            if not shows(block, self.last_output):
                raise block.fails(f"the last output does not contain this, but is:\n{self.last_output}")
        elif block.language == "python":
            (self.folder / "page.py").write_text(self.with_ports(block.text), encoding="utf-8")
            self.run(block, "python page.py")
        elif block.is_indented and self.lines[1] == block.section and self.lines[0]:
            for line in block.text.splitlines():
                self.run(block, f"{self.lines[0]} <<'END'\n{line}\nEND")
        elif block.holds_commands:
            self.run_all(block)
        else:
            raise block.fails("this block is neither run nor marked; CONTRIBUTING.md says how")

    def provide(self, block: Block):
        make = self.given.get(block.markers["given"])
        if not make:
            raise block.fails(f"no test provides `{block.markers['given']}`")
        make(self)

    def run_all(self, block: Block):
        """Runs the commands of a block; its exit code is that of the last one."""
        commands = block.commands()
        for number, (command, shown) in enumerate(commands, 1):
            self.run(block, command, is_last=number == len(commands))
            if shown is not None:
                hides_ids = "varies" in block.markers
                shown = self.with_ports(shown)
                self.compare(block, normal(shown, hides_ids), normal(self.last_output, hides_ids))

    def run(self, block: Block, command: str, is_last: bool = True):
        """Runs a command with the block's settings, and checks its exit code."""
        self.commands += 1
        command = self.with_ports(command)
        if "background" in block.markers:
            command += " &"
        if self.is_in_background(command):
            return self.start(block, command)
        undo = self.edit(block)
        code, self.last_output = self.shell.run(self.with_settings(block, command))
        for path, text in undo.items():
            path.write_text(text, encoding="utf-8")
        expected = int(block.markers.get("exit", "0")) if is_last else 0
        if code != expected:
            raise block.fails(f"exit {code}, not {expected}: {command}\n{self.last_output}")

    def with_ports(self, text: str) -> str:
        """A text with the real ports of the servers instead of those on the page."""
        for shown, real in self.ports.items():
            text = re.sub(rf"\b{shown}\b", real, text)
        return text

    @staticmethod
    def is_in_background(command: str) -> bool:
        return re.search(r"(?<!&)&\s*(#.*)?$", command) is not None

    def start(self, block: Block, command: str):
        """Starts a server on a free port instead of the one on the page, and waits for its URL."""
        ports = re.findall(r"--port (\d+)", command)
        match = self.shell.run_until(
            re.sub(r"--port \d+", "--port 0", command), r"^http://127\.0\.0\.1:(\d+)\n")
        if not match:
            raise block.fails(f"{command}\nended without its URL:\n{self.shell.last_output()}")
        self.ports.update({port: match[1] for port in ports})

    def with_settings(self, block: Block, command: str) -> str:
        if block.markers.get("with") or "in-repository" in block.markers:
            exports = f"export {block.markers['with']}; " if block.markers.get("with") else ""
            folder = f"cd '{self.repository}'; " if "in-repository" in block.markers else ""
            return f"({exports}{folder}{command}\n)"
        return command

    def edit(self, block: Block) -> dict[Path, str]:
        """Carries out the edits that hold for this block only. Returns the former texts."""
        if "edited" not in block.markers:
            return {}
        path = self.folder / block.markers["edited"].split()[-1]
        before = path.read_text(encoding="utf-8")
        code, output = self.shell.run(f"sed -i -E {block.markers['edited']}")
        if code != 0 or path.read_text(encoding="utf-8") == before:
            raise block.fails(f"the edit changed nothing. {output}")
        return {path: before}

    @staticmethod
    def compare(block: Block, shown: list[str], real: list[str]):
        if shown != real:
            difference = "\n".join(difflib.unified_diff(
                shown, real, "what the page shows", "what happens", lineterm="", n=100))
            raise block.fails(f"the page shows something else:\n{difference}")
