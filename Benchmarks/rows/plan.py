"""A plan of what is in sync, against Terraform Core and against what parsing alone takes."""

from support.bench import answers_to, reads_of
from support.measure import alternate, median, raw
from support.report import Row, Target
from support.terraform import Terraform

ROWS = ["plan-wall", "plan-memory", "plan-cpu", "plan-growth"]
# Terraform's plan takes longer than all others, and varies little.
TERRAFORM_RUNS = 2


def measure(bench, wanted):
    large = bench.estate("repositories", bench.size.documents)
    if {"plan-wall", "plan-memory"} & set(wanted):
        yield from against_terraform(bench, large, wanted)
    if "plan-cpu" in wanted:
        yield against_the_floor(bench, large)
    if "plan-growth" in wanted:
        yield growth(bench, large)


def against_terraform(bench, large, wanted):
    terraform = Terraform(bench, large.set.count)
    with large.serve() as sandbox:
        results = alternate({
            "plan": lambda: large.plan(sandbox), "terraform": terraform.plan,
        }, min(bench.runs, TERRAFORM_RUNS), warm_up=bench.is_full)
    plan, other = results["plan"], results["terraform"]
    reference = f"Terraform Core, {large.set.count:,} `terraform_data`, no-op plan"
    if "plan-wall" in wanted:
        yield Row(
            "plan-wall", f"plan, {large.set.count:,} repositories in sync", median(plan, "wall"), "s", reference,
            median(other, "wall"), Target(1 / 30),
            f"CPU {median(plan, 'cpu'):.2f} s, Terraform's {median(other, 'cpu'):.1f} s", raw(results))
    if "plan-memory" in wanted:
        yield Row(
            "plan-memory", "its peak memory", median(plan, "peak") / 2**20, "MiB", "the same",
            median(other, "peak") / 2**20, Target(1 / 20), runs=raw(results))


def against_the_floor(bench, large):
    with large.serve() as sandbox:
        reads = [entry for entry in reads_of(large.requests_of_plan(sandbox)) if entry["status"] == 200]
        bodies = answers_to(sandbox, bench.token(sandbox), reads)
        pack = bench.pack("answers.pack", bodies)
        events = [bench.reference("events"), *sorted(large.manifests.iterdir())]
        results = alternate({
            "plan": lambda: large.plan(sandbox), "libyaml": lambda: bench.runner.run(events),
            "jansson": lambda: bench.runner.run([bench.reference("answers"), pack]),
        }, bench.runs)
    floor = median(results["libyaml"], "cpu") + median(results["jansson"], "cpu")
    return Row(
        "plan-cpu", "its CPU", median(results["plan"], "cpu"), "s",
        "libyaml's events and jansson's values of the same bytes", floor, Target(4),
        f"{len(bodies)} answers, {sum(map(len, bodies)) / 1e6:.1f} MB", raw(results))


def growth(bench, large):
    small = bench.estate("repositories", large.set.count // 10)
    with small.serve() as of_small, large.serve() as of_large:
        results = alternate(
            {"smaller": lambda: small.plan(of_small), "larger": lambda: large.plan(of_large)}, bench.runs)
    return Row(
        "plan-growth", "the same, growth of the time", median(results["larger"], "wall"), "s",
        f"{small.set.count:,} repositories", median(results["smaller"], "wall"), Target(10),
        f"ten times the repositories; CPU {median(results['larger'], 'cpu') / median(results['smaller'], 'cpu'):.1f} x",
        raw(results))
