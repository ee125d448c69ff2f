"""The database as plain rows, for the checker: read by SQL, not by the code under test."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import redis
from django.db import connections
from psycopg import sql
from psycopg.rows import dict_row

from sla_contracts.checking import check_clocks
from tests.faults.cast import Cast, Shop
from tests.faults.dump import Dump, Row
from tests.faults.tokens import tokens_in

_SHOP = {
    "conversations": "SELECT id, line_id, channel, status, last_seq, extract(epoch from opened_at)::float opened_at,"
    " extract(epoch from closed_at)::float closed_at, closed_by_id, case_number"
    " FROM {schema}.conversations_conversation",
    "messages": "SELECT id, conversation_id, seq, direction, author, person_id, channel, text, delivery, client_key,"
    " external_id, attempts, event->>'code' code, extract(epoch from created_at)::float created_at"
    " FROM {schema}.conversations_message ORDER BY conversation_id, seq",
    "receipts": "SELECT id, line_id, carrier, external_id, state, message_id, attempts, error"
    " FROM {schema}.conversations_receipt",
}
_PUBLIC = {
    "work": "SELECT id, tenant_id, conversation, state, agent_id, units, outcome, channel,"
    " extract(epoch from accepted_at)::float accepted_at, extract(epoch from finished_at)::float finished_at,"
    " extract(epoch from entered_at)::float entered_at"
    " FROM routing_workitem WHERE tenant_id = ANY(%(tenants)s::uuid[])",
    "offers": "SELECT work_item_id, agent_id, extract(epoch from made_at)::float made_at, answer,"
    " extract(epoch from answered_at)::float answered_at"
    " FROM routing_offer"
    " WHERE agent_id = ANY(%(people)s::uuid[]) ORDER BY made_at",
    "desks": "SELECT person_id, load, capacity FROM routing_agentstate WHERE person_id = ANY(%(people)s::uuid[])",
    "spells": "SELECT person_id, status, extract(epoch from started_at)::float started_at,"
    " extract(epoch from ended_at)::float ended_at"
    " FROM routing_agentstatespell WHERE person_id = ANY(%(people)s::uuid[])",
    "clocks": "SELECT c.id, c.conversation, c.metric, c.state, extract(epoch from c.started_at)::float started_at,"
    " extract(epoch from c.met_at)::float met_at"
    " FROM sla_contracts_clock c WHERE c.tenant_id = ANY(%(tenants)s::uuid[])",
    "usage": "SELECT work_item, conversation, kind, channel, quantity, tenant_id, line_id FROM billing_usage"
    " WHERE tenant_id = ANY(%(tenants)s::uuid[])",
    "invoices": "SELECT i.id, i.tenant_id, i.status, i.number, i.net, i.vat, i.total, i.vat_percent, i.currency,"
    " r.rates FROM billing_invoice i JOIN billing_ratecard r ON r.id = i.rate_card_id"
    " WHERE i.tenant_id = ANY(%(tenants)s::uuid[])",
    "lines": "SELECT id, invoice_id, rate_code, quantity, unit_price, amount FROM billing_invoiceline",
}


def take(database_url: str, cast: Cast) -> Dump:
    """What the checker reads of these shops and people, in one transaction; clocks recomputed from their ledgers."""
    shops = list(cast.shops)
    known = {"tenants": [shop.id for shop in shops], "people": [each.id for each in cast.agents]}
    dump = Dump(shops={shop.id: shop.slug for shop in shops})
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for shop in shops:
            for name, statement in _SHOP.items():
                asked = sql.SQL(statement).format(schema=sql.Identifier(shop.schema))
                dump[name].extend({**_plain(row), "shop": shop.slug} for row in connection.execute(asked))
        for name, statement in _PUBLIC.items():
            dump[name].extend(_plain(row) for row in connection.execute(statement, known))
        dump.found += _strays(connection, shops)
    connections.close_all()  # a fault may have cut this process off too
    for shop in shops:
        findings = check_clocks(tenant_id=UUID(shop.id))
        dump.wrong_clocks |= {str(clock): str(wrong) for clock, wrong in findings.wrong.items()}
    return dump


def scan_files(dump: Dump, folder: Path) -> None:
    """Logs hold ids only: any token in one is a leak."""
    for path in folder.glob("*.log"):
        if found := tokens_in(path.read_bytes()):
            dump.found.append((path.name, found))


def scan_valkey(dump: Dump, url: str) -> None:
    client = redis.Redis.from_url(url)
    for key in client.scan_iter(count=1000):
        kind = client.type(key)
        held: Any = client.lrange(key, 0, -1) if kind == b"list" else [client.get(key) if kind == b"string" else b""]
        if found := tokens_in(b" ".join([key, *(value or b"" for value in held)])):
            dump.found.append((f"valkey {key.decode(errors='replace')[:60]}", found))
    client.close()


def _strays(connection: psycopg.Connection[Any], shops: list[Shop]) -> list[tuple[str, list[str]]]:
    """Tokens in the public schema, and other shops' tokens in a shop's schema; table by table, as text."""
    strays: list[tuple[str, list[str]]] = []
    schemas = {"public": None, **{shop.schema: shop for shop in shops}}
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [list(schemas)]
    ).fetchall()
    for table in tables:
        own = schemas[table["schemaname"]]
        name = sql.Identifier(table["schemaname"], table["tablename"])
        asked = sql.SQL("SELECT DISTINCT (regexp_matches(t::text, 'cnry-[a-z0-9]+-[0-9a-f]{{8}}', 'g'))[1] f FROM {} t")
        tokens = [row["f"] for row in connection.execute(asked.format(name))]
        foreign = [token for token in tokens if own is None or token != own.token]
        if foreign:
            strays.append((f"{table['schemaname']}.{table['tablename']}", foreign))
    return strays


def _plain(row: Row) -> Row:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
