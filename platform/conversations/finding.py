"""Find conversations of one client by what was said, whose they are and how they stand. One statement, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from customers.tags import key_of as tag_key
from kernel import statements
from kernel.tenancy import require_entered

LANGUAGES = ("de", "en", "es", "fr", "it", "pt", "simple")
PATIENCE_MS = 1500
EXCERPT_CHARS = 20_000
_START, _STOP = "\x02", "\x03"
Json = dict[str, Any]


class TookTooLong(Exception):
    """This client was not searched to its end."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """words, phrases: all of them are in one message, in the subject, or are the customer's name or address.

    Of what narrows down, a list takes any of its values and an empty one everything. opened: from, until (excluded).
    """

    words: Sequence[str] = ()
    phrases: Sequence[str] = ()
    case: str = ""
    senders: Sequence[str] = ()
    states: Sequence[str] = ()
    tags: Sequence[str] = ()
    reasons: Sequence[str] = ()
    languages: Sequence[str] = ()
    channels: Sequence[str] = ()
    opened: tuple[datetime | None, datetime | None] = (None, None)
    person: UUID | None = None


@dataclass(slots=True)
class _Statement:
    """Conditions over the conversation ``c`` with their values."""

    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


_STATES = {
    "open": "c.status <> 'closed'",
    "closed": "c.status = 'closed'",
    "waiting": "c.status = 'waiting_customer'",
    "client": "c.status = 'waiting_client'",
    "queued": "EXISTS (SELECT FROM public.routing_workitem w WHERE w.conversation = c.id AND w.state = 'waiting')",
    "vip": "EXISTS (SELECT FROM {{shop}}.customers_customer v WHERE v.id = c.customer_id AND v.is_vip)",
    "priority": "EXISTS (SELECT FROM {{shop}}.customers_customer v WHERE v.id = c.customer_id"
    " AND v.legal_priority <> '')",
    "mine": "(c.last_agent_id = {me} OR EXISTS (SELECT FROM public.routing_workitem w WHERE w.conversation = c.id"
    " AND w.agent_id = {me}))",
}
_REASON = """c.contact_reason IN (SELECT r.code FROM {{shop}}.conversations_contactreason r
  LEFT JOIN {{shop}}.conversations_contactreason u ON u.id = r.parent_id
 WHERE r.code = ANY({codes}::text[]) OR u.code = ANY({codes}::text[]))"""
_TAG = """EXISTS (SELECT FROM {{shop}}.customers_tag g WHERE g.key = ANY({keys}::text[]) AND (
  EXISTS (SELECT FROM {{shop}}.conversations_tagonconversation t WHERE t.tag_id = g.id AND t.conversation_id = c.id)
  OR EXISTS (SELECT FROM {{shop}}.customers_tagoncustomer t WHERE t.tag_id = g.id AND t.customer_id = c.customer_id)
))"""


def find(wanted: Wanted, *, limit: int) -> list[Json]:
    """Newest first, each with the latest message that holds the words, marked; TookTooLong past ``PATIENCE_MS``."""
    require_entered()
    made = _conditions(wanted)
    query = _query(wanted, made)
    hit = _hit(query)
    text = f"""
SELECT c.id, c.case_number, p.name, c.subject, c.status, c.channel, c.language, c.opened_at, c.last_message_at,
       c.contact_reason, h.seq, h.direction, {_excerpt(query)}
  FROM {{shop}}.conversations_conversation c
  JOIN {{shop}}.customers_customer p ON p.id = c.customer_id
  LEFT JOIN LATERAL ({hit}) h ON true
 WHERE {" AND ".join(made.conditions) or "true"}
 ORDER BY c.opened_at DESC, c.id DESC LIMIT {made.bind(limit)}::int
"""
    return [_shown(row) for row in _run(text, made.values)]


def count(wanted: Wanted, *, most: int) -> int:
    """How many there are, counted up to ``most``; TookTooLong past ``PATIENCE_MS``."""
    require_entered()
    made = _conditions(wanted)
    where = " AND ".join(made.conditions) or "true"
    text = f"""
SELECT count(*) FROM (SELECT FROM {{shop}}.conversations_conversation c WHERE {where}
                       LIMIT {made.bind(most)}::int) found
