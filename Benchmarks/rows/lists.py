"""`arctl ls` over many projects if every answer takes 50 ms."""

import math

from support.manifests import Set, document, project, stack
from support.measure import alternate, median, raw
from support.report import Row

LATENCY = 50
IN_FLIGHT = 64
LISTS = {
    "ls-repositories": "repositories", "ls-repositories-declared": "repositories --look-in declared",
    "ls-packages": "packages", "ls-versions": "versions", "ls-accounts": "accounts", "ls-keys": "keys",
    "ls-roles": "roles", "ls-services": "services", "ls-grants": "grants",
    "ls-grants-declared": "grants --look-in declared"}
ROWS = list(LISTS)
RUNS = 3


def projects_of(count: int) -> Set:
    """For each project its services, a repository with a grant, and an account."""
    projects = [f"acme-list-{n:02}" for n in range(count)]
    documents = []
    for name in projects:
        documents += [
            project(name),
            document("Repository", "python", (
                f"spec: {{project: {name}, format: python, iam: [{{role: roles/artifactregistry.reader, "
                "members: ['group:dev@example.com']}]}\n")),
            document("ServiceAccount", "uploader", f"spec: {{project: {name}}}\n")]
    return Set("lists", count, projects, [stack("location: europe")], documents)


def measure(bench, wanted):
    estate = bench.estate_of(projects_of(bench.size.list_projects))
    with estate.serve(LATENCY) as sandbox:
        for name in wanted:
            options = LISTS[name].split()

            def listed():
                return bench.runner.run(
                    [bench.arctl, "ls", *options, "--manifests", estate.manifests],
                    environment=bench.environment(sandbox))

            seen = len(sandbox.journal())
            listed()
            requests = len(sandbox.journal(seen))
            results = alternate({"ls": listed}, min(bench.runs, RUNS), warm_up=False)
            yield Row(
                name, f"`ls {LISTS[name]}`, {estate.set.count} projects, {LATENCY} ms per answer",
                median(results["ls"], "wall"), "s", f"ceil({requests:,} requests / {IN_FLIGHT}) x {LATENCY} ms",
                math.ceil(requests / IN_FLIGHT) * LATENCY / 1000, runs=raw(results))
