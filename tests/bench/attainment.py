"""``attainment``: what the database takes for a month of 50,000 items, beside reading their rows bare.

    python -m tests.bench.attainment [--items 50000] [--rounds 7] [--json FILE]

The items lie among as many of the month before, of the same shop, and as many of another shop. ``database`` is the
processor time that the database's own process spends on the statements of ``attainment()``, so that it says the same on
a machine that is busy beside. The limit is a count over the ledger's rows, without joining or ordering them. The plan
must use indexes, and the figures must be those that the rows were made for.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, interleave, show, spread, table
from tests.bench.variants import bench_servers

DATABASE_MS, RATIO = 300.0, 25.0
MONTH = "2030-03"
# Of ten items one is late, one was held and resumed, one is spam; an answer takes half a minute.
_ITEMS = """
WITH items AS (
  SELECT n, gen_random_uuid() AS id, %(first)s::timestamptz + n * interval '25 days' / %(count)s AS at
    FROM generate_series(0, %(count)s - 1) n
), made AS (
  INSERT INTO public.sla_contracts_clock (id, tenant_id, conversation, metric, channel_group, channel, language,
    priority, version_id, calendar, target_seconds, state, started_at, elapsed_seconds, paused_reason, met_at,
    within_target, breached_at, warned, told)
  SELECT id, %(tenant)s, gen_random_uuid(), 'first_response', 'chat', 'webchat', 'en', 'normal', %(version)s,
    'chat_hours', 60, CASE n %% 10 WHEN 2 THEN 'voided' ELSE 'met' END, at, 30, '', at + interval '30 s',
    n %% 10 <> 0, CASE n %% 10 WHEN 0 THEN at + interval '60 s' END, 0, 0
  FROM items
)
INSERT INTO public.sla_contracts_clockevent (clock_id, kind, at, cause, reason, seconds)
SELECT id, step.kind, at + step.after * interval '1 s', 'message', step.reason, step.seconds
  FROM items CROSS JOIN LATERAL (
    SELECT * FROM (VALUES
      (0, 'started', 0, '', 60, true),
      (1, 'paused', 5, 'waiting_customer', NULL::int, n %% 10 = 1),
      (2, 'resumed', 25, '', NULL, n %% 10 = 1),
      (3, 'breached', 60, '', NULL, n %% 10 = 0),
      (4, 'voided', 30, 'spam', NULL, n %% 10 = 2),
      (5, 'met', CASE n %% 10 WHEN 0 THEN 90 ELSE 30 END, '', NULL, n %% 10 <> 2)
    ) AS steps (place, kind, after, reason, seconds, has) WHERE has) step
 ORDER BY at, step.place
"""
_BARE = """
SELECT count(*), max(e.at) FROM public.sla_contracts_clockevent e WHERE e.at >= %s AND e.at < %s
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with bench_servers("cpu") as servers:
        import django

        del servers
        django.setup()
        found = measure(arguments.items, arguments.rounds)
    lines = [
        Line(f"attainment of {arguments.items:,} items, ms of database", show(found["database"], " ms"), "",
             found["database"], DATABASE_MS),
        Line("the same beside a bare count of its rows", show(found["database"], " ms"), show(found["bare"], " ms"),
             found["ratio"], RATIO),
    ]  # fmt: skip
    print(table(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps({**found, "lines": [line.as_json() for line in lines]}, indent=1))


def measure(items: int, rounds: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from sla_contracts import contracts
    from sla_contracts.period import Period
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    shop, other = set_up(tenants=2, agents=1).tenants
    period = Period.of_month(MONTH, shop.time_zone)
    for tenant, first in ((shop, period.start), (shop, period.before().start), (other, period.start)):
        version = contracts.version_in_force(tenant.id, first)
        assert version is not None
        named: dict[str, Any] = {
            "tenant": tenant.id,
            "version": version.id,
            "first": first + timedelta(hours=9),
            "count": items,
        }
        with connection.cursor() as cursor:
            cursor.execute(_ITEMS, named)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sla_contracts_clock")
        cursor.execute("VACUUM ANALYZE sla_contracts_clockevent")
    plans: list[str] = []
    ours = lambda: _ask(shop, period, items, plans)  # noqa: E731
    _explain(shop, period, plans)
    whole = [period.before().start, period.end]
    pairs = interleave(rounds, ours, lambda: _timed(lambda: _run(_BARE, whole)))
    database = [one for one, _ in pairs]
    return {
        "database": spread(database),
        "bare": spread([bare for _, bare in pairs]),
        "ratio": spread([one / bare for one, bare in pairs]),
        "plan": plans,
    }


def _ask(shop: Any, period: Any, items: int, plans: list[str]) -> float:
    """Milliseconds in the database of one ``attainment()``; raises if a figure is wrong."""
    from sla_contracts.attainment import attainment

    process = _process()
    before = _spent(process)
    found = attainment(shop, period, now=datetime(2030, 5, 1, tzinfo=UTC))
    spent = _spent(process) - before
    [row] = [row for row in found["clauses"] if row["code"] == "chat_first_response"]
    expected = {"met": items * 8 // 10, "breached": items // 10, "excluded": {"spam": items // 10}}
    if {name: row[name] for name in expected} != expected:
        raise RuntimeError(f"{ {name: row[name] for name in expected} } where the rows say {expected}")
    return spent


def _explain(shop: Any, period: Any, plans: list[str]) -> None:
    """The plan of each statement of a clause; raises if one reads a whole table."""
    from django.db import connection

    from sla_contracts.attainment import attainment

    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "sla_contracts_clockevent" in sql:
            asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        attainment(shop, period, now=datetime(2030, 5, 1, tzinfo=UTC))
    for sql, parameters in asked:
        plan = "\n".join(row[0] for row in _run(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", parameters))
        plans.append(plan)
    if not plans or any("Seq Scan" in plan or plan.count("Index Scan") < 2 for plan in plans):
        raise RuntimeError("\n".join(plans) or "nothing was asked")


def _run(sql: str, parameters: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _timed(ask: Callable[[], object]) -> float:
    process = _process()
    before = _spent(process)
    ask()
    return _spent(process) - before


def _process() -> int:
    """The one that serves this connection."""
    return int(_run("SELECT pg_backend_pid()", [])[0][0])


def _spent(process: int) -> float:
    """Milliseconds on a processor; the kernel counts them in nanoseconds."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


if __name__ == "__main__":
    main()
