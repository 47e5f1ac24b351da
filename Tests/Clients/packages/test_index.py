"""The index over real sockets: what it offers to tools, and what it leaves out as Google's does."""

import base64
import http.client
import re
from urllib.parse import urljoin, urlsplit

import pytest
from support.tools import BIN, ENVIRONMENT, Login, Repository, environment, run, wheel

FILE = "demo-1.0-py3-none-any.whl"
UV = [BIN / "uv"]


@pytest.fixture
def published(repository, writer, tmp_path):
    """A repository with one wheel."""
    repository.twine(writer, wheel(tmp_path, "demo", "1.0", "hello"))
    return repository


def send(repository: Repository, method: str, url: str, login: Login | None, **headers):
    """One exchange, without following redirects: the answer and its body."""
    if login:
        word = base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    place = urlsplit(urljoin(repository.url, url))
    connection = http.client.HTTPConnection(place.netloc, timeout=1800)
    connection.request(method, place.path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_there_is_no_list_of_packages(published, reader):
    for path in ["simple", "simple/"]:
        for login in [reader, None]:
            answer, body = send(published, "GET", path, login)
            assert answer.status == 404
            assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
            assert "Error 404 (Not Found)!!1" in body.decode()


def test_the_index_has_one_form(published, reader):
    for accept in ["application/vnd.pypi.simple.v1+json", "text/html", "*/*"]:
        answer, body = send(published, "GET", "simple/demo/", reader, Accept=accept)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert re.search(rb'href="([^"]*)#', body)[1].decode() == f"../../demo/{FILE}"
        assert b"metadata" not in body and b"upload-time" not in body
    again, body = send(
        published, "GET", "simple/demo/", reader, If_None_Match=answer.headers["ETag"])
    assert again.status == 304 and body == b""


def test_a_link_redirects_to_the_content(published, reader, writer, tmp_path):
    content = (tmp_path / FILE).read_bytes()
    for method in ["HEAD", "GET"]:
        link, _ = send(published, method, f"demo/{FILE}", reader)
        assert link.status == 307
    place = link.headers["Location"]
    assert re.fullmatch(
        rf"/us-east4-python\.pkg\.dev/artifacts-downloads/namespaces/{published.project}"
        rf"/repositories/{published.id}/downloads/[A-Za-z0-9_=-]+", place)
    answer, body = send(published, "GET", place, reader)
    assert answer.status == 200 and body == content
    assert answer.headers["Accept-Ranges"] is None
    # HEAD ignores ranges, and nothing says that GET does not.
    head, body = send(published, "HEAD", place, reader, Range="bytes=0-9")
    assert head.status == 200 and body == b""
    assert head.headers["Content-Length"] == str(len(content))
    assert head.headers["Accept-Ranges"] is None
    part, body = send(published, "GET", place, reader, Range="bytes=0-9")
    assert part.status == 206 and body == content[:10]
    # The address alone opens nothing.
    refused, body = send(published, "GET", place, None)
    assert refused.status == 401 and refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert body == b"The request does not have valid authentication credentials. \n"
    assert send(published, "GET", f"{place}A", reader)[0].status == 404


def test_pip_reads_the_whole_wheel(published, reader, tmp_path):
    """It finds no metadata, and follows the redirect with its credential."""
    shown = published.pip(reader, "download", "-vv", "--dest", tmp_path / "got", "demo")
    assert f"{FILE}.metadata" not in shown
    requests = re.findall(r'"(GET|HEAD) \S+ HTTP/1.1" (\d+)', shown)
    assert requests == [("GET", "200"), ("GET", "307"), ("GET", "200")]
    assert (tmp_path / f"got/{FILE}").read_bytes() == (tmp_path / FILE).read_bytes()


def test_uv_streams_the_wheel(published, reader, tmp_path):
    """The warning is the one that https://github.com/astral-sh/uv/issues/18998 reports of Artifact Registry."""
    python = environment(tmp_path / "env")
    shown = published.uv(reader, "install", "--verbose", "--python", python, "demo")
    assert f"Range requests not supported for `{FILE}`; streaming wheel" in shown
    assert run(python, "-c", "import demo; print(demo.WORDS)").strip() == "hello"


def test_no_upload_times_leave_nothing_to_exclude_by(published, reader, tmp_path):
    """As with other indexes in HTML: a cut-off drops every file, the old ones too, because no file has a time."""
    refused = published.uv(
        reader, "install", "--target", tmp_path / "t", "--exclude-newer", "2099-01-01", "demo",
        fails=True)
    assert "missing an upload date" in refused
    refused = published.pip(
        reader, "download", "--uploaded-prior-to", "2099-01-01", "demo", fails=True)
    assert "upload-time" in refused


def test_uv_needs_its_credentials_for_the_wheel(published, reader, tmp_path):
    """A lock file holds no credential: `uv sync --frozen` must find one for the wheel."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.9"\n'
        'dependencies = ["demo"]\n[[tool.uv.index]]\nname = "gar"\ndefault = true\n'
        f'url = "{published.index(None)}"\n')
    settings = {"UV_NO_CONFIG": "0"}
    good = {
        **settings, "UV_INDEX_GAR_USERNAME": reader.user, "UV_INDEX_GAR_PASSWORD": reader.password}
    uv(tmp_path, good, "lock")
    refused = uv(tmp_path, settings, "sync", "--frozen", fails=True)
    assert "401 Unauthorized" in refused
    uv(tmp_path, good, "sync", "--frozen")
    run(tmp_path / ".venv/bin/python", "-c", "import demo")


def uv(folder, settings: dict, *arguments, fails=False) -> str:
    return run(
        "env", *[f"{name}={value}" for name, value in {**ENVIRONMENT, **settings}.items()],
        *UV, *arguments, cwd=folder, fails=fails)
