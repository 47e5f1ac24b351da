"""From nothing to a package without a key: the setup is applied, and what `arctl settings` prints for it is used as it is."""

import json

import google.auth.exceptions
import pytest
import yaml
from support.clients import Raw
from support.google import GoogleSandbox
from support.keyless import Issuer, Keyless, arctl
from support.process import ROOT
from support.tools import BIN, Repository, run, wheel

WAYS = {"direct": [], "by-account": ["--account", "publisher"]}
READERS = {"direct": [], "by-account": ["--account", "reader"]}


@pytest.fixture(scope="module")
def keyless(sandbox, anonymous_session, packages_project, tmp_path_factory):
    return Keyless(
        tmp_path_factory.mktemp("keyless"), packages_project, sandbox.url,
        {"GOOGLE_APPLICATION_CREDENTIALS": str(sandbox.owner_file)}, ("--endpoint", sandbox.url), anonymous_session)


@pytest.fixture(scope="module")
def anonymous_session(sandbox):
    return Raw(sandbox.url)


@pytest.fixture
def place(keyless, way) -> Repository:
    return Repository(keyless.url, keyless.project, way)


@pytest.mark.parametrize("way", WAYS)
def test_one_repository_publishes_and_another_reads(keyless, place, way, tmp_path):
    publisher = keyless.login(tmp_path, keyless.token(), *WAYS[way])
    place.twine(publisher, wheel(tmp_path, "demo", "1.0"))

    reader = keyless.login(tmp_path, keyless.token(repository="acme/app", repository_id="78"), *READERS[way])
    place.pip(reader, "download", "demo", "--dest", tmp_path / "got")
    assert (tmp_path / "got/demo-1.0-py3-none-any.whl").exists()
    refused = place.twine(reader, wheel(tmp_path, "demo", "2.0"), fails=True)
    assert "403 Forbidden" in refused and "artifactregistry.repositories.uploadArtifacts" in refused


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("claims,code", [
    # Another owner registered the name of an account that was deleted.
    ({"repository_owner_id": "6", "repository_id": "99"}, "unauthorized_client"),
    ({"ref": "refs/heads/other"}, "unauthorized_client"),
    ({"ref": "refs/pull/1/merge"}, "unauthorized_client"),
    ({"environment": None}, "unauthorized_client"),
    ({"exp": 1}, "invalid_grant"),
    ({"aud": "https://github.com/acme"}, "invalid_grant"),
    ({"iss": "https://token.actions.example.com"}, "invalid_grant"),
], ids=str)
def test_others_cannot_sign_in(keyless, way, claims, code, tmp_path):
    with pytest.raises(google.auth.exceptions.OAuthError, match=code):
        keyless.login(tmp_path, keyless.token(**claims), *WAYS[way])


def test_a_repository_of_the_same_name_has_no_rights(keyless, tmp_path):
    """It was deleted and made again by the same owner: it can sign in, and has another number."""
    token = keyless.token(repository_id="79")
    login = keyless.login(tmp_path, token)
    refused = Repository(keyless.url, keyless.project, "direct").twine(
        login, wheel(tmp_path, "other", "1.0"), fails=True)
    assert "403 Forbidden" in refused
    with pytest.raises(google.auth.exceptions.RefreshError, match="iam.serviceAccounts.getAccessToken"):
        keyless.login(tmp_path, token, "--account", "publisher")


# arctl with the same files.

def test_arctl_signs_in(keyless, sandbox, tmp_path):
    for account in ([], ["--account", "publisher"]):
        path = keyless.file(tmp_path, *account, token=keyless.token())
        printed = arctl("token", *keyless.server, GOOGLE_APPLICATION_CREDENTIALS=str(path)).stdout.strip()
        assert printed.startswith("arctlsbx.")
        who = arctl("token", "--output", "json", *keyless.server, GOOGLE_APPLICATION_CREDENTIALS=str(path)).stdout
        assert json.loads(who)


def test_arctl_reads_a_token_in_json(keyless, tmp_path):
    (tmp_path / "token.json").write_text(json.dumps({"id_token": keyless.token()}))
    path = keyless.file(tmp_path, "--token-file", tmp_path / "token.json", "--token-field", "id_token")
    arctl("token", *keyless.server, GOOGLE_APPLICATION_CREDENTIALS=str(path))


