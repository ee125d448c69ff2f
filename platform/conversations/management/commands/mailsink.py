"""``manage.py mailsink``: keeps outgoing mail in ``.run/outbox``; on 127.0.0.1:$MAILSINK_PORT, until told to end."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management.base import BaseCommand

from carriers.email_sink import Sink
from kernel.access import system


class Command(BaseCommand):
    access = system(opens="mail", by="rows", why="keeps what leaves, on machines without a mail server")
    help = "Stands in for a mail server: writes each outgoing mail to a file."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("MAILSINK_PORT", "2526")))
        parser.add_argument("--folder", type=Path, default=settings.ROOT / ".run" / "outbox")

    def handle(self, *args: Any, port: int, folder: Path, **options: Any) -> None:
        ended = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: ended.set())
        controller = Controller(Sink(folder), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
        controller.start()
        self.stdout.write(f"Outgoing mail is kept in {folder}.")
        self.stdout.flush()
        ended.wait()
        controller.stop()
