"""The pages of the repository do what they say: every command runs, every output is compared."""

import json
import re

import pytest
from google.auth.transport.requests import AuthorizedSession

from support import pages
from support.clients import credentials
from support.pages import PageError, blocks_in, blocks_of
from support.process import BINARY, ROOT
from support.tools import BIN, Login, run, wheel
from support.walk import Walk, normal

PAGES = [
    "README.md", "CONTRIBUTING.md",
    "docs/export.md",
    "docs/editors.md",
    "docs/graph.md",
    "docs/keyless.md",
    "docs/keys.md",
    "docs/lists.md",
    "docs/migrate.md",
    "docs/permissions.md",
    "docs/sandbox.md",
    "docs/settings.md",
    "docs/since.md",
    "docs/tokens.md",
    *(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("examples/**/README.md"))),
]


def package(walk: Walk):
    folder = walk.folder / "dist"
    folder.mkdir()
    wheel(folder, "greetings", "1.0", "hello")


def mirrored(walk: Walk):
    package(walk)
    folder = walk.folder / "wheels"
    folder.mkdir()
    wheel(folder, "public-words", "1.0", "hello")


def owner(walk: Walk) -> tuple[str, AuthorizedSession]:
    """The URL of the sandbox that the page started in `sandbox/`, and requests as its owner."""
    key = json.loads((walk.folder / "sandbox/owner.json").read_text())
    return key["token_uri"].removesuffix("/token"), AuthorizedSession(credentials(key))


def uses_registry(walk: Walk):
    url, session = owner(walk)
    answer = session.post(
        f"{url}/v1/projects/my-project-id/services/artifactregistry.googleapis.com:enable")
    assert answer.ok, answer.text


def old_version(walk: Walk):
    """The repository `py` with version 1.0 of `demo`, which its policy deletes two days later."""
    url, session = owner(walk)
    answer = session.post(
        f"{url}/v1/projects/my-project-id/locations/us-east4/repositories?repositoryId=py", json={
            "format": "PYTHON", "cleanupPolicies": {"old": {
                "id": "old", "action": "DELETE", "condition": {"olderThan": "86400s"}}}})
    assert answer.ok, answer.text
    login = Login("oauth2accesstoken", session.credentials.token)
    folder = walk.folder / "old"
    folder.mkdir()
    run(BIN / "twine", "upload", "--non-interactive", "--repository-url",
        f"{url}/us-east4-python.pkg.dev/my-project-id/py/", "-u", login.user, "-p", login.password,
        wheel(folder, "demo", "1.0"))
    assert session.post(f"{url}/_sandbox/clock", json={"advanceSeconds": 200_000}).ok


def provider(walk: Walk):
    url, session = owner(walk)
    pools = f"{url}/v1/projects/my-project-id/locations/global/workloadIdentityPools"
    for path, body in [
        ("?workloadIdentityPoolId=workflows", {}),
        ("/workflows/providers?workloadIdentityPoolProviderId=github", {
            "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
            "attributeMapping": {"google.subject": "assertion.sub"},
            "attributeCondition": "assertion.repository_owner_id == '5'"})]:
        answer = session.post(f"{pools}{path}", json=body)
        assert answer.ok, answer.text


GIVEN = {
    "a provider for GitHub": provider,
    "a package in dist/": package,
    "a package in dist/ and another in wheels/": mirrored,
    "the project uses Artifact Registry": uses_registry,
    "a version that a cleanup policy deletes": old_version,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_happens(page, tmp_path):
    blocks = blocks_in(ROOT / page, ROOT)
    walk = Walk(tmp_path, GIVEN)
    walk.follow(blocks)
    runs = [block for block in blocks if block.holds_commands and "not-run" not in block.markers]
    assert walk.commands >= len(runs)


def test_every_page_with_commands_is_followed():
    """A page that starts to show commands is either followed, or generated from texts with tests of their own."""
    generated = {"docs/manifests.md", "docs/errors.md"}
    others = {
        str(page.relative_to(ROOT)) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    } - set(PAGES) - generated
    shown = {
        page for page in others
        if any(block.shows_commands for block in blocks_in(ROOT / page, ROOT))}
    assert not shown


def test_the_make_targets_that_pages_name_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        name for page in PAGES for code in pages.code_in((ROOT / page).read_text())
        for name in re.findall(r"^make ([a-z]+)", code)}
    assert {"demo", "test"} <= named <= targets


def test_the_options_of_the_readme_belong_to_their_verbs():
    helps = {}

    def help_of(program: str, verb: str) -> str:
        command = [BINARY.parent / program, *verb.split(), "--help"]
        return helps.setdefault((program, verb), run(*command))

    checked = 0
    for code in pages.code_in((ROOT / "README.md").read_text()):
        for part in re.split(r"\s*[|;]\s*", code):
            words = part.split()
            if not words or words[0] not in ["arctl", "arctl-sandbox"]:
                continue
            # A verb may have two words: `keys list`. A second one that is an argument changes no help.
            names = [word for word in words[1:3] if word.isalpha()] if words[0] == "arctl" else []
            verb = " ".join(names) if words[1:2] == names[:1] else ""
            for option in re.findall(r"(?<=\s)--[a-z][a-z-]*", part):
                assert option in help_of(words[0], verb), f"`{part}`: {verb} has no {option}"
                checked += 1
    assert checked > 10


def test_contributing_explains_every_marker():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    listed = set(re.findall(r"^\| `([a-z-]+)", text, re.M))
    assert listed == pages.MARKERS


# What the walker refuses, so that a page cannot pass by not being read.

def follow(tmp_path, text: str):
    Walk(tmp_path, {}).follow(blocks_of(text, "page.md"))


@pytest.mark.parametrize("text, message", [
    ("```text\n$ echo one\ntwo\n```\n", "shows something else"),
    ("\n    false\n", "exit 1, not 0"),
    ("<!-- exit: 3 -->\n\n    true\n", "exit 0, not 3"),
    ("```text\nsome output\n```\n", "neither run nor marked"),
    ("```yaml\na: 1\n```\n", "neither run nor marked"),
    ("<!-- not-run -->\n\n    true\n", "needs a reason"),
    ("<!-- no-run: why -->\n\n    true\n", "not a marker"),
    ("<!-- exit: 3 -->\nA sentence.\n", "not before a code block"),
    ("<!-- given: a miracle -->\n\n    true\n", "no test provides"),
    ("```text\n$ echo Plan id 0123456789abcdef\nPlan id 0123456789abcdee\n```\n", "something else"),
    ("<!-- within-last-output -->\n```text\nmore\n```\n", "does not contain this"),
])
def test_the_walker_refuses(text, message, tmp_path):
    with pytest.raises(PageError, match=message):
        follow(tmp_path, text)


def test_the_walker_keeps_variables_and_exit_codes(tmp_path):
    follow(tmp_path, "\n    a=1\n\n<!-- exit: 4 -->\n```text\n$ echo $a; (exit 4)\n1\n```\n")


def test_only_what_varies_is_hidden():
    assert normal("  + created x   0.1s\n  + created a   2.0s") == normal(
        "  + created a   0.3s\n  + created x   0.9s")
    assert normal("Plan id 0123456789abcdef") != normal("Plan id 0123456789abcdee")
    twice = "0123456789abcdef 0123456789abcdef"
    assert normal(twice, hides_ids=True) != normal("0123456789abcdef 0123456789abcdee", True)
