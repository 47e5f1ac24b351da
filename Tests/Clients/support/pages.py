"""The code blocks of a Markdown page, with the markers that say how a test treats them.

A marker is an HTML comment directly before its block; CONTRIBUTING.md lists them:

    <!-- exit: 5 -->
    <!-- edited: 's/python/npm/' manifests/registry.yaml -->

        arctl plan
"""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

# What a marker can say. CONTRIBUTING.md says what each means; a test compares the two lists.
MARKERS = {
    "not-run", "file", "exit", "with", "edited", "given", "end-of", "within-last-output", "varies",
    "background", "lines", "in-repository",
}

MARKER = re.compile(r"^ *<!-- ([a-z-]+)(?:: (.+))? -->$")
FENCE = re.compile(r"^ *```([a-z]*)$")


class PageError(Exception):
    """A page that a test cannot follow, or that shows something else than what happens."""


@dataclass
class Block:
    """One code block: its place, its text without indentation, and its markers."""

    page: str
    line: int
    # The word after the fence; empty for an indented block.
    language: str
    text: str
    markers: dict[str, str] = field(default_factory=dict)
    # The nearest heading above.
    section: str = ""

    def fails(self, message: str) -> PageError:
        return PageError(f"{self.page}:{self.line}: {message}")

    @property
    def is_indented(self) -> bool:
        return not self.language

    @property
    def shows_commands(self) -> bool:
        """Whether it consists of commands, each followed by its output."""
        return self.language == "text" and self.text.startswith("$ ")

    @property
    def holds_commands(self) -> bool:
        return self.is_indented or self.shows_commands

    def commands(self) -> list[tuple[str, str | None]]:
        """Its commands, each with the output that the page shows, or nil if it shows none."""
        if self.shows_commands:
            parts = re.split(r"^\$ ", self.text, flags=re.M)[1:]
            return [(command, output.strip("\n")) for command, _, output in
                    (part.partition("\n") for part in parts)]
        return [(command, None) for command in logical_lines(self)]


def logical_lines(block: Block) -> list[str]:
    """The commands of a block; one goes on after a backslash, and while a quotation is open."""
    commands, rest = [], ""
    for line in block.text.splitlines():
        rest += f"{line}\n"
        if line.endswith("\\") or is_open(rest):
            continue
        if rest.strip():
            commands.append(rest.strip())
        rest = ""
    if rest.strip():
        raise block.fails("a quotation is not closed")
    return commands


def is_open(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


class Reader:
    """Reads a page, line by line."""

    def __init__(self, text: str, page: str):
        self.page = page
        self.lines = text.splitlines()
        self.at = 0
        self.section = ""
        self.markers: dict[str, str] = {}
        self.blocks: list[Block] = []

    def read(self) -> list[Block]:
        # A blank line, a heading or a marker: what may come before an indented block.
        follows_text = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if FENCE.match(line):
                self.fenced()
                follows_text = False
            elif MARKER.match(line):
                self.mark(line)
                follows_text = False
            elif line.startswith("    ") and line.strip() and not follows_text:
                self.indented()
            else:
                follows_text = bool(line.strip())
                if follows_text and self.markers:
                    raise PageError(f"{self.page}:{self.at + 1}: a marker is not before a code block")
                if line.startswith("#"):
                    self.section, follows_text = line.lstrip("# "), False
                self.at += 1
        if self.markers:
            raise PageError(f"{self.page}: a marker at the end is not before a code block")
        return self.blocks

    def mark(self, line: str):
        name, value = MARKER.match(line).groups()
        if name not in MARKERS:
            raise PageError(f"{self.page}:{self.at + 1}: `{name}` is not a marker")
        self.markers[name] = value or ""
        self.at += 1

    def fenced(self):
        start = self.at
        language = FENCE.match(self.lines[start]).group(1)
        end = next(
            (n for n in range(start + 1, len(self.lines)) if self.lines[n].strip() == "```"), None)
        if end is None or not language:
            raise PageError(f"{self.page}:{start + 1}: a fenced block needs a language and an end")
        self.add(start, language, self.lines[start + 1:end])
        self.at = end + 1

    def indented(self):
        start = end = self.at
        for number in range(start, len(self.lines)):
            line = self.lines[number]
            if line.strip() and not line.startswith("    "):
                break
            if line.strip():
                end = number + 1
        self.add(start, "", self.lines[start:end])
        self.at = end

    def add(self, start: int, language: str, lines: list[str]):
        margin = min((len(n) - len(n.lstrip()) for n in lines if n.strip()), default=0)
        text = "".join(f"{line[margin:]}\n" for line in lines)
        self.blocks.append(
            Block(self.page, start + 1, language, text, self.markers, self.section))
        self.markers = {}


def blocks_of(text: str, page: str) -> list[Block]:
    """The code blocks of a page's text. `page` names it in errors."""
    return Reader(text, page).read()


def blocks_in(path: Path, root: Path) -> list[Block]:
    return blocks_of(path.read_text(encoding="utf-8"), str(path.relative_to(root)))


def code_in(text: str) -> list[str]:
    """What a page writes between backticks in its sentences, and the commands of its blocks."""
    blocks = blocks_of(text, "")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    prose = "\n".join(line for line in prose.splitlines() if not line.startswith("    "))
    spans = [re.sub(r"\s+", " ", span) for span in re.findall(r"`([^`]+)`", prose)]
    return spans + [
        command for block in blocks if block.holds_commands for command, _ in block.commands()]
