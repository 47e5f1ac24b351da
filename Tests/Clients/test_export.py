"""`arctl export` of projects that plain REST calls filled: what it writes is valid, plans empty, and lacks nothing in silence."""

import base64
import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from support.clients import fresh
from support.settings import ARCTL

LOCATION = "us-east4"
FORMATS = ["DOCKER", "MAVEN", "NPM", "APT", "YUM", "GOOGET", "PYTHON", "KFP", "GO", "GENERIC", "RUBY"]
SERVICES = ["artifactregistry.googleapis.com", "iam.googleapis.com", "cloudresourcemanager.googleapis.com"]

HOSTILE = [
    "${env}", "$${env}", "${", "a: b", "a #b", "# c", "- d", "[e]", "{f: g}", "*h", "&i", "!j", "'k", '"l"', "m\\n", "%n",
    "@o", "`p`", "yes", "no", "null", "~", "1e3", "0123", "0x1F", "12:30:45", "2027-01-01", "1_000", ".5", "true", "=",
    "| q", "> r", "? s", " leading", "trailing ", "two  spaces", "tab\there", "line\nbreak", "line\r\nbreak", "\nfirst",
    "Ünïcödé", "日本語", "emoji 🎉", "right\u202eleft", "zero\u200bwidth", "nbsp\u00a0", "bell\u0007", "del\u007f",
    "nel\u0085", "sep\u2028", "\ufeffbom", "x" * 300, "---", "...", "--- # t", "key: |\n  text", "ends:", "a,b", "a;b",
]


class Cloud:
    """One project, filled by REST calls."""

    def __init__(self, raw, project: str):
        self.raw, self.project = raw, project

    def send(self, method: str, path: str, body=None, **options):
        answer = self.raw(method, path, body, **options)
        assert answer.status_code == 200, (method, path, body, answer.text)
        return answer.json()

    def accepts(self, method: str, path: str, body=None, **options) -> bool:
        return self.raw(method, path, body, **options).status_code == 200

    @property
    def parent(self) -> str:
        return f"/v1/projects/{self.project}/locations/{LOCATION}/repositories"

    def repository(self, id: str, **body) -> str:
        self.send("POST", self.parent, body, params={"repositoryId": id})
        return f"{self.parent}/{id}"

    def account(self, id: str, **fields) -> str:
        answer = self.send(
            "POST", f"/v1/projects/{self.project}/serviceAccounts", {"accountId": id, "serviceAccount": fields})
        return answer["email"]

    def grant(self, resource: str, *bindings, **others):
        """Adds bindings to a policy; those with conditions need version 3."""
        method = "POST" if resource.startswith("/v1/projects/") and resource.count("/") == 3 else "GET"
        if "serviceAccounts" in resource:
            method = "POST"
        policy = self.send(
            method, f"{resource}:getIamPolicy",
            {"options": {"requestedPolicyVersion": 3}} if method == "POST" and "serviceAccounts" not in resource else None,
            params={} if method == "POST" else {"options.requestedPolicyVersion": 3})
        policy.setdefault("bindings", []).extend(bindings)
        policy.update(version=3, **others)
        # Without this mask Google ignores the audit settings.
        mask = {"updateMask": "bindings,etag,auditConfigs"} if others else {}
        self.send("POST", f"{resource}:setIamPolicy", {"policy": policy, **mask})


class Export:
    """arctl, run against the sandbox."""

    def __init__(self, sandbox, folder: Path):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "ARCTL_ENDPOINT": sandbox.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(sandbox.owner_file)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(ARCTL), *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def succeed(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.returncode == 0, (arguments, result.stdout, result.stderr)
        return result.stdout

    def files(self, folder: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.folder / folder).iterdir())}

    def documents(self, folder: str) -> list[dict]:
        """The documents, as a reader of YAML that arctl has nothing to do with sees them."""
        return [
            document for text in self.files(folder).values()
            for document in yaml.safe_load_all(text.decode())]


@pytest.fixture
def export(sandbox, tmp_path):
    return Export(sandbox, tmp_path)


