"""Recorded exchanges: reads them, and compares an answer with a recorded one."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .process import ROOT
from .schema import TIME

FOLDER = ROOT / "Tests/Fixtures/recorded"

# The placeholders of the recorder's normaliser for values that change.
MICROSECONDS, SECONDS, ETAG = "2024-04-01T12:34:56.123456Z", "2024-04-01T12:34:56Z", "abcdef0123A="
DIGITS = {"1" * 21, "8" * 21}
VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass
class Exchange:
    method: str
    host: str
    target: str
    request: dict | None
    status: int
    headers: list[tuple[str, str]]
    response: dict


def read(path: Path) -> list[Exchange]:
    """The exchanges of one `_http.log`, in order."""
    return [_exchange(part.strip("\n")) for part in path.read_text().split("\n---\n")]


def _exchange(text: str) -> Exchange:
    sent, status, answered = re.split(r"^(\d{3}) [A-Za-z ]+$", text, maxsplit=1, flags=re.M)
    head, _, body = sent.strip("\n").partition("\n\n")
    method, url = head.split("\n")[0].split(" ", 1)
    headers, _, response = answered.strip("\n").partition("\n\n")
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    pairs = [tuple(line.split(": ", 1)) for line in headers.split("\n")]
    return Exchange(
        method, parts.netloc, target, json.loads(body) if body.strip() else None, int(status), pairs,
        json.loads(response))


class Names:
    """The values of a recording's placeholders in this run."""

    def __init__(self, **known: str):
        self.known = dict(known)
        self.etag = None

    def fill(self, value):
        """A recorded request with this run's values."""
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        if value == ETAG:
            return self.etag
        if isinstance(value, str):
            return VARIABLE.sub(lambda match: self.known[match[1]], value)
        return value

    def differences(self, recorded, got, place: str = "") -> list[tuple[str, object, object]]:
        """The places where an answer differs from a recorded one. Learns the values of unknown placeholders."""
        if isinstance(recorded, dict) and isinstance(got, dict):
            found = []
            for key in [*recorded, *(k for k in got if k not in recorded)]:
                found += self.differences(
                    recorded.get(key), got.get(key), f"{place}.{key}".lstrip("."))
            return found
        if isinstance(recorded, list) and isinstance(got, list) and len(recorded) == len(got):
            pairs = zip(recorded, got)
            return [d for n, (a, b) in enumerate(pairs) for d in self.differences(a, b, f"{place}[{n}]")]
        if isinstance(recorded, str) and isinstance(got, str) and self._same(recorded, got, place):
            return []
        return [] if recorded == got and type(recorded) is type(got) else [(place, recorded, got)]

    def _same(self, recorded: str, got: str, place: str) -> bool:
        if recorded == MICROSECONDS:
            return TIME.fullmatch(got) is not None
        if recorded == SECONDS:
            return re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", got) is not None
        if recorded in DIGITS:
            return re.fullmatch(r"\d{21}", got) is not None
        if recorded == ETAG:
            if not place.endswith("etag"):
                return False
            self.etag = got
            return base64.b64encode(base64.b64decode(got)).decode() == got
        return self._learn(recorded, got)

    def _learn(self, recorded: str, got: str) -> bool:
        text, seen = "", set()
        for n, part in enumerate(VARIABLE.split(recorded)):
            if n % 2 == 0:
                text += re.escape(part)
            elif part in self.known:
                text += re.escape(self.known[part])
            elif part in seen:
                text += f"(?P={part})"
            else:
                seen.add(part)
                text += f"(?P<{part}>[^/]+)"
        match = re.fullmatch(text, got)
        if match:
            self.known |= match.groupdict()
        return match is not None
