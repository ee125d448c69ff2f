"""PostgreSQL and Valkey for one test run or benchmark: made in a temporary folder, gone afterwards.

    python -m config.launch.scratch [--durable] [--no-servers] -- COMMAND…

runs COMMAND with DATABASE_URL and VALKEY_URL set, ends whatever processes it left behind, stops the servers, and
exits with the code of COMMAND. `--no-servers` only watches over COMMAND, for one that starts its own servers.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.launch import processes
from config.launch.account import Account, can_pass, server_account
from config.launch.binaries import LaunchFailed, postgres_binaries, valkey_binary
from config.launch.places import Places, repository_root
from config.launch.postgres import Postgres
from config.launch.valkey import Valkey

PREFIX = "centralita-scratch"


@dataclass(frozen=True)
class Servers:
    """Where the scratch servers listen."""

    database_url: str
    valkey_url: str
    processes: tuple[int, ...] = ()
    secret_key: str = field(default_factory=secrets.token_hex)

    def environment(self) -> dict[str, str]:
        """What the settings need to know; the key signs for as long as the servers live."""
        return {"DATABASE_URL": self.database_url, "VALKEY_URL": self.valkey_url, "SECRET_KEY": self.secret_key}


@contextmanager
def scratch_servers(durable: bool = False, root: Path | None = None) -> Iterator[Servers]:
    """Start both servers on free ports, and stop and delete them at the end, however the block ends.

    `durable=False` gives up every guarantee on a power cut, for speed. `root` is the clone (default: this one). Enter
    it from the main thread: the servers die with the thread that started them.
    """
    places = Places(root or repository_root())
    account = server_account()
    _sweep_abandoned()
    home = _temporary_home(account)
    binaries = postgres_binaries(places, account, _say)
    database = Postgres(home, home, account, durable=durable, binaries=binaries, makes_databases=True)
    valkey = Valkey(home, home, account, durable=durable, binary=valkey_binary(places, account, _say))
    try:
        valkey.launch()
        database.launch()
        valkey.await_ready()
        database.await_ready()
        yield Servers(database.url, valkey.url, (database.process.pid, valkey.process.pid))
    finally:
        database.stop()
        valkey.stop()
        shutil.rmtree(home, ignore_errors=True)


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command in the foreground, pass SIGTERM on to it, end what it left behind; returns its exit code."""
    # Not in a session of its own: a debugger in the command must be able to read the terminal. Ctrl-C therefore
    # reaches the command directly, and here it must only not get in the way.
    child = subprocess.Popen(
        command, env={**os.environ, **environment}, preexec_fn=processes.die_with_parent(signal.SIGTERM)
    )

    def pass_on(signum: int, frame: FrameType | None) -> None:
        child.send_signal(signum)

    previous = {signum: signal.signal(signum, pass_on) for signum in (signal.SIGTERM, signal.SIGHUP)}
    previous[signal.SIGINT] = signal.signal(signal.SIGINT, lambda signum, frame: None)
    try:
        code = child.wait()
    finally:
        for signum, handler in previous.items():
            signal.signal(signum, handler)
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m config.launch.scratch")
    parser.add_argument("--durable", action="store_true", help="keep PostgreSQL's guarantees (slower)")
    parser.add_argument("--no-servers", action="store_true", help="start no servers, only watch over the command")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no command given after --")
    processes.adopt_orphans()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return _run_with_servers(command, options.durable, options.no_servers)
    except LaunchFailed as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _run_with_servers(command: Sequence[str], durable: bool, no_servers: bool) -> int:
    if no_servers:
        return _run_and_sweep(command, {}, keep=())
    with scratch_servers(durable) as servers:
        return _run_and_sweep(command, servers.environment(), keep=servers.processes)


def _run_and_sweep(command: Sequence[str], environment: Mapping[str, str], keep: Collection[int]) -> int:
    code = run_command(command, environment)
    if left := processes.end_descendants(grace=5.0, keep=keep):
        _say(f"ended {len(left)} processes that the command left behind: {', '.join(left)}")
    return code


def _temporary_home(account: Account | None) -> Path:
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-", dir=folder))
        os.chmod(home, 0o711)
        if can_pass(account, home):
            return home
        home.rmdir()
    raise LaunchFailed("No temporary folder that the servers' user may enter; set TMPDIR to one.")


def _sweep_abandoned() -> None:
    """Delete what a killed launcher could not delete itself."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}-*"):
        owner = folder.name.removeprefix(f"{PREFIX}-").partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
