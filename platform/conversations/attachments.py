"""Files of messages: typed by their content, kept under MEDIA_ROOT/<schema>/<id>, never under a sender's name."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.conf import settings

from carriers.contract import IncomingFile
from conversations.cleaning import file_name
from conversations.file_types import ALLOWED, PICTURES, UNKNOWN, ending_of, reason_against, type_of
from conversations.models import Attachment
from conversations.pictures import WALL_SECONDS, can_be_drawn, draw_anew
from kernel.access import declares, system
from kernel.ids import new_id
from kernel.tenancy import TenantRow

__all__ = ["ALLOWED", "PICTURES", "UNKNOWN", "Kept", "RefusedFile", "add_rows", "content_of", "discard", "keep"]

log = logging.getLogger(__name__)

# All pictures of one message together.
_DRAWING_SECONDS = 30.0
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe"),
    "image/tiff": (".tiff", ".tif"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on disk that waits for its row."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    redrawn: bool


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not kept, and why, as a code that the screens have words for.

    ``file_empty``, ``file_too_big``, ``too_many_files``, ``file_type`` (of a kind that is not taken), ``file_ending``
    (its ending is one that computers run), ``file_mismatch`` (it is not what its name or its sender says),
    ``image_broken``, ``image_too_large``, ``archive_too_large``.
    """

    name: str
    reason: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "reason": self.reason}


def keep(tenant: TenantRow, files: Iterable[IncomingFile]) -> tuple[list[Kept], list[RefusedFile]]:
    """Write what may be kept to disk, before any row or lock; a refused file costs the others nothing."""
    kept: list[Kept] = []
    refused: list[RefusedFile] = []
    until = time.monotonic() + _DRAWING_SECONDS
    for offered in files:
        file = replace(offered, name=file_name(offered))
        taken = _examine(file, len(kept), until)
        if isinstance(taken, str):
            refused.append(RefusedFile(file.name, taken))
            continue
        row = Kept(
            id=new_id(),
            name=taken.name,
            content_type=taken.content_type,
            size=len(taken.content),
            sha256=hashlib.sha256(taken.content).hexdigest(),
            redrawn=can_be_drawn(taken.content_type),
        )
        _write(_place(tenant, row.id), taken.content)
        kept.append(row)
    return kept, refused


def discard(tenant: TenantRow, kept: Sequence[Kept]) -> None:
    """Remove files whose message was not stored."""
    for file in kept:
        try:
            _place(tenant, file.id).unlink(missing_ok=True)
        except OSError:
            log.warning("attachment %s could not be removed", file.id)


def remove(tenant: TenantRow, attachment_id: UUID) -> None:
    """Take a file off the disk; one that is gone already is no error."""
    _place(tenant, attachment_id).unlink(missing_ok=True)


def add_rows(message_id: UUID, kept: Sequence[Kept]) -> None:
    """The rows of files already on disk, inside the message's transaction."""
    Attachment.objects.bulk_create(
        [
            Attachment(
                id=file.id,
                message_id=message_id,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                redrawn=file.redrawn,
            )
            for file in kept
        ]
    )


def content_of(tenant: TenantRow, attachment_id: UUID) -> bytes:
    """The bytes of an attachment; FileNotFoundError when they are gone."""
    return _place(tenant, attachment_id).read_bytes()


def _examine(file: IncomingFile, already: int, until: float) -> IncomingFile | str:
    """The file as it is kept, of the type that was found; or the reason why it is not."""
    if already >= settings.ATTACHMENTS_MAX:
        return "too_many_files"
    if not file.content:
        return "file_empty"
    if len(file.content) > settings.ATTACHMENT_MAX_BYTES:
        return "file_too_big"
    found = type_of(file)
    reason = reason_against(file, found)
    if reason:
        return reason
    if not can_be_drawn(found):
        return replace(file, content_type=found)
    drawn = draw_anew(file.content, found, within=min(WALL_SECONDS, until - time.monotonic()))
    if isinstance(drawn, str):
        return drawn
    if len(drawn.content) > 2 * settings.ATTACHMENT_MAX_BYTES:
        return "image_too_large"
    endings = _ENDINGS.get(drawn.content_type, (drawn.ending,))
    name = file.name if ending_of(file.name) in endings else f"{PurePosixPath(file.name).stem}{drawn.ending}"
    return replace(file, name=name, content_type=drawn.content_type, content=drawn.content)


def _place(tenant: TenantRow, attachment_id: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / tenant.schema_name / str(attachment_id)


@declares("storage", system(opens="attachment", by="row", why="a folder for each schema; names are ours"))
def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
