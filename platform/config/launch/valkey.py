"""The embedded Valkey: doorbells only, so losing it loses nothing."""

import os
import secrets
import signal
import socket
from pathlib import Path

from config.launch.account import Account
from config.launch.places import write_private
from config.launch.ports import LOOPBACK
from config.launch.processes import Program
from config.launch.server import Server


class Valkey(Server):
    """Works in `home/valkey`, with a password, on the loopback; keeps its data only when `durable`."""

    name = "valkey"

    def __init__(self, home: Path, log_folder: Path, account: Account | None, *, durable: bool, binary: Path) -> None:
        super().__init__(home, log_folder, account, durable=durable)
        self.binary = binary
        self.data = home / "valkey"
        self._password_file = home / "valkey-password"

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        if not self._password_file.exists():
            write_private(self._password_file, secrets.token_urlsafe(24))
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._give(self.data)

    def program(self) -> Program:
        settings = self.data / "valkey.conf"
        write_private(settings, self._settings())
        self._give(settings)
        return Program(
            name=self.name,
            argv=[str(self.binary), str(settings)],
            folder=self.data,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            account=self.account,
            stop_signal=signal.SIGTERM,
            grace=10.0,
        )

    def answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                return _read_lines(connection, 2) == ["+OK", "+PONG"]
        except OSError:
            return False

    def finish(self) -> None:
        """Nothing: it starts empty."""

    def _settings(self) -> str:
        # A file and not arguments, which every user of the machine can read in the process list.
        return "\n".join(
            [
                f"bind {LOOPBACK}",
                f"port {self.port}",
                f"dir {self.data}",
                f"requirepass {self._password()}",
                "daemonize no",
                'save ""',
                f"appendonly {'yes' if self.durable else 'no'}",
                "appendfsync everysec",
                "",
            ]
        )

    def _password(self) -> str:
        return self._password_file.read_text(encoding="ascii")

    def _give(self, path: Path) -> None:
        if self.account is not None and os.stat(path).st_uid != self.account.uid:
            self.account.own(path)


def _read_lines(connection: socket.socket, count: int) -> list[str]:
    received = b""
    while received.count(b"\r\n") < count:
        chunk = connection.recv(256)
        if not chunk:
            break
        received += chunk
    return received.decode(errors="replace").split("\r\n")[:count]
