"""Tests of the checker: the faults that it must find in wrong answers."""

import pytest
from support import schema, watch

GOOD = {
    "name": "projects/p/locations/us/repositories/r", "format": "PYTHON", "sizeBytes": "10",
    "createTime": "2026-01-02T03:04:05.123456Z", "labels": {"a": ""},
    "cleanupPolicies": {"x": {"id": "x", "condition": {"olderThan": "60s"}}},
}


def test_a_good_answer():
    assert schema.problems("artifactregistry.v1", "Repository", GOOD) == []


@pytest.mark.parametrize("change,what", [
    ({"colour": "red"}, "not a field"), ({"format": "COBOL"}, "no value of its enum"),
    ({"format": 8}, "not a string"), ({"sizeBytes": 10}, "not a string"),
    ({"sizeBytes": "ten"}, "not int64"), ({"sizeBytes": "0"}, "default value"),
    ({"createTime": "2026-01-02 03:04:05"}, "not google-datetime"),
    ({"labels": {}}, "default value"), ({"labels": {"a": 1}}, "not a string"),
    ({"labels": ["a"]}, "not an object"), ({"description": ""}, "default value"),
    ({"cleanupPolicyDryRun": False}, "default value"), ({"description": None}, "null"),
    ({"cleanupPolicyDryRun": "true"}, "not a boolean"),
    ({"cleanupPolicies": {"x": {"condition": {"olderThan": "30d"}}}}, "not google-duration"),
    ({"cleanupPolicies": {"x": {"mostRecentVersions": {"keepCount": "3"}}}}, "not int32"),
    ({"remoteRepositoryConfig": {"disableUpstreamValidation": True}}, "input only"),
    ({"mode": "MODE_UNSPECIFIED"}, "default"),
    ({"virtualRepositoryConfig": {"upstreamPolicies": {}}}, "not a list"),
], ids=str)
def test_a_bad_answer(change, what):
    found = schema.problems("artifactregistry.v1", "Repository", {**GOOD, **change})
    assert len(found) == 1 and what in found[0], found


def test_enums_as_numbers():
    numbered = {**GOOD, "format": 8}
    assert schema.problems("artifactregistry.v1", "Repository", numbered, numbers=True) == []
    assert schema.problems("artifactregistry.v1", "Repository", GOOD, numbers=True) != []


def test_bytes_are_canonical():
    policy = lambda etag: schema.problems("iam.v1", "Policy", {"etag": etag})
    assert policy("BwYabcdef00=") == []
    assert policy("BwYabcdef01=") and policy("BwYabcdef0") and policy("Bw-_")


def test_packed_messages():
    def operation(response):
        return schema.problems(
            "artifactregistry.v1", "Operation", {"name": "x", "done": True, "response": response})
    kind = "type.googleapis.com/google.devtools.artifactregistry.v1"
    assert operation({"@type": f"{kind}.Repository", **GOOD}) == []
    assert operation({"@type": f"{kind}.Repository", **GOOD, "sizeBytes": 1})
    assert operation(GOOD) and operation({"@type": f"{kind}.Nothing"})


@pytest.mark.parametrize("body", [
    {}, {"error": {}}, {"error": {"code": 404, "message": "x", "status": "ABORTED"}},
    {"error": {"code": 403, "message": "x", "status": "NOT_FOUND"}},
    {"error": {"code": 404, "message": "", "status": "NOT_FOUND"}},
    {"error": {"code": 404, "message": "x", "status": "NOT_FOUND", "errors": []}},
    {"error": {"code": 404, "message": "x", "status": "NOT_FOUND", "details": [{}]}},
    {"error": {"code": 404, "message": "x", "status": "NOT_FOUND", "colour": "red"}},
], ids=str)
def test_bad_error_bodies(body):
    assert watch.error_problems("artifactregistry.googleapis.com", 404, body)


def test_a_good_error_body():
    error = {"code": 404, "message": "x", "status": "NOT_FOUND"}
    assert watch.error_problems("artifactregistry.googleapis.com", 404, {"error": error}) == []
    error["errors"] = [{"message": "x", "domain": "global", "reason": "notFound"}]
    assert watch.error_problems("iam.googleapis.com", 404, {"error": error}) == []
