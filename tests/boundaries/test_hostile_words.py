"""Strings and markup made to break software, in every text that the API takes: no error of ours, nothing that runs.

Each door gets a share of the corpora, and together they get all of it. ``HOSTILE=all`` gives all of it to every door.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from config.surface import Thing, routes
from conversations import webhook
from conversations.models import Attachment, Message, Receipt
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.boundaries.asking import real, undone
from tests.carriers.letters import hostile_html
from tests.conversations.shoppers import Visitor, line_of, naughty_strings, relay_body, signed

__all__ = ["real"]

EACH = 13
# What every door is given: what PostgreSQL cannot store, what UTF-8 cannot write, and markup.
ALWAYS = ["a\0b", "\ud800", "<img src=x onerror=alert(1)>"]
SECONDS = 5.0
PLAIN = {
    "date": "2026-03-02", "date-time": "2026-03-02T10:00:00Z", "email": "someone@post.example", "binary": "x",
    "uri": "https://shop.example", "decimal": "1.00", "time": "09:00",
}  # fmt: skip
KINDS: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "null": None}
# What is no free text, so that the words beside it are taken: codes, keys, and choices that exclude each other.
SOUND: dict[str, Any] = {
    "country": "IT", "currency": "EUR", "languages": ["it"], "time_zone": "Europe/Rome", "color": "#c2410c",
    "mark": "HO", "slug": "hostile", "language": "it", "contact_reason": "other", "month": "2026-03", "status": "busy",
    "client_key": "hostile-1", "answers": {}, "category": "", "all_clients": False,
}  # fmt: skip
LEFT_OUT = {"files", "client_of", "client_role", "agent"}
RUNS = ("script", "iframe", "object", "embed", "svg", "math", "form", "base")


def corpus() -> list[str]:
    """Each once; what JSON cannot carry (a lone surrogate) is carried as its escape."""
    return list(dict.fromkeys([*naughty_strings(), *hostile_html()]))


def share_of(number: int, words: list[str]) -> list[str]:
    if os.environ.get("HOSTILE") == "all":
        return words
    return [words[(number * EACH + place) % len(words)] for place in range(EACH)] + ALWAYS


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("door", ["desk", "shop"])
def test_hostile_words_are_kept_or_refused_and_never_an_error(
    door: str, real: dict[str, Any], acme: Tenant, request: pytest.FixtureRequest, capsys: Any,
    desk_client: Callable[..., Client], shop_client: Callable[..., Client],
) -> None:  # fmt: skip
    words, faults, asked, taken = corpus(), list[str](), 0, 0
    visitor = Visitor(shop_client(acme), acme)
    # The shop's doors go on where those of the desk ended.
    start = len(list(_operations("desk"))) if door == "shop" else 0
    for number, (thing, operation) in enumerate(_operations(door), start):
        who = _who(thing)
        person = request.getfixturevalue(who) if who not in ("nobody", "shopper") else None
        client = desk_client(person) if door == "desk" else shop_client(acme, person)
        client.raise_request_exception = False
        for place, word in enumerate(share_of(number, words)):
            sound = {**SOUND, "clients": [str(acme.id)]} if place % 2 or word in ALWAYS else {}
            begun = time.perf_counter()
            answer = _ask(
                client, thing, operation, {**real, **sound}, word, visitor.headers if who == "shopper" else {}
            )
            taken += answer.status_code < 300
            asked += 1
            faults += [
                f"{thing.method} {thing.name} as {who} with {word[:80]!r}: {fault}"
                for fault in _faults_of(answer, time.perf_counter() - begun)
            ]
    with capsys.disabled():
        print(f"\n{door}: {asked} requests, {taken} taken")
    assert faults == [], "\n".join(faults[:40])
    assert asked >= (400 if door == "desk" else 80) and taken >= asked // 10
    assert [runs for letter in mail.outbox for runs in _running(letter)] == []


def test_hostile_words_through_the_relay(acme: Tenant, northlight: Tenant, settings: Any) -> None:
    """Every field of a carrier's message, for two shops: taken in or refused, in time, and nothing is put off."""
    settings.INBOUND_INLINE = True
    webhook.forget_lines()
    for shop in (acme, northlight):
        token = line_of(shop, "relay").token
        for number, word in enumerate(corpus()[:: 1 if os.environ.get("HOSTILE") == "all" else 9]):
            said = json.loads(relay_body(word, id=f"{shop.slug}{number}{word[:40]}"))
            said |= {"subject": word, "thread": word, "language": word, "from": {"address": word, "name": word}}
            body, answers = json.dumps(said).encode(), list[int]()
            begun = time.perf_counter()
            webhook.take(token, signed(body), body, lambda status, _: answers.append(status))  # noqa: B023
            assert answers == [200], word
            assert time.perf_counter() - begun < SECONDS
        with enter(shop):
            states = set(Receipt.objects.values_list("state", flat=True))
            assert states <= {"done", "refused"} and "done" in states
            assert not Message.objects.exclude(html="").exists()  # a carrier's text is text, whatever it looks like


