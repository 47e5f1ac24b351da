"""Rows and how they are printed: as a table, as Markdown, as JSON, and against an earlier run."""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """A limit for the ratio of a row, or for its figure."""

    limit: float
    of: str = "ratio"
    at_least: bool = False


@dataclass
class Row:
    """One figure, what it is compared with, and the target."""

    name: str
    what: str
    figure: float
    # s, ms, MiB, us, instructions, requests, /s or x
    unit: str
    reference: str = ""
    reference_figure: float | None = None
    target: Target | None = None
    note: str = ""
    runs: dict = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.figure / self.reference_figure if self.reference_figure else None

    def reached(self, full: bool) -> bool | None:
        """Whether the target is reached; targets are for the full size only."""
        value = None if not self.target else self.figure if self.target.of == "figure" else self.ratio
        if not full or value is None:
            return None
        return value >= self.target.limit if self.target.at_least else value <= self.target.limit

    def data(self, full: bool) -> dict:
        target = self.target and {
            "of": self.target.of, "limit": self.target.limit, "atLeast": self.target.at_least}
        return {
            "name": self.name, "what": self.what, "figure": self.figure, "unit": self.unit,
            "reference": self.reference, "referenceFigure": self.reference_figure, "ratio": self.ratio,
            "target": target, "reached": self.reached(full), "note": self.note, "runs": self.runs}


def read_json(path: str) -> tuple[list[Row], dict, dict]:
    """The rows, the failures and the circumstances of an earlier run."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    rows = []
    for row in data.pop("rows"):
        target = row["target"] and Target(row["target"]["limit"], row["target"]["of"], row["target"]["atLeast"])
        rows.append(Row(
            row["name"], row["what"], row["figure"], row["unit"], row["reference"], row["referenceFigure"], target,
            row["note"], row["runs"]))
    return rows, data.pop("notMeasured"), data


def amount(value: float | None, unit: str) -> str:
    """A figure in three digits, with its unit."""
    if value is None:
        return ""
    if unit == "instructions":
        return f"{value / 1e9:.2f} G" if value >= 1e8 else f"{value / 1e6:.1f} M"
    if unit == "requests":
        return f"{value:,.0f}"
    if unit == "/s":
        return f"{value:,.0f}/s"
    if unit == "s" and value < 0.1:
        value, unit = value * 1000, "ms"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}" if unit != "x" else f"{value:.{digits}f} x"


def proportion(value: float | None) -> str:
    if value is None:
        return ""
    if 0 < value < 0.4:
        return f"1/{1 / value:.1f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def limit(row: Row) -> str:
    if not row.target:
        return ""
    value, sign = row.target.limit, ">=" if row.target.at_least else "<="
    if row.target.of == "figure":
        return f"{sign} {amount(value, row.unit)}"
    return f"{sign} 1/{1 / value:.0f}" if value < 1 else f"{sign} {value:g}"


def cells(row: Row, full: bool) -> list[str]:
    reached = {True: "yes", False: "no", None: ""}[row.reached(full)]
    compared = amount(row.reference_figure, row.unit)
    return [
        row.name, row.what, amount(row.figure, row.unit),
        " ".join(part for part in (compared, row.reference) if part), proportion(row.ratio), limit(row), reached]


HEAD = ["row", "what", "figure", "reference", "ratio", "target", "reached"]
# What of a row does not fit beside it on a terminal is in the Markdown form.
WIDE = {1: 46, 3: 52}


def shortened(text: str, width: int | None) -> str:
    return text if width is None or len(text) <= width else f"{text[:width - 3]}..."


class Table:
    """Prints rows as they come, in columns."""

    WIDTHS = [24, 46, 10, 52, 7, 10, 7]

    def __init__(self, full: bool):
        self.full = full

    def line(self, texts: list[str]):
        parts = [
            shortened(text, WIDE.get(n)).ljust(width) if n in (0, 1, 3) else text.rjust(width)
            for n, (text, width) in enumerate(zip(texts, self.WIDTHS))]
        print(" ".join(parts).rstrip(), flush=True)

    def head(self):
        self.line(HEAD)

    def row(self, row: Row):
        self.line(cells(row, self.full))
        if row.note:
            print(f"{'':25}{row.note}", flush=True)


def summary(circumstances: dict) -> str:
    """The versions, the machine and the day of a run, in one sentence."""
    versions, machine = circumstances["versions"], circumstances["machine"]
    others = ", ".join(versions[name] for name in ("nginx", "valgrind", "gcloud") if versions.get(name))
    return (
        f"{versions['arctl']}, commit {circumstances['commit'][:12]}, on {circumstances['date'][:10]}: "
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory'] / 2**30:.0f} GiB, load "
        f"{machine['load']:.1f} before and {machine['loadAtEnd']:.1f} after; size {circumstances['size']}, "
        f"{circumstances['runs']} runs of each action, {circumstances['seconds'] / 60:.0f} minutes; "
        f"{others.replace('nginx version: ', '')}.")


def markdown(rows: list[Row], failures: dict, circumstances: dict, full: bool, earlier: list[Row] | None = None) -> str:
    """The figures of docs/performance.md: a sentence and a table, with the figures and ratios of an earlier run."""
    head = ["what", "figure", "reference", "ratio", "target", "reached"]
    before = {row.name: row for row in earlier or []}
    if before:
        head.insert(1, "before")
    lines = [summary(circumstances), "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in rows:
        _, what, *others = cells(row, full)
        if before:
            old = before.get(row.name)
            ratio = proportion(old.ratio) if old else ""
            others.insert(0, f"{amount(old.figure, old.unit)}{f' ({ratio})' if ratio else ''}" if old else "")
        note = f" ({row.note})" if row.note else ""
        lines.append(f"| {' | '.join([what + note, *others])} |")
    lines += [
        f"| `{name}` | not measured: {reason.splitlines()[0]} " + "| " * (len(head) - 2) + "|"
        for name, reason in failures.items()]
    return "\n".join(lines) + "\n"


def changes(rows: list[Row], earlier: list[Row]) -> str:
    """Each row next to the same row of an earlier run."""
    before = {row.name: row for row in earlier}
    lines = [f"{'row':24} {'earlier':>10} {'now':>10} {'change':>8}   {'ratio':>7} {'now':>7}"]
    for row in rows:
        old = before.get(row.name)
        if not old:
            lines.append(f"{row.name:24} {'-':>10} {amount(row.figure, row.unit):>10}")
            continue
        change = f"{100 * (row.figure / old.figure - 1):+.0f} %" if old.figure else ""
        lines.append(
            f"{row.name:24} {amount(old.figure, old.unit):>10} {amount(row.figure, row.unit):>10} {change:>8}"
            f"   {proportion(old.ratio):>7} {proportion(row.ratio):>7}".rstrip())
    return "\n".join(lines)


def write_json(path: str, rows: list[Row], failures: dict, circumstances: dict, full: bool):
    data = {**circumstances, "rows": [row.data(full) for row in rows], "notMeasured": failures}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")
