"""The JSON Schema of manifests, held against the loader by a validator that we did not write.

Whatever `arctl validate` accepts, the schema accepts; and each kind of mistake that a schema can know, it refuses.
"""

import os
import random
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from support.manifests import (
    VERSION, arctl, changed, documents, schema, text, validate, validate_all, value_at)
from support.pages import blocks_in
from support.process import ROOT
from support.tools import BIN, ENVIRONMENT

SEED = int(os.environ.get("SCHEMA_SEED", random.SystemRandom().randrange(1 << 32)))
KINDS = schema()["properties"]["kind"]["enum"]

ANY = Draft7Validator(schema())
OF_KIND = {kind: Draft7Validator(schema(kind)) for kind in KINDS}


def errors(document) -> list:
    """What the schema of any document says; the one of its kind must agree."""
    found = list(ANY.iter_errors(document))
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind in KINDS:
        assert bool(found) == bool(list(OF_KIND[kind].iter_errors(document))), document
    return found


def explained(found) -> str:
    return "; ".join(f"{list(error.absolute_path)}: {error.message[:300]}" for error in found)


# MARK: what is valid

def example(kind: str) -> dict:
    """The document that `arctl explain` shows for a kind."""
    page = arctl("explain", kind, "--markdown")
    return documents(re.search(r"```yaml\n(.*?)```", page, re.S)[1])[0]


EXAMPLES = {kind: example(kind) for kind in KINDS}


def sets(tmp: Path) -> list[Path]:
    """Every file and folder of manifests in the repository: of the examples, the stories and the pages."""
    found = [ROOT / "manifests", *(path for path in sorted((ROOT / "examples").iterdir()) if path.is_dir())]
    for story in sorted((ROOT / "Tests/Acceptance/Stories").glob("*.txtar")):
        for name, content in re.findall(r"^-- (\S+) --\n(.*?)(?=^-- \S+ --$|\Z)", story.read_text(), re.M | re.S):
            if name.endswith(".yaml") and VERSION in content:
                path = tmp / story.stem / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
                found.append(path)
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("examples/**/*.md"))]:
        for block in blocks_in(page, ROOT):
            if block.text.lstrip().startswith(f"apiVersion: {VERSION}"):
                path = tmp / "pages" / f"{page.stem}-{block.line}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text)
                found.append(path)
    folders = {path.parent for path in found if path.is_file() and path.parent.name == "manifests"}
    return found + sorted(folders)


def test_every_valid_document_of_the_repository_is_accepted(tmp_path):
    valid, checked = 0, set()
    for path in sets(tmp_path):
        if validate(path)[0] != 0:
            continue
        valid += 1
        files = [path] if path.is_file() else sorted(path.rglob("*.yaml"))
        for file in files:
            if VERSION not in file.read_text():
                continue
            for number, document in enumerate(documents(file.read_text())):
                found = errors(document)
                assert not found, f"{file}, document {number + 1}: {explained(found)}"
                checked.add((file, number))
    assert valid >= 60 and len(checked) >= 200, (valid, len(checked))


def test_the_examples_of_all_kinds_are_accepted(tmp_path):
    assert [explained(errors(document)) for document in EXAMPLES.values()] == [""] * len(KINDS)
    (tmp_path / "set.yaml").write_text(text(*EXAMPLES.values()))
    code, shown = validate(tmp_path / "set.yaml")
    assert code == 0, shown


# MARK: what is broken

# Mistakes that one document does not show, with what shows them.
BEYOND = {
    "other documents": {
        "absent-child-without-parent", "account-of-undeclared-project", "additive-and-exclusive", "ambiguous-reference",
        "child-in-another-project", "child-of-one-of-several", "cycle", "dangling-account", "dangling-resource",
        "dangling-role", "duplicate-resource", "exclusive-role-and-additive", "exclusively-nobody", "key-without-stack",
        "missing-project", "own-upstream", "present-and-absent", "present-and-revoked", "refers-to-absent",
        "external-key-twice", "second-rule-for-package", "two-stacks", "upstream-of-another-format", "empty-set", "role-of-other-project",
    },
    "the values of variables": {
        "each-exception-unknown", "each-too-large", "each-unused", "list-inside-text", "missing-variable",
        "undefined-variable", "unknown-variable-member", "unused-variable", "variable-out-of-range",
    },
    "the grammar of a text": {
        "bad-label", "bad-location", "bad-member", "bad-name", "bad-project", "bad-role", "bad-until",
        "condition-on-basic-role", "external-key-bad-id", "key-file-hidden", "key-file-outside", "key-times",
    },
    "what a deletion needs": {"external-key-absent-without-id"},
    "secrets": {"access-token", "key-file", "private-key"},
    "the text of the YAML": {"merge-key"},
}