@pytest.mark.parametrize("way", WAYS)
def test_arctl_asks_a_server_for_the_token(keyless, way, tmp_path):
    secret = "a-secret-of-the-runner"
    with Issuer(keyless.token(), secret) as issuer:
        def ask(url: str, fails=None) -> str:
            path = keyless.file(tmp_path, *WAYS[way], "--token-url", url, "--token-field", "value")
            content = json.loads(path.read_text())
            content["credential_source"]["headers"] = {"Authorization": f"Bearer {secret}"}
            path.write_text(json.dumps(content))
            done = arctl(
                "token", *keyless.server, fails=fails, ARCTL_DEBUG="1",
                GOOGLE_APPLICATION_CREDENTIALS=str(path))
            assert secret not in done.stdout + done.stderr
            return done.stdout.strip() or done.stderr

        assert ask(f"{issuer.url}/token?x=1").startswith("arctlsbx.")
        assert issuer.requests[-1][0] == "/token?x=1"
        count = len(issuer.requests)
        assert "302" in ask(f"{issuer.url}/moved", fails=4)
        assert len(issuer.requests) == count + 1


@pytest.mark.parametrize("claims,texts", [
    ({"exp": 1}, ["invalid_grant", "expired at 1970-01-01T00:00:01Z"]),
    ({"aud": "https://github.com/acme"}, ["invalid_grant", "the audience https://github.com/acme"]),
    ({"repository_owner_id": "6"}, ["unauthorized_client", "the subject repo:acme/lib:environment:release"]),
], ids=str)
def test_arctl_explains_a_refusal(keyless, claims, texts, tmp_path):
    token = keyless.token(**claims)
    path = keyless.file(tmp_path, token=token)
    shown = arctl("token", *keyless.server, fails=4, GOOGLE_APPLICATION_CREDENTIALS=str(path)).stderr
    for text in texts:
        assert text in " ".join(shown.split()), shown
    assert token.split(".")[2] not in shown


def test_arctl_explains_a_disabled_provider(keyless, owner, tmp_path):
    path = keyless.file(tmp_path, token=keyless.token())

    def disable(value: bool):
        owner.pool_providers.patch(
            name=keyless.provider(), updateMask="disabled", body={"disabled": value}).execute()

    disable(True)
    try:
        shown = arctl("token", *keyless.server, fails=4, GOOGLE_APPLICATION_CREDENTIALS=str(path)).stderr
    finally:
        disable(False)
    assert "invalid_target" in shown and "absent, deleted or disabled" in " ".join(shown.split()), shown


def test_a_hostile_file_sends_nothing(keyless, tmp_path):
    """A pull request brings a credential file that names the secrets of whoever runs arctl."""
    (tmp_path / "id_rsa").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n")
    path = keyless.file(tmp_path, "--token-file", tmp_path / "id_rsa")
    shown = arctl("token", *keyless.server, fails=4, GOOGLE_APPLICATION_CREDENTIALS=str(path)).stderr
    assert "nothing was sent" in " ".join(shown.split()) and "b3BlbnNz" not in shown
    with Issuer(keyless.token(), "secret") as server:
        content = json.loads(path.read_text())
        for change in (
                {"token_url": server.url.replace("http:", "https:").replace("127.0.0.1", "evil.example")},
                {"credential_source": {"executable": {"command": f"/usr/bin/curl {server.url}"}}}):
            path.write_text(json.dumps({**content, **change}))
            arctl("token", *keyless.server, fails=4, GOOGLE_APPLICATION_CREDENTIALS=str(path))
        assert server.requests == []


# What CI systems run, under Google's own names.

@pytest.fixture(scope="module")
def official(tmp_path_factory):
    folder = tmp_path_factory.mktemp("google")
    server = GoogleSandbox(folder / "data", "--project", "keyless-project")
    yield Keyless(
        folder, "keyless-project", server.url, server.environment, (), Raw(server.url))
    assert server.stop() == 0, server.log.read_text()


def steps(page: dict, name: str) -> tuple[dict, list[dict]]:
    """The job and the steps of a printed workflow."""
    text = next(file["text"] for file in page["files"] if file["path"] == f".github/workflows/{name}.yml")
    (job,) = yaml.safe_load(text)["jobs"].values()
    return job, job["steps"]


def carry_out(step: dict, token: str, official: Keyless, folder) -> str:
    """Runs a step, with the token as the output of the step that signs in."""
    variables = {name: value.replace("${{ steps.auth.outputs.auth_token }}", token).replace(
        "${{ steps.auth.outputs.access_token }}", token) for name, value in step["env"].items()}
    assert "${{" not in str(variables)
    environment = {**official.environment, **variables, "PATH": f"{BIN}:{official.environment['PATH']}"}
    return run("bash", "-euo", "pipefail", "-c", step["run"], cwd=folder, env=environment)