@pytest.mark.parametrize("door", ["widget", "form"])
def test_hostile_names_of_files(
    door: str, acme: Tenant, northlight: Tenant, shop_client: Callable[..., Client], settings: Any, tmp_path: Path
) -> None:
    """As a program writes them, not a browser: in the name, the claimed type and the content of a file."""
    settings.MEDIA_ROOT = tmp_path
    step, taken = 1 if os.environ.get("HOSTILE") == "all" else 5, 0
    for shop in (acme, northlight):
        client = shop_client(shop)
        client.raise_request_exception = False
        visitor = Visitor(client, shop)
        fields = {"text": "ecco"} if door == "widget" else {"email": "a@post.example", "category": "other", "text": "x"}
        for number, words in enumerate(_in_fours([*corpus()[::step], *ALWAYS])):
            body = _multipart({**fields, "client_key": f"{shop.slug}{number}"}, words)
            begun = time.perf_counter()
            answer = client.post(
                f"/api/{door}/messages", body, "multipart/form-data; boundary=----words", headers=visitor.headers
            )
            assert answer.status_code in (200, 400), (words, answer.content)
            assert time.perf_counter() - begun < SECONDS, words
            taken += answer.status_code == 200
        with enter(shop):
            names = set(Attachment.objects.values_list("name", flat=True))
        assert names and not any(set(name) & set("/\\\0\r\n") or name.startswith(".") for name in names)
        kept = [path for path in (tmp_path / shop.schema_name).rglob("*") if path.is_file()]
        assert {path.parent for path in kept} == {tmp_path / shop.schema_name} and len(kept) >= len(names)
    assert taken >= 20


def _in_fours(words: list[str]) -> list[list[str]]:
    return [words[start : start + 4] for start in range(0, len(words), 4)]


def _multipart(fields: dict[str, str], words: Sequence[str]) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    for word in words:
        raw = word.encode("utf-8", "replace")
        line = re.sub(rb"[\r\n]+", b" ", raw)
        head = b'Content-Disposition: form-data; name="files"; filename="' + line + b'.txt"\r\nContent-Type: ' + line
        parts.append(head + b"\r\n\r\n" + raw)
    return b"".join(b"------words\r\n" + part + b"\r\n" for part in parts) + b"------words--\r\n"


def _operations(door: str) -> Iterator[tuple[Thing, dict[str, Any]]]:
    """Every operation that takes words, in its body or in its query."""
    path = Path(configured.ROOT) / "frontend" / "openapi" / f"{door}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    known = {(_documented(thing.name), thing.method): thing for thing in routes() if thing.door == door}
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            thing = known.get((address.strip("/"), method.upper()))
            if thing is None or thing.access is None:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            body = _resolved(content.get("application/json", {}).get("schema"), schema)
            query = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
            if body or query:
                yield thing, {"body": body, "query": query}


