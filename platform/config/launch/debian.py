"""The Debian packages that cannot come from PyPI."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.launch.quiet import InstallFailed, Progress, run_quietly

FOR_RUN = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
    "fonts-noto-core",
)
FOR_TESTS = ("chromium", "dovecot-imapd", "poppler-utils")
# A library that lies there until it is named in LD_PRELOAD. Without it the fault of wrong clocks is left out.
FOR_FAULTS = ("libfaketime",)


def missing_packages(names: Sequence[str]) -> list[str]:
    """Which of these Debian packages are not installed; none is reported where there is no dpkg."""
    query = shutil.which("dpkg-query")
    if query is None:
        return []
    answer = subprocess.run(
        [query, "-W", "-f", "${Package} ${db:Status-Status}\n", *names], capture_output=True, text=True, check=False
    )
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def install_packages(names: Sequence[str], progress: Progress, log: Path) -> None:
    """Install what is missing with apt-get, as root or through sudo; InstallFailed says what to do by hand."""
    if shutil.which("dpkg-query") is None:
        progress.say(f"not a Debian machine: make sure that it has what these packages bring: {' '.join(names)}")
        return
    missing = missing_packages(names)
    if not missing:
        return
    prefix = _become_root(missing)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    install = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    label = f"Debian packages {' '.join(missing)}"
    try:
        run_quietly(progress, label, install, log=log, folder=Path("/"), environment=environment)
    except InstallFailed:
        # A new machine has no package lists, an old one lists of packages that are gone.
        update = [*prefix, "apt-get", "update", "-q"]
        run_quietly(progress, "Debian package lists", update, log=log, folder=Path("/"), environment=environment)
        run_quietly(progress, label, install, log=log, folder=Path("/"), environment=environment)


def _become_root(missing: Sequence[str]) -> list[str]:
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        return quiet
    sudo = shutil.which("sudo")
    # The commands' own input is closed, so a password can only be asked for here.
    if sudo and subprocess.run([sudo, "-v" if sys.stdin.isatty() else "-nv"], check=False).returncode == 0:
        return [sudo, "-n", *quiet]
    raise InstallFailed(
        "These Debian packages are missing, and neither root nor sudo is at hand to install them:\n"
        f"  apt-get install {' '.join(missing)}\n"
        "Have them installed, then start again."
    )
