"""Run long commands without a wall of text: a line at the start, one now and then, the output only if it fails."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HEARTBEAT_SECONDS = 15.0
# Names the moment (of ``time.monotonic``) at which an earlier program of the same command began.
STARTED = "LAUNCH_STARTED"


class InstallFailed(Exception):
    """A step of the installation failed; the message says what to do."""


class Progress:
    """Prints lines with the time since the start (of ``time.monotonic``; now, unless another program began it)."""

    def __init__(self, started: float | None = None) -> None:
        self.started = time.monotonic() if started is None else started

    def say(self, line: str) -> None:
        """Print one line."""
        print(f"{time.monotonic() - self.started:6.1f} s  {line}", flush=True)


def run_quietly(
    progress: Progress,
    label: str,
    argv: Sequence[str],
    *,
    log: Path,
    folder: Path,
    environment: Mapping[str, str],
) -> None:
    """Run a command with its output in `log`; InstallFailed with the end of it when the exit code is not 0."""
    progress.say(f"{label} …")
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                try:
                    process.wait(HEARTBEAT_SECONDS)
                except subprocess.TimeoutExpired:
                    progress.say(f"{label}: still at it after {time.monotonic() - started:.0f} s")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode != 0:
        tail = "\n  ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
        raise InstallFailed(f"{label} failed (exit code {process.returncode}); the end of {log}:\n  {tail}")
