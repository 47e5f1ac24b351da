"""Checks every exchange of every client with the sandbox.

Both libraries that Google's clients send with (requests and httplib2) are wrapped once. Each answer is
held against the discovery document of its API, each error against docs/google-apis.md#bodies-of-errors,
and each exchange is counted for the operation that it called. What is wrong is kept for the test that
runs (`take_problems`), because an exception in here would be retried or wrapped by some clients.
"""

import json
import re
import socket
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

import httplib2
import requests

from . import discovery, schema

STATUSES = {
    "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404, "ALREADY_EXISTS": 409,
    "ABORTED": 409, "RESOURCE_EXHAUSTED": 429, "INTERNAL": 500, "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
}
HEADERS = {
    "server": "ESF", "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN",
    "x-xss-protection": "0", "cache-control": "private",
}


@dataclass
class Route:
    """One line of the sandbox's table of operations."""

    api: str
    method: str
    template: str
    pattern: re.Pattern = field(init=False)
    id: str = field(init=False)

    def __post_init__(self):
        parts = re.split(r"(\{\w+\})", self.template)
        self.pattern = re.compile(
            "".join("[^/:]+" if p.startswith("{") else re.escape(p) for p in parts) + "$")
        sample = re.sub(r"\{(\w+)\}", r"\1", self.template)
        method = discovery.method_of(self.api, self.method, sample)
        # With the version, which the documents' own ids lack: iam.v1.projects.roles.get.
        self.id = (
            f"{method.document}.{method.id.partition('.')[2]}" if method
            else f"{self.method} {self.template}")

    @property
    def literals(self) -> int:
        return len(re.sub(r"\{\w+\}", "", self.template))


class Watch:
    """Counts exchanges by client and operation, and collects their faults."""

    def __init__(self):
        self.base = None
        self.routes: list[Route] = []
        self.good = Counter()
        self.failed = Counter()
        self._problems: list[str] = []

    def start(self, base: str) -> None:
        """Reads the sandbox's table of operations, and checks what is sent to `base`."""
        answer = requests.get(f"{base}/_sandbox/routes", timeout=1800).json()
        self.routes = [Route(r["api"], r["method"], r["template"]) for r in answer["routes"]]
        self.base = base

    def take_problems(self) -> list[str]:
        found, self._problems = self._problems, []
        return found

    def route(self, method: str, path: str) -> Route | None:
        matches = [r for r in self.routes if r.method == method and r.pattern.match(path)]
        return max(matches, key=lambda r: r.literals, default=None)

    def exchange(self, client: str, method: str, url: str, status: int, headers, body: bytes):
        """Records and checks one exchange."""
        if self.base is None or not url.startswith(f"{self.base}/"):
            return
        parts = urlsplit(url)
        # The sandbox's own paths, and its own refusal of foreign host names.
        if parts.path.startswith("/_sandbox/") or status == 421:
            return
        route = self.route(method, plain(parts.path))
        if route is None:
            self.failed[("(not served)", client)] += 1
            return
        found = self.check(route, method, parts, status, headers, body)
        self._problems += [f"{method} {parts.path} -> {status}: {text}" for text in found]
        (self.good if status < 300 else self.failed)[(route.id, client)] += 1

    def check(self, route: Route, method: str, parts, status: int, headers, body: bytes):
        found = [
            f"header {name} is {headers.get(name)!r}, not {value!r}"
            for name, value in HEADERS.items() if headers.get(name) != value]
        if headers.get("content-type") != "application/json; charset=UTF-8":
            found.append(f"content-type is {headers.get('content-type')!r}")
        try:
            value = json.loads(body)
        except ValueError:
            return found + [f"the body is not JSON: {body[:200]!r}"]
        if route.api == "oauth2.googleapis.com":
            # The lists of certificates are texts by key id.
            is_list = method == "GET" and status < 300
            return found + ([] if is_list else token_problems(status, value))
        if status >= 300:
            return found + error_problems(route.api, status, value)
        called = discovery.method_of(route.api, method, plain(parts.path))
        if called is None:
            return found
        query = parse_qs(parts.query)
        if "fields" in query:
            return found
        numbers = any("enum-encoding=int" in v for v in query.get("$alt", []))
        return found + schema.problems(called.document, called.response, value, numbers=numbers)


