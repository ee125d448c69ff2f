"""What PostgreSQL and Valkey have in common: a folder, a port that may be lost in a race, a moment of readiness."""

import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from config.launch import processes
from config.launch.account import Account
from config.launch.binaries import LaunchFailed
from config.launch.ports import choose_port, free_port
from config.launch.processes import Program

ATTEMPTS = 4


class Server(ABC):
    """One embedded server. `launch` returns at once, so that several start side by side; `await_ready` waits."""

    name: str
    patience = 60.0

    def __init__(self, home: Path, log_folder: Path, account: Account | None, *, durable: bool) -> None:
        self.home = home
        self.log = log_folder / f"{self.name}.log"
        self.account = account
        self.durable = durable
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """How to reach it, password included."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder when it does not exist yet."""

    @abstractmethod
    def program(self) -> Program:
        """What to run for the port in `self.port`."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the running process accepts work."""

    @abstractmethod
    def finish(self) -> None:
        """What is to do once it answers for the first time."""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process; only after `launch`."""
        if self._process is None:
            raise LaunchFailed(f"{self.name} was not launched")
        return self._process

    def launch(self, wanted_port: int | None = None) -> None:
        """Start it on the wanted port when that is free, else on any."""
        self.prepare()
        self._spawn(choose_port(wanted_port)[0] if wanted_port else free_port())

    def await_ready(self) -> None:
        """Wait until it answers; LaunchFailed with the end of its log when it does not."""
        for attempt in range(1, ATTEMPTS + 1):
            if self._became_ready():
                self.finish()
                return
            lost_the_port = "ddress already in use" in self._log_text()
            if attempt == ATTEMPTS or not lost_the_port:
                break
            self._spawn(free_port())
        tail = "\n  ".join(self._log_text().splitlines()[-8:])
        self.stop()
        raise LaunchFailed(f"{self.name} did not start; the end of {self.log}:\n  {tail}")

    def stop(self) -> None:
        """Stop it and wait for its end; harmless when it does not run."""
        if self._process is not None and self._process.poll() is None:
            program = self.program()
            processes.stop(self._process, signum=program.stop_signal, grace=program.grace)

    def _spawn(self, port: int) -> None:
        self.port = port
        self.log.write_bytes(b"")
        self._process = processes.spawn(self.program(), self.log)

    def _became_ready(self) -> bool:
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.answers():
                return True
            time.sleep(0.02)
        return False

    def _log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")
