"""The sandbox as a server: reads against nginx, and creations."""

import json
import os
import statistics
import time

from support.bench import raw_request
from support.manifests import LOCATION, PROJECT
from support.measure import NotMeasured, alternate
from support.nginx import Files
from support.report import Row, Target

ROWS = ["reads-1", "reads-64", "reads-64-one-worker", "creations"]
# The threads that the sandbox answers with.
WORKERS = min(max(os.cpu_count() or 2, 2), 8)
COLLECTION = f"/v1/projects/{PROJECT}/locations/{LOCATION}/repositories"


def measure(bench, wanted):
    reads = [name for name in wanted if name.startswith("reads")]
    if reads:
        yield from against_nginx(bench, reads)
    if "creations" in wanted:
        yield creations(bench)


def against_nginx(bench, wanted):
    estate = bench.estate("policies", bench.size.policies)
    with estate.serve() as sandbox:
        token = bench.token(sandbox)
        # Each repository and its policy.
        names = sorted({
            entry["path"].rpartition(":")[0] for entry in estate.requests_of_plan(sandbox)
            if entry["path"].startswith(COLLECTION) and entry["path"].endswith(":getIamPolicy")})
        paths = [path for name in names for path in (name, f"{name}:getIamPolicy")]
        bodies = {path: sandbox.get(path, token) for path in paths}
        pack = bench.pack("reads.pack", [
            raw_request({"method": "GET", "path": path, "query": ""}, token).replace(b"Content-Length: 0\r\n", b"")
            for path in paths])
        folders = [bench.folder / name for name in ("nginx-one", "nginx-many")]
        with Files(folders[0], bodies, 1) as one, Files(folders[1], bodies, WORKERS) as many:
            servers = {"sandbox": sandbox.port, "one worker": one.port, f"{WORKERS} workers": many.port}
            for name, what, connections, other in [
                    ("reads-1", "sandbox: reads, one keep-alive connection", 1, "one worker"),
                    ("reads-64", "sandbox: reads, 64 keep-alive connections", 64, f"{WORKERS} workers"),
                    ("reads-64-one-worker", "the same, against one worker", 64, "one worker")]:
                if name in wanted:
                    yield rates(bench, sandbox, name, what, connections, pack, servers, other)


def rates(bench, sandbox, name, what, connections, pack, servers, other):
    spent = []

    def of_sandbox():
        before = sandbox.cpu()
        done = load(servers["sandbox"])
        spent.append((sandbox.cpu() - before) / done["answers"])
        return done

    def load(port):
        done = bench.load(port, connections, bench.size.reads, pack, bench.size.seconds)
        if done["ok"] != done["answers"]:
            raise NotMeasured(f"an answer was {done['first_wrong']}")
        return done

    results = alternate({"sandbox": of_sandbox, "nginx": lambda: load(servers[other])}, bench.runs)
    rate = {server: statistics.median(one["rate"] for one in done) for server, done in results.items()}
    return Row(
        name, what, rate["sandbox"], "/s", f"nginx with the same bytes, {other}", rate["nginx"],
        Target(0.5, at_least=True) if name == "reads-64" else None,
        f"the sandbox's CPU per read: {1e6 * statistics.median(spent):.0f} us", results)


def creation(n: int, token: str) -> bytes:
    return raw_request({
        "method": "POST", "path": COLLECTION, "query": f"repositoryId=made-{n}",
        "body": json.dumps({
            "format": "PYTHON", "description": f"Python packages of team {n}", "labels": {"team": f"team-{n}"}})}, token)


def creations(bench):
    estate = bench.estate("empty", 0)
    count, made = bench.size.writes, [0]
    with estate.serve() as sandbox:
        token = bench.token(sandbox)

        def create():
            first = made[0]
            made[0] += count
            pack = bench.pack("writes.pack", [creation(first + n, token) for n in range(count)])
            done = bench.load(sandbox.port, 64, count, pack, 300)
            if done["ok"] != count:
                raise NotMeasured(f"an answer was {done['first_wrong']}")
            return done

        results = alternate({
            "sandbox": create, "disk": lambda: {"rate": synced(bench.folder / "synced", min(count, 500))}}, bench.runs)
    rate = {name: statistics.median(one["rate"] for one in done) for name, done in results.items()}
    return Row(
        "creations", "sandbox: creations, 64 at once", rate["sandbox"], "/s", "appends of 4 KiB with fsync, one by one",
        rate["disk"], runs=results)


def synced(path, count: int) -> float:
    """How often a second the disk takes an append with fsync."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        start = time.monotonic()
        for _ in range(count):
            os.write(descriptor, bytes(4096))
            os.fsync(descriptor)
        return count / (time.monotonic() - start)
    finally:
        os.close(descriptor)
