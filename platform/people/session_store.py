"""Sessions as rows that name their person: they can be listed, ended from elsewhere, and run out.

ASVS 7.3.1, 7.3.2: a session ends after ``SESSION_IDLE_MINUTES`` without a request and, used or not, after
``SESSION_HOURS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Q, QuerySet

from kernel import clock
from kernel.ids import new_id
from people.models import Session

ID, STARTED, HOST, PROGRAM = "_id", "_started", "_host", "_program"
_SEEN_EVERY = timedelta(seconds=60)


class SessionStore(DatabaseStore):
    """Django's store over ``people.Session``."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = clock.now()
        data.setdefault(ID, str(new_id()))
        data.setdefault(STARTED, now.timestamp())
        row = cast(Session, super().create_model_instance(data))
        row.id, row.person_id = data[ID], data.get(SESSION_KEY)
        row.started_at, row.seen_at = datetime.fromtimestamp(data[STARTED], UTC), now
        row.host, row.program = str(data.get(HOST, ""))[:200], str(data.get(PROGRAM, ""))[:300]
        return row

    def _get_session_from_db(self) -> Session | None:
        row = in_force().filter(session_key=self.session_key).first()
        if row is None:
            self._session_key = None
            return None
        if clock.now() - row.seen_at > _SEEN_EVERY:
            Session.objects.filter(pk=row.pk).update(seen_at=clock.now())
        return row

    async def _aget_session_from_db(self) -> Session | None:
        found: Session | None = await database_sync_to_async(self._get_session_from_db)()
        return found


def in_force() -> QuerySet[Session]:
    """Sessions that have neither run out nor lain idle too long."""
    now = clock.now()
    fresh = Q(
        seen_at__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        started_at__gt=now - timedelta(hours=settings.SESSION_HOURS),
    )
    return Session.objects.filter(Q(person=None) | fresh, expire_date__gt=now)


def alive(keys: Iterable[str]) -> set[str]:
    """Which of these sessions are still in force."""
    return set(in_force().filter(session_key__in=list(keys)).values_list("session_key", flat=True))
