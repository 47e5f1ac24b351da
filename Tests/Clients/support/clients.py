"""Google's clients, directed at the sandbox as their documentation describes."""

import json
import time
import uuid

import google_auth_httplib2
import httplib2
import requests
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def credentials(key_file: dict):
    """A credential that gets its tokens from the key file's token endpoint."""
    return service_account.Credentials.from_service_account_info(key_file, scopes=[SCOPE])


class Connections(httplib2.Http):
    """Opens new connections after a pause: the sandbox closes those that are idle for minutes, as servers do, and httplib2
    notices that only when it writes to one."""

    PAUSE = 60  # seconds

    def __init__(self):
        super().__init__(timeout=1800)
        self.last_use = time.monotonic()

    def request(self, *arguments, **options):
        if time.monotonic() - self.last_use > self.PAUSE:
            self.close()
        try:
            return super().request(*arguments, **options)
        finally:
            self.last_use = time.monotonic()


def api(base: str, name: str, version: str, credential):
    """A client for the bundled discovery document."""
    return build(
        name, version, static_discovery=True, client_options={"api_endpoint": base},
        http=google_auth_httplib2.AuthorizedHttp(credential, Connections()))


class Cloud:
    """The discovery clients of one caller, created on first use."""

    def __init__(self, base: str, credential):
        self.base = base
        self.credential = credential
        self._made = {}

    def _api(self, name: str, version: str = "v1"):
        key = (name, version)
        if key not in self._made:
            self._made[key] = api(self.base, name, version, self.credential)
        return self._made[key]

    @property
    def registry(self):
        return self._api("artifactregistry").projects()

    @property
    def repositories(self):
        return self._api("artifactregistry").projects().locations().repositories()

    @property
    def locations(self):
        return self._api("artifactregistry").projects().locations()

    @property
    def locations_beta(self):
        return self._api("artifactregistry", "v1beta2").projects().locations()

    @property
    def accounts(self):
        return self._api("iam").projects().serviceAccounts()

    @property
    def keys(self):
        return self._api("iam").projects().serviceAccounts().keys()

    @property
    def roles(self):
        return self._api("iam").projects().roles()

    @property
    def pools(self):
        return self._api("iam").projects().locations().workloadIdentityPools()

    @property
    def pool_providers(self):
        return self.pools.providers()

    @property
    def predefined(self):
        return self._api("iam").roles()

    @property
    def permissions(self):
        return self._api("iam").permissions()

    @property
    def credentials(self):
        return self._api("iamcredentials").projects().serviceAccounts()

    @property
    def services(self):
        return self._api("serviceusage").services()

    @property
    def services_beta(self):
        return self._api("serviceusage", "v1beta1").services()

    @property
    def crypto_keys(self):
        return self._api("cloudkms").projects().locations().keyRings().cryptoKeys()

    @property
    def secrets(self):
        return self._api("secretmanager").projects().secrets()

    @property
    def service_operations(self):
        return self._api("serviceusage").operations()

    @property
    def projects(self):
        return self._api("cloudresourcemanager").projects()

    @property
    def project_operations(self):
        return self._api("cloudresourcemanager").operations()

    @property
    def projects3(self):
        return self._api("cloudresourcemanager", "v3").projects()

    @property
    def project_operations3(self):
        return self._api("cloudresourcemanager", "v3").operations()

    @property
    def folders(self):
        return self._api("cloudresourcemanager", "v3").folders()

    @property
    def folders2(self):
        return self._api("cloudresourcemanager", "v2").folders()

    @property
    def organizations(self):
        return self._api("cloudresourcemanager", "v3").organizations()

    @property
    def organizations1(self):
        return self._api("cloudresourcemanager").organizations()

    @property
    def billing(self):
        return self._api("cloudbilling").projects()

    # Long-running operations, polled as clients poll them.

    def finish(self, operation: dict, operations) -> dict:
        """Polls until the operation is done. Returns its response."""
        for _ in range(90_000):
            if operation.get("done"):
                assert "error" not in operation, operation
                return operation.get("response", {})
            assert "done" not in operation, "a running operation leaves `done` out"
            time.sleep(0.02)
            operation = operations.get(name=operation["name"]).execute()
        raise AssertionError(f"never done: {operation}")

    def finish_repository(self, operation: dict) -> dict:
        return self.finish(operation, self.locations.operations())

    def enable(self, project: str, *services: str) -> None:
        self.finish(
            self.services.batchEnable(
                parent=f"projects/{project}", body={"serviceIds": list(services)}).execute(),
            self.service_operations)


class Raw:
    """Plain HTTP, for requests that no client sends."""

    def __init__(self, base: str, credential=None):
        self.base = base
        self.credential = credential
        self.session = requests.Session()

    def __call__(self, method: str, path: str, body=None, headers=None, **options):
        sent = {"Accept": "application/json", **(headers or {})}
        if self.credential is not None:
            if not self.credential.valid:
                self.credential.refresh(Request())
            sent["Authorization"] = f"Bearer {self.credential.token}"
        return self.session.request(
            method, f"{self.base}{path}", json=body, headers=sent, timeout=1800, **options)


def fresh(prefix: str = "t") -> str:
    """An id that no other test uses, valid for projects, accounts and repositories."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def failure(request) -> dict:
    """Runs a request that must fail. Returns the members of its `error`."""
    try:
        answer = request.execute()
    except HttpError as error:
        return json.loads(error.content)["error"]
    raise AssertionError(f"should have failed, answered {answer}")


def expect_failure(request, code: int, status: str, text: str = "") -> dict:
    """Runs a request that must fail in this way. Returns the members of its `error`."""
    error = failure(request)
    assert (error["code"], error["status"]) == (code, status), error
    assert text in error["message"], error
    return error


def info_of(error: dict) -> dict:
    """The ErrorInfo of an error; empty if there is none."""
    for detail in error.get("details", []):
        if detail["@type"].endswith("ErrorInfo"):
            return detail
    return {}
