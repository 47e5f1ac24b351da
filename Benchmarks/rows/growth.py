"""The CPU time of `arctl validate` on sets that could make it grow faster than the input: four times of each."""

from support.manifests import document
from support.measure import alternate, raw
from support.report import Row

RUNS = 3
STACK = document("Stack", "bench", "spec:\n  defaults: {project: my-project-id, location: us}\n")


def repositories(count):
    """An ordinary set: repositories with labels and a grant."""
    return STACK + "".join(
        "---\n" + document(
            "Repository", f"repo-{n}",
            "spec:\n  format: python\n  labels: {team: web}\n  iam: [{role: roles/artifactregistry.reader, "
            "members: ['group:readers@example.com']}]\n")
        for n in range(count))


def misspelt_references(count):
    """As many dangling references as names that they may have meant."""
    return STACK + "".join(
        "---\n" + document("Repository", f"repo-{n}", "spec: {format: python}\n") + "---\n" + document(
            "IAMBinding", f"b{n}",
            f"spec: {{resource: repository/erpo-{n}, role: roles/viewer, members: ['user:a@example.com']}}\n")
        for n in range(count))


def exceptions(count):
    """`each` with twice as many exceptions as instances."""
    side = int(count ** 0.5)
    names = ", ".join(f"a{n}" for n in range(side))
    excepted = ", ".join(f"{{p: a{n % side}, q: a{n // side % (side - 1)}}}" for n in range(2 * count))
    return STACK + "---\n" + document(
        "ServiceAccount", '"x-${p}-${q}"', f"each:\n  p: [{names}]\n  q: [{names}]\n  except: [{excepted}]\n")


def variables_in_one_text(count):
    """One text with many variables."""
    return STACK + "  variables: {a: {default: x}}\n---\n" + document(
        "ServiceAccount", "uploader", f"spec: {{description: \"{'${a}' * count}\"}}\n")


def entries_of_one_map(count):
    """One map variable, each entry of it used."""
    entries = ", ".join(f"k{n}: v" for n in range(count))
    used = ", ".join(f"l{n}: '${{m.k{n}}}'" for n in range(count))
    return STACK + f"  variables: {{m: {{type: map, default: {{{entries}}}}}}}\n---\n" + document(
        "Repository", "all", f"spec: {{format: python, labels: {{{used}}}}}\n")


def tokens(count):
    """Comments with tokens, each refused."""
    token = "ghp_" + "a1B2" * 9
    return repositories(1) + f"# {token}\n" * count


SETS = {
    "growth-repositories": (repositories, 1000), "growth-references": (misspelt_references, 500),
    "growth-exceptions": (exceptions, 2500), "growth-variables": (variables_in_one_text, 20000),
    "growth-map": (entries_of_one_map, 4000), "growth-tokens": (tokens, 4000)}
ROWS = list(SETS)


def measure(bench, wanted):
    for name in wanted:
        make, size = SETS[name]
        size //= bench.size.growth
        folders = {count: bench.folder / f"{name}-{count}" for count in (size, 4 * size)}
        for count, folder in folders.items():
            folder.mkdir()
            (folder / "a.yaml").write_text(make(count))
        # Some sets are refused: exit 3.
        results = alternate({
            str(count): lambda folder=folder: bench.runner.run([bench.arctl, "validate", folder], codes=(0, 3))
            for count, folder in folders.items()}, min(bench.runs, RUNS), warm_up=False)
        # The least of the runs, since the time of small sets is mostly noise.
        took = {count: min(sample.cpu for sample in results[str(count)]) for count in folders}
        yield Row(
            name, f"`validate`, {4 * size:,} {make.__name__.replace('_', ' ')}", took[4 * size], "s",
            f"{size:,} of them", took[size], note="four times the input", runs=raw(results))