def test_each_broken_manifest_is_refused_or_known_to_be_beyond_a_schema():
    beyond = {name for names in BEYOND.values() for name in names}
    accepted, read = set(), set()
    for path in sorted((ROOT / "Tests/Fixtures/broken").glob("*.yaml")):
        try:
            written = documents(path.read_bytes().decode())
        except Exception:  # A file that is not YAML: every editor says so.
            continue
        read.add(path.stem)
        if not any(errors(document) for document in written):
            accepted.add(path.stem)
    assert accepted - beyond == set(), "not refused"
    assert (beyond & read) - accepted == set(), "refused, so not beyond it"
    assert len(read - accepted) >= 30


# MARK: mutations

def places(of: dict, path=()):
    """Every value that a schema describes, with the place of one in a document."""
    types = of.get("type", [])
    types = [types] if isinstance(types, str) else types
    yield path, of, types
    for name, inner in of.get("properties", {}).items():
        if isinstance(inner, dict):
            yield from places(inner, (*path, name))
    if isinstance(of.get("additionalProperties"), dict):
        yield from places(of["additionalProperties"], (*path, "some"))
    if "items" in of:
        yield from places(of["items"], (*path, 0))


def shapes(kind: str):
    """The places of a kind's documents."""
    printed = schema(kind)
    yield from places(printed["properties"]["metadata"], ("metadata",))
    for name, inner in printed["allOf"][0]["properties"].items():
        if isinstance(inner, dict) and name != "each":
            yield from places(inner, (name,))


class Mutation:
    """A document with one mistake at a place, the codes of what `arctl validate` says of it, and how to read it."""

    def __init__(self, kind: str, label: str, path: tuple, value, codes: str, at: tuple | None = None):
        self.kind, self.label, self.path = kind, label, path
        self.document = changed(EXAMPLES[kind], path, value)
        self.codes = codes
        self.at = path if at is None else at

    @property
    def text(self) -> str:
        return text(*(self.document if kind == self.kind else EXAMPLES[kind] for kind in KINDS))

    def __str__(self):
        return f"{self.kind}: {self.label} at {self.path}: {self.document}"


def mutations(kind: str) -> list[Mutation]:
    found: list[Mutation] = []

    def add(label, path, value, codes, at=None):
        found.append(Mutation(kind, label, path, value, codes, at))

    for path, of, types in shapes(kind):
        is_variable = path[:2] == ("spec", "variables")
        if "object" in types:
            add("a list for a map", path, ["a"], "AR0113|AR0115")
            if of.get("additionalProperties") is False:
                add("unknown field", (*path, "zzzzzz"), 1, "AR0104", path)
            if not is_variable:
                add("text for a map", path, "some text", "AR0113")
            if isinstance(of.get("additionalProperties"), dict) and not is_variable:
                add("a variable in a key", (*path, "a${b}"), "x", "AR0116|AR0113|AR0120")
        elif "array" in types:
            add("a map for a list", path, {"a": 1}, "AR0113|AR0115")
            if not is_variable:
                add("null in a list", (*path, 0), None, "AR0120")
        elif types:
            add("a list for a scalar", path, [1], "AR0113|AR0115|AR0114|AR0122")
            add("a map for a scalar", path, {"a": 1}, "AR0113|AR0115|AR0114|AR0122")
        if "integer" in types:
            add("too small", path, of["minimum"] - 1, "AR0116|AR0113")
            add("too large", path, of["maximum"] + 1, "AR0116|AR0113")
            add("a quoted number", path, "5", "AR0113")
        if "boolean" in types and "number" not in types and "string" in types:
            add("a number for a boolean", path, 1, "AR0113")
            add("a word for a boolean", path, "yes", "AR0113")
        if types and "string" in types and of.get("pattern") and "object" not in types and "array" not in types:
            add("a bad word", path, "no such value", "AR0113|AR0114")
            if "boolean" not in types and "integer" not in types:
                add("a number for a word", path, 12345, "AR0113|AR0114")
        if types and "null" not in types and path[-1] != 0 and not is_variable:
            add("null", path, None, "AR0120|AR0113|AR0115|AR0112", path if path != ("metadata",) else None)
    for name in schema(kind)["properties"]:
        add("a list for a key", (name,), ["a"], "AR0104|AR011[0135]|AR0134")
    for name in schema(kind)["required"]:
        add("missing key", (name,), ..., "AR0112", ())
    add("missing name", ("metadata", "name"), ..., "AR0112", ("metadata",))
    add("unknown key", ("zzzzzz",), 1, "AR0104", ())
    for path, names in required(kind):
        for name in names:
            add("missing field", (*path, name), ..., "AR0112", path)
    return found


