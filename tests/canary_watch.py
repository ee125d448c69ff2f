"""Watches what leaves for whom, and judges it: a foreign token or mark in it is a leak.

``Watch`` only notes while the test runs; it judges once, when the rows that were there can still be read.
"""

from __future__ import annotations

import base64
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import redis
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection, transaction

from conversations.file_links import _seal
from tests import canaries
from tests.canary_marks import Marks, Shops, read_marks, read_shops

_STATIC = ("/assets/", "/widget.js")
_WRAPPED = (b"%PDF", b"\x1f\x8b", b"PK\x03\x04")
BODY_MAX = 3_000_000


@dataclass
class Left:
    """Something that left for somebody at ``host``. ``session``: a session's key, ``person``: an id, where known."""

    what: str
    host: str
    content: bytes
    asked: bytes = b""
    person: str = ""
    session: str = ""


@dataclass
class Watch:
    """What left during one test."""

    left: list[Left] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    tap: Path | None = None
    logs: dict[Path, int] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.time)

    def judge(self, *, with_rows: bool = True) -> list[str]:
        """Every leak in what left, in words. ``with_rows``: the database may be read."""
        self._read_tap()
        mails = [*self.mails, *(letter.message().as_bytes() for letter in getattr(mail, "outbox", ()))]
        said = [line for line in [*self.logged, *self._process_logs()] if line.strip()]
        if not (self.left or self.frames or mails or said or _something_kept(self.began)):
            return []
        shops, marks = (read_rows() if with_rows else None) or (Shops(), Marks())
        canaries.know(*shops.slugs)
        findings = [finding for left in self.left for finding in self._of_response(left, shops, marks)]
        findings += [finding for letter in mails for finding in of_mail(letter, shops, marks)]
        findings += [finding for frame in self.frames for finding in of_frame(frame, shops, marks)]
        findings += of_log("\n".join(said), marks)
        findings += of_keys(marks)
        findings += of_files(Path(settings.MEDIA_ROOT), shops, marks, since=self.began)
        return sorted(set(findings))

    def _of_response(self, left: Left, shops: Shops, marks: Marks) -> Iterator[str]:
        own = self._entitled(left, shops)
        if own is None or not left.content:
            return
        for foreign in {*_tokens(left.content, own), *marks.foreign_in(_readable(left.content), own, left.asked)}:
            if not _said_by_asker(foreign, left.asked):
                yield f"{left.what} at {left.host} for {left.person or 'nobody'} ({_named(own)}) holds {foreign}"

    def _entitled(self, left: Left, shops: Shops) -> set[str] | None:
        """The shops whose words may be in it; None where nobody can say."""
        host = left.host.rsplit(":", 1)[0].lower()
        path = left.what.split(" ")[1] if " " in left.what else ""
        if path.startswith("/in/"):  # a carrier, at whatever host
            line = path.removeprefix("/in/").strip("/")
            return {shops.by_line[line]} if line in shops.by_line else set()
        if host == settings.FILES_HOST:
            return _shop_of_link(path.removeprefix("/f/"), shops)
        if host != settings.DESK_HOST:
            return {shops.at_host[host]} if host in shops.at_host else set()
        person = left.person or self._person_of(left.session)
        if person is None:
            return None
        left.person = person
        granted = shops.of_person.get(person, set())
        named = {slug for key, slug in shops.slug_of.items() if key in path}
        return granted & named if named else granted

    def _person_of(self, session: str) -> str | None:
        """Who a session is of; nobody for none; None for one that was there and is gone."""
        if not session:
            return ""
        if session not in self.sessions:
            try:
                found = import_module(settings.SESSION_ENGINE).SessionStore(session).load()
            except DatabaseError:
                found = {}
            self.sessions[session] = str(found.get("_auth_user_id", ""))
        return self.sessions[session] or None

    def _read_tap(self) -> None:
        if self.tap is None or not self.tap.exists():
            return
        for line in self.tap.read_bytes().splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # the last line of a process that was killed
                continue
            self.left.append(
                Left(
                    what=row["what"],
                    host=row["host"],
                    content=base64.b64decode(row["content"]),
                    asked=_asked(row["what"], base64.b64decode(row["asked"])),
                    session=row["session"],
                )
            )

    def _process_logs(self) -> list[str]:
        found = []
        for path, start in self.logs.items():
            if path.exists():
                with path.open("rb") as file:
                    file.seek(start)
                    found.append(file.read(BODY_MAX).decode("utf-8", "replace"))
        return found


