"""Gradle evaluates the printed build.gradle, and says which repositories and credentials it found there."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from support.settings import files, page

URL = "us-east4-maven.pkg.dev/my-project-id/libraries"
PLUGIN = "com.google.cloud.artifactregistry.gradle-plugin"

# Prints each repository that a build may install from or publish to, as one line of JSON.
SHOW = """
gradle.projectsEvaluated {
  def show = { use, repositories -> repositories.each {
    println groovy.json.JsonOutput.toJson([
      use: use, url: it.url.toString(), user: it.credentials?.username, password: it.credentials?.password,
      authentication: it.authentication*.name])
  } }
  def project = gradle.rootProject
  show('install', project.repositories)
  show('publish', project.extensions.findByName('publishing')?.repositories ?: [])
}
"""

# Gradle compiles a plugin without effect: Google's own is not in Debian.
COMPILE = """
import org.codehaus.groovy.control.*
def loader = new GroovyClassLoader(getClass().classLoader)
def unit = new CompilationUnit(new CompilerConfiguration(targetDirectory: file('classes')), null, loader)
unit.addSource('Standin.groovy', '''
  class Standin implements org.gradle.api.Plugin<org.gradle.api.Project> {
    void apply(org.gradle.api.Project project) {}
  }''')
unit.compile()
"""


def gradle(folder: Path, home: Path, *arguments) -> subprocess.CompletedProcess:
    """Runs gradle in a folder. Nothing is downloaded."""
    (folder / "settings.gradle").touch()
    return subprocess.run(
        ["gradle", "--offline", "--quiet", "--gradle-user-home", home, *(arguments or ["help"])],
        cwd=folder, text=True, capture_output=True, timeout=1800,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "GAR_PASSWORD": "canary"})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Gradle's own folder. Its daemon runs all builds of these tests, and ends after them."""
    folder = tmp_path_factory.mktemp("gradle")
    (folder / "gradle.properties").write_text("org.gradle.daemon.idletimeout=600000\n")
    yield folder
    assert gradle(folder, folder, "--stop").returncode == 0


@pytest.fixture(scope="module")
def plugins(home, tmp_path_factory) -> Path:
    """A Maven repository with a plugin under the id and the version of Google's."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "build.gradle").write_text(COMPILE)
    done = gradle(folder, home)
    assert done.returncode == 0, done.stderr
    name, version = f"{PLUGIN}.gradle.plugin", "2.2.5"
    place = folder / "maven" / PLUGIN.replace(".", "/") / name / version
    place.mkdir(parents=True)
    (place / f"{name}-{version}.pom").write_text(
        f"<project><modelVersion>4.0.0</modelVersion><groupId>{PLUGIN}</groupId><artifactId>{name}</artifactId>"
        f"<version>{version}</version></project>")
    with zipfile.ZipFile(place / f"{name}-{version}.jar", "w") as jar:
        jar.write(folder / "classes/Standin.class", "Standin.class")
        jar.writestr(f"META-INF/gradle-plugins/{PLUGIN}.properties", "implementation-class=Standin\n")
    return folder / "maven"


def evaluated(folder: Path, home: Path, text: str) -> list[dict]:
    """The repositories that Gradle finds in a build.gradle."""
    (folder / "build.gradle").write_text(text)
    (folder / "show.gradle").write_text(SHOW)
    done = gradle(folder, home, "--init-script", "show.gradle", "help")
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("method, user", [("env", "oauth2accesstoken"), ("key", "_json_key_base64")])
def test_credentials(tmp_path, home, method, user):
    text = files(page("gradle", "maven", "--auth", method))["build.gradle"]
    login = {"url": f"https://{URL}", "user": user, "password": "canary"}
    assert evaluated(tmp_path, home, text) == [
        {"use": "install", **login, "authentication": ["basic"]},
        {"use": "publish", **login, "authentication": []},
    ]


def test_google_plugin(tmp_path, home, plugins):
    text = files(page("gradle", "maven", "--auth", "keyring"))["build.gradle"]
    (tmp_path / "settings.gradle").write_text(
        f'pluginManagement {{ repositories {{ maven {{ url "{plugins}" }} }} }}\n')
    login = {"url": f"artifactregistry://{URL}", "user": None, "password": None, "authentication": []}
    assert evaluated(tmp_path, home, text) == [{"use": "install", **login}, {"use": "publish", **login}]


def test_gradle_reports_mistakes(tmp_path, home):
    """What the tests above rest on: a word that Gradle does not know ends the build."""
    text = files(page("gradle", "maven", "--auth", "env"))["build.gradle"]
    (tmp_path / "build.gradle").write_text(text.replace("credentials {", "credential {", 1))
    done = gradle(tmp_path, home)
    assert done.returncode != 0
    assert "Could not find method credential()" in done.stderr
