"""Unchanged URLs: Google's clients, twine, pip, uv and the keyring, directed to the sandbox by a proxy and a bundle only."""

import base64
import json
import re
import subprocess

import pytest
import requests
from support.google import GoogleSandbox
from support.tools import BIN, Login, environment, run, wheel

PROJECT = "my-project-id"

# As a user writes them: no endpoint, no option for the transport but REST.
CREATE = """
import json, sys, time
import googleapiclient.discovery
from google.cloud.artifactregistry_v1 import ArtifactRegistryClient
project, repositories = sys.argv[1], json.loads(sys.argv[2])
parent = f"projects/{project}/locations/us-east4"
services = googleapiclient.discovery.build("serviceusage", "v1").services()
operation = services.batchEnable(
    parent=f"projects/{project}",
    body={"serviceIds": ["artifactregistry.googleapis.com", "iam.googleapis.com"]}).execute()
def finish(operation, operations):
    while not operation.get("done"):
        time.sleep(0.02)
        operation = operations.get(name=operation["name"]).execute()
    assert "error" not in operation, operation
finish(operation, googleapiclient.discovery.build("serviceusage", "v1").operations())
registry = googleapiclient.discovery.build("artifactregistry", "v1").projects().locations()
for id, body in repositories.items():
    made = registry.repositories().create(parent=parent, repositoryId=id, body=body).execute()
    finish(made, registry.operations())
iam = googleapiclient.discovery.build("iam", "v1").projects().serviceAccounts()
account = iam.create(name=f"projects/{project}", body={"accountId": "uploader"}).execute()
policy = {"bindings": [{
    "role": "roles/artifactregistry.repoAdmin",
    "members": ["serviceAccount:" + account["email"]]}]}
for id in repositories:
    registry.repositories().setIamPolicy(
        resource=f"{parent}/repositories/{id}", body={"policy": policy}).execute()
key = iam.keys().create(name=account["name"], body={}).execute()
listed = ArtifactRegistryClient(transport="rest").list_repositories(parent=parent)
print(json.dumps({"key": key["privateKeyData"], "names": sorted(r.name for r in listed)}))
"""

TOKEN = """
import json, google.auth, google.auth.transport.requests
credentials, _ = google.auth.default(["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(google.auth.transport.requests.Request())
print(json.dumps({"token": credentials.token}))
"""