def check(export: Export, projects: list[str], *options: str) -> tuple[list[dict], list[dict]]:
    """Exports the projects, and checks what holds for every export. Returns the documents and the report."""
    named = [word for project in projects for word in ("--project", project)]
    report = json.loads(export.succeed("export", *named, "--out", "one", "--output", "json", *options))
    assert report["complete"]
    export.succeed("export", *named, "--out", "two", *options)
    assert export.files("one") == export.files("two"), "two exports differ"
    export.succeed("validate", "one")
    plan = json.loads(export.succeed("plan", "one", "--detailed-exitcode", "--output", "json"))
    assert [row for row in plan["changes"] if row["action"] != "unchanged"] == []
    assert "No changes." in export.succeed("apply", "one", "--auto-approve")
    return export.documents("one"), report["leftOut"]


def plain(value):
    """A value of a manifest without arctl's sign for a literal `${`."""
    if isinstance(value, str):
        return value.replace("$${", "${")
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


@pytest.fixture
def estate(raw, new_project):
    """Everything that the language has, and what it has not."""
    cloud = Cloud(raw, new_project(*SERVICES, "pubsub.googleapis.com"))
    for format in FORMATS:
        cloud.repository(f"std-{format.lower()}", format=format, description=f"A {format} repository")
    own = f"projects/{cloud.project}/locations/{LOCATION}/repositories"
    remotes = {
        "docker": {"dockerRepository": {"publicRepository": "DOCKER_HUB"}},
        "maven": {"mavenRepository": {"publicRepository": "MAVEN_CENTRAL"}},
        "npm": {"npmRepository": {"customRepository": {"uri": "https://npm.example.com"}}},
        "python": {
            "pythonRepository": {"customRepository": {"uri": "https://pypi.example.com"}},
            "upstreamCredentials": {"usernamePasswordCredentials": {
                "username": "robot", "passwordSecretVersion": f"projects/{cloud.project}/secrets/s/versions/1"}}},
        "apt": {"aptRepository": {"publicRepository": {
            "repositoryBase": "DEBIAN", "repositoryPath": "debian/dists/bookworm"}}},
        "yum": {"yumRepository": {"publicRepository": {
            "repositoryBase": "ROCKY", "repositoryPath": "pub/rocky/9/BaseOS/x86_64/os"}}},
    }
    for format, config in remotes.items():
        cloud.repository(
            f"remote-{format}", format=format.upper(), mode="REMOTE_REPOSITORY",
            remoteRepositoryConfig={"description": f"mirror of {format}", **config})
    cloud.repository(
        "virtual-python", format="PYTHON", mode="VIRTUAL_REPOSITORY",
        virtualRepositoryConfig={"upstreamPolicies": [
            {"id": "own", "repository": f"{own}/std-python", "priority": 100},
            {"id": "mirror", "repository": f"{own}/remote-python", "priority": 10}]})
    cloud.repository("immutable", format="DOCKER", dockerConfig={"immutableTags": True})
    cloud.repository("snapshots", format="MAVEN", mavenConfig={"versionPolicy": "SNAPSHOT", "allowSnapshotOverwrites": True})
    cleaned = cloud.repository(
        "cleaned", format="NPM", labels={"team": "web", "goog-managed": "yes"}, cleanupPolicyDryRun=True,
        cleanupPolicies={
            "old": {"id": "old", "action": "DELETE", "condition": {"tagState": "ANY", "olderThan": "2592000s"}},
            "recent": {"id": "recent", "action": "KEEP", "mostRecentVersions": {"keepCount": 5}}})
    cloud.send(
        "POST", f"{cloud.parent}/std-npm/rules",
        {"action": "DENY", "operation": "DOWNLOAD", "condition": {"expression": 'pkg.version.id == "1.0.0"'}},
        params={"ruleId": "blocked"})
    writer = cloud.account("writer-account", displayName="Writes", description="of the build")
    reader = cloud.account("reader-account")
    gone = cloud.account("gone-account")
    cloud.send("POST", f"/v1/projects/{cloud.project}/serviceAccounts/{reader}:disable", {})
    for _ in range(2):
        cloud.send("POST", f"/v1/projects/{cloud.project}/serviceAccounts/{writer}/keys", {})
    cloud.send("POST", f"/v1/projects/{cloud.project}/roles", {"roleId": "publisher", "role": {
        "title": "Publisher", "stage": "GA", "includedPermissions": ["artifactregistry.repositories.uploadArtifacts"]}})
    cloud.send("POST", f"/v1/projects/{cloud.project}/roles", {"roleId": "former", "role": {"title": "Former"}})
    cloud.send("DELETE", f"/v1/projects/{cloud.project}/roles/former")
    cloud.grant(
        cleaned, {"role": "roles/artifactregistry.reader", "members": ["allUsers", f"serviceAccount:{reader}"]},
        {"role": f"projects/{cloud.project}/roles/publisher", "members": [f"serviceAccount:{writer}"]},
        {"role": "roles/artifactregistry.writer", "members": ["user:ana@example.com", f"serviceAccount:{gone}"],
         "condition": {"title": "office", "description": "in the week",
                       "expression": "request.time.getDayOfWeek() < 6"}})
    number = cloud.send("GET", f"/v3/projects/{cloud.project}")["name"].split("/")[1]
    cloud.grant(
        f"/v1/projects/{cloud.project}",
        {"role": "roles/viewer", "members": [
            "group:all@example.com", "domain:example.com", f"serviceAccount:{cloud.project}.svc.id.goog[build/app]",
            f"principalSet://iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/ci/attribute.repo/a"]},
        {"role": "roles/pubsub.serviceAgent",
         "members": [f"serviceAccount:service-{number}@gcp-sa-pubsub.iam.gserviceaccount.com"]},
        auditConfigs=[{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}])
    cloud.grant(
        f"/v1/projects/{cloud.project}/serviceAccounts/{writer}",
        {"role": "roles/iam.serviceAccountTokenCreator", "members": ["group:release@example.com"]})
    cloud.send("DELETE", f"/v1/projects/{cloud.project}/serviceAccounts/{gone}")
    return cloud


