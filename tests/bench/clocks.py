"""``clocks``: what the sweep costs beside clocks that are not due, and business time over a year ahead.

    python -m tests.bench.clocks [--running 100000] [--rounds 9] [--json FILE]

``sweep, nothing due`` and ``sweep, 50 due`` are measured beside 1,000 and beside 100,000 running clocks; the ratio is
the cost that the others add. ``due`` and ``elapsed`` are asked for a target a year ahead, on a calendar with holidays
in a zone with summer time, its days known and not known yet.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.figures import Line, interleave, quantile, show, spread, table
from tests.bench.variants import bench_servers

FEW, DUE = 1000, 50
GOAL = 1.5
YEAR_GOALS = {"due": 1000.0, "elapsed": 1000.0}
CALENDAR = {
    "time_zone": "Europe/Madrid",
    "weekly": {day: [["09:00", "14:00"], ["16:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": {"country": "ES", "subdivision": "MD"},
}
# Spread over the days that follow, each with a row of its own in the ledger.
_RUNNING = """
WITH made AS (
  INSERT INTO public.sla_contracts_clock (id, tenant_id, conversation, metric, channel_group, channel, language,
    priority, version_id, calendar, target_seconds, state, started_at, elapsed_seconds, running_since, paused_reason,
    due_at, timer_event, timer_at, warned, told)
  SELECT gen_random_uuid(), %s, gen_random_uuid(), 'first_response', 'chat', 'webchat', 'it', 'normal', %s,
    'chat_hours', 86400, 'running', s.at, 0, s.at, '', s.at + interval '1 day', 'at_risk', s.at + interval '18 hours',
    0, 0
  FROM (SELECT %s::timestamptz + n * interval '1 second' AS at FROM generate_series(1, %s) n) s
  RETURNING id, started_at, target_seconds
)
INSERT INTO public.sla_contracts_clockevent (clock_id, kind, at, cause, reason, seconds)
SELECT id, 'started', started_at, 'message', '', target_seconds FROM made
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--running", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with bench_servers("cpu") as servers:
        import django

        del servers
        django.setup()
        swept = measure_sweeps(arguments.running, arguments.rounds)
    ahead = measure_year()
    lines = [
        *(
            Line(
                f"sweep, {case}, beside {arguments.running:,} / {FEW:,} running",
                show(row["many"], " ms"),
                show(row["few"], " ms"),
                row["ratio"],
                GOAL,
            )
            for case, row in swept.items()
        ),
        *(
            Line(f"{name} a year ahead, µs", show(micros["known"], " µs"), "", micros["known"], YEAR_GOALS[name])
            for name, micros in ahead.items()
        ),
    ]
    print(table(lines))
    if arguments.json:
        found = {"sweep": swept, "year": ahead, "lines": [line.as_json() for line in lines]}
        arguments.json.write_text(json.dumps(found, indent=1))


def measure_sweeps(running: int, rounds: int) -> dict[str, Any]:
    """Both in one database: the few first, then the many."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from sla_contracts import contracts, timers
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    [tenant] = set_up(tenants=1, agents=1).tenants
    start = datetime(2030, 1, 7, tzinfo=UTC)
    version = contracts.version_in_force(tenant.id, start)
    assert version is not None
    found: dict[str, dict[str, list[float]]] = {"nothing due": {}, f"{DUE} due": {}}

    def sweep(until: datetime, expected: int) -> float:
        began = time.perf_counter()
        with transaction.atomic():
            swept = timers.sweep(until)
            took = (time.perf_counter() - began) * 1000
            if swept.read != expected:
                raise RuntimeError(f"{swept.read} rows were read where {expected} were due")
            transaction.set_rollback(True)
        return took

    for name, count in (("few", FEW), ("many", running - FEW)):
        with connection.cursor() as cursor:
            cursor.execute(_RUNNING, [tenant.id, version.id, start if name == "few" else start + timedelta(1), count])
            cursor.execute("ANALYZE sla_contracts_clock")
            cursor.execute("ANALYZE sla_contracts_clockevent")
        first = start + timedelta(hours=18)
        for case, until, expected in (
            ("nothing due", first, 0),
            (f"{DUE} due", first + timedelta(seconds=DUE, microseconds=1), DUE),
        ):
            sweep(until, expected)
            found[case][name] = [sweep(until, expected) for _ in range(rounds)]
    return {
        case: {
            "few": spread(each["few"]),
            "many": spread(each["many"]),
            "ratio": spread([many / few for many, few in zip(each["many"], each["few"], strict=True)]),
        }
        for case, each in found.items()
    }


def measure_year() -> dict[str, Any]:
    """Microseconds; ``known``: days that were asked for before, as in a process that serves."""
    from sla_contracts.business_time import Calendar

    start = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    target = 245 * 9 * 3600.0  # what is open in about a year
    stop = start + timedelta(days=365)
    asked: dict[str, Callable[[Calendar], object]] = {
        "due": lambda calendar: calendar.due(start, target),
        "elapsed": lambda calendar: calendar.elapsed(start, stop),
    }
    found = {}
    for name, ask in asked.items():
        pairs = interleave(20, partial(_micros, ask, fresh=True), partial(_micros, ask, fresh=False))
        found[name] = {"fresh": spread([one for one, _ in pairs]), "known": spread([other for _, other in pairs])}
    return found


def _micros(ask: Callable[[Any], object], *, fresh: bool) -> float:
    from sla_contracts.business_time import Calendar

    calendar = Calendar.from_json(CALENDAR)
    if not fresh:
        ask(calendar)
    times = []
    for _ in range(1 if fresh else 5):
        began = time.perf_counter()
        ask(calendar)
        times.append((time.perf_counter() - began) * 1e6)
    return quantile(times, 0.5)


if __name__ == "__main__":
    main()
