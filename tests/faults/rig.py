"""All that a fault run breaks: servers, two web processes behind a balancer, dispatcher, worker, schedule, mail door.

All of it is started here, on free ports, and ended here. Programs are started from the main thread: they die with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from config.launch import processes
from config.launch.account import server_account
from config.launch.binaries import postgres_binaries, valkey_binary
from config.launch.places import Places, repository_root
from config.launch.ports import LOOPBACK, free_port
from config.launch.postgres import Postgres
from config.launch.processes import Program
from config.launch.server import Server
from config.launch.valkey import Valkey

ROOT = repository_root()
SERVING = ("-m", "config.serving", "-v", "0", "--no-server-name", "-b", LOOPBACK, "-p")
CELERY = ("-m", "celery", "-A", "config.celery")
WEBS = ("web1", "web2")
PATIENCE = 90.0


class Rig:
    """folder: where the logs go. durable: PostgreSQL keeps its promises, as killing it needs."""

    def __init__(self, folder: Path, *, durable: bool = True, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.home = Path(tempfile.mkdtemp(prefix=f"centralita-faults-{os.getpid()}-"))
        os.chmod(self.home, 0o711)
        account, places = server_account(), Places(ROOT)
        self.postgres = Postgres(
            self.home, folder, account, durable=durable, binaries=postgres_binaries(places, account, print)
        )
        binary = valkey_binary(places, account, print)
        self.valkey = Valkey(self.home, folder, account, durable=False, binary=binary)
        self.ports = {name: free_port() for name in (*WEBS, "maildoor", "sink")}
        self.links: dict[str, int] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.has_small_disk = False
        self._extra = dict(environment or {})
        self._proxy: subprocess.Popen[bytes] | None = None

    def start_servers(self) -> dict[str, str]:
        """Both servers and the proxy; the environment under which this process may use Django."""
        for server in (self.valkey, self.postgres):
            server.launch()
        for server in (self.valkey, self.postgres):
            server.await_ready()
        self._start_proxy()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.postgres.url,
            "VALKEY_URL": self.valkey.url,
            "SECRET_KEY": "faults-only-0123456789-abcdefghijklmnopqrstuvwxyz",
            "CENTRALITA_MEDIA": str(self.home / "media"),
            "CENTRALITA_DOMAIN": "localhost",
            "PORT": str(self.links["browser"]),
            "EMAIL_HOST": LOOPBACK,
            "EMAIL_PORT": str(self.ports["sink"]),
            "PYTHONUNBUFFERED": "1",
            **self._extra,
        }
        return self.environment

    def start_programs(self, *names: str) -> None:
        for name in names or (*WEBS, "dispatch", "worker", "beat", "maildoor"):
            self.start(name)

    def start(self, name: str, **environment: str) -> None:
        """Start one program; what is given stands beside the common environment."""
        linked = {}
        for part, url in (("db", "DATABASE_URL"), ("valkey", "VALKEY_URL")):
            if port := self.links.get(f"{name}-{part}"):
                linked[url] = _through(self.environment[url], port)
        known = {**self.environment, **linked, **environment}
        program = Program(name, [sys.executable, *self._argv(name)], folder=ROOT, environment=known)
        self.running[name] = processes.spawn(program, self.folder / f"{name}.log")

    def kill(self, name: str) -> None:
        """SIGKILL to the program and all it started, and wait until it is gone."""
        process = self.running[name]
        below = processes.descendants(process.pid)
        for pid in (process.pid, *below):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def has_ended(self, pid: int) -> bool:
        return any(each.pid == pid and each.poll() is not None for each in self.running.values())

    async def stop(self, name: str) -> None:
        """As a deployment does: SIGTERM, and SIGKILL after ten seconds."""
        process = self.running[name]
        process.terminate()
        for _ in range(200):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        self.kill(name)

    def kill_server(self, server: Server) -> None:
        """SIGKILL to a server and its children; reaped, so that the next one can take its place."""
        pids = [server.process.pid, *processes.descendants(server.process.pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.process.wait()
        while any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in pids):
            time.sleep(0.005)

    async def revive_server(self, server: Server) -> None:
        """Start a killed server again on its port, and wait until it answers."""
        server.launch(server.port)
        async with asyncio.timeout(PATIENCE):
            while not server.answers():
                await asyncio.sleep(0.02)

    async def command(self, link: str, mode: str, delay: float = 0.0) -> None:
        assert self._proxy is not None and self._proxy.stdin is not None and self._proxy.stdout is not None
        self._proxy.stdin.write(json.dumps({"link": link, "mode": mode, "delay": delay}).encode() + b"\n")
        self._proxy.stdin.flush()
        await asyncio.to_thread(self._proxy.stdout.readline)

    async def await_web(self, *names: str) -> None:
        for name in names or WEBS:
            await self.await_port(name)

    async def await_port(self, name: str) -> None:
        """Wait until a program takes connections; RuntimeError with its log if it ended instead."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    _, writer = await asyncio.open_connection(LOOPBACK, self.ports[name])
                except OSError:
                    if self.running[name].poll() is not None:
                        log = self.folder / f"{name}.log"
                        raise RuntimeError(f"{name} ended:\n{log.read_text(errors='replace')[-3000:]}") from None
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                return

    def run(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """A Python program beside everything else; its end is awaited by the caller."""
        program = Program(name, [sys.executable, *arguments], folder=ROOT, environment=self.environment)
        return processes.spawn(program, self.folder / f"{name}.log")

    def end(self) -> None:
        for name in list(self.running):
            self.running[name].terminate()
        for name in list(self.running):
            processes.await_end(self.running[name], time.monotonic() + 5)
        if self._proxy is not None:
            self._proxy.kill()
            self._proxy.wait()
        for server in (self.postgres, self.valkey):
            server.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _argv(self, name: str) -> list[str]:
        match name:
            case "web1" | "web2":
                return [*SERVING, str(self.ports[name]), "config.asgi:application"]
            case "worker" | "worker2":
                return [*CELERY, "worker", "-c", "1", "-l", "warning", "-n", f"{name}@faults"]
            case "beat":
                return [*CELERY, "beat", "-l", "warning", "--schedule", str(self.home / "beat")]
            case "maildoor":
                return ["manage.py", "maildoor", "--port", str(self.ports["maildoor"])]
            case _:
                return ["manage.py", "dispatch"]

    def _start_proxy(self) -> None:
        wanted = {
            "browser": [self.ports[name] for name in WEBS],
            "web1-db": [self.postgres.port],
            "web1-valkey": [self.valkey.port],
            "worker-db": [self.postgres.port],
        }
        self._proxy = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.proxy", json.dumps(wanted)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=processes.die_with_parent(signal.SIGKILL),
        )
        assert self._proxy.stdout is not None
        self.links = json.loads(self._proxy.stdout.readline())


def _through(url: str, port: int) -> str:
    head, _, tail = url.rpartition("@")
    return f"{head}@{LOOPBACK}:{port}/{tail.partition('/')[2]}"


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