REPOSITORIES = {
    "own": {"format": "PYTHON"},
    "mirror": {
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": {"pythonRepository": {"publicRepository": "PYPI"}}},
    "all": {
        "format": "PYTHON", "mode": "VIRTUAL_REPOSITORY",
        "virtualRepositoryConfig": {"upstreamPolicies": [
            {"id": id, "repository": f"projects/{PROJECT}/locations/us-east4/repositories/{id}",
             "priority": priority} for id, priority in [("own", 100), ("mirror", 50)]]}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("google")


@pytest.fixture(scope="module")
def google(folder):
    """A sandbox with the repositories, and in place of PyPI a folder of two packages."""
    mirror = folder / "wheels"
    mirror.mkdir()
    wheel(mirror, "public-words", "1.0", "from PyPI")
    wheel(mirror, "greetings", "0.1", "squatted")
    sandbox = GoogleSandbox(
        folder / "data", "--project", PROJECT, "--upstream", f"pypi={mirror}")
    made = sandbox.python(CREATE, PROJECT, json.dumps(REPOSITORIES))
    assert [name.split("/")[-1] for name in made["names"]] == ["all", "mirror", "own"]
    sandbox.key = json.loads(base64.b64decode(made["key"]))
    yield sandbox
    assert sandbox.stop() == 0, sandbox.log.read_text()


@pytest.fixture(scope="module")
def login(google):
    return Login.forms(google.key, "")["_json_key_base64"]


@pytest.fixture(scope="module")
def published(google, login, folder):
    """Version 1.0 of `greetings` in the standard repository."""
    files = folder / "dist"
    files.mkdir()
    google.repository(PROJECT, "own").twine(login, wheel(files, "greetings", "1.0", "ours"))


def words(python, module: str) -> str:
    return run(python, "-c", f"import {module}; print({module}.WORDS)").strip()


@pytest.mark.parametrize("repository", ["own", "all"])
@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_installs_what_was_published(tool, repository, google, login, published, tmp_path):
    python = environment(tmp_path / "env")
    place = google.repository(PROJECT, repository)
    if tool == "pip":
        place.pip(login, "--python", python, "install", "greetings")
    else:
        place.uv(login, "install", "--python", python, "greetings")
    assert words(python, "greetings") == "ours"


def test_a_virtual_repository_has_the_public_packages_too(google, login, published, tmp_path):
    python = environment(tmp_path / "env")
    place = google.repository(PROJECT, "all")
    place.pip(login, "--python", python, "install", "public-words", "greetings==1.0")
    assert words(python, "public_words") == "from PyPI"
    # The remote repository stores what was downloaded, and nothing else.
    listed = google.python("""
import json, googleapiclient.discovery, sys
registry = googleapiclient.discovery.build("artifactregistry", "v1").projects().locations().repositories()
answer = registry.files().list(parent=sys.argv[1]).execute()
print(json.dumps([file["name"].split("/")[-1] for file in answer.get("files", [])]))
""", google.repository(PROJECT, "mirror").name)
    assert listed == ["public-words%2Fpublic_words-1.0-py3-none-any.whl"]


def test_the_other_version_of_a_name_is_on_the_mirror(google, login, published, tmp_path):
    """Dependency confusion, rehearsed: a version that only the mirror has is offered by the virtual repository."""
    place = google.repository(PROJECT, "all")
    printed = place.pip(login, "index", "versions", "greetings")
    assert "Available versions: 1.0, 0.1" in printed


def test_pypi_itself_is_the_folder(google, tmp_path):
    for tool in (["pip", "--python"], ["uv", "pip"]):
        python = environment(tmp_path / tool[0])
        options = [python, "install"] if tool[0] == "pip" else ["install", "--python", python]
        run(BIN / tool[0], *tool[1:], *options, "public-words", env=google.environment)
        assert words(python, "public_words") == "from PyPI"
        if tool[0] == "pip":
            refused = run(
                BIN / "pip", "--python", python, "install", "requests", env=google.environment,
                fails=True)
            assert "No matching distribution found for requests" in refused


def test_the_keyring_needs_no_settings_at_all(google, published, tmp_path):
    """Google's keyring backend answers for its own hosts only."""
    env = {**google.environment, "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "key.json")}
    (tmp_path / "key.json").write_text(json.dumps(google.key))
    env.pop("PYTHON_KEYRING_BACKEND")
    url = google.repository(PROJECT, "own").url
    # twine and pip import the backend; the program `keyring` is for uv. With --python, pip would run without it.
    env["PATH"] = f"{BIN}:{env['PATH']}"
    run(BIN / "twine", "upload", "--disable-progress-bar", "--repository-url", url,
        wheel(tmp_path, "greetings", "2.0", "by keyring"), env=env)
    run(BIN / "pip", "install", "--keyring-provider", "import", "--target", tmp_path / "target",
        "--index-url", f"{url}simple/", "greetings==2.0", env=env)
    assert "by keyring" in (tmp_path / "target/greetings.py").read_text()
    again = environment(tmp_path / "uv")
    run(BIN / "uv", "pip", "install", "--python", again, "--keyring-provider", "subprocess",
        "--index-url", f"{url}simple/".replace("://", "://oauth2accesstoken@"), "greetings==2.0",
        env=env)
    assert words(again, "greetings") == "by keyring"


def test_uv_publishes(google, login, tmp_path):
    url = google.repository(PROJECT, "own").url
    run(BIN / "uv", "publish", "--publish-url", url, "--username", login.user, "--password",
        login.password, "--trusted-publishing", "never", wheel(tmp_path, "by-uv", "1.0"),
        env=google.environment)
    assert "by-uv" in google.repository(PROJECT, "own").pip(login, "index", "versions", "by-uv")


def ask(google, url: str, **options):
    """A request with Python's most used client, with nothing but the shell's settings."""
    session = requests.Session()
    session.trust_env = False
    session.verify = google.environment["REQUESTS_CA_BUNDLE"]
    session.proxies = {"https": google.environment["HTTPS_PROXY"], "http": google.environment["HTTPS_PROXY"]}
    return session.request(options.pop("method", "GET"), url, timeout=1800, **options)


@pytest.mark.parametrize("host", [
    "artifactregistry.googleapis.com", "us-central1-artifactregistry.googleapis.com",
    "artifactregistry.us-central1.rep.googleapis.com", "oauth2.googleapis.com",
])
def test_names_of_apis(google, host):
    path = f"/v1/projects/{PROJECT}/locations/us-east4/repositories"
    assert ask(google, f"https://{host}{path}").status_code == 401
    assert ask(google, f"http://{host}{path}").status_code == 401


@pytest.mark.parametrize("host", [
    "us-east4-python.pkg.dev", "python.us-east4.rep.pkg.dev",
])
def test_names_of_the_index(google, host, login, published):
    url = f"https://{host}/{PROJECT}/own/simple/greetings/"
    assert ask(google, url).status_code == 401
    assert "greetings-1.0" in ask(google, url, auth=(login.user, login.password)).text


@pytest.mark.parametrize("url", [
    "https://example.com/", "https://googleapis.com/", "https://upload.pypi.org/legacy/",
    "https://www.google.com/", "https://accounts.google.com/", "https://github.com/", "https://127.0.0.1/",
    "https://artifactregistry.googleapis.com:8443/", "https://us-docker.pkg.dev.example.com/",
])
def test_other_places_are_refused(google, url):
    session_error = requests.exceptions.ProxyError if "127.0.0.1" not in url else Exception
    with pytest.raises(session_error, match="403"):
        ask(google, url)


def test_other_places_are_refused_in_plain_http(google):
    answer = ask(google, "http://example.com/")
    assert (answer.status_code, answer.text.split(":")[0]) == (
        403, "This proxy of an arctl-sandbox reaches nothing but the sandbox itself, as "
        "*.googleapis.com and *.pkg.dev and api.github.com and pypi.org and files.pythonhosted.org.\n".split(":")[0])


def test_github(google):
    """The settings have a token for the sandbox's GitHub, which takes no other."""
    secrets = "https://api.github.com/repos/acme/lib/actions/secrets"
    headers = {"Authorization": f"Bearer {google.environment['GH_TOKEN']}"}
    assert ask(google, secrets, headers=headers).json() == {"total_count": 0, "secrets": []}
    assert ask(google, secrets).status_code == 401
    real = {"Authorization": "Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a"}
    assert "came to a sandbox" in ask(google, secrets, headers=real).json()["message"]


def test_other_formats_are_not_served(google):
    answer = ask(google, "https://us-docker.pkg.dev/v2/")
    assert answer.status_code == 404 and "does not serve" in answer.text


def test_the_bundle_is_of_no_use_elsewhere(google, tmp_path):
    """The authority's own certificate keeps it from vouching for another host, whoever has its key."""
    tls = google.data / "tls"
    names = tmp_path / "leaf.ext"
    for name, verdict in [("example.com", "permitted subtree violation"), ("x.googleapis.com", "OK")]:
        names.write_text(f"subjectAltName=DNS:{name}\n")
        for command in [
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=leaf", "-keyout", "leaf.key",
             "-out", "leaf.csr"],
            ["x509", "-req", "-in", "leaf.csr", "-CA", tls / "ca.pem", "-CAkey", tls / "ca-key.pem",
             "-CAcreateserial", "-CAserial", "serial", "-days", "2", "-extfile", names, "-out", "leaf.pem"],
        ]:
            run("openssl", *command, cwd=tmp_path)
        printed = run(
            "openssl", "verify", "-CAfile", tls / "bundle.pem", "leaf.pem", cwd=tmp_path,
            fails=verdict != "OK")
        assert verdict in printed


# Strings that look like Google's credentials, and are none.
CANARY = "ya29.a0CANARYCANARYCANARY-canary_canary"
REFRESH = "1//0gCANARYREFRESHcanary"


def test_a_foreign_token_is_refused_and_not_recorded(google, folder):
    """Whatever a user's tool sends by mistake, the sandbox keeps none of it."""
    bearer = {"Authorization": f"Bearer {CANARY}"}
    base = "https://artifactregistry.googleapis.com/v1"
    index = f"https://us-east4-python.pkg.dev/{PROJECT}/own"
    basic = ("oauth2accesstoken", CANARY)
    statuses = [
        ask(google, f"{base}/projects/{PROJECT}/locations/us-east4/repositories", headers=bearer),
        ask(google, f"{base}/projects/{PROJECT}?access_token={CANARY}"),
        ask(google, f"{base}/{CANARY}/x", headers=bearer),
        ask(google, f"https://us-docker.pkg.dev/{CANARY}/x", headers=bearer),
        ask(google, f"{index}/simple/greetings/", auth=basic),
        ask(google, f"{index}/simple/{CANARY}/", auth=basic),
        ask(google, f"{index}/", method="POST", auth=basic, files={"content": ("x", CANARY)}),
        ask(google, "https://pypi.org/simple/greetings/", headers=bearer),
        ask(google, f"https://pypi.org/{CANARY}/", headers=bearer),
        ask(google, "https://oauth2.googleapis.com/token", method="POST", data={
            "grant_type": "refresh_token", "refresh_token": REFRESH, "client_secret": CANARY,
            "client_id": "x"}),
        ask(google, "https://oauth2.googleapis.com/revoke", method="POST", data={"token": REFRESH}),
        ask(google, "https://sts.googleapis.com/v1/token", method="POST",
            json={"subjectToken": CANARY}),
        ask(google, "http://artifactregistry.googleapis.com/v1/projects/p", headers=bearer),
    ]
    assert {answer.status_code for answer in statuses} <= {200, 400, 401, 404}
    assert [answer.url for answer in statuses if answer.status_code == 200] == [
        "https://pypi.org/simple/greetings/"]
    assert not any(secret in answer.text for answer in statuses for secret in (CANARY, REFRESH))
    proxy = google.environment["HTTPS_PROXY"].removeprefix("http://")
    for head in [
        f"CONNECT {CANARY}:443 HTTP/1.1\r\n\r\n",
        f"CONNECT iam.googleapis.com:443 HTTP/1.1\r\nProxy-Authorization: Bearer {CANARY}\r\nX\r\n\r\n",
        f"GET http://u:{CANARY}@iam.googleapis.com/ HTTP/1.1\r\n\r\n",
    ]:
        answer = run("bash", "-c", 'exec 3<>/dev/tcp/${0/://}; printf %b "$1" >&3; cat <&3', proxy, head)
        assert answer.startswith("HTTP/1.1 40") and CANARY not in answer
    journal = requests.get(f"{google.url}/_sandbox/journal", timeout=1800).text
    assert "/simple/greetings/" in journal
    kept = {"journal": journal.encode(), "log": google.log.read_bytes()}
    kept.update({str(file): file.read_bytes() for file in google.data.rglob("*") if file.is_file()})
    shapes = [
        shape for secret in (CANARY, REFRESH) for shape in
        (secret, base64.b64encode(f"oauth2accesstoken:{secret}".encode()).decode())]
    assert not [place for place, content in kept.items() for shape in shapes if shape.encode() in content]


def test_a_sandbox_token_is_google_auths_own(google):
    assert google.python(TOKEN)["token"].startswith("arctlsbx.")


def test_nothing_of_the_front_is_off_loopback(google):
    port = int(re.search(r"(\d+)$", google.environment["HTTPS_PROXY"]).group(1))
    listening = subprocess.run(
        ["cat", "/proc/net/tcp", "/proc/net/tcp6"], stdout=subprocess.PIPE, text=True, check=True).stdout
    addresses = {
        line.split()[1] for line in listening.splitlines()
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")}
    assert addresses == {f"0100007F:{port:04X}"}
