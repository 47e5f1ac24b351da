"""What all rows share: the programs, the sizes, a folder, and sandboxes that are set up once."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from support import manifests, tools
from support.measure import Runner, Sample
from support.sandbox import Sandbox


@dataclass(frozen=True)
class Size:
    """How large the sets of a run are, and how often each action is measured."""

    name: str
    runs: int
    starts: int
    # Documents without policies; a tenth of them is the smaller set of the rows about growth.
    documents: int
    policies: int
    projects: int
    writes: int
    reads: int
    seconds: float
    list_projects: int
    # The sets of the family `growth` are divided by this.
    growth: int


SIZES = {
    "full": Size("full", 5, 40, 10_000, 1_000, 50, 2_000, 20_000, 5, 40, 1),
    "small": Size("small", 1, 3, 200, 40, 2, 100, 400, 1, 3, 10),
}


@dataclass(frozen=True)
class Applied:
    """What setting up a sandbox by one apply took: the client, the server's CPU seconds, and the requests."""

    client: Sample
    server_cpu: float
    requests: list[dict]


class Estate:
    """Manifests and the data of a sandbox that has what they declare."""

    def __init__(self, bench: "Bench", made: manifests.Set):
        self.bench = bench
        self.set = made
        self.folder = bench.folder / made.name
        self.manifests = self.folder / "manifests"
        made.write(self.manifests)
        self.data = self.folder / "data"
        self.keys = self.folder / "keys"
        self.applied: Applied | None = None

    def serve(self, latency: int = 0) -> Sandbox:
        """A sandbox with what the manifests declare. The first call applies them."""
        self.seed()
        return self.bench.sandbox(self.data, latency=latency)

    def seed(self):
        """Sets the sandbox up by one apply, which is measured."""
        if self.applied:
            return
        with self.bench.sandbox(self.data, self.set.projects) as sandbox:
            before = sandbox.cpu()
            taken = self.arctl(sandbox, "apply", "--auto-approve", "--timeout", "60m", timeout=1800)
            self.applied = Applied(taken, sandbox.cpu() - before, sandbox.journal())

    def arctl(self, sandbox: Sandbox, *words, timeout=600, before=(), environment=None) -> Sample:
        """One run of arctl with these manifests; `before` are the words before its name."""
        verb, *options = words
        keys = ["--key-dir", self.keys] if verb in ("plan", "apply") else []
        return self.bench.runner.run(
            [*before, self.bench.arctl, verb, *options, *keys, self.manifests], timeout=timeout,
            environment=environment or self.bench.environment(sandbox))

    def plan(self, sandbox: Sandbox, *words, **options) -> Sample:
        """A plan of what is in sync; with another result the row cannot be measured."""
        return self.arctl(sandbox, "plan", "--detailed-exitcode", *words, **options)

    def validate(self) -> Sample:
        return self.bench.runner.run([self.bench.arctl, "validate", self.manifests])

    def requests_of_plan(self, sandbox: Sandbox) -> list[dict]:
        """The requests of one plan, from the sandbox's journal."""
        seen = len(sandbox.journal())
        self.plan(sandbox)
        return sandbox.journal(seen)


class Bench:
    """One run of the benchmark."""

    def __init__(self, folder: Path, size: Size, runs: int | None):
        built = tools.release_folder()
        self.arctl, self.sandbox_program = built / "arctl", built / "arctl-sandbox"
        self.folder = folder
        self.size = size
        self.runs = runs or size.runs
        self.starts = 8 * runs if runs else size.starts
        self.runner = Runner(tools.reference("run"), folder)
        self.estates: dict[str, Estate] = {}

    @property
    def is_full(self) -> bool:
        return self.size.name == "full"

    def estate(self, kind: str, count: int) -> Estate:
        """The estate of this kind and size; made when first asked for."""
        made = manifests.KINDS[kind](count)
        return self.estate_of(made)

    def estate_of(self, made: manifests.Set) -> Estate:
        """The estate of these manifests; made when first asked for."""
        if made.name not in self.estates:
            self.estates[made.name] = Estate(self, made)
        return self.estates[made.name]

    def sandbox(self, data: Path, projects=(), latency: int = 0) -> Sandbox:
        return Sandbox(self.sandbox_program, data, projects, latency)

    def environment(self, sandbox: Sandbox | None = None, **more) -> dict:
        """An environment with nothing of the user's."""
        made = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **more}
        if sandbox:
            made |= {"ARCTL_ENDPOINT": sandbox.url, "GOOGLE_APPLICATION_CREDENTIALS": str(sandbox.data / "owner.json")}
        return made

    def token(self, sandbox: Sandbox) -> str:
        """An access token of the sandbox's owner."""
        printed = self.folder / "token"
        self.runner.run([self.arctl, "token"], environment=self.environment(sandbox), output=printed)
        return printed.read_text().strip()

    def reference(self, name: str) -> Path:
        return tools.reference(name)

    def load(self, port: int, connections: int, requests: int, pack: Path, seconds: float) -> dict:
        """What the load client prints after this many requests, or this many seconds."""
        done = self.runner.json(
            [self.reference("load"), str(port), str(connections), str(requests), str(seconds), pack],
            timeout=120 + seconds)
        return {**done, "rate": done["answers"] / done["seconds"]}

    def pack(self, name: str, texts: list[bytes]) -> Path:
        """A file of texts for the references in C."""
        path = self.folder / name
        with open(path, "wb") as file:
            for text in texts:
                file.write(b"%d\n" % len(text) + text)
        return path


def raw_request(entry: dict, token: str) -> bytes:
    """A request of the journal as HTTP/1.1."""
    body = entry.get("body", "").encode()
    target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
    head = (
        f"{entry['method']} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def reads_of(entries: list[dict]) -> list[dict]:
    """The reads among the requests of a journal; the policies of projects are read by POST."""
    return [entry for entry in entries if entry["method"] == "GET" or entry["path"].endswith(":getIamPolicy")]


def answers_to(sandbox: Sandbox, token: str, entries: list[dict]) -> list[bytes]:
    """The bodies of the answers to these reads, asked again."""
    bodies = []
    for entry in entries:
        target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
        body = sandbox.post(target, entry.get("body", ""), token) if entry["method"] == "POST" else sandbox.get(
            target, token)
        json.loads(body)
        bodies.append(body)
    return bodies


def packed_requests(bench: Bench, url: str, reads: list[dict]) -> Path:
    """These reads as a file for `reference/multi.c`."""
    texts = []
    for entry in reads:
        query = f"?{entry['query']}" if entry["query"] else ""
        body = f"\n{entry['body']}" if entry["method"] == "POST" else ""
        texts.append(f"{entry['method']} {url}{entry['path']}{query}{body}".encode())
    return bench.pack("requests.pack", texts)