def required(kind: str):
    """The fields that a document needs, with the places of what holds them, where the example has it."""
    def within(of: dict, path: tuple):
        holder = value_at(EXAMPLES[kind], path)
        if of.get("required") and isinstance(holder, dict):
            yield path, of["required"]
        for name, inner in of.get("properties", {}).items():
            yield from within(inner, (*path, name))
        if isinstance(of.get("items"), dict) and holder:
            yield from within(of["items"], (*path, 0))
        if isinstance(of.get("additionalProperties"), dict) and isinstance(holder, dict):
            for name in list(holder)[:1]:
                yield from within(of["additionalProperties"], (*path, name))

    for rule in schema(kind)["allOf"][0].get("allOf", []):
        yield from within(rule.get("else", rule), ())


@pytest.mark.parametrize("kind", KINDS)
def test_each_mistake_that_a_schema_can_know_is_refused_by_it_and_by_arctl(kind, tmp_path):
    made = mutations(kind)
    assert len(made) >= 20
    accepted = [
        str(mutation) for mutation in made
        if not any(tuple(error.absolute_path)[:len(mutation.at)] == mutation.at
                   or mutation.at[:len(error.absolute_path)] == tuple(error.absolute_path)
                   for error in errors(mutation.document))]
    assert not accepted, "\n".join(accepted)
    answers = validate_all(tmp_path, [mutation.text for mutation in made])
    wrong = [
        f"{mutation}\n{code} {shown}" for mutation, (code, shown) in zip(made, answers)
        if code != 3 or not re.search(rf"error\[({mutation.codes})\]", shown)]
    assert not wrong, "\n".join(wrong[:5])


def entry(**fields) -> dict:
    return {"kind": "IAMBinding", "metadata": {"name": "b"},
            "spec": {"project": "my-project-id", "resource": "projects/my-project-id", "role": "roles/artifactregistry.reader", **fields}}


def document(kind: str, spec, name: str = "some-name", **keys) -> dict:
    return {"kind": kind, "metadata": {"name": name}, "spec": spec, **keys}


def repository(format: str = "python", **spec) -> dict:
    return document("Repository", {"project": "my-project-id", "location": "us-east4", "format": format, **spec})


ANA = ["user:ana@example.com"]
UNTIL = {"title": "a", "expression": "true"}
PYPI = {"pythonRepository": {"publicRepository": "pypi"}}
STACK = document("Stack", {})

