"""`make build` of a fresh copy; measured on request only."""

import subprocess

from support.report import Row, Target
from support.tools import ROOT

ROWS = ["build"]


def measure(bench, wanted):
    copy = bench.folder / "repository"
    copy.mkdir()
    files = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
    subprocess.run(
        ["tar", "-C", ROOT, "--null", "--files-from=-", "-cf", bench.folder / "repository.tar"], input=files, check=True)
    subprocess.run(
        ["tar", "-C", copy, "-xf", bench.folder / "repository.tar"], check=True, stdin=subprocess.DEVNULL)
    sample = bench.runner.run(["make", "-C", copy, "build"], timeout=3600)
    yield Row(
        "build", "`make build` from nothing", sample.wall, "s", target=Target(180, of="figure"),
        note=f"CPU {sample.cpu:.0f} s", runs={"build": [sample.__dict__]})
