"""The embedded PostgreSQL: a cluster, its settings, the database `centralita`, and the login that works in it.

The login owns the database and makes the clients' roles; it is no superuser, for whom no wall in the database stands.
The superuser appears when the cluster is set up, and never again.
"""

import locale
import secrets
import shutil
import signal
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import psycopg
from psycopg import sql

from config.launch.account import Account, run_as
from config.launch.binaries import LaunchFailed, PostgresBinaries
from config.launch.places import write_private
from config.launch.processes import Program
from config.launch.server import Server

NAME = "centralita"
SUPERUSER = "centralita"
LOGIN = "centralita_app"
LOGIN_FILE = "postgres-login-password"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # One lock per table and index that a statement touches, and a schema has dozens.
    "max_locks_per_transaction": "1024",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "idle_in_transaction_session_timeout": "15min",
    "log_line_prefix": "%m [%p] %d ",
    "log_checkpoints": "off",
}
# What a cluster holds in which the superuser did all the work; extensions stay with whoever made them.
_HAND_OVER = """
SELECT format('ALTER SCHEMA %I OWNER TO {login}', nspname) FROM pg_namespace n
 WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
UNION ALL
SELECT format('ALTER %s %s OWNER TO {login}', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
              WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
UNION ALL
SELECT format('ALTER FUNCTION %s OWNER TO {login}', p.oid::regprocedure)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND p.prokind = 'f'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""
# The set-up that `postgres-complete` stands for.
SET_UP = "2"

NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """A cluster in `home/postgres`, its passwords beside it, reachable by TCP on the loopback.

    makes_databases: the login may, as tests must.
    """

    name = "postgres"

    def __init__(
        self,
        home: Path,
        log_folder: Path,
        account: Account | None,
        *,
        durable: bool,
        binaries: PostgresBinaries,
        makes_databases: bool = False,
    ) -> None:
        super().__init__(home, log_folder, account, durable=durable)
        self.binaries = binaries
        self.data = home / "postgres"
        self._makes_databases = makes_databases
        self._password_file = home / "postgres-password"
        self._login_file = home / LOGIN_FILE
        self._complete = home / "postgres-complete"

    @property
    def url(self) -> str:
        return self._url(LOGIN, self._login_file, NAME)

    @property
    def superuser_url(self) -> str:
        return self._url(SUPERUSER, self._password_file, NAME)

    def prepare(self) -> None:
        version_file = self.data / "PG_VERSION"
        if not (version_file.exists() and self._password_file.exists()):
            self._make_cluster()
        made_by = version_file.read_text(encoding="ascii").strip()
        if made_by != str(self.binaries.major):
            raise LaunchFailed(
                f"The data in {self.data} were made by PostgreSQL {made_by}, but this is {self.binaries.version}. "
                "Restore them from a dump, or start anew with make reset."
            )
        self._await_predecessor()

    def program(self) -> Program:
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else NOT_DURABLE)
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name=self.name,
            argv=[str(self.binaries.folder / "postgres"), "-D", str(self.data), *arguments],
            folder=self.data,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": _c_locale(), "TZ": "UTC"},
            account=self.account,
            # PostgreSQL's "fast" end: open sessions are cut, nothing committed is lost.
            stop_signal=signal.SIGINT,
            grace=30.0,
        )

    def answers(self) -> bool:
        lines = self._pid_lines()
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].startswith("ready")

    def finish(self) -> None:
        """Make the login, the database and its extensions, once for a cluster."""
        is_set_up = self._complete.exists() and self._complete.read_text(encoding="ascii") == SET_UP
        if is_set_up and self._login_file.exists():
            return
        if not self._login_file.exists():
            write_private(self._login_file, secrets.token_urlsafe(24))
        maintenance = self._url(SUPERUSER, self._password_file, "postgres")
        with psycopg.connect(maintenance, autocommit=True) as connection:
            self._make_login(connection)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone()
            statement = "ALTER DATABASE {} OWNER TO {}" if known else "CREATE DATABASE {} OWNER {}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(NAME), sql.Identifier(LOGIN)))
        with psycopg.connect(self.superuser_url) as connection:
            for extension in EXTENSIONS:
                create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public")
                connection.execute(create.format(sql.Identifier(extension)))
            for (statement,) in connection.execute(_HAND_OVER.format(login=LOGIN).encode()).fetchall():
                connection.execute(statement)
        self._complete.write_text(SET_UP, encoding="ascii")

    def _make_login(self, connection: psycopg.Connection[Any]) -> None:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (LOGIN,)).fetchone()
        statement = "{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE {} PASSWORD {}"
        connection.execute(
            sql.SQL(statement).format(
                sql.SQL("ALTER" if known else "CREATE"),
                sql.Identifier(LOGIN),
                sql.SQL("CREATEDB" if self._makes_databases else "NOCREATEDB"),
                self._login_file.read_text(encoding="ascii"),
            )
        )

        if self._makes_databases:  # tests wipe a client whole, past triggers and foreign keys
            grant = "GRANT SET ON PARAMETER session_replication_role TO {}"
            connection.execute(sql.SQL(grant).format(sql.Identifier(LOGIN)))

    def _url(self, user: str, password_file: Path, database: str) -> str:
        return f"postgresql://{user}:{password_file.read_text(encoding='ascii')}@127.0.0.1:{self.port}/{database}"

    def _make_cluster(self) -> None:
        if self.data.exists() and any(self.data.iterdir()):
            raise LaunchFailed(f"{self.data} holds something that is no complete cluster; start anew with make reset.")
        draft = self.home / "postgres-draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        with NamedTemporaryFile("w", prefix="initdb-", dir=self.home, encoding="ascii") as password_file:
            password_file.write(password)
            password_file.flush()
            if self.account is not None:
                self.account.own(draft)
                self.account.own(Path(password_file.name))
            answer = run_as(self.account, self._initdb(draft, password_file.name), self.home)
        if answer.returncode != 0:
            raise LaunchFailed(f"initdb failed:\n{answer.stdout}{answer.stderr}")
        write_private(self._password_file, password)
        self._complete.unlink(missing_ok=True)
        self._login_file.unlink(missing_ok=True)
        draft.rename(self.data)

    def _initdb(self, folder: Path, password_file: str) -> list[str]:
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.binaries.major >= 17 else []
        return [
            str(self.binaries.folder / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale={_c_locale()}",
            "--no-instructions",
            *provider,
            *([] if self.durable else ["--no-sync"]),
        ]

    def _await_predecessor(self) -> None:
        """Wait for a server whose launcher was killed a moment ago; drop the pid file of one that is long gone."""
        deadline = time.monotonic() + 30
        while lines := self._pid_lines():
            if not _is_postgres(lines[0]):
                # After a restart of the machine the number may belong to another program of the same user,
                # which PostgreSQL would take for itself.
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise LaunchFailed(f"A PostgreSQL (process {lines[0]}) already works on {self.data}; stop it first.")
            time.sleep(0.05)

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []


def _is_postgres(pid: str) -> bool:
    try:
        command = Path(f"/proc/{int(pid)}/comm").read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return False
    return command.strip() == "postgres"


def _c_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"