@pytest.mark.parametrize("options", [[], ["--layout", "single"], ["--layout", "project"], ["--fold"]])
def test_everything_is_in_a_file_or_in_the_report(export, estate, raw, options):
    documents, report = check(export, [estate.project], *options)
    declared = {(document["kind"], document["metadata"]["name"]) for document in documents}
    folded = {
        (document["kind"], name) for document in documents
        for name in document.get("each", {}).get("name", [])}
    things = [entry["thing"] for entry in report]
    text = b"".join(export.files("one").values()).decode()

    repositories = estate.send("GET", estate.parent, params={"pageSize": 1000})["repositories"]
    assert len(repositories) == 21
    for repository in repositories:
        assert ("Repository", repository["name"].split("/")[-1]) in declared | folded, repository
    assert ("Rule", "blocked") in declared and ("Role", "publisher") in declared
    assert {("ServiceAccount", "writer-account"), ("ServiceAccount", "reader-account")} <= declared | folded
    assert any("role/former" in thing for thing in things)

    keys = estate.send(
        "GET", f"/v1/projects/{estate.project}/serviceAccounts/writer-account@{estate.project}.iam.gserviceaccount.com/keys",
        params={"keyTypes": "USER_MANAGED"})["keys"]
    assert len(keys) == 2
    for key in keys:
        id = key["name"].split("/")[-1]
        assert f"#   {id}, made {time.strftime('%Y-%m-%d', time.gmtime())}, 0 days old" in text
        assert any(id in thing for thing in things)
    assert "deleted:serviceAccount:gone-account@" in text
    assert any("deleted:serviceAccount:gone-account@" in thing for thing in things)
    assert "One grant to an account that Google made is left out." in text
    assert any("gcp-sa-pubsub" in thing for thing in things)
    assert any("audit settings" in entry["reason"] for entry in report)
    assert "goog-" not in text
    for member in ["allUsers", "user:ana@example.com", "group:all@example.com", "domain:example.com",
                   "group:release@example.com", "serviceAccount:reader-account", "serviceAccount:writer-account"]:
        assert f"- {member}\n" in text, member
    assert "artifactregistry.googleapis.com" in text and "pubsub.googleapis.com" in text


