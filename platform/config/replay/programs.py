"""Web, dispatcher and worker on a free port, for a replay or a benchmark; stopped with the block."""

from __future__ import annotations

import http.client
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.launch.ports import LOOPBACK, free_port
from config.launch.processes import Program
from config.launch.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[3]
# Neither a line per request nor a server's name.
SERVING = ("-m", "config.serving", "-v", "0", "--no-server-name")
CELERY = ("-m", "celery", "-A", "config.celery")


@contextmanager
def running_programs(
    log: Path, *, worker: bool = True, beat: bool = True, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Start the programs against DATABASE_URL and VALKEY_URL of this process; yields the web's port."""
    log.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(log, logging.getLogger(__name__).warning)
    port = free_port()
    inherited = {**os.environ, **(environment or {}), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    inherited["PYTHONPATH"] = f"{ROOT / 'platform'}:{ROOT}"

    def start(name: str, *arguments: str, grace: float = 10.0) -> None:
        program = Program(name, [sys.executable, *arguments], folder=ROOT, environment=inherited, grace=grace)
        supervisor.start(program)

    try:
        start("web", *SERVING, "-b", LOOPBACK, "-p", str(port), "config.asgi:application")
        start("dispatch", "manage.py", "dispatch")
        if worker:
            start("worker", *CELERY, "worker", "-c", "1", "-l", "warning", grace=20.0)
        if beat:
            start("beat", *CELERY, "beat", "-l", "warning", "--schedule", str(log / "beat-schedule"))
        await_page(port)
        yield port
    finally:
        supervisor.stop()


def await_page(port: int, *, patience: float = 60.0) -> None:
    """Wait until the desk answers; TimeoutError if it never does."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        try:
            connection.request("GET", "/api/csrf", headers={"Host": f"desk.localhost:{port}"})
            if connection.getresponse().status < 400:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError("the web process did not answer; see its log")
