"""Centralita's processes over a committed database, for tests that need real commits and real sockets."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from psycopg import sql

from config.launch.ports import free_port
from config.launch.processes import die_with_parent
from people.models import Person
from tenants.models import Tenant
from tests.debris import drop_database
from tests.world import reset_desks

_PATIENCE = 90.0


@dataclass
class LiveStack:
    """One Daphne over ``database``; ``start`` adds the dispatcher, the worker or any other command for one test.

    Hosts are told apart by the Host header, so every address is 127.0.0.1:``port``.
    """

    database: str
    folder: Path
    port: int
    environment: dict[str, str]
    web: subprocess.Popen[bytes] | None = None
    extras: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _seeded: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def bring_up(cls, folder: Path) -> LiveStack:
        """Copy the worker's test database (two shops, everyone) and start Daphne over the copy."""
        source = str(connection.settings_dict["NAME"])
        database = f"{source}_live"
        _copy_database(source, database)
        redis.Redis.from_url(settings.VALKEY_URL).flushdb()
        port = free_port()
        stack = cls(database, folder, port, _environment(database, port, folder))
        stack.start_web()
        with using_database(database):
            stack._seeded = frozenset(_tables_with_rows())
        return stack

    def bring_down(self) -> None:
        self.stop_extras()
        if self.web is not None:
            _stop(self.web)
        connections.close_all()
        with _maintenance() as admin:
            drop_database(admin, self.database)

    def start_web(self) -> None:
        """Start Daphne (again, on the same port) and wait until it answers."""
        self.web = self._run(
            "web", "-m", "config.serving", "-b", "127.0.0.1", "-p", str(self.port), "tests.tapped_asgi:application"
        )
        deadline = time.monotonic() + _PATIENCE
        while not _answers(self.port):
            if self.web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Daphne did not come up:\n{self.log('web')}")
            time.sleep(0.05)

    def start_second_web(self, **environment: str) -> int:
        """Another Daphne over the same database, for one test, with other settings if any are given; its port."""
        port = free_port()
        arguments = ("-m", "config.serving", "-b", "127.0.0.1", "-p", str(port), "config.asgi:application")
        self.extras["web-2"] = process = self._run("web-2", *arguments, **environment)
        deadline = time.monotonic() + _PATIENCE
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the second Daphne did not come up:\n{self.log('web-2')}")
            time.sleep(0.05)
        return port

    def kill_web(self) -> None:
        assert self.web is not None
        self.web.kill()
        self.web.wait()

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start ``manage.py <arguments>`` (the name alone if none are given); stopped when the test ends."""
        process = self._run(name, "manage.py", *(arguments or (name,)))
        self.extras[name] = process
        return process

    def start_dispatcher(self) -> subprocess.Popen[bytes]:
        return self.start("dispatch")

    def start_worker(self, *, beat: bool = False) -> subprocess.Popen[bytes]:
        """A Celery worker of one process (with beat inside if asked)."""
        beats = ("--beat", "--schedule", str(self.folder / "beat-schedule")) if beat else ()
        process = self._run(
            "worker", "-m", "celery", "-A", "config.celery", "worker", "-P", "solo", "-l", "warning", *beats
        )
        self.extras["worker"] = process
        return process

    @contextlib.contextmanager
    def database_away(self) -> Iterator[None]:
        """Nobody gets a connection inside the block, and those that there were are cut off; this process's too."""
        connections.close_all()
        name = sql.Identifier(self.database)
        with _maintenance() as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            try:
                _cut_off(admin, self.database)
                yield
            finally:
                admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))

    def stop_extras(self) -> None:
        for process in self.extras.values():
            _stop(process)
        self.extras.clear()

    @property
    def tap(self) -> Path:
        """What the web process said, and to whom, since the test began."""
        return self.folder / "said.jsonl"

    def log(self, name: str) -> str:
        """The end of a process's output."""
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace")[-4000:] if path.exists() else ""

    def desk_url(self, path: str = "/") -> str:
        return f"http://desk.{settings.DOMAIN}:{self.port}{path}"

    def shop_url(self, shop: Tenant | str, path: str = "/") -> str:
        return f"http://{shop if isinstance(shop, str) else shop.slug}.{settings.DOMAIN}:{self.port}{path}"

    def http(self, person: Person | None = None, shop: Tenant | str | None = None) -> Door:
        """An HTTP session at the desk, or at a shop's host, signed in as ``person``."""
        slug = shop if isinstance(shop, str) or shop is None else shop.slug
        return Door(self.port, f"{slug or 'desk'}.{settings.DOMAIN}:{self.port}", cookies_of(person))

    def socket_headers(self, person: Person | None = None, shop: Tenant | str | None = None) -> dict[str, str]:
        """Headers of a web socket to ``ws://127.0.0.1:port``: Host, Origin and the session's cookie."""
        door = self.http(person, shop)
        cookies = "; ".join(f"{name}={value}" for name, value in door.cookies.items())
        return {"Host": door.host, "Origin": f"http://{door.host}", **({"Cookie": cookies} if cookies else {})}

    def empty(self) -> None:
        """Take away all that tests left: work, conversations, sessions; shops and people stay."""
        tables = [table for table in _tables() if table not in self._seeded]
        names = sql.SQL(", ").join(sql.Identifier(schema, table) for schema, table in tables)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("TRUNCATE {}").format(names).as_string(None))
        self.tap.write_bytes(b"")
        reset_desks()

    def _run(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )


