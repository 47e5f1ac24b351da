"""The same plan over TLS and HTTP/2, as Google's servers speak it: nginx stands before the sandbox."""

import math

from support.bench import packed_requests, reads_of
from support.measure import alternate, median, raw
from support.nginx import Front
from support.report import Row

ROWS = ["wire-100", "wire-250", "wire-cpu"]
LATENCY = 50
IN_FLIGHT = 64


def measure(bench, wanted):
    estate = bench.estate("policies", bench.size.policies)
    for name, streams, in_flight in [("wire-100", 100, IN_FLIGHT), ("wire-250", 250, 250)]:
        if name in wanted:
            requests, results = through_nginx(bench, estate, streams, in_flight, LATENCY)
            yield Row(
                name, f"plan, {estate.set.count:,} repositories and policies, {LATENCY} ms, HTTP/2, {streams} streams",
                median(results["plan"], "wall"), "s", f"ceil({requests:,} requests / {in_flight}) x {LATENCY} ms",
                math.ceil(requests / in_flight) * LATENCY / 1000,
                note=f"curl multi takes {median(results['multi'], 'wall'):.2f} s for the same requests", runs=raw(results))
    if "wire-cpu" in wanted:
        requests, results = through_nginx(bench, estate, 100, IN_FLIGHT, 0)
        loading = median(results["validate"], "cpu")
        yield Row(
            "wire-cpu", "client's CPU per request with TLS and HTTP/2",
            (median(results["plan"], "cpu") - loading) / requests * 1e6, "us", "curl multi in C",
            median(results["multi"], "cpu") / requests * 1e6, note="without what `validate` takes", runs=raw(results))


def through_nginx(bench, estate, streams, in_flight, latency):
    """How many requests a plan sends, and the results of it, of `validate` and of curl multi."""
    with estate.serve(latency) as sandbox, Front(bench.folder / f"front-{streams}", sandbox.port, streams) as front:
        token = bench.token(sandbox)
        # The owner's key file signs in at the sandbox's own address only.
        environment = bench.environment(
            ARCTL_ENDPOINT=front.url, ARCTL_CA_FILE=str(front.certificate), ARCTL_ACCESS_TOKEN=token)

        def plan():
            return estate.plan(sandbox, "--parallelism", str(in_flight), environment=environment)

        seen = len(sandbox.journal())
        plan()
        requests = sandbox.journal(seen)
        pack = packed_requests(bench, front.url, [one for one in reads_of(requests) if one["status"] == 200])
        multi = bench.environment(AUTHORIZATION=f"Bearer {token}", CA_FILE=str(front.certificate))
        results = alternate({
            "plan": plan, "validate": estate.validate,
            "multi": lambda: bench.runner.run([bench.reference("multi"), str(in_flight), pack], environment=multi),
        }, bench.runs)
    return len(requests), results