def test_references_are_short_and_defaults_are_in_the_stack(export, estate):
    documents, _ = check(export, [estate.project])
    by_name = {(document["kind"], document["metadata"]["name"]): document for document in documents}
    assert by_name["Stack", estate.project]["spec"]["defaults"] == {"project": estate.project, "location": LOCATION}
    virtual = by_name["Repository", "virtual-python"]["spec"]
    assert virtual["virtualRepositoryConfig"]["upstreamPolicies"] == [
        {"id": "mirror", "repository": "remote-python", "priority": 10},
        {"id": "own", "repository": "std-python", "priority": 100}]
    assert virtual["mode"] == "virtual" and "project" not in virtual and "location" not in virtual
    assert by_name["Rule", "blocked"]["spec"]["repository"] == "std-npm"
    cleaned = by_name["Repository", "cleaned"]["spec"]
    assert cleaned["labels"] == {"team": "web"}
    assert cleaned["cleanupPolicies"]["old"] == {"action": "delete", "condition": {"olderThan": "30d"}}
    assert [entry["role"] for entry in cleaned["iam"]] == [
        "publisher", "roles/artifactregistry.reader", "roles/artifactregistry.writer"]
    assert by_name["ServiceAccount", "reader-account"]["spec"] == {"disabled": True}


def test_an_unreadable_project_does_not_stop_the_others(export, estate, raw, new_project, sandbox, owner):
    """A caller who may see one project only gets that one, a report, and exit code 4."""
    other = Cloud(raw, new_project(*SERVICES))
    other.repository("hidden", format="PYTHON")
    email = estate.account("seer-account")
    key = estate.send("POST", f"/v1/projects/{estate.project}/serviceAccounts/{email}/keys", {})
    file = export.folder / "seer.json"
    file.write_bytes(base64.b64decode(key["privateKeyData"]))
    estate.grant(f"/v1/projects/{estate.project}", {"role": "roles/owner", "members": [f"serviceAccount:{email}"]})
    export.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(file)
    result = export.run("export", "--project", estate.project, "--project", other.project, "--out", "one")
    assert result.returncode == 4, result
    print(result.stdout)
    assert f"    {other.project}: service accounts" in result.stdout and "Could not be read" in result.stdout
    documents = export.documents("one")
    assert any(document["metadata"]["name"] == "cleaned" for document in documents)
    assert not any(document["metadata"]["name"] == "hidden" for document in documents)


def test_projects_are_found_by_a_pattern(export, estate, raw, new_project):
    text = export.succeed("export", "--projects", f"{estate.project[:-1]}*")
    assert f"metadata: {{name: {estate.project}}}" in text
    result = export.run("export", "--projects", "no-such-project-*")
    assert result.returncode == 3 and "matches no active project" in result.stderr


@pytest.mark.parametrize("kind", ["Repository", "serviceAccount", "roles", "Project", "Rule"])
def test_one_kind_alone(export, estate, kind):
    documents, _ = check(export, [estate.project], "--kind", kind)
    kinds = {document["kind"] for document in documents} - {"Stack"}
    assert kinds == {{"serviceAccount": "ServiceAccount", "roles": "Role"}.get(kind, kind)}


def test_files_of_others_are_kept(export, estate):
    export.succeed("export", "--project", estate.project, "--out", "one")
    stack = export.folder / "one/stack.yaml"
    stack.write_text(stack.read_text() + "# edited\n")
    before = export.files("one")
    result = export.run("export", "--project", estate.project, "--out", "one")
    assert result.returncode == 5 and "was edited since; nothing was written" in result.stderr
    assert export.files("one") == before
    stack.unlink()
    (export.folder / "one/note.txt").write_text("mine")
    export.succeed("export", "--project", estate.project, "--out", "one")
    assert (export.folder / "one/note.txt").read_text() == "mine"
    result = export.run("export", "--project", estate.project, "--out", "one", "--layout", "single")
    assert result.returncode == 5 and "of an earlier run" in result.stderr


