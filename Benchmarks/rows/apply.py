"""An apply of many creations, against the same requests without arctl."""

from support.bench import raw_request
from support.measure import NotMeasured
from support.report import Row

ROWS = ["apply-wall", "apply-cpu", "apply-server-cpu"]
IN_FLIGHT = 64


def measure(bench, wanted):
    estate = bench.estate("repositories", bench.size.documents)
    estate.seed()
    applied, count = estate.applied, estate.set.count
    creations = [
        entry for entry in applied.requests if entry["method"] == "POST" and entry["path"].endswith("/repositories")]
    if len(creations) != count:
        raise NotMeasured(f"{len(creations)} creations in the journal, not {count}")
    floor, floor_cpu = same_creations(bench, creations)
    runs = {"arctl": [applied.client.__dict__], "load": [floor]}
    reference = "the same creations by a client in C, 64 at once"
    note = f"{len(applied.requests):,} requests, {len(applied.requests) - count:,} of them no creation"
    if "apply-wall" in wanted:
        yield Row(
            "apply-wall", f"apply of {count:,} creations", applied.client.wall, "s", reference, floor["seconds"],
            note=note, runs=runs)
    if "apply-cpu" in wanted:
        yield Row(
            "apply-cpu", "the client's CPU of that apply", applied.client.cpu, "s",
            note=f"peak {applied.client.peak / 2**20:.0f} MiB", runs=runs)
    if "apply-server-cpu" in wanted:
        yield Row(
            "apply-server-cpu", "the sandbox's CPU of that apply", applied.server_cpu, "s", reference, floor_cpu,
            runs=runs)


def same_creations(bench, creations):
    """The same requests on an empty sandbox: what the load client prints, and the sandbox's CPU seconds."""
    empty = bench.estate("empty", 1)
    with empty.serve() as sandbox:
        token = bench.token(sandbox)
        pack = bench.pack("creations.pack", [raw_request(entry, token) for entry in creations])
        before = sandbox.cpu()
        done = bench.load(sandbox.port, IN_FLIGHT, len(creations), pack, 900)
        spent = sandbox.cpu() - before
    if done["ok"] != len(creations):
        raise NotMeasured(f"a creation was answered with {done['first_wrong']}")
    return done, spent
