"""Runs commands, and takes their time, CPU and memory apart from those of everything around them."""

import json
import os
import signal
import statistics
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


class NotMeasured(Exception):
    """A row that cannot be measured, with the reason."""


@dataclass(frozen=True)
class Sample:
    """One run of a command: seconds, CPU seconds of it and its children, and its peak memory in bytes."""

    wall: float
    cpu: float
    peak: int


class Runner:
    """Runs commands with the small launcher `run`, in a folder for its files."""

    def __init__(self, launcher: Path, folder: Path):
        self.launcher = launcher
        self.folder = folder

    def run(self, command, environment=None, folder=None, timeout=900, codes=(0,), output=None) -> Sample:
        """One run. `output` is a file for standard output; without it nothing is kept but the messages of a failure."""
        result, log = self.folder / "run.json", self.folder / "run.log"
        result.unlink(missing_ok=True)
        with open(log, "wb") as messages, open(output or os.devnull, "wb") as printed:
            process = subprocess.Popen(
                [self.launcher, result, *command], env=environment, cwd=folder or self.folder,
                stdin=subprocess.DEVNULL, stdout=printed, stderr=messages, start_new_session=True)
            try:
                code = process.wait(timeout)
            except BaseException as error:
                # The group is of this process alone.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise NotMeasured(f"{name_of(command)} took more than {timeout} s") from None
                raise
        if code not in codes:
            raise NotMeasured(f"{name_of(command)} ended with {code}: {log.read_text(errors='replace')[-1500:]}")
        taken = json.loads(result.read_text())
        return Sample(taken["wall"], taken["user"] + taken["system"], taken["peak"])

    def json(self, command, **options) -> dict:
        """What a command prints, as JSON."""
        printed = self.folder / "printed.json"
        self.run(command, output=printed, **options)
        return json.loads(printed.read_text())


def name_of(command) -> str:
    return " ".join(Path(str(word)).name if n == 0 else str(word) for n, word in enumerate(command[:4]))


def alternate(actions: dict, runs: int, warm_up: bool = True) -> dict:
    """Runs the actions by turns, A B A B, and returns their results by name. The first turn is not counted."""
    results = {name: [] for name in actions}
    for turn in range(runs + int(warm_up)):
        for name, action in actions.items():
            result = action()
            if turn >= int(warm_up):
                results[name].append(result)
    return results


def median(samples: list, of: str) -> float:
    return statistics.median(getattr(sample, of) for sample in samples)


def raw(results: dict) -> dict:
    """The results of `alternate`, for the JSON file."""
    return {
        name: [asdict(entry) if isinstance(entry, Sample) else entry for entry in entries]
        for name, entries in results.items()}
