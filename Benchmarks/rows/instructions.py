"""Instructions by callgrind: the figures that other work on the machine does not change."""

import re

from support.report import Row, Target
from support.tools import ROOT, valgrind

ROWS = ["instructions-plan", "instructions-load", "instructions-version", "instructions-validate"]


def prefix(bench) -> list:
    log = bench.folder / "callgrind.log"
    return [valgrind(), "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}"]


def counted(bench) -> int:
    """The count of the last run, of the program alone: callgrind follows no children."""
    log = (bench.folder / "callgrind.log").read_text()
    return int(re.findall(r"Collected : (\d+)", log)[-1])


def instructions(bench, command) -> int:
    bench.runner.run([*prefix(bench), *command], timeout=1800, folder=ROOT, environment=bench.environment())
    return counted(bench)


def measure(bench, wanted):
    if "instructions-plan" in wanted:
        estate = bench.estate("policies", bench.size.policies)
        with estate.serve() as sandbox:
            estate.plan(sandbox, before=prefix(bench), timeout=1800)
        yield Row(
            "instructions-plan", f"instructions of a plan, {estate.set.count:,} repositories and policies in sync",
            counted(bench), "instructions", target=Target(0.5e9, of="figure"))
    if "instructions-load" in wanted:
        # A tenth of the documents of the row `load`: callgrind takes fifty times as long as the program.
        estate = bench.estate("repositories", bench.size.documents // 10)
        files = sorted(estate.manifests.iterdir())
        yield Row(
            "instructions-load", f"instructions of `validate`, {estate.set.count:,} documents",
            instructions(bench, [bench.arctl, "validate", estate.manifests]), "instructions", "libyaml's events in C",
            instructions(bench, [bench.reference("events"), *files]))
    for name, words in [("instructions-version", ["version"]), ("instructions-validate", ["validate", "manifests"])]:
        if name in wanted:
            yield Row(
                name, f"instructions of `{' '.join(words)}`", instructions(bench, [bench.arctl, *words]),
                "instructions", "`curl --version`", instructions(bench, ["curl", "--version"]))
