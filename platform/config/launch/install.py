"""`make install`: everything that Centralita needs on this machine, and nothing twice.

    python3 -m config.launch.install [--for run|check|test|faults] [--only-frontend] [--then-run]

`run` installs what running needs, `check` the Python packages for linting and typing, `test` also Chromium, Dovecot and
poppler, `faults` libfaketime beside these, where it can be had. `--then-run` goes on as `config.launch.run`, which
builds the front end while the servers come up. Runs on the machine's own Python, with the standard library alone.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from config.launch import debian
from config.launch.frontend import build_frontend
from config.launch.lock import one_installation
from config.launch.places import Places, repository_root
from config.launch.quiet import STARTED, InstallFailed, Progress, run_quietly

UV = "uv==0.13.9"
PYTHON = (3, 11)
PURPOSES = ("run", "check", "test", "faults")


def main(arguments: Sequence[str] | None = None) -> int:
    """Install for one purpose; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m config.launch.install")
    parser.add_argument("--for", dest="purpose", choices=PURPOSES, default="run")
    parser.add_argument("--only-frontend", action="store_true", help="build the front end, install nothing")
    parser.add_argument("--then-run", action="store_true", help="start the product when all is there")
    options = parser.parse_args(arguments)
    places = Places(repository_root())
    places.make_run()
    progress = Progress()
    try:
        with one_installation(places, progress):
            if not options.only_frontend:
                install(places, options.purpose, progress)
            if options.purpose != "check" and not options.then_run:
                build_frontend(places, progress)
    except InstallFailed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if options.then_run:
        os.environ[STARTED] = str(progress.started)
        python = str(places.root / ".venv" / "bin" / "python")
        os.execv(python, [python, "-m", "config.launch.run"])
    return 0


def install(places: Places, purpose: str, progress: Progress) -> None:
    """Debian packages, virtual environment, Python packages; at once back when the stamp says that all is there."""
    stamp = places.root / ".venv" / ".centralita.json"
    known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    wanted = _wanted(places)
    if known.get(purpose) == wanted and (places.root / ".venv" / "bin" / "python").exists():
        return
    if purpose != "check":
        packages = debian.FOR_RUN + (debian.FOR_TESTS if purpose in ("test", "faults") else ())
        debian.install_packages(packages, progress, places.log / "install-debian.log")
    if purpose == "faults":
        _install_what_faults_can_do_without(places, progress)
    moved = known.get("root", str(places.root)) != str(places.root)
    _make_environment(places, progress, anew=moved)
    _sync(places, progress, purpose)
    covered = {"run": ("run",), "check": ("check",), "test": PURPOSES[:3], "faults": PURPOSES}[purpose]
    known = {} if moved else known
    known |= {"root": str(places.root)} | dict.fromkeys(covered, wanted)
    stamp.write_text(json.dumps(known), encoding="utf-8")
    progress.say("installed")


def _install_what_faults_can_do_without(places: Places, progress: Progress) -> None:
    try:
        debian.install_packages(debian.FOR_FAULTS, progress, places.log / "install-faults.log")
    except InstallFailed as error:
        progress.say(f"{' '.join(debian.FOR_FAULTS)} could not be installed; wrong clocks are left out: {error}")


def _wanted(places: Places) -> str:
    """A hash of all that decides what is to be installed."""
    digest = hashlib.sha256(repr((UV, debian.FOR_RUN, debian.FOR_TESTS)).encode())
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((places.root / name).read_bytes())
    return digest.hexdigest()


def _make_environment(places: Places, progress: Progress, *, anew: bool) -> None:
    """Make `.venv` with pip and uv. Scripts inside name their folder, so a moved clone needs a new one."""
    environment = places.root / ".venv"
    python = environment / "bin" / "python"
    if anew:
        shutil.rmtree(environment, ignore_errors=True)
    if not _works([str(python), "--version"]):
        base = _base_python(progress, places)
        _quietly(places, progress, "virtual environment", [base, "-m", "venv", "--without-pip", str(environment)])
    uv = environment / "bin" / "uv"
    if not _works([str(uv), "--version"], expected=UV.partition("==")[2]):
        wheel = _wheel_of_pip()
        if not wheel:
            _quietly(places, progress, "pip", [str(python), "-m", "ensurepip"])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV]
        _quietly(places, progress, UV, pip, search_path=wheel)


def _wheel_of_pip() -> str:
    """The pip that this Python brings along, run from where it is: to install it takes as long as everything else."""
    found = importlib.util.find_spec("ensurepip")
    folders = [
        sysconfig.get_config_var("WHEEL_PKG_DIR"),
        *(str(Path(place) / "_bundled") for place in (found and found.submodule_search_locations) or ()),
        "/usr/share/python-wheels",
    ]
    wheels = [wheel for folder in folders if folder for wheel in sorted(Path(folder).glob("pip-*.whl"))]
    return str(wheels[0]) if wheels else ""


def _base_python(progress: Progress, places: Places) -> str:
    """A Python of the right version that can make virtual environments."""
    if sys.version_info[:2] != PYTHON:
        raise InstallFailed(
            f"Centralita needs Python {PYTHON[0]}.{PYTHON[1]}, and this is {sys.version.split()[0]}. "
            "Name the right one: make PYTHON=/path/to/python3.11 …"
        )
    # Debian takes ensurepip out of Python and into a package of its own.
    if not _works([sys.executable, "-c", "import ensurepip"]):
        packages = [f"python{PYTHON[0]}.{PYTHON[1]}-venv"]
        debian.install_packages(packages, progress, places.log / "install-venv.log")
    return sys.executable


def _sync(places: Places, progress: Progress, purpose: str) -> None:
    command = [str(places.root / ".venv" / "bin" / "uv"), "sync", "--frozen", "--no-progress"]
    # Inexact: running after testing must not take the test packages away.
    command += ["--no-dev", "--inexact"] if purpose == "run" else []
    _quietly(places, progress, "Python packages", command)


def _quietly(places: Places, progress: Progress, label: str, argv: list[str], *, search_path: str = "") -> None:
    environment = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    # The machine's own certificates, as pip takes them: many networks have a proxy with one of its own.
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    if search_path:
        environment["PYTHONPATH"] = search_path
    environment |= {"UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(places.root / ".venv")}
    log = places.log / f"install-{label.partition('=')[0].replace(' ', '-').lower()}.log"
    run_quietly(progress, label, argv, log=log, folder=places.root, environment=environment)


def _works(argv: list[str], expected: str = "") -> bool:
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and expected in answer.stdout


if __name__ == "__main__":
    sys.exit(main())