@pytest.mark.parametrize("way", WAYS)
def test_the_workflow_of_github(official, way, tmp_path):
    page = official.settings(way, "--tool", "github-actions", "--auth", "federation", *WAYS[way])
    job, publish = steps(page, "publish")
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    names = [step.get("uses", "").split("@")[0] for step in publish]
    assert names.index("actions/checkout") < names.index("google-github-actions/auth")
    inputs = publish[names.index("google-github-actions/auth")]["with"]
    assert inputs["workload_identity_provider"] == official.provider()
    assert inputs["project_id"] == official.project
    account = inputs.get("service_account")
    assert (account is not None) == (way == "by-account") == (inputs.get("token_format") == "access_token")

    # What the action does: an exchange, and the impersonation (docs/keyless.md has the source).
    token = signed_in(official, inputs)
    (tmp_path / "dist").mkdir()
    wheel(tmp_path / "dist", "flow", "1.0")
    carry_out(publish[-1], token, official, tmp_path)
    _, install = steps(page, "install")
    (tmp_path / "requirements.txt").write_text("flow\n")
    step = {**install[-1], "run": install[-1]["run"] + " --target target"}
    carry_out(step, token, official, tmp_path)
    assert (tmp_path / "target/flow.py").exists()


def signed_in(official: Keyless, inputs: dict) -> str:
    """The token that the action outputs for these inputs."""
    exchanged = official.sign("POST", "/v1/token", {
        "audience": f"//iam.googleapis.com/{inputs['workload_identity_provider']}",
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt", "subjectToken": official.token()})
    assert exchanged.ok, exchanged.text
    token = exchanged.json()["access_token"]
    if "service_account" not in inputs:
        return token
    answer = official.sign.session.post(
        f"{official.url}/v1/projects/-/serviceAccounts/{inputs['service_account']}:generateAccessToken",
        headers={"Authorization": f"Bearer {token}"},
        json={"scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s"})
    assert answer.ok, answer.text
    return answer.json()["accessToken"]


def test_the_pipeline_of_gitlab(official, tmp_path):
    """The script runs as it is, but for `pip install` of the tools, and the build."""
    page = official.settings("direct", "--tool", "gitlab-ci", "--auth", "federation")
    jobs = yaml.safe_load("".join(file["text"] for file in page["files"]))
    audience = jobs[".google"]["id_tokens"]["GOOGLE_ID_TOKEN"]["aud"]
    token = official.token(
        "gitlab", iss="https://gitlab.com", aud=audience, sub="project_path:acme/lib:ref_type:tag:ref:v1",
        project_id="9", namespace_id="5")
    (tmp_path / "dist").mkdir()
    wheel(tmp_path / "dist", "pipe", "1.0")
    (tmp_path / "requirements.txt").write_text("pipe\n")

    def carry_out(job: dict):
        script = "\n".join([
            "set -euo pipefail",
            *(line for line in jobs[".google"]["before_script"] + job["script"]
              if not line.startswith(("pip install build", "pip install keyring", "python -m build")))])
        script = script.replace("pip install --keyring", "pip install --target target --keyring")
        environment = {name: value for name, value in official.environment.items() if name != "PYTHON_KEYRING_BACKEND"}
        environment.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
        run("bash", "-c", script, cwd=tmp_path, env={
            **environment, **job.get("variables", {}), "GOOGLE_ID_TOKEN": token,
            "PATH": f"{BIN}:{environment['PATH']}"})

    carry_out(jobs["publish"])
    carry_out(jobs["install"])
    assert (tmp_path / "target/pipe.py").exists()


def test_no_secret_is_printed(official):
    for tool in ("github-actions", "gitlab-ci"):
        page = json.dumps(official.settings("direct", "--tool", tool, "--auth", "federation"))
        assert "private_key" not in page and "arctlsbx." not in page


def printed_for_example(name: str, tool: str) -> tuple:
    folder = ROOT / "examples" / name
    page = json.loads(arctl(
        "settings", "libraries", "--manifests", folder, "--tool", tool, "--auth", "federation", "--account",
        "publisher", "--project-number", "123456789012", "--output", "json").stdout)
    assert not any("No manifest" in note for note in page["notes"])
    return folder, page["files"]


def test_the_examples_hold_what_is_printed():
    folder, files = printed_for_example("github-keyless", "github-actions")
    printed = next(file["text"] for file in files if file["path"].endswith("/publish.yml"))
    assert (folder / ".github/workflows/publish.yml").read_text() == printed
    folder, files = printed_for_example("gitlab-keyless", "gitlab-ci")
    assert (folder / ".gitlab/pipeline.yml").read_text() == "\n".join(file["text"] for file in files)
    yaml.safe_load((folder / ".gitlab/pipeline.yml").read_text())
