"""Names of rows that leave the system: UUIDv7 (RFC 9562), ordered by time."""

from __future__ import annotations

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    return UUID(int=uuid7().int)