class Door(requests.Session):
    """``requests`` at one host of the stack: paths instead of URLs, CSRF done."""

    def __init__(self, port: int, host: str, cookies: dict[str, str]) -> None:
        super().__init__()
        self.host = host
        self.base = f"http://127.0.0.1:{port}"
        self.trust_env = False
        self.cookies.update({**cookies, "csrftoken": "0" * 32})
        self.headers.update({"Host": host, "Origin": f"http://{host}", "X-CSRFToken": "0" * 32})

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 20)
        return super().request(method, f"{self.base}{url!s}" if str(url).startswith("/") else url, *args, **kwargs)


def cookies_of(person: Person | None) -> dict[str, str]:
    """The session cookie of somebody signed in (committed on the current connection)."""
    if person is None:
        return {}
    client = Client(headers={"host": settings.DESK_HOST})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@contextlib.contextmanager
def using_database(name: str) -> Iterator[None]:
    """This process's connections, in every thread, go to ``name`` inside the block."""
    before = connections.settings["default"]["NAME"]
    connections.close_all()
    connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        connections.close_all()
        connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = before


def _environment(database: str, port: int, folder: Path) -> dict[str, str]:
    db = connection.settings_dict
    credentials = f"{db['USER']}:{db['PASSWORD']}@" if db["PASSWORD"] else f"{db['USER']}@"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "PYTHONPATH": f"{settings.ROOT / 'platform'}:{settings.ROOT}",
        "DATABASE_URL": f"postgresql://{credentials}{db['HOST']}:{db['PORT']}/{database}",
        "VALKEY_URL": settings.VALKEY_URL,
        "CENTRALITA_MEDIA": str(settings.MEDIA_ROOT),
        "INBOUND_INLINE": "1",
        "IDLE_TRANSACTION_SECONDS": "60",
        "PORT": str(port),
        "CANARY_TAP": str(folder / "said.jsonl"),
    }


def _copy_database(source: str, target: str) -> None:
    connections.close_all()
    with _maintenance() as admin:
        _cut_off(admin, source)
        drop_database(admin, target)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source)))


def _cut_off(admin: psycopg.Connection[Any], database: str) -> None:
    """End everybody's connection; PostgreSQL's own processes there are not ours to end."""
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = session_user AND pid <> pg_backend_pid()",
        [database],
    )


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection[Any]]:
    db = connection.settings_dict
    with psycopg.connect(
        host=db["HOST"], port=db["PORT"], user=db["USER"], password=db["PASSWORD"], dbname="postgres", autocommit=True
    ) as admin:
        yield admin


def _tables() -> list[tuple[str, str]]:
    """Tables that hold rows of their own: those of public and of every shop, without what Django keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname = 'public' OR schemaname IN (SELECT schema_name FROM public.tenants_tenant)"
            " ORDER BY 1, 2"
        )
        return [(schema, table) for schema, table in cursor.fetchall()]


def _tables_with_rows() -> list[tuple[str, str]]:
    filled = []
    with connection.cursor() as cursor:
        for schema, table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{schema}"."{table}")')
            if cursor.fetchone()[0] or table == "django_migrations":
                filled.append((schema, table))
    return filled


def _answers(port: int) -> bool:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        web.request("GET", "/_allauth/browser/v1/config", headers={"Host": settings.DESK_HOST})
        return web.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
