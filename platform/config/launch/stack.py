"""The parts of a running Centralita, and the order in which they come up and go down."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import redis

from config.launch.account import server_account
from config.launch.aside import Aside
from config.launch.binaries import LaunchFailed, postgres_binaries, servers_home, valkey_binary
from config.launch.frontend import Building
from config.launch.places import Places
from config.launch.ports import LOOPBACK, choose_port
from config.launch.postgres import Postgres
from config.launch.prepare import DESCRIBE, DONE
from config.launch.processes import Program, die_with_parent
from config.launch.quiet import Progress
from config.launch.server import Server
from config.launch.supervisor import Supervisor
from config.launch.valkey import Valkey
from config.launch.version import code_version

SERVERS, PROGRAMS = 1, 2
POSTGRES_PORT = 54320
VALKEY_PORT = 63790
FIRST_PAGE_PATIENCE = 60.0
REST_PATIENCE = 60.0
# As routing.dispatcher.loop names it: what is started here is not imported here.
DISPATCHER_ALIVE = "dispatcher:alive"
HOPELESS = 3
# Neither a line per request nor a server's name.
SERVING = ("-m", "config.serving", "-v", "0", "--no-server-name")
CELERY = ("-m", "celery", "-A", "config.celery")


class Stack:
    """Everything that `make run` starts. `environment` is what the children get, and is completed on the way."""

    def __init__(self, places: Places, progress: Progress, environment: Mapping[str, str]) -> None:
        self.places = places
        self.progress = progress
        self.say: Callable[[str], None] = progress.say
        self.environment = dict(environment)
        self.supervisor = Supervisor(places.log, progress.say)
        self.home: Path | None = None
        self._servers: list[Server] = []
        self._past: Aside | None = None

    def bring_up(self) -> None:
        """Servers, database, web, demo shops and people, then the rest; the front end is built meanwhile.

        The first page is there before the demo. The demo's past is played beside it all, when everything runs.
        """
        building = Building(self.places, self.progress)
        self._start_servers()
        self._choose_ports()
        version = code_version(self.places.root)
        is_applied = self._applied(version)
        if is_applied:
            self.say("migrations and demo data: up to date")
        else:
            self._prepare(["migrate_all"])
        self._start_web()
        building.wait()
        self._await_first_page()
        if not is_applied:
            self._prepare(["demo", DESCRIBE])
            self._remember(version)
        elif not self._description.exists():
            self._prepare([DESCRIBE])
        self._start_rest()
        self._await_rest()
        self._welcome()
        self._play_past(version)

    def watch(self) -> NoReturn:
        """Restart what crashes, until a signal ends it."""
        while True:
            self.supervisor.tick()
            time.sleep(0.25)

    def bring_down(self) -> None:
        """Stop the programs, then the servers they work on."""
        if self._past is not None:
            self._past.stop()
        self.supervisor.stop()
        for server in self._servers:
            server.stop()

    def _play_past(self, version: str) -> None:
        """The demo's months before today, beside everything else and behind it; once."""
        home = self._stamp()
        stamp = home.with_name("past") if home else None
        if stamp is not None and stamp.exists():
            return
        argv = [sys.executable, "manage.py", "demo", "--history", "--nice", "15"]
        program = Program("demo", argv, folder=self.places.root, environment=self.environment)
        self.say("demo: three months of history are made in the background; the screens fill up meanwhile")

        def remember() -> None:
            if stamp is not None:
                stamp.write_text(version, encoding="ascii")

        self._past = Aside(program, self.supervisor.log_of("demo"), tell=self.say, done=remember)

    def _start_servers(self) -> None:
        account = server_account()
        wanted: list[tuple[Server, int]] = []
        if "VALKEY_URL" in self.environment:
            self.say("Valkey: as VALKEY_URL says")
        else:
            home = self._home()
            binary = valkey_binary(self.places, account, self.say)
            valkey = Valkey(home, self.places.log, account, durable=True, binary=binary)
            wanted.append((valkey, VALKEY_PORT))
        if "DATABASE_URL" in self.environment:
            self.say("PostgreSQL: as DATABASE_URL says")
        else:
            home = self._home()
            binaries = postgres_binaries(self.places, account, self.say)
            database = Postgres(home, self.places.log, account, durable=True, binaries=binaries)
            wanted.append((database, POSTGRES_PORT))
            self.say(
                f"PostgreSQL {binaries.version} and Valkey: starting" + (f" as user {account.name}" if account else "")
            )
        for server, port in wanted:
            self._servers.append(server)
            server.launch(port)
        for server in self._servers:
            server.await_ready()
            self.environment["DATABASE_URL" if isinstance(server, Postgres) else "VALKEY_URL"] = server.url
            self.supervisor.adopt(server.program(), server.process, stage=SERVERS)
            self.say(f"{server.name} answers on {LOOPBACK}:{server.port}, data in {server.home / server.name}")

    def _home(self) -> Path:
        if self.home is None:
            self.home = servers_home(self.places, server_account(), self.say)
        return self.home

    def _choose_ports(self) -> None:
        for variable, default in (("PORT", 8000), ("MAILDOOR_PORT", 2525), ("MAILSINK_PORT", 2526)):
            port, remark = choose_port(int(self.environment.get(variable) or default))
            self.environment[variable] = str(port)
            if remark:
                self.say(f"{variable}: {remark}")
        self.sends_to_sink = "EMAIL_HOST" not in self.environment
        if self.sends_to_sink:
            self.environment |= {"EMAIL_HOST": LOOPBACK, "EMAIL_PORT": self.environment["MAILSINK_PORT"]}

    @property
    def _description(self) -> Path:
        return self.places.run / f"description-{self.environment['PORT']}-{self.environment['CENTRALITA_DOMAIN']}.txt"

    def _stamp(self) -> Path | None:
        # Beside the data, so that it cannot outlive them; a database of somebody else's is always looked at.
        embedded = any(isinstance(server, Postgres) for server in self._servers)
        return self._home() / "applied" if embedded else None

    def _applied(self, version: str) -> bool:
        stamp = self._stamp()
        return stamp is not None and stamp.exists() and stamp.read_text(encoding="ascii") == version

    def _remember(self, version: str) -> None:
        if stamp := self._stamp():
            stamp.write_text(version, encoding="ascii")
        for description in self.places.run.glob("description-*.txt"):
            if description != self._description:
                description.unlink()

    def _prepare(self, commands: Sequence[str]) -> None:
        """Run management commands in one process, and show what they print."""
        self.say(", ".join(commands) + ": running")
        draft = self._description.with_suffix(".draft")
        process = subprocess.Popen(
            [sys.executable, "-m", "config.launch.prepare", *commands],
            cwd=self.places.root,
            env={**self.environment, "DESCRIPTION_FILE": str(draft)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(DONE):
                print(f"          {line}", end="", flush=True)
                continue
            self.say(f"{line.removeprefix(DONE).strip()}: done")
        if process.wait() != 0:
            raise LaunchFailed(f"{', '.join(commands)} failed (exit code {process.returncode}); see above.")
        if DESCRIBE in commands:
            os.replace(draft, self._description)

    def _start(self, name: str, *arguments: str, grace: float = 10.0) -> None:
        argv = [sys.executable, *arguments]
        program = Program(name, argv, folder=self.places.root, environment=self.environment, grace=grace)
        self.supervisor.start(program, stage=PROGRAMS)

    def _start_web(self) -> None:
        self.say(f"web: starting on {LOOPBACK}:{self.environment['PORT']}")
        self._start("web", *SERVING, "-b", LOOPBACK, "-p", self.environment["PORT"], "config.asgi:application")

    def _await_first_page(self) -> None:
        """Wait for the console's page; LaunchFailed with the end of the web log when it does not come."""
        deadline = time.monotonic() + FIRST_PAGE_PATIENCE
        answer = "no answer"
        while time.monotonic() < deadline:
            self.supervisor.tick()
            answer = _ask_for_page(int(self.environment["PORT"]), f"desk.{self.environment['CENTRALITA_DOMAIN']}")
            if answer == "200":
                host = f"desk.{self.environment['CENTRALITA_DOMAIN']}:{self.environment['PORT']}"
                self.say(f"the first page answers: http://{host}/")
                return
            if self.supervisor.crashes("web") >= HOPELESS:
                break
            time.sleep(0.1)
        log = self.supervisor.log_of("web")
        tail = "\n  ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise LaunchFailed(f"The first page did not come ({answer}); the end of {log}:\n  {tail}")

    def _start_rest(self) -> None:
        if self.sends_to_sink:
            self._start("mailsink", "manage.py", "mailsink")
        self._start("dispatch", "manage.py", "dispatch")
        worker = ("worker", "-c", "2", "--prefetch-multiplier", "1", "-l", "warning")
        self._start("worker", *CELERY, *worker, grace=20.0)
        self._start("maildoor", "manage.py", "maildoor")
        schedule = str(self.places.run / "beat-schedule")
        self._start("beat", *CELERY, "beat", "-l", "warning", "--schedule", schedule)

    def _await_rest(self) -> None:
        """Until mail is taken in and conversations are given out; what is late is said, and goes on coming."""
        missing = {"mail door": self._takes_mail, "dispatcher": self._dispatches}
        deadline = time.monotonic() + REST_PATIENCE
        while missing and time.monotonic() < deadline:
            self.supervisor.tick()
            missing = {name: is_there for name, is_there in missing.items() if not is_there()}
            time.sleep(0.1)
        for name in missing:
            self.say(f"{name}: not there yet; see {self.places.log}")
        if not missing:
            self.say("the mail door and the dispatcher are at work")

    def _takes_mail(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, int(self.environment["MAILDOOR_PORT"])), timeout=1) as door:
                return door.recv(4).startswith(b"220")
        except OSError:
            return False

    def _dispatches(self) -> bool:
        try:
            with redis.Redis.from_url(self.environment["VALKEY_URL"], socket_timeout=1) as valkey:
                return bool(valkey.exists(DISPATCHER_ALIVE))
        except redis.RedisError:
            return False

    def _welcome(self) -> None:
        mail_in = f"{LOOPBACK}:{self.environment['MAILDOOR_PORT']}"
        print(f"\n{self._description.read_text(encoding='utf-8').rstrip()}\n")
        print(f"Mail to the shops goes in by SMTP at {mail_in}.", end=" ")
        print(f"Mail going out is in {self.places.run / 'outbox'}." if self.sends_to_sink else "")
        print(f"Logs are in {self.places.log}. Ctrl-C stops everything.\n", flush=True)


def _ask_for_page(port: int, host: str) -> str:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
