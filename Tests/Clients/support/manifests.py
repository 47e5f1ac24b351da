"""Documents of the manifest language: read as check-jsonschema reads them, checked by `arctl validate`, and changed."""

import copy
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ruamel.yaml
from jsonschema import Draft7Validator

from support.settings import ARCTL
from support.tools import ENVIRONMENT

VERSION = "arctl.dev/v1"


def _reader() -> ruamel.yaml.YAML:
    yaml = ruamel.yaml.YAML(typ="safe", pure=True)

    class Constructor(ruamel.yaml.SafeConstructor):
        pass

    # JSON has no dates: as in editors, a date is its text.
    yaml.Constructor = Constructor
    constructors = yaml.constructor.yaml_constructors
    constructors["tag:yaml.org,2002:timestamp"] = constructors["tag:yaml.org,2002:str"]
    return yaml


def _keyed(value):
    if isinstance(value, dict):
        return {str(key): _keyed(inner) for key, inner in value.items()}
    return [_keyed(inner) for inner in value] if isinstance(value, list) else value


def documents(text: str) -> list:
    """The documents of a YAML text."""
    return [_keyed(document) for document in _reader().load_all(text)]


def text(*written) -> str:
    """Documents as a file of manifests. JSON is YAML except for surrogates, and leaves no doubt about quotes."""
    return "".join(f"---\n{json.dumps(document, ensure_ascii=False)}\n" for document in written)


def arctl(*words, fails: int = 0, cwd=None) -> str:
    done = subprocess.run([str(ARCTL), *map(str, words)], cwd=cwd, text=True, capture_output=True, env=ENVIRONMENT)
    assert done.returncode == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def schema(*kind: str) -> dict:
    """What `arctl schema` prints, checked to be a schema."""
    printed = json.loads(arctl("schema", *kind))
    Draft7Validator.check_schema(printed)
    return printed


def validate(path, *options) -> tuple[int, str]:
    """The exit code of `arctl validate`, and what it reports."""
    done = subprocess.run(
        [str(ARCTL), "validate", "--color", "never", *options, str(path)], text=True, capture_output=True,
        env=ENVIRONMENT)
    return done.returncode, done.stdout + done.stderr


def validate_all(folder: Path, texts: list[str]) -> list[tuple[int, str]]:
    """Each text as a set of its own."""
    def one(numbered):
        number, written = numbered
        path = folder / f"{number}.yaml"
        path.write_text(written)
        return validate(path)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, enumerate(texts)))


def changed(document, path: tuple, value):
    """A copy with another value at a place, whose surroundings are made if they are missing. `...` removes the key."""
    document = copy.deepcopy(document)
    inner = document
    for step, following in zip(path, path[1:]):
        if isinstance(step, int):
            if not inner:
                inner.append([] if isinstance(following, int) else {})
        elif not isinstance(inner.get(step), list if isinstance(following, int) else dict):
            inner[step] = [] if isinstance(following, int) else {}
        inner = inner[step]
    last = path[-1]
    if value is ...:
        inner.pop(last, None)
    elif isinstance(last, int):
        inner[last:] = [value]
    else:
        inner[last] = value
    return document


def value_at(document, path: tuple):
    """The value at a place; `...` if there is none."""
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return ...
    return document
