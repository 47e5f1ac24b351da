"""Checks an answer against a schema of a discovery document.

What is checked, beyond names and types: int64 as strings, canonical base64 of bytes, RFC 3339 times,
durations in seconds, known values of enums (or their numbers), input-only fields absent, and proto
JSON's rule that a field with its default value is omitted.
"""

import base64
import re

from . import discovery

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z")
DURATION = re.compile(r"-?\d+(\.\d{1,9})?s")

# The documents with the messages of a package, for packed messages.
PACKAGES = {
    "google.devtools.artifactregistry.v1": "artifactregistry.v1",
    "google.api.serviceusage.v1": "serviceusage.v1",
    "google.api.serviceusage.v1beta1": "serviceusage.v1beta1",
    "google.cloudresourcemanager.v1": "cloudresourcemanager.v1",
    "google.cloud.resourcemanager.v3": "cloudresourcemanager.v3",
}


# Members of gcloud 578's messages that no discovery document has: they are shown as they were sent.
GCLOUD = {
    "Repository": {"networkConfig", "sbomConfig"},
    "RemoteRepositoryConfig": {
        "deleteNotFoundCacheFiles", "enableIngestionAttestation", "goRepository", "remoteType",
        "serviceDirectoryConfig"},
    "CleanupPolicyCondition": {"moreStaleThan"},
}


# Members of a choice (`oneof`), which are shown whatever their value: their presence says which one was chosen. A discovery
# document does not mark them; the descriptions say so.
CHOICES = {"GoogleCloudOrgpolicyV2PolicySpecPolicyRule": {"allowAll", "denyAll", "enforce", "values"}}


def problems(document: str, schema: str, value, *, numbers: bool = False) -> list[str]:
    """The faults of an answer, each with its place; empty if it matches.

    `numbers`: the client requested enums as integers.
    """
    return _Checker(document, numbers).message(schema, value, schema)


class _Checker:
    def __init__(self, document: str, numbers: bool):
        self.schemas = discovery.document(document)["schemas"]
        self.numbers = numbers

    def message(self, schema: str, value, place: str) -> list[str]:
        return self.check(self.schemas[schema], value, place)

    def check(self, schema: dict, value, place: str) -> list[str]:
        if "$ref" in schema:
            return self.message(schema["$ref"], value, place)
        if value is None:
            return [f"{place} is null"]
        kind = schema.get("type")
        if kind == "object":
            return self.object(schema, value, place)
        if kind == "array":
            return self.array(schema, value, place)
        return self.scalar(schema, value, place)

    def object(self, schema: dict, value, place: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{place} is not an object: {value!r}"]
        if "additionalProperties" in schema:
            return self.map(schema["additionalProperties"], value, place)
        found = []
        properties = schema.get("properties", {})
        for name, inner in value.items():
            at = f"{place}.{name}"
            field = properties.get(name)
            if field is None and name in GCLOUD.get(schema.get("id"), ()):
                continue
            if field is None:
                found.append(f"{at} is not a field of {schema.get('id', 'the message')}")
                continue
            if self.is_input_only(field):
                found.append(f"{at} is input only, and shown")
            faults = self.check(field, inner, at)
            found += faults
            if not faults and name not in CHOICES.get(schema.get("id"), ()):
                found += self.default(field, inner, at)
        return found

    @staticmethod
    def is_input_only(field: dict) -> bool:
        # The document calls the period of a secret's rotation so, and answers have it: docs/google-apis.md#secrets.
        if "between rotation notifications" in field.get("description", ""):
            return False
        return field.get("description", "").startswith(("Input only", "Optional. Input only"))

    def map(self, schema: dict, value: dict, place: str) -> list[str]:
        if schema.get("type") == "any":
            return self.any(value, place)
        found = []
        for name, inner in value.items():
            found += self.check(schema, inner, f"{place}[{name}]")
        return found

    def any(self, value: dict, place: str) -> list[str]:
        """A packed message, named by its `@type`."""
        kind = value.get("@type", "")
        if not kind.startswith("type.googleapis.com/"):
            return [f"{place} has no @type of type.googleapis.com"]
        package, short = kind.removeprefix("type.googleapis.com/").rsplit(".", 1)
        rest = {name: inner for name, inner in value.items() if name != "@type"}
        if kind.endswith("google.protobuf.Empty"):
            return [f"{place} is not empty: {rest}"] if rest else []
        document = PACKAGES.get(package)
        if document is None or short not in discovery.document(document)["schemas"]:
            return [f"{place} is of an unknown type: {kind}"]
        return problems(document, short, rest, numbers=self.numbers)

    def array(self, schema: dict, value, place: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{place} is not a list: {value!r}"]
        found = []
        for index, inner in enumerate(value):
            found += self.check(schema["items"], inner, f"{place}[{index}]")
        return found

    def scalar(self, schema: dict, value, place: str) -> list[str]:
        kind, form = schema.get("type"), schema.get("format")
        if kind == "any":
            return []
        if kind == "boolean":
            return [] if isinstance(value, bool) else [f"{place} is not a boolean: {value!r}"]
        if kind in ("integer", "number"):
            good = isinstance(value, (int, float) if kind == "number" else int)
            if form == "int32":
                good = good and -2**31 <= value < 2**31
            good = good and not isinstance(value, bool)
            return [] if good else [f"{place} is not {form or kind}: {value!r}"]
        if "enum" in schema and self.numbers:
            good = isinstance(value, int) and not isinstance(value, bool)
            return [] if good else [f"{place} is not the number of an enum: {value!r}"]
        if not isinstance(value, str):
            return [f"{place} is not a string: {value!r}"]
        if "enum" in schema:
            return [] if value in schema["enum"] else [f"{place} is no value of its enum: {value!r}"]
        return [] if self.has_form(form, value) else [f"{place} is not {form}: {value!r}"]

    @staticmethod
    def has_form(form: str | None, value: str) -> bool:
        if form in ("int64", "uint64"):
            return re.fullmatch(r"-?\d+", value) is not None
        if form == "byte":
            try:
                raw = base64.b64decode(value, validate=True)
            except ValueError:
                return False
            return base64.b64encode(raw).decode() == value
        if form == "google-datetime":
            return TIME.fullmatch(value) is not None
        if form == "google-duration":
            return DURATION.fullmatch(value) is not None
        return True

    @staticmethod
    def default(schema: dict, value, place: str) -> list[str]:
        """A field with its default value must be omitted; a message that is present may be empty."""
        empty = value in ("", False) or value == [] or value == 0
        if schema.get("format") in ("int64", "uint64"):
            empty = value == "0"
        if value == {} and "additionalProperties" in schema:
            # `labels: {}` is redundant; `response: {}` cannot occur here, since it needs its @type.
            empty = True
        if "enum" in schema and value == schema["enum"][0] and value.endswith("_UNSPECIFIED"):
            empty = True
        return [f"{place} has its default value and is shown: {value!r}"] if empty else []
