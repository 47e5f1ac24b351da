"""Starts the built sandbox, checks every exchange with it, and counts the called operations."""

import pytest

from support import watch
from support.clients import Cloud, Raw, credentials, fresh
from support.process import Sandbox

watch.install()

# Operations without a successful answer so far, with the reason. Every other one must have one.
NOT_YET = {
    "artifactregistry.v1.projects.locations.repositories.files.delete":
        "Google allows it on generic repositories only, whose files the sandbox does not serve",
}

# Operations that Google would refuse too in the sandbox's situation, and why. The tests must call them nevertheless.
REFUSED = {
    **{f"artifactregistry.v1.projects.locations.repositories.{collection}.get":
        "nothing of that format can be uploaded"
       for collection in ["dockerImages", "mavenArtifacts", "npmPackages"]},
}


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    server = Sandbox(tmp_path_factory.mktemp("sandbox") / "data")
    watch.WATCH.start(server.url)
    yield server
    assert server.stop() == 0, server.log.read_text()


@pytest.fixture(scope="session")
def owner(sandbox):
    """The owner of every project."""
    return Cloud(sandbox.url, credentials(sandbox.owner()))


@pytest.fixture
def raw(sandbox, owner):
    """Plain HTTP requests as the owner."""
    return Raw(sandbox.url, owner.credential)


@pytest.fixture
def anonymous(sandbox):
    return Raw(sandbox.url)


class Projects:
    """New projects, created a dozen at a time, because each takes two operations."""

    def __init__(self, owner: Cloud):
        self.owner = owner
        self.ready: list[str] = []

    def make(self, count: int, *services: str) -> list[str]:
        owner, ids = self.owner, [fresh("p") for _ in range(count)]
        made = [
            owner.projects.create(body={"projectId": id, "name": id}).execute() for id in ids]
        for operation in made:
            owner.finish(operation, owner.project_operations)
        enabled = [
            owner.services.batchEnable(
                parent=f"projects/{id}", body={"serviceIds": list(services)}).execute()
            for id in ids]
        for operation in enabled:
            owner.finish(operation, owner.service_operations)
        return ids

    def take(self, *services: str) -> str:
        """The id of an unused project, with Artifact Registry or `services` enabled."""
        if services:
            return self.make(1, *services)[0]
        if not self.ready:
            self.ready = self.make(12, "artifactregistry.googleapis.com")
        return self.ready.pop()


@pytest.fixture(scope="session")
def projects(owner):
    return Projects(owner)


@pytest.fixture
def new_project(projects):
    """Creates projects, each with Artifact Registry or the given services enabled."""
    return projects.take


@pytest.fixture
def project(new_project):
    return new_project()


@pytest.fixture
def new_account(owner):
    """Creates service accounts. Returns their e-mails."""

    def make(project: str, **details) -> str:
        answer = owner.accounts.create(
            name=f"projects/{project}",
            body={"accountId": fresh("sa"), "serviceAccount": details}).execute()
        return answer["email"]

    return make


@pytest.fixture
def account(project, new_account):
    return new_account(project)


@pytest.fixture(autouse=True)
def every_answer_fits():
    """Fails the test during which an answer did not match its discovery document."""
    watch.WATCH.take_problems()
    yield
    found = watch.WATCH.take_problems()
    assert not found, "answers that do not fit:\n" + "\n".join(found)


def uncalled() -> list[str]:
    """Operations that no test called, and those of NOT_YET that now have an answer."""
    answered = {operation for operation, _ in watch.WATCH.good}
    refused = {operation for operation, _ in watch.WATCH.failed} & REFUSED.keys()
    known = {route.id for route in watch.WATCH.routes} - refused
    return sorted((known - answered - NOT_YET.keys()) | (answered & NOT_YET.keys()))


def is_whole_run(config) -> bool:
    """Whether all tests run: some of them call only some of the operations."""
    chosen = config.option.keyword or config.option.markexpr or config.option.lf
    return not chosen and not any("::" in arg or arg.endswith(".py") for arg in config.args)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and is_whole_run(session.config) and uncalled():
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    seen = watch.WATCH
    if not seen.routes:
        return
    clients = sorted({client for _, client in [*seen.good, *seen.failed]})
    write = terminalreporter.write_line

    def row(title: str, ids: set[str]) -> None:
        cells = []
        for client in clients:
            good, failed = (
                sum(n for (id, c), n in counts.items() if c == client and id in ids)
                for counts in (seen.good, seen.failed))
            cells.append(f"{good}/{failed}" if good + failed else "-")
        write(f"{title:70}" + "".join(f"{cell:>12}" for cell in cells))

    terminalreporter.section("answered/refused, by operation and client")
    write(" " * 70 + "".join(f"{client:>12}" for client in clients))
    services = sorted({route.api for route in seen.routes})
    for service in services:
        ids = sorted({route.id for route in seen.routes if route.api == service})
        row(f"{service}: {len(ids)} operations", set(ids))
        for id in ids:
            row(f"  {id}", {id})
    every = {route.id for route in seen.routes}
    row(f"{len(every)} operations of {len(services)} services", every)
    for operation, reason in NOT_YET.items():
        write(f"not answered yet: {operation}: {reason}")
    if is_whole_run(config):
        for operation in uncalled():
            write(f"NOT CALLED, or to be removed from NOT_YET: {operation}", red=True)
