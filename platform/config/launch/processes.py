"""Start and stop single child processes so that none outlives the launcher."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.account import Account

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ON_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """What to run and how to end it. `stop_signal` is also what it gets when the launcher itself is killed."""

    name: str
    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0


def spawn(program: Program, log: Path) -> subprocess.Popen[bytes]:
    """Start the program in a session of its own, its output appended to `log`.

    Call it from a thread that lives as long as the child shall: Linux counts the thread's end as the parent's death.
    """
    account = program.account
    with log.open("ab") as output:
        return subprocess.Popen(
            program.argv,
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            # Set after the change of user, which would clear it.
            preexec_fn=die_with_parent(program.stop_signal),
        )


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the child gets `signum` when the process that starts it dies in any way."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if ON_LINUX:
            _libc.prctl(PR_SET_PDEATHSIG, int(signum))
            if os.getppid() != parent:
                os._exit(1)

    return ask_the_kernel


def stop(process: subprocess.Popen[bytes], *, signum: signal.Signals, grace: float) -> None:
    """Ask the process to end, wait up to `grace` seconds, then kill what is left of its group."""
    ask_to_stop(process, signum)
    await_end(process, time.monotonic() + grace)


def ask_to_stop(process: subprocess.Popen[bytes], signum: signal.Signals) -> None:
    """Signal the process alone: a Celery worker ends its own children, and they must not hear it twice."""
    if process.poll() is None:
        process.send_signal(signum)


def await_end(process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait until `deadline` (monotonic seconds), then kill; either way nothing of its group remains."""
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def adopt_orphans() -> None:
    """Make every orphaned descendant a child of this process, so that `end_descendants` finds it."""
    if ON_LINUX:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_descendants(grace: float, *, keep: Collection[int] = ()) -> list[str]:
    """End every process that descends from this one, but for the children in `keep` and what is below them.

    They get SIGTERM, and SIGKILL when `grace` seconds have passed. Returns their names.
    """
    ended: dict[int, str] = {}
    deadline = time.monotonic() + grace
    while left := descendants(os.getpid(), without=keep):
        late = time.monotonic() > deadline
        for pid, name in left.items():
            if late or pid not in ended:
                _signal(pid, signal.SIGKILL if late else signal.SIGTERM)
            ended[pid] = name
        _reap(left)
        time.sleep(0.02)
    return list(ended.values())


def descendants(pid: int, *, without: Collection[int] = ()) -> dict[int, str]:
    """Process ids (with command names) of everything below `pid`, read from /proc.

    Zombies do not count, nor do the processes in `without` and what is below them.
    """
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            before, _, after = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue
        state, parent = after.split()[:2]
        children.setdefault(int(parent), []).append(int(entry.name))
        if state not in "ZX":
            names[int(entry.name)] = before.partition("(")[2]
    found, queue = {}, [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            if child in without:
                continue
            queue.append(child)
            if child in names:
                found[child] = names[child]
    return found


def _signal(pid: int, signum: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signum)


def _reap(pids: Mapping[int, str]) -> None:
    for pid in pids:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            continue