# Documents, and whether they are valid.
TABLE = [
    (entry(members=ANA), True),
    (entry(members=ANA, until="2030-01-01"), True),
    (entry(members=ANA, until="2030-01-01", condition=None), True),
    (entry(members=ANA, until="2030-01-01", condition=UNTIL), False),
    (entry(), False),
    (entry(members=None), False),
    (entry(absent=ANA), True),
    (entry(absent=ANA, exclusive=False), True),
    (entry(absent=ANA, exclusive=True), False),
    (entry(members=ANA, absent=[]), False),
    (entry(members=[]), False),
    (entry(members=[], exclusive=False), False),
    (entry(members=[], exclusive=True), True),
    (entry(members=[], exclusive="role"), True),
    (entry(members=ANA, exclusive="maybe"), False),
    (entry(members=ANA, condition={"title": "a"}), False),
    ({**entry(members=ANA), "lifecycle": {"ensure": "absent"}}, True),
    ({**entry(members=ANA), "lifecycle": {"ensure": "ABSENT"}}, True),
    ({**entry(members=ANA), "lifecycle": {"protect": True}}, False),
    ({**entry(), "lifecycle": {"ensure": "absent"}}, False),
    (repository(), True),
    (repository("PYTHON"), True),
    (repository("PyThon"), True),
    (repository("pythons"), False),
    (repository(""), False),
    (repository(mode="standard-repository"), True),
    (repository(mode="Standard"), True),
    (repository(mode="repository"), False),
    (repository(mode="remote"), False),
    (repository(mode="remote", remoteRepositoryConfig=PYPI), True),
    (repository(mode="remote_repository", remoteRepositoryConfig=PYPI), True),
    (repository(mode="virtual", remoteRepositoryConfig=PYPI), False),
    (repository(remoteRepositoryConfig=PYPI), False),
    (repository(mode="remote", remoteRepositoryConfig={"pythonRepository": {}}), False),
    (repository(mode="remote", remoteRepositoryConfig={"pythonRepository": {
        "publicRepository": "pypi", "customRepository": {"uri": "https://example.com"}}}), False),
    (repository(mode="remote", remoteRepositoryConfig={**PYPI, "upstreamCredentials": {
        "usernamePasswordCredentials": {"username": "a"}}}), False),
    (repository("docker", dockerConfig={"immutableTags": True}), True),
    (repository("docker", dockerConfig=None), True),
    (repository(dockerConfig={"immutableTags": True}), False),
    (repository(mavenConfig={}), False),
    (repository(createTime="2027-01-01T00:00:00Z"), False),
    (repository(description=None), True),
    (repository(description=12), True),
    (repository(description=True), True),
    (repository(description=["a"]), False),
    (repository(labels=None), True),
    (repository(labels={"team": None}), True),
    (repository(labels={"team": 12}), True),
    (repository(labels={"team": ["a"]}), False),
    (repository(location=None), False),
    (repository(cleanupPolicies={"old": {"action": "delete", "condition": {"olderThan": "30d"}}}), True),
    (repository(cleanupPolicies={"old": {"id": "old", "action": "delete", "condition": {"olderThan": "2592000s"}}}), True),
    (repository(cleanupPolicies={"old": {"action": "delete", "condition": {"olderThan": "2592000.000s"}}}), True),
    (repository(cleanupPolicies={"old": {"action": "delete", "condition": {"olderThan": "30 days"}}}), False),
    (repository(cleanupPolicies={"old": {"action": "delete", "condition": {"olderThan": 30}}}), False),
    (repository(cleanupPolicies={"old": {"condition": {"olderThan": "30d"}}}), False),
    (repository(cleanupPolicies={"old": None}), False),
    (repository(cleanupPolicies={}), True),
    ({**repository(), "lifecycle": None}, True),
    ({**repository(), "lifecycle": {"ensure": None, "protect": True, "allowReplace": None}}, True),
    ({**repository(), "lifecycle": {"ensure": "gone"}}, False),
    ({**repository(), "each": None}, True),
    ({**repository(), "each": ["a"]}, False),
    ({**repository(), "each": {"team": []}, "metadata": {"name": "${team}"}}, True),
    ({**repository(), "each": {"team": [None]}, "metadata": {"name": "${team}"}}, False),
    ({**repository(), "each": {"a team": ["web"]}}, False),
    ({**repository(), "each": {"team": "web"}, "metadata": {"name": "${team}"}}, False),
    ({**repository(), "each": {"team": [{"name": "data"}, {"name": "web"}], "except": [{"team": "web"}]},
      "metadata": {"name": "${team.name}-x"}}, True),
    ({**repository(), "each": {"team": ["web", "data"], "except": [{"team": "web"}]},
      "metadata": {"name": "${team}-x"}}, True),
    ({**repository(), "each": {"team": ["web"], "except": ["web"]}, "metadata": {"name": "${team}"}}, False),
    ({**repository("${f}"), "each": {"f": ["python"]}}, True),
    ({**repository("$${f}")}, False),
    ({**repository(cleanupPolicyDryRun="${dry}"), "each": {"dry": ["true"]}}, True),
    ({**repository(cleanupPolicyDryRun="true")}, False),
    ({**repository(), "metadata": {"name": "some-name", "note": ["a"]}}, False),
    ({**repository(), "metadata": {"name": "some-name", "note": None}}, True),
    ({**repository(), "metadata": {"name": None}}, False),
    ({**repository(), "metadata": {}}, False),
    ({**repository(), "metadata": "some-name"}, False),
    ({**repository(), "spec": None}, False),
    ({**repository(), "spec": ["a"]}, False),
    (document("Repository", {"project": "my-project-id", "location": "us-east4"},
              lifecycle={"ensure": "absent"}), True),
    (document("Repository", {"project": "my-project-id", "location": "us-east4", "mode": "remote"},
              lifecycle={"ensure": "absent"}), True),
    (document("Repository", {"project": "my-project-id", "location": "us-east4", "zzzzzz": 1},
              lifecycle={"ensure": "absent"}), False),
    (document("ServiceAccount", {"project": "my-project-id"}), True),
    (document("ServiceAccount", {"project": "my-project-id", "disabled": "off"}), False),
    (document("Project", None, "my-project-id"), True),
    (document("Project", {"services": []}, "my-project-id"), False),
    (document("Project", {"services": None}, "my-project-id"), False),
    (document("Project", {"services": ["iam.googleapis.com"]}, "my-project-id"), True),
    (document("Project", {"services": "iam.googleapis.com"}, "my-project-id"), False),
    (document("Role", {"project": "my-project-id", "stage": "ga", "title": "x" * 100}, "some.name"), True),
    (document("Role", {"project": "my-project-id", "stage": "ga", "title": "x" * 101}, "some.name"), False),
]

