"""The completion scripts in real shells, the manual page in a real formatter, and what `make install` installs."""

import os
import pty
import re
import select
import subprocess

import pytest
from support.process import ROOT
from support.settings import ARCTL

PROGRAMS = ROOT / ".build/debug"

# What the user has typed, and what must and must not be offered.
CASES = [
    ("arctl pl", {"plan"}, {"apply"}),
    ("arctl ", {"plan", "apply", "settings", "completion"}, {"--help"}),
    ("arctl settings --to", {"--tool"}, {"--target"}),
    ("arctl settings --tool pip", {"pip", "pipenv"}, {"poetry"}),
    ("arctl plan --output ", {"text", "json", "markdown"}, set()),
    ("arctl plan --quiet --det", {"--detailed-exitcode"}, set()),
    ("arctl ls pack", {"packages"}, {"grants"}),
    ("arctl keys ", {"list", "revoke", "pin"}, {"plan"}),
    ("arctl keys list --so", {"--sort"}, set()),
    ("arctl completion ", {"bash", "zsh", "fish"}, {"manifests/"}),
    ("arctl explain Repos", {"Repository"}, {"Project"}),
    ("arctl show sav", {"saved.json"}, set()),
    ("arctl plan --key-dir ke", {"keys"}, {"kept.json"}),
    ("arctl plan man", {"manifests"}, set()),
    ("arctl plan --target ", set(), {"saved.json", "manifests"}),
]


@pytest.fixture(scope="session")
def scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        text = subprocess.run([ARCTL, "completion", shell], capture_output=True, text=True, check=True).stdout
        (folder / shell).write_text(text)
    (folder / "work/manifests").mkdir(parents=True)
    (folder / "work/keys").mkdir()
    for name in ("saved.json", "kept.json"):
        (folder / "work" / name).write_text("{}")
    return folder


def run(*command, cwd) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1800, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8"})
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    return done.stdout


def of_bash(scripts, line: str) -> set[str]:
    words = line.split(" ")
    program = (f"source {scripts}/bash; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
               f"COMP_CWORD={len(words) - 1}; compopt() {{ :; }}; _arctl; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return {word.rstrip("/") for word in run("bash", "-c", program, cwd=scripts / "work").splitlines()}


def of_fish(scripts, line: str) -> set[str]:
    shown = run("fish", "-c", f"source {scripts}/fish; complete -C {line!r}", cwd=scripts / "work")
    return {row.split("\t")[0].rstrip("/") for row in shown.splitlines()}


@pytest.mark.parametrize("line, offered, withheld", CASES)
@pytest.mark.parametrize("complete", [of_bash, of_fish])
def test_offers(scripts, complete, line, offered, withheld):
    words = complete(scripts, line)
    assert offered <= words
    assert not withheld & words


def test_bash_splits_at_the_equals_sign(scripts):
    program = (f"source {scripts}/bash; compopt() {{ :; }}; COMP_WORDS=(arctl plan --output = ma); COMP_CWORD=4; _arctl; "
               "echo \"${COMPREPLY[@]}\"; COMP_WORDS=(arctl plan --sandbox man); COMP_CWORD=3; _arctl; echo \"${COMPREPLY[@]}\"")
    assert run("bash", "-c", program, cwd=scripts / "work").splitlines() == ["markdown", "manifests"]


def read_until(terminal: int, text: str) -> str:
    """What a terminal shows until a text appears."""
    shown = ""
    while text not in shown:
        assert select.select([terminal], [], [], 600)[0], shown
        shown += os.read(terminal, 65536).decode(errors="replace")
    return shown


@pytest.mark.parametrize("line, offered", [
    ("arctl settings --tool pip", "pipenv"), ("arctl expl", "explain"), ("arctl plan --detailed", "--detailed-exitcode")])
def test_zsh_completes_in_a_terminal(scripts, line, offered):
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(scripts / "work")
        os.execvpe("zsh", ["zsh", "-f", "-i"], {"PATH": os.environ["PATH"], "HOME": str(scripts), "TERM": "dumb"})
    try:
        os.write(terminal, f"autoload -Uz compinit; compinit -u -D; source {scripts}/zsh; PS1=READ''Y\n".encode())
        read_until(terminal, "READY")
        os.write(terminal, f"{line}\t\t".encode())
        read_until(terminal, offered)
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def test_every_shell_accepts_its_script(scripts):
    run("bash", "-n", scripts / "bash", cwd=scripts)
    run("zsh", "-n", scripts / "zsh", cwd=scripts)
    run("fish", "--no-execute", scripts / "fish", cwd=scripts)


def test_the_manual_page(scripts, tmp_path):
    """Every command and option is in it, and a formatter finds no mistake but the date, which a build does not know."""
    page = tmp_path / "arctl.1"
    page.write_text(subprocess.run([ARCTL, "man"], capture_output=True, text=True, check=True).stdout)
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True)
    assert [line for line in lint.stdout.splitlines() if "missing date" not in line] == []
    text = run("mandoc", "-T", "ascii", page, cwd=tmp_path)
    text = re.sub(".\b", "", text)
    helped = subprocess.run([ARCTL, "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"(?m)^  (\w[\w-]*)  ", helped)
    assert len(commands) > 8
    for command in commands:
        assert f"arctl {command}" in text
        page_of_command = subprocess.run([ARCTL, command, "--help"], capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"(?m)^  [ -]...  (--[\w-]+)", page_of_command):
            assert option in text


def test_install(tmp_path):
    done = subprocess.run([ROOT / "Scripts/install", PROGRAMS, tmp_path / "usr"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = {str(path.relative_to(tmp_path / "usr")) for path in (tmp_path / "usr").rglob("*") if not path.is_dir()}
    assert made == {
        "bin/arctl", "bin/arctl-sandbox", "bin/docker-credential-arctl", "share/man/man1/arctl.1",
        "share/bash-completion/completions/arctl", "share/zsh/site-functions/_arctl",
        "share/fish/vendor_completions.d/arctl.fish"}
    version = subprocess.run([tmp_path / "usr/bin/arctl", "version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("arctl ")