def read_rows() -> tuple[Shops, Marks] | None:
    """Shops and marks of this moment; None where the connection can no longer be asked."""
    if connection.in_atomic_block and connection.needs_rollback:
        return None
    try:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        with transaction.atomic():
            shops = read_shops()
            return shops, read_marks(shops)
    except DatabaseError:
        return None


def of_mail(letter: bytes, shops: Shops, marks: Marks) -> list[str]:
    """A letter is of the shop whose address sent it; papers and codes of the BPO's own carry nobody's words."""
    head = letter.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace").lower()
    sender = next((line for line in head.splitlines() if line.startswith("from:")), "")
    own = {slug for address, slug in shops.by_address.items() if address and address in sender}
    found = {*_tokens(letter, own)}
    for reading in canaries.readings(letter):
        found |= set(marks.foreign_in(reading, own))
    return [f"mail {sender.strip()} ({_named(own)}) holds {foreign}" for foreign in found]


def of_frame(raw: bytes, shops: Shops, marks: Marks) -> list[str]:
    """A doorbell says ids only; an audience of a conversation carries its shop's name, a person's has the grant."""
    head, _, frame = raw.partition(b"\n")
    findings = [f"doorbell {head!r} says {word}" for word in {*marks.said_in(frame), *canaries.any_in(frame)}]
    try:
        event = json.loads(frame)
    except ValueError:
        return findings
    slug = shops.slug_of.get(str(event.get("tenant", "")))
    for audience in head.decode("utf-8", "replace").split(","):
        kind, _, rest = audience.partition(":")
        if slug is None or not rest:
            continue
        if kind in ("conversation", "shopper") and shops.slug_of.get(rest.split(":")[0]) != slug:
            findings.append(f"doorbell of {slug} rings {audience}, which is not named after it")
        if kind == "person" and rest in shops.persons and slug not in shops.of_person.get(rest, ()):
            findings.append(f"doorbell of {slug} rings {audience}, who has no grant there")
    return findings


def of_log(text: str, marks: Marks) -> list[str]:
    """A log holds ids and codes: nobody's words, not even of the right shop."""
    return [f"a log holds {word}" for word in {*canaries.any_in(text), *marks.said_in(text.encode())}] if text else []


def of_keys(marks: Marks) -> list[str]:
    """Keys and values of the test's Valkey database: ids, counts, and nobody's words."""
    client = _valkey()
    try:
        if not client.dbsize():
            return []
        found = []
        for key in list(client.scan_iter(count=500))[:2000]:
            for reading in canaries.readings(key + b"\n" + _value_of(client, key), depth=2):
                words = {*marks.said_in(reading), *canaries.any_in(reading)}
                found += [f"Valkey {key!r} holds {word}" for word in words]
        return found
    except (OSError, redis.RedisError):
        return []


def of_files(media: Path, shops: Shops, marks: Marks, *, since: float = 0.0) -> list[str]:
    """A shop's folder holds its own files; what is left in the temporary folder holds nobody's words."""
    findings = []
    for schema, slug in shops.by_schema.items():
        for path in sorted((media / schema).glob("*"))[:200] if (media / schema).is_dir() else ():
            content = path.read_bytes()[:BODY_MAX]
            found = {*_tokens(content, {slug}), *marks.words_in(content, {slug})}
            findings += [f"file {schema}/{path.name} holds {foreign}" for foreign in found]
    for path in _temporary(since):
        content = path.read_bytes()[:BODY_MAX]
        found = {*canaries.any_in(content), *marks.said_in(content)}
        findings += [f"temporary file {path.name} holds {foreign}" for foreign in found]
    return findings