def _documented(route: str) -> str:
    parts = [part.partition(":")[2] or part for part in route.replace("<", "\0{").replace(">", "}").split("\0")]
    return "".join(part if part.startswith("{") or "}" not in part else "{" + part for part in parts).strip("/")


def _resolved(schema: Any, whole: dict[str, Any], depth: int = 6) -> Any:
    """A schema without references, as deep as bodies go."""
    if not isinstance(schema, dict) or not depth:
        return schema
    if "$ref" in schema:
        found = whole
        for part in schema["$ref"].lstrip("#/").split("/"):
            found = found[part]
        return _resolved(found, whole, depth - 1)
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return _resolved(schema[choice][0], whole, depth - 1)
    solved = dict(schema)
    if "properties" in schema:
        solved["properties"] = {name: _resolved(each, whole, depth - 1) for name, each in schema["properties"].items()}
    if "items" in schema:
        solved["items"] = _resolved(schema["items"], whole, depth - 1)
    return solved


def _filled(schema: Any, word: str, name: str, real: dict[str, Any]) -> Any:
    """A value of the schema in which every text is the word, but for what ``real`` has by its name."""
    if name in real and name in (*SOUND, "clients"):
        return real[name]
    if not isinstance(schema, dict):
        return word
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return str(real.get(name) or new_id())
    if schema.get("format") in PLAIN:
        return PLAIN[schema["format"]]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        inside = schema.get("properties", {})
        left_out = LEFT_OUT if "country" in real and len(inside) > 1 else set()
        filled = {
            key: _filled(each, word, key, real)
            for key, each in inside.items()
            if not each.get("readOnly") and key not in left_out
        }
        return filled or {word[:60]: word}
    if kind == "array":
        return [_filled(schema.get("items"), word, name, real)]
    return KINDS[kind] if kind in KINDS else word[: schema.get("maxLength", 10_000)]


def _ask(
    client: Client, thing: Thing, operation: dict[str, Any], real: dict[str, Any], word: str, headers: dict[str, str]
) -> Any:
    path = "/" + thing.name
    for name in thing.params:
        kind = path[path.index("<") + 1 : path.index(">")]
        path = path.replace(f"<{kind}>", quote(str(real.get(name, "x")), safe=""), 1)
    body = json.dumps(_filled(operation["body"], word, "", real)).encode() if operation["body"] else b""
    query = urlencode(dict.fromkeys(operation["query"], word), errors="replace")
    return undone(client, thing.method, path, body, "application/json", query, headers)


def _who(thing: Thing) -> str:
    """Somebody whom the door is open to."""
    access = thing.access
    assert access is not None
    if access.realm == "shopper":
        return "shopper"
    if access.realm == "open":
        return "nobody"
    names = {"agent": "lucia", "supervisor": "sofia", "operator": "omar", "client": "carla", "viewer": "carla"}
    return next(names[role] for role in names if role in access.roles)


def _faults_of(answer: Any, seconds: float) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"answered {answer.status_code}"
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code != 204 and not kind.startswith(("application/", "text/csv", "image/png")):
        yield f"is shown as {kind}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "may be sniffed"
    if seconds > SECONDS:
        yield f"took {seconds:.1f} s"


def _running(letter: Any) -> list[str]:
    """What would run, or fetch by itself, in the HTML of a mail of ours."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            wild = [name for name, value in attrs if name.startswith("on") or "script:" in (value or "").lower()]
            found.extend([tag] * (tag in RUNS) + wild)

    if isinstance(letter, EmailMultiAlternatives):
        for content, kind in letter.alternatives:
            if kind == "text/html":
                Reader().feed(str(content))
    return found


def test_everybody_who_is_asked_for_is_there(lucia: Person, sofia: Person, omar: Person, carla: Person) -> None:
    """The door for each realm is known: a new one must be given somebody here."""
    assert {_who(thing) for thing in routes() if thing.access is not None and thing.kind == "route"} <= {
        "lucia", "sofia", "omar", "carla", "shopper", "nobody",
    }  # fmt: skip
