"""Google's discovery documents, as google-api-python-client ships them: the methods and the schemas."""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

import googleapiclient.discovery_cache

FOLDER = Path(googleapiclient.discovery_cache.__file__).parent / "documents"

# The document of a path, by the service that serves it and the first part of the path.
DOCUMENTS = {
    ("artifactregistry.googleapis.com", "v1"): "artifactregistry.v1",
    ("artifactregistry.googleapis.com", "v1beta2"): "artifactregistry.v1beta2",
    ("iam.googleapis.com", "v1"): "iam.v1",
    ("iamcredentials.googleapis.com", "v1"): "iamcredentials.v1",
    ("cloudresourcemanager.googleapis.com", "v1"): "cloudresourcemanager.v1",
    ("cloudresourcemanager.googleapis.com", "v2"): "cloudresourcemanager.v2",
    ("cloudresourcemanager.googleapis.com", "v3"): "cloudresourcemanager.v3",
    ("serviceusage.googleapis.com", "v1"): "serviceusage.v1",
    ("serviceusage.googleapis.com", "v1beta1"): "serviceusage.v1beta1",
    ("cloudbilling.googleapis.com", "v1"): "cloudbilling.v1",
    ("cloudkms.googleapis.com", "v1"): "cloudkms.v1",
    ("secretmanager.googleapis.com", "v1"): "secretmanager.v1",
    ("orgpolicy.googleapis.com", "v2"): "orgpolicy.v2",
}


@functools.cache
def document(name: str) -> dict:
    """Such as `iam.v1`."""
    return json.loads((FOLDER / f"{name}.json").read_text())


@dataclass(frozen=True)
class Method:
    document: str
    id: str
    http: str
    pattern: re.Pattern
    response: str | None
    scopes: frozenset[str]
    # The method's own parameters, and those of every method.
    query: frozenset[str]
    standard: frozenset[str]


@functools.cache
def methods(name: str) -> list[Method]:
    found = []

    def walk(resource: dict) -> None:
        for method in resource.get("methods", {}).values():
            found.append(Method(
                name, method["id"], method["httpMethod"], _pattern(method),
                method.get("response", {}).get("$ref"), frozenset(method.get("scopes", [])),
                frozenset(
                    name for name, parameter in method.get("parameters", {}).items()
                    if parameter["location"] == "query"),
                frozenset(document(name)["parameters"])))
        for inner in resource.get("resources", {}).values():
            walk(inner)

    walk(document(name))
    return found


def _pattern(method: dict) -> re.Pattern:
    """The paths that match a method's template."""
    text = ""
    for part in re.split(r"(\{\+?\w+\})", method["path"]):
        if part.startswith("{"):
            allowed = method["parameters"][part.strip("{+}")].get("pattern", "^[^/]+$")
            part = allowed.removeprefix("^").removesuffix("$").replace("[^/]+", "[^/:]+")
        else:
            part = re.escape(part)
        text += part
    return re.compile(f"/{text}$")


def method_of(service: str, http: str, path: str) -> Method | None:
    """The documented method that a request calls; None if Google documents none."""
    name = DOCUMENTS.get((service, path.split("/")[1]))
    if name is None:
        return None
    # Verbs first: a name pattern that ends in `.*` would match `:cancel` too.
    matches = [m for m in methods(name) if m.http == http and m.pattern.match(path)]
    return max(matches, key=lambda m: len(m.pattern.pattern), default=None)
