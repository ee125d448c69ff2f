"""Files of messages: typed by their content, kept under MEDIA_ROOT/<schema>/<id>, never under a sender's name."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import puremagic
from django.conf import settings

from carriers.contract import IncomingFile
from conversations.models import Attachment
from kernel.access import declares, system
from kernel.ids import new_id
from kernel.tenancy import TenantRow

log = logging.getLogger(__name__)

# What may be shown or opened by programs that people have; anything that a computer would run is not here.
ALLOWED = frozenset(
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/bmp", "image/tiff",
        "application/pdf", "text/plain", "text/csv", "message/rfc822", "application/zip",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "video/mp4", "video/quicktime", "video/webm",
    }
)  # fmt: skip
_RUNNABLE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<iframe", b"<body")
_OFFICE_BY_ENDING = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on disk that waits for its row."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not kept, and why: ``file_too_big``, ``file_type``, ``file_empty`` or ``too_many_files``."""

    name: str
    reason: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "reason": self.reason}


def keep(tenant: TenantRow, files: Iterable[IncomingFile]) -> tuple[list[Kept], list[RefusedFile]]:
    """Write what may be kept to disk, before any row or lock; a refused file costs the others nothing."""
    kept: list[Kept] = []
    refused: list[RefusedFile] = []
    for file in files:
        reason = _reason_against(file, len(kept))
        if reason:
            refused.append(RefusedFile(file.name, reason))
            continue
        row = Kept(
            id=new_id(),
            name=file.name,
            content_type=type_of(file),
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
        )
        _write(_place(tenant, row.id), file.content)
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
            )
            for file in kept
        ]
    )


def content_of(tenant: TenantRow, attachment_id: UUID) -> bytes:
    """The bytes of an attachment; FileNotFoundError when they are gone."""
    return _place(tenant, attachment_id).read_bytes()


def type_of(file: IncomingFile) -> str:
    """The media type that the bytes show, whatever the sender said."""
    head = file.content[:512].lstrip().lower()
    if file.content.startswith(_RUNNABLE):
        return "application/x-executable"
    if head.startswith(_MARKUP):
        return "text/html"
    try:
        guessed = str(puremagic.from_string(file.content, mime=True))
    except (puremagic.PureError, ValueError, IndexError):
        guessed = ""
    if guessed.startswith("application/vnd.openxml") or guessed == "application/zip":
        # These are all ZIP archives; the name only tells one harmless kind from another.
        return _OFFICE_BY_ENDING.get(Path(file.name).suffix.lower(), "application/zip")
    return guessed if guessed in ALLOWED else _as_text(file, guessed)


def _as_text(file: IncomingFile, guessed: str) -> str:
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        return guessed or "application/octet-stream"
    if "\0" in text:
        return guessed or "application/octet-stream"
    return "text/csv" if file.name.lower().endswith(".csv") else "text/plain"


def _reason_against(file: IncomingFile, already: int) -> str:
    if already >= settings.ATTACHMENTS_MAX:
        return "too_many_files"
    if not file.content:
        return "file_empty"
    if len(file.content) > settings.ATTACHMENT_MAX_BYTES:
        return "file_too_big"
    return "" if type_of(file) in ALLOWED else "file_type"


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
