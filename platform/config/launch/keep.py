"""`make backup` and `make restore FROM=…`, on the embedded servers or on those of DATABASE_URL.

    python -m config.launch.keep backup [--to FOLDER]
    python -m config.launch.keep restore FOLDER [--into FOLDER] [--erasures FILE|none]

A backup may be made while `make run` works. A restore makes a cluster of its own beside, and puts it in its place only
when everything is back and checked, so a restore that fails leaves nothing behind.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from config.launch import processes
from config.launch.account import can_pass, server_account
from config.launch.binaries import LaunchFailed, postgres_binaries, servers_home
from config.launch.lock import AlreadyRunning, hold_clone
from config.launch.places import Places, repository_root
from config.launch.postgres import LOGIN, LOGIN_FILE, NAME, Postgres
from config.launch.run import base_environment

_OF_A_CLUSTER = ("postgres", "postgres-password", LOGIN_FILE, "postgres-complete")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m config.launch.keep")
    acts = parser.add_subparsers(dest="act", required=True)
    backup = acts.add_parser("backup")
    backup.add_argument("--to", type=Path, default=None)
    restoring = acts.add_parser("restore")
    restoring.add_argument("folder", type=Path)
    restoring.add_argument(
        "--into", type=Path, default=None, help="home of the new cluster and its files (default: .run)"
    )
    restoring.add_argument("--erasures", default="")
    options = parser.parse_args(arguments)
    places = Places(repository_root())
    places.make_run()
    processes.adopt_orphans()
    try:
        if options.act == "backup":
            return back_up(places, options.to)
        return restore(places, options.folder, options.into, options.erasures)
    except (LaunchFailed, AlreadyRunning) as problem:
        print(problem, file=sys.stderr)
        return 1


def back_up(places: Places, into: Path | None) -> int:
    command = ["backup", *(["--to", str(into.resolve())] if into else [])]
    environment = base_environment(places)
    if "DATABASE_URL" in environment:
        return _manage(places, command, environment)
    home = servers_home(places, server_account(), _say)
    if not (home / "postgres").exists():
        raise LaunchFailed("There are no data to back up: make run makes them.")
    if url := running_url(home):
        return _manage(places, command, {**environment, "DATABASE_URL": url})
    with hold_clone(places):
        server = _postgres(places, home)
        try:
            server.launch()
            server.await_ready()
            return _manage(places, command, {**environment, "DATABASE_URL": server.url})
        finally:
            server.stop()


def restore(places: Places, folder: Path, into: Path | None, erasures: str) -> int:
    """A backup into a new cluster; exit code. LaunchFailed if something is there already."""
    environment = base_environment(places)
    folder = folder.resolve()
    command = ["restore", str(folder), *(["--erasures", erasures] if erasures else [])]
    if "DATABASE_URL" in environment:
        return _manage(places, command, environment)
    with nullcontext() if into else hold_clone(places):
        home = into.resolve() if into else servers_home(places, server_account(), _say)
        media = Path(environment.get("CENTRALITA_MEDIA") or (into or places.run).resolve() / "media")
        _refuse_existing(home, media)
        draft = home / "restoring"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        os.chmod(home, 0o711)
        os.chmod(draft, 0o711)
        if not can_pass(server_account(), draft):
            shutil.rmtree(draft)
            raise LaunchFailed(f"The servers' own user may not enter {home}; name another place: INTO=folder.")
        try:
            code = _restore_into(places, draft, command, environment)
            if code == 0:
                _put_in_place(draft, home, media)
                _say(f"restored into {home}; files in {media}")
            return code
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def running_url(home: Path) -> str:
    """The address of the cluster in ``home`` if one works there now, else empty."""
    try:
        lines = (home / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        password = (home / LOGIN_FILE).read_text(encoding="ascii")
    except OSError:
        return ""
    is_ready = len(lines) >= 8 and lines[7].startswith("ready") and Path(f"/proc/{lines[0]}").exists()
    return f"postgresql://{LOGIN}:{password}@127.0.0.1:{lines[3]}/{NAME}" if is_ready else ""


def _restore_into(places: Places, draft: Path, command: Sequence[str], environment: Mapping[str, str]) -> int:
    server = _postgres(places, draft)
    try:
        server.launch()
        server.await_ready()
        return _manage(
            places, command, {**environment, "DATABASE_URL": server.url, "CENTRALITA_MEDIA": str(draft / "media")}
        )
    finally:
        server.stop()


def _refuse_existing(home: Path, media: Path) -> None:
    for path in (*(home / name for name in _OF_A_CLUSTER), media):
        if path.exists() and (path.is_file() or any(path.iterdir())):
            raise LaunchFailed(
                f"{path} exists already; a backup is restored beside nothing. Move it away, run make reset, or name"
                " another place: make restore FROM=… INTO=folder. Nothing was changed."
            )


def _put_in_place(draft: Path, home: Path, media: Path) -> None:
    if (draft / "media").exists():
        media.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(media, ignore_errors=True)
        shutil.move(draft / "media", media)
    for name in _OF_A_CLUSTER:
        (draft / name).rename(home / name)


def _postgres(places: Places, home: Path) -> Postgres:
    account = server_account()
    binaries = postgres_binaries(places, account, _say)
    return Postgres(home, places.log, account, durable=True, binaries=binaries)


def _manage(places: Places, command: Sequence[str], environment: Mapping[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=places.root,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
