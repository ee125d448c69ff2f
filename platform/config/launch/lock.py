"""One `make run`, and one installation, at a time in one clone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from config.launch.places import Places
from config.launch.quiet import Progress


class AlreadyRunning(Exception):
    """Another launcher holds this clone; the message names its process."""


@contextmanager
def hold_clone(places: Places) -> Iterator[None]:
    """Hold the clone's lock; AlreadyRunning when another process does. The kernel frees it if the holder dies."""
    places.make_run()
    with places.lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise AlreadyRunning(
                f"Centralita already runs here (process {holder}); end it with Ctrl-C first."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


@contextmanager
def one_installation(places: Places, progress: Progress) -> Iterator[None]:
    """Wait until no other installation of this clone is under way."""
    with (places.run / "install.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another installation is under way here; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
