"""Settings of tools whose packages the sandbox does not serve: their own parsers take what `arctl settings` prints."""

import json
import os
import subprocess

import pytest
from support.settings import TOOLS, files, page


def run(*command, cwd, **variables) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, text=True, capture_output=True, timeout=1800,
        env={"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": str(cwd), "LANG": "C.UTF-8", **variables})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nknown" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("method", ["env", "key"])
def test_npm(tmp_path, method):
    texts = files(page("npm", "npm", "--auth", method))
    (tmp_path / "project").mkdir()
    (tmp_path / "project/package.json").write_text('{"name": "demo", "version": "1.0.0"}')
    (tmp_path / "project/.npmrc").write_text(texts[".npmrc"].replace("@SCOPE", "@acme"))
    (tmp_path / ".npmrc").write_text(texts["~/.npmrc"])
    url = "https://us-east4-npm.pkg.dev/my-project-id/libraries/"
    npm = [TOOLS / "npm", "--prefix", tmp_path / "project"]
    variables = {"GAR_TOKEN": "ya29.canary", "GAR_PASSWORD": "Y2FuYXJ5"}
    listed = json.loads(run(*npm, "config", "list", "--json", cwd=tmp_path, **variables))
    assert listed["@acme:registry"] == url
    # npm shows no credential, but it must know one for the registry: a variable that is not set is an error to it.
    keys = run(*npm, "config", "list", "--long", cwd=tmp_path, **variables)
    wanted = {"env": "_authToken", "key": "_password"}[method]
    assert f"//us-east4-npm.pkg.dev/my-project-id/libraries/:{wanted} = (protected)" in keys


@pytest.mark.parametrize("method", ["env", "key"])
def test_maven(tmp_path, method):
    texts = files(page("maven", "maven", "--auth", method))
    pom = texts["pom.xml"].replace(
        "<project>", "<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>demo</artifactId>"
        "<version>1.0</version><packaging>pom</packaging>", 1)
    (tmp_path / "pom.xml").write_text(pom)
    (tmp_path / "settings.xml").write_text(texts["~/.m2/settings.xml"])
    shown = run("mvn", "--offline", "--batch-mode", "--strict-checksums", "--settings", "settings.xml",
                f"-Dmaven.repo.local={tmp_path}/m2", "validate", cwd=tmp_path, GAR_PASSWORD="canary")
    assert "BUILD SUCCESS" in shown
    assert "WARNING" not in shown and "Unrecognised" not in shown


def test_apt(tmp_path):
    texts = files(page("apt", "apt", "--auth", "key"))
    (tmp_path / "list").write_text(texts["/etc/apt/sources.list.d/artifact-registry.list"])
    # The transport is not in Debian: any method stands in for it, since nothing is fetched.
    (tmp_path / "methods").mkdir()
    (tmp_path / "methods/ar+https").symlink_to("/usr/lib/apt/methods/https")
    shown = run("apt-get", "update", "--print-uris", "-o", f"Dir::Bin::methods={tmp_path}/methods",
                "-o", f"Dir::Etc::sourcelist={tmp_path}/list", "-o", "Dir::Etc::sourceparts=-",
                "-o", f"Dir::State::lists={tmp_path}/lists", cwd=tmp_path)
    assert "'ar+https://us-east4-apt.pkg.dev/projects/my-project-id/dists/libraries/InRelease'" in shown
    assert "/libraries/main/binary-" in shown
    conf = tmp_path / "conf"
    conf.write_text(texts["/etc/apt/apt.conf.d/91artifact-registry-key"].replace("KEY_FILE", "/keys/ci.json"))
    dumped = run("apt-config", "-c", conf, "dump", cwd=tmp_path)
    assert 'Acquire::gar::Service-Account-JSON "/keys/ci.json";' in dumped
