"""What was erased, where a restored backup finds it: rows in ``public``, and a file beside the backups.

A backup is older than the erasures after it. The file is therefore no part of any backup: each erasure adds a line of
ids and hashes to it, and a restore reads the lines that its own rows do not know.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel import clock
from kernel.access import declares, system
from tenants.models import ErasureEntry

FILE = "erasures.jsonl"
_FIELDS = ("id", "kind", "tenant_id", "erased_id", "reason", "by", "asked_at", "done_at", "certificate_sha256")


def ask(*, kind: str, tenant_id: UUID, erased_id: UUID, reason: str, by: UUID | None) -> ErasureEntry:
    """The entry of this erasure, written before anything is erased; a repeated request finds the first one."""
    entry, _ = ErasureEntry.objects.get_or_create(
        kind=kind,
        erased_id=erased_id,
        defaults={"tenant_id": tenant_id, "reason": reason, "by": by, "asked_at": clock.now()},
    )
    return entry


def settle(entry: ErasureEntry, *, certificate_sha256: str = "") -> None:
    """It is done; inside the transaction that did it. The line for the file leaves on commit."""
    entry.done_at, entry.certificate_sha256, entry.exported_at = clock.now(), certificate_sha256, None
    entry.save(update_fields=["done_at", "certificate_sha256", "exported_at"])
    transaction.on_commit(export, robust=True)


def unfinished(*, asked_before: datetime) -> list[ErasureEntry]:
    """Asked for, and not done: whoever did it was stopped half-way."""
    return list(ErasureEntry.objects.filter(done_at__isnull=True, asked_at__lte=asked_before).order_by("asked_at"))


def path() -> Path:
    """Where the file is: beside the backups, outside of each."""
    return Path(settings.BACKUPS_ROOT) / FILE


def export() -> int:
    """Add what the file lacks; how many lines. A line may come twice after a crash, which changes nothing."""
    with transaction.atomic():
        rows = ErasureEntry.objects.select_for_update(no_key=True, skip_locked=True)
        missing = list(rows.filter(done_at__isnull=False, exported_at__isnull=True).order_by("done_at"))
        if missing:
            append(path(), [line_of(entry) for entry in missing])
            now = clock.now()
            ErasureEntry.objects.filter(pk__in=[entry.pk for entry in missing]).update(exported_at=now)
    return len(missing)


@declares("storage", system(opens="client", by="rows", why="ids and hashes of what was erased, for a restore"))
def append(file: Path, lines: list[dict[str, Any]]) -> None:
    """Write lines to the file for good: they are on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        size = out.seek(0, os.SEEK_END)
        if size and _last_byte(out, size) != b"\n":
            out.write(b"\n")  # a line cut off by a power cut stays alone
        out.write(b"".join(json.dumps(line, sort_keys=True).encode() + b"\n" for line in lines))
        out.flush()
        os.fsync(out.fileno())


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file, each erasure once; ValueError for a line that is no entry."""
    seen: set[str] = set()
    raw = file.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(raw, start=1):
        if not line:
            continue
        try:
            entry = json.loads(line)
            UUID(entry["id"])
            if set(_FIELDS) - set(entry):
                raise ValueError("fields are missing")
        except (ValueError, KeyError, TypeError) as error:
            if number == len(raw):  # being written at this moment, or cut off
                return
            raise ValueError(f"line {number} of {file} is no erasure: {error}") from error
        if entry["id"] not in seen:
            seen.add(entry["id"])
            yield entry


def adopt(line: dict[str, Any]) -> ErasureEntry | None:
    """The entry of a line, as one still to be done here; None if these rows know it as done."""
    known = ErasureEntry.objects.filter(kind=line["kind"], erased_id=line["erased_id"]).first()
    if known is not None:
        return None if known.done_at is not None else known
    return ErasureEntry.objects.create(
        id=line["id"],
        kind=line["kind"],
        tenant_id=line["tenant_id"],
        erased_id=line["erased_id"],
        reason=line["reason"],
        by=line["by"],
        asked_at=line["asked_at"],
    )


def line_of(entry: ErasureEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _FIELDS}
    return {name: value.isoformat() if isinstance(value, datetime) else (value and str(value)) or None
            for name, value in values.items()}  # fmt: skip


def _last_byte(out: Any, size: int) -> bytes:
    out.seek(size - 1)
    last: bytes = out.read(1)
    out.seek(0, os.SEEK_END)
    return last
