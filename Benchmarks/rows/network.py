"""A plan over a network, and what a request costs the client."""

import math

from support.bench import packed_requests, reads_of
from support.measure import alternate, median, raw
from support.report import Row, Target

ROWS = ["network-wall", "request-cpu", "request-cpu-plan"]
LATENCY = 50
IN_FLIGHT = 64


def measure(bench, wanted):
    estate = bench.estate("policies", bench.size.policies)
    if "network-wall" in wanted:
        yield over_a_network(bench, estate)
    if {"request-cpu", "request-cpu-plan"} & set(wanted):
        yield from per_request(bench, estate, wanted)


def multi(bench, sandbox, reads, token):
    """A run of curl multi that sends these reads."""
    pack = packed_requests(bench, sandbox.url, reads)
    environment = bench.environment(AUTHORIZATION=f"Bearer {token}")
    return lambda: bench.runner.run([bench.reference("multi"), str(IN_FLIGHT), pack], environment=environment)


def over_a_network(bench, estate):
    with estate.serve(LATENCY) as sandbox:
        requests = estate.requests_of_plan(sandbox)
        reads = [entry for entry in reads_of(requests) if entry["status"] == 200]
        results = alternate({
            "plan": lambda: estate.plan(sandbox), "multi": multi(bench, sandbox, reads, bench.token(sandbox)),
        }, bench.runs)
    floor = math.ceil(len(requests) / IN_FLIGHT) * LATENCY / 1000
    return Row(
        "network-wall", f"plan, {estate.set.count:,} repositories and policies, {LATENCY} ms per answer",
        median(results["plan"], "wall"), "s", f"ceil({len(requests):,} requests / {IN_FLIGHT}) x {LATENCY} ms", floor,
        Target(1.2), f"curl multi takes {median(results['multi'], 'wall'):.2f} s for the same requests", raw(results))


def per_request(bench, estate, wanted):
    with estate.serve() as sandbox:
        requests = estate.requests_of_plan(sandbox)
        reads = [entry for entry in reads_of(requests) if entry["status"] == 200]
        results = alternate({
            "plan": lambda: estate.plan(sandbox), "validate": estate.validate,
            "multi": multi(bench, sandbox, reads, bench.token(sandbox)),
        }, bench.runs)
    plan, loading = (median(results[name], "cpu") for name in ("plan", "validate"))
    reference = median(results["multi"], "cpu") / len(reads) * 1e6
    if "request-cpu" in wanted:
        yield Row(
            "request-cpu", f"client's CPU per request, {estate.set.count:,} repositories and policies",
            (plan - loading) / len(requests) * 1e6, "us", "curl multi in C", reference, Target(4),
            f"{len(requests):,} requests; without what `validate` of the same manifests takes", raw(results))
    if "request-cpu-plan" in wanted:
        yield Row(
            "request-cpu-plan", "the same with loading, the whole plan", plan / len(requests) * 1e6, "us",
            "curl multi in C", reference, runs=raw(results))