"""
    return int(_run(text, made.values)[0][0])


def _run(text: str, values: Json) -> list[tuple[Any, ...]]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            found = statements.run_in_shop(text, values)
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise


def _conditions(wanted: Wanted) -> _Statement:
    made = _Statement()
    if wanted.words or wanted.phrases:
        made.conditions.append(_said(wanted, made))
    if wanted.senders:
        made.conditions.append(" AND ".join(f"c.customer_id IN ({_named(each, made)})" for each in wanted.senders))
    if wanted.states:
        me = f"{made.bind(wanted.person)}::uuid" if "mine" in wanted.states else ""
        made.conditions.append(f"({' OR '.join(_STATES[each].format(me=me) for each in wanted.states)})")
    for column, values in (("language", wanted.languages), ("channel", wanted.channels)):
        if values:
            made.conditions.append(f"c.{column} = ANY({made.bind(list(values))}::text[])")
    if wanted.reasons:
        made.conditions.append(_REASON.format(codes=made.bind(list(wanted.reasons))))
    if wanted.tags:
        made.conditions.append(_TAG.format(keys=made.bind([tag_key(each) for each in wanted.tags])))
    since, until = wanted.opened
    if since is not None:
        made.conditions.append(f"c.opened_at >= {made.bind(since)}::timestamptz")
    if until is not None:
        made.conditions.append(f"c.opened_at < {made.bind(until)}::timestamptz")
    return made


def _said(wanted: Wanted, made: _Statement) -> str:
    """Sets of conversations that indexes give, joined: an OR over joined tables would read all of them."""
    query = _query(wanted, made)
    whole = " ".join([*wanted.words, *wanted.phrases])
    case = f"{made.bind(wanted.case)}::text"
    return f"""c.id IN (
  SELECT m.conversation_id FROM {{shop}}.conversations_message m
   WHERE public.search_words(m.language, m.text) @@ {query} AND m.direction <> 'event'
  UNION
  SELECT s.id FROM {{shop}}.conversations_conversation s WHERE public.search_words(s.language, s.subject) @@ {query}
  UNION
  SELECT o.id FROM {{shop}}.conversations_conversation o WHERE o.customer_id IN ({_named(whole, made)})
  UNION
  SELECT n.id FROM {{shop}}.conversations_conversation n WHERE n.case_number LIKE {case}
)"""


def _named(name: str, made: _Statement) -> str:
    """Customers whose name or address holds this; a browser's random key is none."""
    part = f"'%' || public.fold({made.bind(_escaped(name))}::text) || '%'"
    return (
        f"SELECT k.id FROM {{shop}}.customers_customer k WHERE public.fold(k.name) LIKE {part}"
        f" UNION SELECT i.customer_id FROM {{shop}}.customers_identity i"
        f" WHERE public.fold(i.address) LIKE {part} AND i.kind <> 'widget'"
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _query(wanted: Wanted, made: _Statement) -> str:
    """All words, as each language stems them: a text is found by the stems of its own."""
    if not wanted.words and not wanted.phrases:
        return ""
    plain = made.bind(" ".join(wanted.words))
    phrases = [made.bind(each) for each in wanted.phrases]
    spoken = [_spoken(f"public.words_{language}", plain, phrases) for language in LANGUAGES]
    # An accent that was left out is put back where Spanish stems go by it.
    accented = [f"regexp_replace({each}::text, '([cs])ion\\M', '\\1ión', 'gi')" for each in (plain, *phrases)]
    spoken.append(_spoken("pg_catalog.spanish", accented[0], accented[1:]))
    return f"({' || '.join(f'({each})' for each in spoken)})"


def _spoken(configuration: str, plain: str, phrases: Sequence[str]) -> str:
    parts = [f"plainto_tsquery('{configuration}', {plain}::text)"]
    return " && ".join([*parts, *(f"phraseto_tsquery('{configuration}', {each}::text)" for each in phrases)])


def _hit(query: str) -> str:
    if not query:
        return "SELECT NULL::int AS seq, NULL::text AS direction, NULL::text AS text, NULL::text AS language"
    return f"""SELECT m.seq, m.direction, m.text, m.language FROM {{shop}}.conversations_message m
  WHERE m.conversation_id = c.id AND m.direction <> 'event'
    AND public.search_words(m.language, m.text) @@ {query} ORDER BY m.seq DESC LIMIT 1"""


def _excerpt(query: str) -> str:
    """The words where they stand, between two characters that nobody types."""
    if not query:
        return "NULL"
    cases = " ".join(
        f"WHEN '{language}' THEN ts_headline('public.words_{language}', {{body}}, {query}, {{options}})"
        for language in LANGUAGES
        if language != "simple"
    )
    options = f"'StartSel={_START}, StopSel={_STOP}, MaxFragments=1, MaxWords=26, MinWords=12'"
    simple = f"ts_headline('public.words_simple', {{body}}, {query}, {{options}})"
    made = f"CASE h.language {cases} ELSE {simple} END"
    return made.replace("{body}", f"left(h.text, {EXCERPT_CHARS})").replace("{options}", options)


def _shown(row: tuple[Any, ...]) -> Json:
    names = ("id", "case_number", "customer_name", "subject", "status", "channel", "language", "opened_at",
             "last_message_at", "contact_reason", "seq", "direction", "excerpt")  # fmt: skip
    found = dict(zip(names, row, strict=True))
    return {**found, "conversation": found.pop("id"), "excerpt": _marked(found["excerpt"] or "")}


def _marked(text: str) -> list[Json]:
    """``[{text, hit}]``: what is marked travels as data, never as markup."""
    parts: list[Json] = []
    for number, piece in enumerate(text.replace(_STOP, _START).split(_START)):
        if piece:
            parts.append({"text": piece, "hit": number % 2 == 1})
    return parts
