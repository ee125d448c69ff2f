"""What a file is, by its bytes; whether its name and its sender say the same; and what is wrong with it. Pure."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

import puremagic

from carriers.contract import IncomingFile

UNKNOWN = "application/octet-stream"
MARKUP = "text/html"
PROGRAM = "application/x-executable"
# What a page may show, once it was drawn anew.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_OFFICE_BY_ENDING = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
# What may be shown or opened by programs that people have; anything that a computer would run is not here.
ALLOWED = frozenset(
    {
        *PICTURES, *_OFFICE_BY_ENDING.values(), "image/heic", "image/bmp", "image/tiff",
        "application/pdf", "text/plain", "text/csv", "message/rfc822", "application/zip",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "video/mp4", "video/quicktime", "video/webm",
    }
)  # fmt: skip
# Endings by which some computer, or some web server, runs a file.
RUNNABLE_ENDINGS = frozenset(
    {
        *("exe", "com", "scr", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh"),
        *("hta", "msi", "msp", "msix", "jar", "lnk", "url", "scf", "reg", "inf", "cpl", "dll", "sys", "app", "apk"),
        *("dmg", "pkg", "deb", "rpm", "sh", "bash", "zsh", "csh", "command", "desktop", "run", "bin", "elf", "py"),
        *("pyc", "pyw", "rb", "pl", "php", "php3", "php4", "php5", "phtml", "phar", "asp", "aspx", "jsp", "jspx"),
        *("cgi", "htaccess", "html", "htm", "xhtml", "mht", "mhtml", "shtml", "svg", "svgz", "xml", "xsl", "xslt"),
        *("swf", "chm", "iso", "img", "vhd", "docm", "xlsm", "pptm", "dotm", "xltm", "xlam"),
    }
)
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
)
_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 108, 124))
_RUNNABLE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<script", b"<svg", b"<?xml", b"<?php", b"<iframe", b"<body", b"<!--")
_FAMILY_BY_ENDING = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic"), "picture"),
    **dict.fromkeys((".mp3", ".ogg", ".oga", ".wav", ".m4a", ".mp4", ".m4v", ".mov", ".webm"), "media"),
    **dict.fromkeys((".doc", ".xls", ".ppt"), "old office"),
    **dict.fromkeys((".txt", ".csv", ".log", ".md", ".json", ".eml", ".tsv"), "text"),
    **dict.fromkeys((".zip", *_OFFICE_BY_ENDING), "archive"),
    ".pdf": "pdf",
}
ARCHIVE_MAX_FILES = 5000
ARCHIVE_MAX_BYTES = 300 * 1024 * 1024


def type_of(file: IncomingFile) -> str:
    """The media type that the bytes show, whatever the sender said."""
    head = file.content[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").lower()
    if file.content.startswith(_RUNNABLE):
        return PROGRAM
    if head.startswith(_MARKUP):
        return MARKUP
    found = next((kind for sign, kind in _SIGNS if file.content.startswith(sign)), "") or _guessed(file.content)
    if found.startswith("application/vnd.openxml") or found == "application/zip":
        # These are all ZIP archives; the name only tells one harmless kind from another.
        return _OFFICE_BY_ENDING.get(ending_of(file.name), "application/zip")
    return found if found in ALLOWED else _as_text(file, found)


def reason_against(file: IncomingFile, found: str) -> str:
    """``file_ending``, ``file_type``, ``file_mismatch`` or ``archive_too_large``; empty for what may be kept."""
    ending = ending_of(file.name)
    if ending[1:] in RUNNABLE_ENDINGS:
        return "file_ending"
    if found not in ALLOWED:
        return "file_type"
    family = _family(found)
    if _FAMILY_BY_ENDING.get(ending, family) != family or _claimed_family(file.content_type, family) != family:
        return "file_mismatch"
    return "archive_too_large" if family == "archive" and _is_bomb(file.content) else ""


def ending_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _guessed(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:2] == b"BM" and content[6:10] == bytes(4) and content[14:18] in _BMP_HEADERS:
        return "image/bmp"
    try:
        return str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError, IndexError):
        return ""


def _as_text(file: IncomingFile, guessed: str) -> str:
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        return guessed or UNKNOWN
    if "\0" in text:
        return guessed or UNKNOWN
    return "text/csv" if ending_of(file.name) == ".csv" else "text/plain"


def _family(content_type: str) -> str:
    kind = content_type.partition("/")[0]
    if content_type == "application/zip" or content_type in _OFFICE_BY_ENDING.values():
        return "archive"
    if content_type == "message/rfc822":
        return "text"
    named = {"image": "picture", "audio": "media", "video": "media", "text": "text"}
    return named.get(kind, "pdf" if content_type == "application/pdf" else "old office")


def _claimed_family(claimed: str, found: str) -> str:
    """What the sender's media type claims, where it claims one thing; browsers call spreadsheets many names."""
    claimed = claimed.partition(";")[0].strip().lower()
    if claimed == "image/svg+xml":
        return "markup"
    if claimed.startswith(("image/", "audio/", "video/")) or claimed == "application/pdf":
        return _family(claimed)
    return found


def _is_bomb(content: bytes) -> bool:
    """By the archive's own list of contents; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError, OverflowError):
        return False
    return len(inside) > ARCHIVE_MAX_FILES or sum(each.file_size for each in inside) > ARCHIVE_MAX_BYTES