# The same for a Stack, beside a document that is valid.
STACKS = [
    ({}, True), (None, True),
    ({"variables": None}, True),
    ({"limits": {"maxDeletes": 5}}, True),
    ({"limits": {"maxDeletes": "5"}}, False),
    ({"limits": {"maxDeletePercent": 101}}, False),
    ({"scope": {"undeclared": "ignore", "kinds": {"repository": "authoritative"}}}, True),
    ({"scope": {"kinds": {"project": "ignore"}}}, False),
    ({"scope": {"undeclared": "authoritative"}}, False),
    ({"revoked": ["user:ana@example.com"]}, True),
    ({"revoked": [None]}, False),
    ({"defaults": {"project": "my-project-id", "labels": {"team": "web"}}}, True),
    ({"defaults": {"projects": "my-project-id"}}, False),
    ({"variables": ["a"]}, False),
    ({"variables": {"a b": {"default": "x"}}}, False),
    ({"variables": {"a": ["x"]}}, False),
    ({"variables": {"a": {"default": ["x"]}}}, False),
    ({"variables": {"a": {"type": "text"}}}, False),
    ({"variables": {"a": {"type": "String", "default": "x"}}}, False),
    ({"variables": {"a": {"required": "yes"}}}, False),
    ({"variables": {"a": {"required": True, "default": "x"}}}, False),
    ({"variables": {"a": {"type": "list", "default": {"x": 1}}}}, False),
    ({"variables": {"a": {"type": "map", "default": ["x"]}}}, False),
    ({"variables": {"a": {"oneOf": []}}}, False),
    ({"variables": {"a": {"values": ["x"]}}}, False),
]

# Declarations of a variable that a document uses.
VARIABLES = [
    {"default": "x"}, {"default": "x", "oneOf": ["x", "y"]}, {"type": "string", "default": 5}, {"default": True},
    {"type": "string", "default": "x", "required": False, "description": "what it is for"},
]


def check(table: list, tmp_path: Path) -> None:
    wrong = []
    answers = validate_all(tmp_path, [written for written, _, _ in table])
    for (written, parts, is_valid), (code, shown) in zip(table, answers):
        found = [error for one in parts for error in errors(one)]
        if code != (0 if is_valid else 3) or bool(found) == is_valid:
            wrong.append(f"{written}{explained(found)}\n{shown}")
    assert not wrong, "\n".join(wrong)


def test_the_table_of_documents(tmp_path):
    rows = []
    for written, is_valid in TABLE:
        one = {"apiVersion": VERSION, **written}
        rows.append((text(one), [one], is_valid))
    check(rows, tmp_path)


def test_the_table_of_stacks(tmp_path):
    beside = {"apiVersion": VERSION, **repository()}
    rows = []
    for spec, is_valid in STACKS:
        stack = {"apiVersion": VERSION, "kind": "Stack", "metadata": {"name": "s"}, "spec": spec}
        rows.append((text(stack, beside), [stack], is_valid))
    for key in ["lifecycle", "each"]:
        stack = {"apiVersion": VERSION, "kind": "Stack", "metadata": {"name": "s"}, key: None}
        rows.append((text(stack, beside), [stack], False))
    user = {"apiVersion": VERSION, **repository(description="${a}")}
    for declaration in VARIABLES:
        stack = {"apiVersion": VERSION, **document("Stack", {"variables": {"a": declaration}})}
        rows.append((text(stack, user), [stack, user], True))
    for spec in [{"variables": {"s": {"type": "map", "default": {"project": "my-project-id"}}}}]:
        stack = {"apiVersion": VERSION, **document("Stack", spec)}
        whole = {"apiVersion": VERSION, **document("ServiceAccount", "${s}")}
        rows.append((text(stack, whole), [stack, whole], True))
    check(rows, tmp_path)


# MARK: random documents

