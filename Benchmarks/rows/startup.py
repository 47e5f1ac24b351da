"""How long arctl takes to start."""

from support.measure import alternate, median, raw
from support.report import Row, Target
from support.tools import ROOT

ROWS = ["startup-version", "startup-help", "startup-validate"]
COMMANDS = {
    "startup-version": (["version"], 1.1), "startup-help": (["--help"], 1.1),
    "startup-validate": (["validate", "manifests"], 1.2)}


def measure(bench, wanted):
    run = bench.runner.run
    actions = {"curl": lambda: run(["curl", "--version"])}
    for name in wanted:
        words = [bench.arctl, *COMMANDS[name][0]]
        actions[name] = lambda words=words: run(words, folder=ROOT, environment=bench.environment())
    results = alternate(actions, bench.starts)
    for name in wanted:
        words, limit = COMMANDS[name]
        yield Row(
            name, f"start-up: `{' '.join(words)}`", median(results[name], "wall"), "s", "`curl --version`",
            median(results["curl"], "wall"), Target(limit), runs=raw({n: results[n] for n in ("curl", name)}))
