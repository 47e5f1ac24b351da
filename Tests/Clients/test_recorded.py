"""Replays recorded exchanges with Google's services, in order, and compares the answers.

Which of the recordings are reliable: docs/google-apis.md#recorded-exchanges. A difference is either a fault of the
sandbox or listed in RECORDINGS_FAULT with the reason; an entry that no longer differs fails too.
"""

import re
import time

import pytest
from support import recording
from support.clients import fresh

# (recording, place in the answer): the reason why the recording is wrong.
RECORDINGS_FAULT = {
    ("role", "permissions"):
        "the recorder's mock answers queryTestablePermissions with nothing",
    ("services", "response.services[0].config"):
        "the recorder's normaliser cuts `config` out",
    ("services", "response.services[1].config"): "as above",
    ("services", "response.service.config"): "as above",
    ("project", "response.service.config"): "as above",
    ("services", "metadata.value"):
        "Go's JSON of a packed Empty, so the mock's: Artifact Registry's recorded one lacks it, and "
        "Google's client for Service Usage cannot read it (protobuf issue 24445)",
    ("project", "metadata.value"): "as above",
    ("service-account-key", "privateKeyData"): "the key is the mock's placeholder text",
    ("service-account-key", "keys"):
        "the mock has no system-managed keys, which Google lists too without keyTypes",
}

HOPS = {"date", "content-length", "connection"}


@pytest.mark.parametrize("name", [
    "repository", "service-account", "service-account-key", "role", "project", "services"])
def test_replay(name, new_project, raw):
    names = recording.Names(
        projectId=new_project(), uniqueId=fresh("x").removeprefix("x-"), folderID="1234567890")
    faults = {place for of, place in RECORDINGS_FAULT if of == name}
    wrong, excused = [], set()
    for exchange in recording.read(recording.FOLDER / name / "_http.log"):
        answer = send(raw, exchange, names)
        if exchange.method != "GET":
            # Every change starts its own operation.
            names.known.pop("operationID", None)
        called = f"{exchange.method} {exchange.target}"
        if answer.status_code != exchange.status:
            wrong.append(f"{called}: {answer.status_code} {answer.text}")
            continue
        if name == "service-account-key" and answer.json().get("keys"):
            # Apart from the accepted difference, the list must contain the recorded key.
            mine = [k for k in answer.json()["keys"] if k["keyType"] == "USER_MANAGED"]
            assert names.differences(exchange.response["keys"], mine) == []
        wrong += [f"{called}: header {line}" for line in missing_headers(exchange, answer)]
        for place, recorded, got in names.differences(exchange.response, answer.json()):
            if place in faults:
                excused.add(place)
            else:
                wrong.append(f"{called}: {place} is {got!r}, recorded {recorded!r}")
    assert not wrong, "\n".join(wrong)
    assert excused == faults, "no longer different: " + ", ".join(faults - excused)


def send(raw, exchange, names):
    """Sends one recorded request; an operation is polled until it is done, as it was recorded."""
    for _ in range(90_000):
        answer = raw(
            exchange.method, names.fill(exchange.target), names.fill(exchange.request),
            headers={"Host": exchange.host})
        if not exchange.response.get("done") or answer.json().get("done"):
            return answer
        time.sleep(0.02)
    raise AssertionError(f"never done: {exchange.target}")


def missing_headers(exchange, answer) -> list[str]:
    """Recorded header fields that are missing in the answer; equal names are joined by commas."""
    wanted: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        wanted.setdefault(name.lower(), []).append(value)
    return [
        f"{name}: {answer.headers.get(name)!r}, recorded {values}"
        for name, values in wanted.items()
        if name not in HOPS and answer.headers.get(name) != ", ".join(values)]


def test_a_disabled_api_in_the_recorded_words(new_project, raw):
    """The recording is from another API and has no `details`."""
    recorded = recording.read(
        recording.FOLDER / "errors/devicestreamingsession-minimal_http.log")[0]
    assert recorded.status == 403
    project = new_project("pubsub.googleapis.com")
    answer = raw("GET", f"/v1/projects/{project}/locations/us-central1/repositories")
    error = answer.json()["error"]
    assert answer.status_code == 403
    words = lambda text: re.sub(r"projects?[ =]\S+", "PROJECT", text)
    expected = recorded.response["error"]
    assert words(error["message"]) == words(
        expected["message"].replace("Device Streaming API", "Artifact Registry API")
        .replace("devicestreaming", "artifactregistry"))
    assert {k: error[k] for k in ("code", "status")} == {k: expected[k] for k in ("code", "status")}


def test_the_comparison_finds_differences():
    names = recording.Names(projectId="p-1")
    same = names.differences(
        {"name": "projects/${projectId}/x/${operationID}", "time": recording.MICROSECONDS},
        {"name": "projects/p-1/x/abc", "time": "2026-01-01T00:00:00.123456Z"})
    assert same == [] and names.known["operationID"] == "abc"
    assert names.differences({"name": "x/${operationID}"}, {"name": "x/other"})
    assert names.differences({"a": [1]}, {"a": [1, 2]}) and names.differences({}, {"a": 1})
    assert names.differences({"time": recording.MICROSECONDS}, {"time": "now"})
    assert names.differences({"done": True}, {"done": 1})
