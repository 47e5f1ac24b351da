"""Reading and checking manifests, without a server."""

from support.measure import alternate, median, raw
from support.report import Row, Target

ROWS = ["load", "load-wall", "load-growth"]


def measure(bench, wanted):
    large, small = (bench.estate("repositories", count) for count in (bench.size.documents, bench.size.documents // 10))
    events = [bench.reference("events"), *sorted(large.manifests.iterdir())]
    results = alternate({
        "validate": large.validate, "libyaml": lambda: bench.runner.run(events), "smaller": small.validate,
    }, bench.runs)
    took = median(results["validate"], "cpu")
    files = f"{large.set.bytes / 1e6:.1f} MB in {len(large.set.files)} files"
    if "load" in wanted:
        yield Row(
            "load", f"CPU of `validate`, {large.set.count:,} documents", took, "s", "libyaml's events in C",
            median(results["libyaml"], "cpu"), Target(2.5),
            f"{files}; peak {median(results['validate'], 'peak') / 2**20:.0f} MiB", raw(results))
    if "load-wall" in wanted:
        yield Row(
            "load-wall", "its wall time, files read on all processors", median(results["validate"], "wall"), "s",
            "libyaml's events in C, on one", median(results["libyaml"], "wall"), runs=raw(results))
    if "load-growth" in wanted:
        yield Row(
            "load-growth", "growth of that CPU", took, "s", f"{small.set.count:,} documents",
            median(results["smaller"], "cpu"), note="ten times the input", runs=raw(results))
