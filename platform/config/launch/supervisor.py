"""Keep a set of programs running: restart what crashes, stop all of them in order."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.launch import processes
from config.launch.processes import Program

LOG_CAP_BYTES = 20 * 1024 * 1024


@dataclass
class _Kept:
    program: Program
    process: subprocess.Popen[bytes]
    stage: int
    started: float
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """Watches programs from one thread; `tick` must be called a few times a second.

    `backoff` doubles with each crash up to `longest_backoff`; a program that ran for `steady` seconds starts afresh.
    """

    def __init__(
        self,
        log_folder: Path,
        say: Callable[[str], None],
        *,
        backoff: float = 1.0,
        longest_backoff: float = 30.0,
        steady: float = 60.0,
    ) -> None:
        self.log_folder = log_folder
        self.say = say
        self.backoff = backoff
        self.longest_backoff = longest_backoff
        self.steady = steady
        self._kept: list[_Kept] = []
        self._next_log_check = 0.0

    def start(self, program: Program, *, stage: int = 1) -> subprocess.Popen[bytes]:
        """Start a program with an empty log. Higher stages are stopped first."""
        self.log_of(program.name).write_bytes(b"")
        process = processes.spawn(program, self.log_of(program.name))
        self.adopt(program, process, stage=stage)
        return process

    def adopt(self, program: Program, process: subprocess.Popen[bytes], *, stage: int) -> None:
        """Watch a program that is already running."""
        self._kept.append(_Kept(program, process, stage, time.monotonic()))

    def log_of(self, name: str) -> Path:
        """The log file of a program."""
        return self.log_folder / f"{name}.log"

    def crashes(self, name: str) -> int:
        """How often a program has crashed since it last ran steadily."""
        return sum(kept.failures for kept in self._kept if kept.program.name == name)

    def tick(self) -> None:
        """Notice what ended, restart what is due, keep logs under their cap."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.restart_at is None and kept.process.poll() is not None:
                self._schedule(kept, now)
            if kept.restart_at is not None and kept.restart_at <= now:
                kept.process = processes.spawn(kept.program, self.log_of(kept.program.name))
                kept.started, kept.restart_at = now, None
        if now >= self._next_log_check:
            self._next_log_check = now + 5
            self._cap_logs()

    def stop(self) -> None:
        """Stop stage after stage, the programs of one stage at the same time."""
        for stage in sorted({kept.stage for kept in self._kept}, reverse=True):
            chosen = [kept for kept in self._kept if kept.stage == stage]
            for kept in chosen:
                processes.ask_to_stop(kept.process, kept.program.stop_signal)
            asked = time.monotonic()
            for kept in chosen:
                processes.await_end(kept.process, asked + kept.program.grace)
        self._kept.clear()

    def _schedule(self, kept: _Kept, now: float) -> None:
        if now - kept.started >= self.steady:
            kept.failures = 0
        delay = min(self.longest_backoff, self.backoff * 2**kept.failures)
        kept.failures += 1
        kept.restart_at = now + delay
        # What the dead program left running would fight with its successor for ports and rows.
        processes.await_end(kept.process, now)
        log = self.log_of(kept.program.name)
        self.say(f"{kept.program.name} ended ({_reason(kept.process)}); starts again in {delay:.0f} s; see {log}")

    def _cap_logs(self) -> None:
        for kept in self._kept:
            log = self.log_of(kept.program.name)
            if log.exists() and log.stat().st_size > LOG_CAP_BYTES:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)


def _reason(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