def test_get_prints_one_resource(export, estate):
    (export.folder / "manifests").mkdir()
    project = f"apiVersion: arctl.dev/v1\nkind: Project\nmetadata: {{name: {estate.project}}}\n"
    (export.folder / "manifests/a.yaml").write_text(project)
    plan = export.run("plan")
    assert f"to write it down: arctl get {estate.project}/" in plan.stdout
    account = f"projects/{estate.project}/serviceAccounts/writer-account@{estate.project}.iam.gserviceaccount.com"
    listed = estate.send("GET", f"/v1/{account}/keys", params={"keyTypes": "USER_MANAGED"})["keys"]
    key = listed[0]["name"].split("/")[-1]
    assert f"keyId: {key}" in export.succeed("get", f"{estate.project}/serviceAccountKey/writer-account/{key}").replace('"', "")
    both = [f"repository/{LOCATION}/std-npm", "repository/europe-west1/std-npm"]
    estate.send("POST", estate.parent.replace(LOCATION, "europe-west1"), {"format": "NPM"}, params={"repositoryId": "std-npm"})
    (export.folder / "manifests/a.yaml").write_text(
        project + "".join(export.succeed("get", f"{estate.project}/{address}") for address in both))
    export.succeed("plan", "--detailed-exitcode")
    assert "- pubsub.googleapis.com" in export.succeed("get", f"{estate.project}/project")
    for address in [f"serviceAccountKey/writer-account/{key}", f"repository/{LOCATION}/virtual-python", "serviceAccount/writer-account", "role/publisher",
                    f"rule/{LOCATION}/std-npm/blocked", "service/pubsub.googleapis.com", "iam/project"]:
        text = export.succeed("get", f"{estate.project}/{address}")
        # A service is a part of its project's document.
        text = project + text if not address.startswith("service/") else text
        (export.folder / "manifests/a.yaml").write_text(text)
        export.succeed("plan", "--detailed-exitcode")
    assert export.run("get", f"{estate.project}/repository/{LOCATION}/none").returncode == 1
    assert export.run("get", "nonsense").returncode == 64
    for address, words in [
            (f"repository/std-npm", "write PROJECT/repository/LOCATION/NAME"),
            (f"rule/{LOCATION}/std-npm", "write PROJECT/rule/LOCATION/REPOSITORY/NAME"), ("iam/role/publisher", "a role has no policy"),
            (f"serviceAccount/a@{estate.project}.iam.gserviceaccount.com", "the name of a serviceAccount")]:
        result = export.run("get", f"{estate.project}/{address}")
        assert result.returncode == 64 and words in result.stderr, result.stderr
    result = export.run("get", f"{estate.project}/iam/repository/{LOCATION}/immutable")
    assert result.returncode == 1 and "has no grants" in result.stderr
    assert export.run("get", f"{estate.project}/repository/../{estate.project}").returncode == 64


def test_other_peoples_things_stay(export, estate):
    """Whatever stands where a file should go, nothing is replaced, and nothing is left half-written."""
    def folder(name: str) -> Path:
        path = export.folder / name
        path.mkdir()
        return path

    (folder("link") / "role.yaml").symlink_to("../nowhere.yaml")
    os.mkfifo(folder("pipe") / "role.yaml")
    (folder("nested") / "role.yaml").mkdir()
    (folder("foreign") / "mine.yaml").write_text("apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: mine}\n")
    for name in ["link", "pipe", "nested", "foreign"]:
        before = sorted(os.listdir(export.folder / name))
        result = export.run("export", estate.project, "--out", name)
        assert result.returncode == 5, (name, result)
        assert sorted(os.listdir(export.folder / name)) == before
    export.succeed("export", estate.project, "--out", "one")
    for path in (export.folder / "one").iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    export.succeed("export", estate.project, "--out", "one")


def test_what_somebody_did_to_googles_accounts_is_written(export, raw, new_project):
    cloud = Cloud(raw, new_project(*SERVICES, "compute.googleapis.com", "pubsub.googleapis.com"))
    number = cloud.send("GET", f"/v3/projects/{cloud.project}")["name"].split("/")[1]
    email = f"{number}-compute@developer.gserviceaccount.com"
    account = f"/v1/projects/{cloud.project}/serviceAccounts/{email}"
    cloud.send("POST", f"{account}/keys", {})
    cloud.grant(account, {"role": "roles/iam.serviceAccountUser", "members": ["user:eve@example.com"]})
    cloud.send("POST", f"{account}:disable", {})
    agent = f"serviceAccount:service-{number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    cloud.grant(f"/v1/projects/{cloud.project}", {"role": "roles/viewer", "members": [agent]})
    documents, report = check(export, [cloud.project])
    written = next(document for document in documents if document["kind"] == "ServiceAccount")
    assert written["metadata"]["name"] == email and written["lifecycle"] == {"create": False}
    assert written["spec"]["disabled"] is True and written["spec"]["iam"][0]["members"] == ["user:eve@example.com"]
    assert any(f"{email} key" in entry["thing"] for entry in report)
    byhand = [entry for entry in report if agent in entry["thing"]]
    assert [entry["weight"] for entry in byhand] == ["missing"]


