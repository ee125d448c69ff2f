"""``manage.py maildoor``: the SMTP door, on 127.0.0.1:$MAILDOOR_PORT, until it is told to end."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from conversations.mail_door import make_controller
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="receipt", by="signature", why="serves SMTP: a recipient must be a line of an active shop")
    # What would be checked was checked before the database was migrated; here it would double the time to start.
    requires_system_checks = ()
    help = "Takes in mail for the shops' addresses by SMTP."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default=os.environ.get("MAILDOOR_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("MAILDOOR_PORT", "2525")))

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        ended = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: ended.set())
        controller = make_controller(port, host)
        controller.start()
        self.stdout.write(f"Mail goes in by SMTP at {host}:{port}.")
        self.stdout.flush()
        ended.wait()
        controller.stop()