def note_response(watch: Watch, request: dict[str, Any], client: Any, response: Any) -> None:
    """One answer of Django's test client; a stream is noted as it is read."""
    path = unquote(str(request.get("PATH_INFO", "")))
    query = str(request.get("QUERY_STRING", ""))
    if path.startswith(_STATIC):
        return
    asked_of = getattr(response, "wsgi_request", None)
    session = getattr(asked_of, "session", None)
    cache = getattr(session, "_session_cache", None) or {}
    host = str(request.get("HTTP_HOST") or client.defaults.get("HTTP_HOST", "testserver"))
    what = f"{request.get('REQUEST_METHOD', 'GET')} {path}{'?' + query if query else ''} {response.status_code}"
    asked = _asked(what, _payload_of(request))
    left = Left(what, host, b"", asked, person=str(cache.get("_auth_user_id", "")))
    watch.left.append(left)
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items()).encode()
    if getattr(response, "streaming", False):
        left.content = headers
        if not getattr(response, "is_async", False):
            response.streaming_content = _teed(response.streaming_content, left)
    else:
        left.content = headers + b"\n\n" + bytes(response.content)[:BODY_MAX]


def _teed(chunks: Iterable[bytes], left: Left) -> Iterator[bytes]:
    for chunk in chunks:
        left.content += bytes(chunk)
        yield chunk


def _payload_of(request: dict[str, Any]) -> bytes:
    payload = request.get("wsgi.input")
    inner = getattr(payload, "_FakePayload__content", None)
    return bytes(inner.getvalue()) if inner is not None else b""


def _asked(what: str, payload: bytes) -> bytes:
    return unquote(what).encode("utf-8", "surrogatepass") + b"\n" + payload


def _tokens(content: bytes, own: Iterable[str]) -> list[str]:
    """Planted tokens that are foreign; nothing is unpacked unless somebody planted or it is packed."""
    if canaries.anything_planted() or content.find(b"cnry-") >= 0 or _is_packed(content):
        return canaries.foreign(list(own), content)
    return []


def _readable(content: bytes) -> bytes:
    """A paper's text beside its bytes; other packed things are read as they are."""
    return b"\n".join(canaries.readings(_body(content), depth=1)) if _is_packed(content) else content


def _is_packed(content: bytes) -> bool:
    return _body(content).startswith(_WRAPPED)


def _body(content: bytes) -> bytes:
    head, gap, body = content.partition(b"\n\n")
    return body if gap else head


def _said_by_asker(finding: str, asked: bytes) -> bool:
    return finding.partition(": ")[2].encode() in asked


@lru_cache(maxsize=1)
def _valkey() -> redis.Redis:
    """A client that may read every key: the product's own takes declared ones only."""
    return redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=10)


def _named(own: Iterable[str]) -> str:
    return ", ".join(sorted(own)) or "no shop"


def _value_of(client: Any, key: bytes) -> bytes:
    kind = client.type(key)
    readers: dict[bytes, Any] = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, 500),
        b"set": lambda: list(client.smembers(key))[:500],
        b"zset": lambda: client.zrange(key, 0, 500),
        b"hash": lambda: [one for pair in client.hgetall(key).items() for one in pair][:1000],
    }
    return b"\n".join(one for one in readers[kind]() if one) if kind in readers else b""


def _something_kept(since: float) -> bool:
    """Whether a shop's folder, the temporary folder or Valkey have anything in them."""
    try:
        is_empty = not _valkey().dbsize()
    except (OSError, redis.RedisError):
        is_empty = True
    return not is_empty or Path(settings.MEDIA_ROOT).is_dir() or bool(_temporary(since))


def _temporary(since: float) -> list[Path]:
    folder = Path(tempfile.gettempdir())
    if not folder.name.startswith("canary-tmp-"):  # only the folder of this run: others work in the machine's own
        return []
    found = [path for path in sorted(folder.rglob("*")) if not _is_of_browser(path.relative_to(folder))]
    return [path for path in found[:500] if path.is_file() and path.stat().st_mtime >= since]


def _is_of_browser(path: Path) -> bool:
    """A browser's own profile: word lists and the like, and what the person in front of it has seen."""
    return path.parts[0].startswith(("playwright", ".org.chromium", "org.chromium", ".com.google"))


def _shop_of_link(token: str, shops: Shops) -> set[str]:
    """The one shop whose file a link was made for, however old the link is."""
    try:
        said = _seal(settings.SECRET_KEY).decrypt(token + "=" * (-len(token) % 4))
    except (InvalidToken, ValueError):
        return set()
    shop = shops.slug_of.get(str(UUID(json.loads(said)[0])))
    return {shop} if shop else set()
