"""Instructions by callgrind: the figures that other work on the machine does not change."""

import re

from support.report import Row, Target
from support.tools import valgrind

ROWS = ["instructions-plan", "instructions-load"]


def prefix(bench) -> list:
    return [
        valgrind(), "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={bench.folder / 'callgrind.log'}"]


def counted(bench) -> int:
    log = (bench.folder / "callgrind.log").read_text()
    return int(re.findall(r"Collected : (\d+)", log)[-1])


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
        bench.runner.run([*prefix(bench), bench.arctl, "validate", estate.manifests], timeout=1800)
        figure = counted(bench)
        bench.runner.run([*prefix(bench), bench.reference("events"), *sorted(estate.manifests.iterdir())], timeout=1800)
        yield Row(
            "instructions-load", f"instructions of `validate`, {estate.set.count:,} documents", figure, "instructions",
            "libyaml's events in C", counted(bench))
