"""The stand-in for a mail server: every mail of a demo is a whole file that can be read."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from django.conf import settings

from config.launch.ports import free_port
from tests.carriers.letters import letter
from tests.carriers.mail_servers import wait_for


def test_outgoing_mail_is_kept_as_files(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "outbox"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test", "MAILSINK_PORT": str(port)}
    environment["PYTHONPATH"] = f"{settings.ROOT / 'platform'}:{settings.ROOT}"
    command = [sys.executable, "manage.py", "mailsink", "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=settings.ROOT, env=environment)
    try:
        wait_for(lambda: _send(port), "the sink did not open", seconds=60)
        (kept,) = folder.iterdir()
        mail = message_from_bytes(kept.read_bytes(), policy=default)
        assert kept.name.endswith("-anna@post.example.eml")
        assert (mail["Subject"], mail["X-Envelope-To"]) == ("Il mio ordine", "anna@post.example")
    finally:
        process.terminate()
        assert process.wait(20) == 0


def _send(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=15) as client:
            client.sendmail("help@acme.example", "anna@post.example", letter())
    except OSError:
        return False
    return True
