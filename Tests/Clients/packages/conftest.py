"""A project with a Python repository, a writer, a reader, and an account without access."""

import base64
import json

import pytest
from google.auth.transport.requests import Request
from support.clients import credentials, fresh
from support.tools import LOCATION, Login, Repository


@pytest.fixture(scope="session")
def packages_project(projects):
    return projects.take("artifactregistry.googleapis.com", "iam.googleapis.com")


@pytest.fixture(scope="session")
def new_repository(owner, sandbox, packages_project):
    """Creates repositories, by default of format PYTHON."""

    def make(**body) -> Repository:
        made = Repository(sandbox.url, packages_project, fresh("r"))
        operation = owner.repositories.create(
            parent=f"projects/{packages_project}/locations/{LOCATION}", repositoryId=made.id,
            body={"format": "PYTHON", **body}).execute()
        owner.finish_repository(operation)
        return made

    return make


@pytest.fixture
def repository(new_repository):
    return new_repository()


@pytest.fixture(scope="session")
def grant(owner):
    """Grants an account a role on a repository, and keeps the other grants."""

    def give(repository: Repository, role: str, key: dict):
        policy = owner.repositories.getIamPolicy(resource=repository.name).execute()
        policy.setdefault("bindings", []).append(
            {"role": role, "members": [f"serviceAccount:{key['client_email']}"]})
        owner.repositories.setIamPolicy(
            resource=repository.name, body={"policy": policy}).execute()

    return give


@pytest.fixture(scope="session")
def new_key(owner, packages_project):
    """Creates an account with a key. Returns its key file."""

    def make() -> dict:
        account = owner.accounts.create(
            name=f"projects/{packages_project}", body={"accountId": fresh("sa")}).execute()
        key = owner.keys.create(name=account["name"], body={}).execute()
        return json.loads(base64.b64decode(key["privateKeyData"]))

    return make


@pytest.fixture(scope="session")
def forms():
    """Every login of a key file's account."""

    def of(key: dict) -> dict[str, Login]:
        credential = credentials(key)
        credential.refresh(Request())
        return Login.forms(key, credential.token)

    return of


@pytest.fixture(scope="session")
def keys(new_key):
    """Key files of a writer, a reader and an account without access."""
    return {role: new_key() for role in ("writer", "reader", "nobody")}


@pytest.fixture
def roles(repository, keys, grant):
    """The key files, with their roles on `repository`."""
    grant(repository, "roles/artifactregistry.writer", keys["writer"])
    grant(repository, "roles/artifactregistry.reader", keys["reader"])
    return keys


@pytest.fixture
def writer(roles, forms):
    return forms(roles["writer"])["_json_key_base64"]


@pytest.fixture
def reader(roles, forms):
    return forms(roles["reader"])["_json_key_base64"]