def token_problems(status: int, value: dict) -> list[str]:
    """The forms of RFC 6749, 5.1 and 5.2."""
    if status < 300:
        good = set(value) == {"id_token"} or (
            isinstance(value.get("access_token"), str) and value.get("token_type") == "Bearer"
            and isinstance(value.get("expires_in"), int))
    else:
        good = set(value) == {"error", "error_description"}
    return [] if good else [f"not an answer of a token endpoint: {value}"]


def error_problems(api: str, status: int, value: dict) -> list[str]:
    """The forms of docs/google-apis.md#bodies-of-errors. Artifact Registry never sends `errors`."""
    if set(value) != {"error"}:
        return [f"an error body has only `error`: {value}"]
    error = value["error"]
    found = []
    unknown = set(error) - {"code", "message", "status", "errors", "details"}
    if unknown:
        found.append(f"unknown members of error: {unknown}")
    if error.get("code") != status:
        found.append(f"error.code is {error.get('code')}")
    if STATUSES.get(error.get("status")) != status:
        found.append(f"error.status is {error.get('status')}")
    if not error.get("message") or not isinstance(error["message"], str):
        found.append("error.message is missing")
    if "errors" in error:
        if api == "artifactregistry.googleapis.com":
            found.append("Artifact Registry's errors have no `errors`")
        for part in error["errors"]:
            if set(part) != {"message", "domain", "reason"} or part["message"] != error["message"]:
                found.append(f"error.errors is malformed: {part}")
    if "details" in error and not error["details"]:
        found.append("error.details is empty")
    for detail in error.get("details", []):
        found += detail_problems(detail)
    return found


def detail_problems(detail: dict) -> list[str]:
    kind = detail.get("@type", "")
    if not kind.startswith("type.googleapis.com/google.rpc."):
        return [f"a detail has the type {kind!r}"]
    if kind.endswith(".ErrorInfo"):
        texts = [detail.get("reason"), detail.get("domain"), *detail.get("metadata", {}).values()]
        if not all(isinstance(text, str) for text in texts):
            return [f"ErrorInfo is malformed: {detail}"]
    if kind.endswith(".BadRequest"):
        for part in detail.get("fieldViolations", []):
            # For a missing parameter, Google names no field.
            is_query = ": Cannot bind query parameter. " in part.get("description", "")
            if not part.get("description") or bool(part.get("field")) == is_query:
                return [f"BadRequest is malformed: {detail}"]
    return []


def plain(path: str) -> str:
    """A decoded path, except for the slash in a file's id and the colon in a Python package's."""
    decoded = unquote(re.sub("%2[Ff]", "%252F", path))
    return re.sub(r"(/pythonPackages/[^/:]+):", r"\1%3A", decoded)


def client_of(headers) -> str:
    """The client that sent a request, by its own headers."""
    libraries = str(headers.get("x-goog-api-client") or headers.get("X-Goog-Api-Client") or "")
    if "gdcl/" in libraries:
        return "discovery"
    if "auth/" in libraries and "gapic/" not in libraries:
        return "google-auth"
    if "gapic/" in libraries or "gax/" in libraries or "gccl/" in libraries:
        return "gapic"
    return "raw"


WATCH = Watch()


def install() -> None:
    """Wraps both libraries, once, and keeps everything on loopback."""
    lookup = socket.getaddrinfo

    def loopback_only(host, *rest, **options):
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach {host}")
        return lookup(host, *rest, **options)

    socket.getaddrinfo = loopback_only
    send = requests.Session.send

    def watched_send(self, request, **options):
        response = send(self, request, **options)
        WATCH.exchange(
            client_of(request.headers), request.method, request.url, response.status_code,
            {name.lower(): value for name, value in response.headers.items()}, response.content)
        return response

    requests.Session.send = watched_send
    request_ = httplib2.Http.request

    def watched_request(self, uri, method="GET", body=None, headers=None, *rest, **options):
        response, content = request_(self, uri, method, body, headers, *rest, **options)
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        # A GET with a long query arrives as a POST.
        meant = sent.get("x-http-method-override", method)
        WATCH.exchange(client_of(sent), meant, uri, response.status, response, content)
        return response, content

    httplib2.Http.request = watched_request
