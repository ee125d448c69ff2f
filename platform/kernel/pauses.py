"""How long a transaction may stand idle. A process that hangs in one keeps its locks, and PostgreSQL ends it.

Work between two statements that takes longer than ``settings.IDLE_TRANSACTION_SECONDS`` says so beforehand: an archive
of a client's files, a backup that another program reads under this transaction's snapshot.
"""

from __future__ import annotations

from django.db import connection


def allow_pauses() -> None:
    """This transaction may stand idle for as long as it takes. Inside ``transaction.atomic``; over with it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
