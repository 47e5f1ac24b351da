"""The requests of a realistic organisation."""

from collections import Counter

from support.report import Row, Target

ROWS = ["organisation-requests", "organisation-writes"]
# POST for what reads or asks.
NOT_WRITES = (":getIamPolicy", ":testIamPermissions", "/token")
# The reads that Terraform's provider needs for the same resources, from its source.
TERRAFORM = 2650


def is_write(entry: dict) -> bool:
    return entry["method"] != "GET" and not entry["path"].endswith(NOT_WRITES)


def measure(bench, wanted):
    estate = bench.estate("organisation", bench.size.projects)
    with estate.serve() as sandbox:
        requests = estate.requests_of_plan(sandbox)
        seconds = estate.plan(sandbox).wall
    count = estate.set.count
    if "organisation-requests" in wanted:
        yield Row(
            "organisation-requests", f"requests of a plan: {count} projects x 3 locations, {10 * count} repositories, "
            f"{6 * count} accounts, {30 * count:,} members, {4 * count} keys, 2 services each", len(requests), "requests",
            "Terraform's google provider, from its source", TERRAFORM * count / 50,
            Target(1000, of="figure"), f"the plan takes {seconds:.2f} s", {"kinds": kinds(requests)})
    if "organisation-writes" in wanted:
        applied = estate.applied.requests
        yield Row(
            "organisation-writes", "writes of its apply", sum(map(is_write, applied)), "requests",
            "changed resources and policies", estate.set.writes, Target(1),
            f"{len(applied):,} requests in {estate.applied.client.wall:.1f} s", {"kinds": kinds(applied)})


def kinds(requests: list[dict]) -> dict:
    """How many requests of which form: the names of collections, without ids."""
    def form(entry):
        parts = entry["path"].strip("/").split("/")
        named = parts[1::2]
        action = parts[-1].partition(":")[2]
        return f"{entry['method']} {'/'.join(named)}{':' + action if action and not named[-1].endswith(action) else ''}"
    return dict(Counter(map(form, requests)).most_common())