TEXTS = ["a", "python", "30d", 12, 0.5, True, "", "${f}", "roles/viewer", "user:ana@example.com", "us-east4",
         "my-project-id", "projects/p/locations/l/keyRings/r/cryptoKeys/k", "https://example.com/x", "ga", "2030-01-01"]


def sample(rng: random.Random, of: dict):
    """A value that is near to what a schema describes, and often valid."""
    types = of.get("type", ["string", "array", "object", "null"])
    types = [types] if isinstance(types, str) else types
    pick = rng.random()
    if pick < 0.06:
        return rng.choice([None, [], {}, "x", 5, True, "${f}", ["${f}"], [None], {"a": None}])
    if "object" in types:
        properties = {name: inner for name, inner in of.get("properties", {}).items() if isinstance(inner, dict)}
        names = [name for name in properties if rng.random() < 0.4]
        made = {name: sample(rng, properties[name]) for name in names}
        if isinstance(of.get("additionalProperties"), dict) and rng.random() < 0.8:
            made[rng.choice(["old", "team", "x1"])] = sample(rng, of["additionalProperties"])
        return made
    if "array" in types and "items" in of:
        return [sample(rng, of["items"]) for _ in range(rng.randrange(3))]
    if of.get("examples") and pick < 0.9:
        word = rng.choice(of["examples"])
        return rng.choice([word, word, str(word).upper(), str(word).replace("_", "-"), str(word).title()])
    if "duration" in of.get("patternErrorMessage", ""):
        return rng.choice(["30d", "12h", "5w", "90.0s", "1.5h", "30", "0s"])
    if "integer" in types:
        return rng.choice([of["minimum"], of["maximum"], 1, 50, -3, "7", "${f}"])
    if types == ["boolean", "string"] or types == ["boolean", "string", "null"]:
        return rng.choice([True, False, True, False, "yes", "${f}", 0])
    return rng.choice(TEXTS)


def test_no_random_document_is_valid_and_refused_by_the_schema(tmp_path):
    """`SCHEMA_SEED` repeats a run."""
    rng = random.Random(SEED)
    described = {kind: schema(kind)["allOf"][0]["properties"] for kind in KINDS}
    made = []
    for number in range(1200):
        kind = KINDS[number % len(KINDS)]
        written = {**EXAMPLES[kind]}
        # One or two fields of a valid document are others, or it is all new.
        if rng.random() < 0.8 and isinstance(written.get("spec"), dict):
            fields = described[kind]["spec"]["properties"]
            new = {name: sample(rng, fields[name]) for name in rng.sample(list(fields), min(len(fields), 2))}
            written["spec"] = {**written["spec"], **new}
        else:
            written["spec"] = sample(rng, described[kind]["spec"])
        if rng.random() < 0.3:
            written["lifecycle"] = sample(rng, described[kind]["lifecycle"] or {})
        if "${f}" in str(written) and kind != "Stack":
            written["each"] = {"f": [rng.choice(["python", "30d", "5", "true"])]}
        made.append(written)
    answers = validate_all(tmp_path, [
        text(*(one if EXAMPLES[kind]["kind"] == one["kind"] else EXAMPLES[kind] for kind in KINDS)) for one in made])
    valid = 0
    for written, (code, shown) in zip(made, answers):
        found = errors(written)
        valid += code == 0
        assert code != 0 or not found, f"SCHEMA_SEED={SEED}\n{text(written)}\n{explained(found)}"
        assert code in [0, 3], shown
    assert valid >= 100, f"SCHEMA_SEED={SEED}: only {valid} valid documents"


# MARK: check-jsonschema

def check_jsonschema(folder: Path, *files) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(BIN / "check-jsonschema"), "--schemafile", "schema.json", *files], cwd=folder, text=True,
        capture_output=True, env=ENVIRONMENT)


def test_check_jsonschema_reads_the_schema(tmp_path):
    (tmp_path / "schema.json").write_text(arctl("schema"))
    names = []
    for kind, written in EXAMPLES.items():
        names.append(f"{kind}.yaml")
        (tmp_path / names[-1]).write_text(text(written))
    done = check_jsonschema(tmp_path, *names)
    assert done.returncode == 0, done.stdout
    broken = changed(EXAMPLES["Repository"], ("spec", "format"), "pyton")
    (tmp_path / "broken.yaml").write_text(text(broken))
    done = check_jsonschema(tmp_path, *names, "broken.yaml")
    assert done.returncode == 1
    assert "broken.yaml::$.spec.format" in done.stdout and "Repository.yaml" not in done.stdout