def reader_of(export: Export, cloud: Cloud, *roles: str):
    """Lets the export run as an account with these roles on the project."""
    email = cloud.account(fresh("reader")[:20])
    key = cloud.send("POST", f"/v1/projects/{cloud.project}/serviceAccounts/{email}/keys", {})
    file = export.folder / "reader.json"
    file.write_bytes(base64.b64decode(key["privateKeyData"]))
    cloud.grant(f"/v1/projects/{cloud.project}", *[
        {"role": role, "members": [f"serviceAccount:{email}"]} for role in roles])
    export.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(file)


def test_a_repository_is_never_written_as_another_kind_of_repository(export, raw, new_project):
    """A virtual repository whose upstream cannot be read is left out as a whole: without it, it would be a standard one."""
    cloud, other = Cloud(raw, new_project(*SERVICES)), Cloud(raw, new_project(*SERVICES))
    upstream = other.repository("upstream", format="PYTHON")
    number = cloud.send("GET", f"/v3/projects/{cloud.project}")["name"].split("/")[1]
    other.grant(upstream, {"role": "roles/artifactregistry.reader", "members": [
        f"serviceAccount:service-{number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"]})
    cloud.repository("virtual", format="PYTHON", mode="VIRTUAL_REPOSITORY", virtualRepositoryConfig={"upstreamPolicies": [{
        "id": "a", "repository": f"projects/{other.project}/locations/{LOCATION}/repositories/upstream", "priority": 1}]})
    cloud.repository("own", format="PYTHON")
    reader_of(export, cloud, "roles/owner")
    result = export.run("export", cloud.project, "--kind", "Repository")
    assert result.returncode == 4
    assert "metadata: {name: own}" in result.stdout and "metadata: {name: virtual}" not in result.stdout
    assert f"{cloud.project}/repository/{LOCATION}/virtual" in result.stderr


def test_a_project_that_may_not_be_read_is_written_with_what_may(export, raw, new_project):
    cloud = Cloud(raw, new_project(*SERVICES, "pubsub.googleapis.com"))
    cloud.send("POST", f"/v1/projects/{cloud.project}/roles", {"roleId": "seer", "role": {
        "title": "Seer", "stage": "GA", "includedPermissions": [
            "serviceusage.services.list", "resourcemanager.projects.getIamPolicy", "artifactregistry.repositories.list",
            "artifactregistry.locations.list", "iam.serviceAccounts.list", "iam.roles.list",
            "iam.serviceAccountKeys.list", "iam.serviceAccounts.getIamPolicy"]}})
    cloud.grant(f"/v1/projects/{cloud.project}", {"role": "roles/viewer", "members": ["group:all@example.com"]})
    reader_of(export, cloud, f"projects/{cloud.project}/roles/seer")
    result = export.run("export", cloud.project)
    assert result.returncode == 4
    assert f"metadata: {{name: {cloud.project}}}" in result.stdout and "- pubsub.googleapis.com" in result.stdout
    assert "- group:all@example.com" in result.stdout and "resourcemanager.projects.get" in result.stderr


def test_nothing_to_write_is_said(export, raw, new_project):
    project = new_project(*SERVICES)
    result = export.run("export", project, "--kind", "Rule")
    assert (result.returncode, result.stdout) == (0, "") and "There is nothing to write" in result.stderr
    result = export.run("export", project, "--kind", "Rule", "--out", "one", "--output", "json")
    assert json.loads(result.stdout)["complete"] and not (export.folder / "one").exists()
    result = export.run("export", "no-such-project-here", "-q")
    assert (result.returncode, result.stdout) == (4, "") and "Could not be read" in result.stderr


