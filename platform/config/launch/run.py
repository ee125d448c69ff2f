"""`make run`: the whole of Centralita on one machine, in the foreground, until Ctrl-C.

python -m config.launch.run

Environment: PORT (8000), MAILDOOR_PORT (2525), MAILSINK_PORT (2526): a busy one is replaced by a free one.
DATABASE_URL, VALKEY_URL and EMAIL_HOST replace the embedded servers and the mail sink.
"""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from config.launch import processes
from config.launch.binaries import LaunchFailed
from config.launch.lock import AlreadyRunning, hold_clone
from config.launch.places import Places, repository_root, write_private
from config.launch.quiet import STARTED, InstallFailed, Progress
from config.launch.stack import Stack

HELD_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the launcher to end."""


def main() -> int:
    """Start everything, watch it, stop it; returns the exit code."""
    places = Places(repository_root())
    began = os.environ.pop(STARTED, None)
    progress = Progress(float(began) if began else None)
    try:
        with hold_clone(places):
            return _run(places, progress)
    except AlreadyRunning as error:
        print(error, file=sys.stderr)
        return 1


def _run(places: Places, progress: Progress) -> int:
    processes.adopt_orphans()
    stack = Stack(places, progress, base_environment(places))
    try:
        with _stop_on_signals():
            stack.bring_up()
            stack.watch()
    except Stopped:
        return 0
    except (LaunchFailed, InstallFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        with _deaf():
            progress.say("stopping …")
            stack.bring_down()
            processes.end_descendants(grace=3.0)
            progress.say("stopped")


def base_environment(places: Places) -> dict[str, str]:
    """What every process of this clone gets, before the servers' addresses; makes the signing key once."""
    secret = places.run / "secret"
    if not secret.exists():
        write_private(secret, secrets.token_urlsafe(48))
    defaults = {"CENTRALITA_DOMAIN": "localhost", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return {
        **defaults,
        "SECRET_KEY": secret.read_text(encoding="ascii"),
        **os.environ,
        "PYTHONPATH": "platform:.",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        raise Stopped

    for signum in HELD_SIGNALS:
        signal.signal(signum, handle)
    yield


@contextmanager
def _deaf() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the processes behind."""
    for signum in HELD_SIGNALS:
        signal.signal(signum, lambda number, frame: None)
    yield


if __name__ == "__main__":
    sys.exit(main())
