"""``report``: what the SLA report of a large month costs: seconds of one core beyond the database's, and memory.

    python -m tests.bench.report [--conversations 50000] [--rounds 5] [--json FILE]

Each round is a process of its own, so that its peak of memory is the report's. The five months before it have their
reports, as a client's have, each on its day. The figures are this process's CPU (queries are the database's); wall
seconds and those spent waiting for the database stand beside them in the JSON. Checked: the report counts what was put
in.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.bench.figures import Line, show, spread, table
from tests.bench.variants import bench_servers

SECONDS_GOAL, MEMORY_GOAL = 10.0, 300.0
MONTH, MONTHS = "2030-06", 6
SLUG = "bench-0"
_ITEMS = """
INSERT INTO public.routing_workitem (id, tenant_id, conversation, queue_id, channel, language, needs, priority, units,
  state, entered_at, finished_at, not_agents, reason, outcome, contact_reason, replies, read_seq)
SELECT gen_random_uuid(), %(tenant)s, gen_random_uuid(), q.id, CASE WHEN n %% 3 = 0 THEN 'email' ELSE 'webchat' END,
  'en', '{}'::jsonb, 'normal', 1, 'done', s.at, s.at + interval '1 hour', '{}', '{}'::jsonb, 'resolved', '', 1, 1
FROM generate_series(1, %(count)s) n
CROSS JOIN LATERAL (SELECT %(start)s::timestamptz + n * %(step)s * interval '1 second' AS at) s
JOIN public.routing_queue q ON q.tenant_id = %(tenant)s
  AND q.channel_group = CASE WHEN n %% 3 = 0 THEN 'mail' ELSE 'chat' END
RETURNING id, conversation, channel, entered_at
"""
_CLOCKS = """
COPY public.sla_contracts_clock (id, tenant_id, conversation, work_item, metric, channel_group, channel, language,
  priority, version_id, calendar, target_seconds, state, started_at, elapsed_seconds, paused_reason, warned, told,
  timer_event) FROM STDIN
"""
_EVENTS = "COPY public.sla_contracts_clockevent (clock_id, kind, at, cause, reason, seconds) FROM STDIN"
# Every so many-th is late, and is spam.
LATE, SPAM = 7, 97


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(issue_once()))
        return
    with bench_servers("cpu") as servers:
        import django

        del servers
        django.setup()
        fill(arguments.conversations)
        rounds = [_round(arguments.conversations) for _ in range(arguments.rounds)]
    lines = [
        Line(
            f"report of {arguments.conversations:,} conversations, {name}",
            show(spread([one[key] for one in rounds]), unit),
            "",
            spread([one[key] for one in rounds]),
            goal,
        )
        for name, key, unit, goal in (
            ("s of one core", "cpu_seconds", " s", SECONDS_GOAL),
            ("peak MiB", "peak_mib", " MiB", MEMORY_GOAL),
        )
    ]
    print(table(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": rounds, "lines": [line.as_json() for line in lines]}, indent=1))


def fill(conversations: int) -> None:
    """A month of conversations with their ledgers, and the issued reports of the five months before it."""
    from django.core.management import call_command
    from django.db import connection

    from kernel import clock
    from sla_contracts import contracts
    from sla_contracts.period import Period
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    with clock.hold(datetime(2029, 12, 1, tzinfo=UTC)):
        [tenant] = set_up(tenants=1, agents=1).tenants
    period = Period.of_month(MONTH, tenant.time_zone)
    version = contracts.version_in_force(tenant.id, period.start)
    assert version is not None
    step = ((period.end - period.start) - timedelta(hours=6)).total_seconds() / conversations
    asked: dict[str, Any] = {"tenant": tenant.id, "count": conversations, "start": period.start, "step": step}
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, asked)
        clocks, events = _ledgers(cursor.fetchall(), tenant.id, version)
        for statement, rows in ((_CLOCKS, clocks), (_EVENTS, events)):
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        cursor.execute("ANALYZE")
    _issue_before(tenant, period)


def _ledgers(items: list[Any], tenant_id: UUID, version: Any) -> tuple[list[Any], list[Any]]:
    """A first response and a resolution for each item, as the calendars of the contract have them."""
    from sla_contracts import contracts

    terms = contracts.terms_of(version.id, version)
    clocks: list[Any] = []
    events: list[Any] = []
    for number, (item, conversation, channel, at) in enumerate(items):
        group = "mail" if channel == "email" else "chat"
        for metric in ("first_response", "resolution"):
            target = terms.target(metric=metric, channel_group=group, priority="normal", language="en")
            assert target is not None
            one, calendar = uuid4(), terms.calendars[target.calendar]
            kept = (one, tenant_id, conversation, item, metric, group, channel, "en", "normal", version.id)
            clocks.append((*kept, target.calendar, target.seconds, "met", at, 0, "", 0, 0, ""))
            events.append((one, "started", at, "message", "", target.seconds))
            if number % SPAM == 0:
                events.append((one, "voided", at + timedelta(seconds=20), "person", "spam", None))
                continue
            if number % LATE == 0:
                events.append((one, "breached", calendar.due(at, target.seconds + 1), "sweep", "", None))
            taken = target.seconds * (1.5 if number % LATE == 0 else 0.5)
            events.append((one, "met", calendar.due(at, taken), "message", "", None))
    return clocks, events


def _issue_before(tenant: Any, period: Any) -> None:
    from desk.portal_papers import issue_of
    from kernel import clock

    for back in range(1, MONTHS):
        before = period.before(back)
        with clock.hold(before.end + timedelta(days=3)):
            issue_of(tenant=tenant, period=before, language="en", person=None)


def issue_once() -> dict[str, Any]:
    """In a process of its own: one report, as the scheduled run issues it."""
    import django

    django.setup()
    from django.db import connection, transaction

    from desk.portal_papers import issue_of
    from kernel import clock
    from sla_contracts.period import Period
    from tenants.models import Tenant

    tenant = Tenant.objects.get(slug=SLUG)
    period = Period.of_month(MONTH, tenant.time_zone)
    waited = 0.0

    def timed(execute: Any, *arguments: Any) -> Any:
        nonlocal waited
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            waited += time.perf_counter() - began

    before_mib, began, cpu = _peak_mib(), time.perf_counter(), time.process_time()
    with clock.hold(period.end + timedelta(days=3)), connection.execute_wrapper(timed), transaction.atomic():
        row = issue_of(tenant=tenant, period=period, language="en", person=None)
        transaction.set_rollback(True)
    return {
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - began,
        "waited_for_database_seconds": waited,
        "before_mib": before_mib,
        "peak_mib": _peak_mib(),
        "pdf_bytes": len(bytes(row.pdf)),
        "counted": sum(clause["counted"] for clause in row.data["clauses"]),
        "arrived": row.data["volume"]["conversations"],
    }


def _round(conversations: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.report", "--once"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    if found["arrived"] != conversations or found["counted"] < conversations:
        raise RuntimeError(f"the report counts {found['counted']} of {found['arrived']}")
    print(json.dumps(found), file=sys.stderr)
    return found


def _peak_mib() -> float:
    """Since this program began; ``ru_maxrss`` would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main()