def test_no_secret_is_shown(export, raw, new_project):
    token = "ya29.a0AfH6SMBx3YqkJ8Zt1vQw7nLrP5sD2fGhJkLzXcVbNmQwErTyUiOpAsDfGh"
    cloud = Cloud(raw, new_project(*SERVICES))
    repository = cloud.repository("python", format="PYTHON", description=f"uses {token} to sign in")
    cloud.grant(repository, {"role": "roles/artifactregistry.reader", "members": [f"user:{token}@example.com"]}, {
        "role": "roles/artifactregistry.writer", "members": ["user:ana@example.com"],
        "condition": {"title": f"with {token}", "expression": "true"}})
    for form in ["text", "json"]:
        result = export.run("export", cloud.project, "--output", form)
        assert result.returncode == 0 and token not in result.stdout + result.stderr
        assert "(not shown)" in result.stdout + result.stderr
        assert "user:ana@example.com" in result.stdout + result.stderr


def texts(value) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("round", range(6))
def test_any_text_survives(export, raw, new_project, round):
    """Random live states: what Google's API takes comes back as it was, or the report names it."""
    seed = int(os.environ.get("ARCTL_TEST_SEED", random.randrange(1 << 32)))
    print(f"ARCTL_TEST_SEED={seed}")
    dice = random.Random(f"{seed}.{round}")
    cloud = Cloud(raw, new_project(*SERVICES))

    def text() -> str:
        return dice.choice(["", "plain ", "x"]) + dice.choice(HOSTILE) + dice.choice(["", " tail", dice.choice(HOSTILE)])

    live: list[tuple[str, str, str]] = []
    for index in range(dice.randrange(4, 9)):
        words = text()
        if cloud.accepts("POST", cloud.parent, {"format": "PYTHON", "description": words},
                         params={"repositoryId": f"r{index}"}):
            live.append((f"{cloud.project}/repository/{LOCATION}/r{index}", "description", words))
            title, expression = text(), dice.choice(['request.time < timestamp("2099-01-01T00:00:00Z")', f"resource.name == {json.dumps(text())}"])
            resource = f"{cloud.parent}/r{index}"
            cloud.accepts("POST", f"{resource}:setIamPolicy", {"policy": {"version": 3, "bindings": [{
                "role": "roles/artifactregistry.reader", "members": [f"user:u{index}@example.com", "allUsers"][:1 + index % 2],
                "condition": {"title": title, "description": text(), "expression": expression}}]}})
        cloud.accepts("POST", f"/v1/projects/{cloud.project}/serviceAccounts", {
            "accountId": f"account-{index}", "serviceAccount": {"displayName": text()[:60], "description": text()[:80]}})
        cloud.accepts("POST", f"/v1/projects/{cloud.project}/roles", {"roleId": f"role{index}", "role": {
            "title": text()[:60], "description": text(), "includedPermissions": ["artifactregistry.repositories.get"]}})
    documents, report = check(export, [cloud.project], *dice.choice([[], ["--fold"], ["--layout", "single"]]))
    written = {text for document in documents for text in texts(plain(document))}
    things = [entry["thing"] for entry in report if entry["weight"] == "missing"]

    def is_reported(address: str, field: str) -> bool:
        return address in things or f"{address} {field}" in things

    repositories = cloud.send("GET", cloud.parent, params={"pageSize": 1000}).get("repositories", [])
    accounts = cloud.send("GET", f"/v1/projects/{cloud.project}/serviceAccounts").get("accounts", [])
    roles = cloud.send("GET", f"/v1/projects/{cloud.project}/roles", params={"view": "FULL"}).get("roles", [])
    found = 0
    for kind, place, resources in [("repository", f"{LOCATION}/", repositories), ("serviceAccount", "", accounts),
                                   ("role", "", roles)]:
        for resource in resources:
            id = resource["name"].split("/")[-1].split("@")[0]
            for field in ["description", "displayName", "title"]:
                value = resource.get(field)
                if value and not is_reported(f"{cloud.project}/{kind}/{place}{id}", field):
                    assert value in written, (kind, id, field, value)
                    found += 1
    assert found > 0 or not live
    for line in b"".join(export.files("one").values()).decode().split("\n"):
        assert not any(ord(letter) < 32 or letter in "\u202e\u200b\u2028\u0085\ufeff\u007f" for letter in line), repr(line)
