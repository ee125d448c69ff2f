"""The portal's first view costs the same few queries, however much it counts; and the queues alone cost less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk import month_figures, portal_overview
from kernel import clock
from people.models import Person
from sla_contracts.attainment import attainment
from sla_contracts.contracts import forget_versions
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.desk.shop import ITALIAN, write
from tests.sla_contracts.months import answer, arrive, live_month, utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
SIX = 6


def queries(look: Callable[[], Any]) -> list[str]:
    """What a process asks that remembers nothing of the shop."""
    forget_versions()
    with CaptureQueriesContext(connection) as asked:
        look()
    return [row["sql"] for row in asked.captured_queries if not row["sql"].startswith(("SET", "SELECT set_config"))]


def test_the_first_view_asks_six_times_at_most_whatever_the_volume(acme: Tenant, carla: Person) -> None:
    def look() -> None:
        portal_overview.overview(person=carla, tenant=acme, month="")

    with clock.hold(utc("2026-11-10 09:00")):
        look()
        empty = queries(look)
        live_month(acme, utc("2026-10-01 00:00"), 12)
        live_month(acme, utc("2026-11-01 00:00"), 12, seed=2)
        for _ in range(3):
            write(acme, ITALIAN)
        assert len(queries(look)) == len(empty) <= SIX, queries(look)


def test_the_live_part_asks_for_the_queues_alone(acme: Tenant, carla: Person, shop_client: Door) -> None:
    write(acme, ITALIAN)
    door = shop_client(acme, carla)
    first = door.get("/api/portal/overview").json()["live"]
    assert [row["waiting"] for row in first["queues"]].count(1) == 1
    alone = door.get("/api/portal/live").json()
    assert [(row["id"], row["waiting"]) for row in alone["queues"]] == [
        (row["id"], row["waiting"]) for row in first["queues"]
    ]
    with clock.hold(clock.now()):
        assert len(queries(lambda: portal_overview.queues_now(acme, clock.now()))) <= 2


def test_items_are_found_by_index_and_not_by_reading_the_books(acme: Tenant, carla: Person) -> None:
    with clock.hold(utc("2026-11-10 09:00")):
        live_month(acme, utc("2026-11-01 00:00"), 40)
        asked = queries(lambda: portal_overview.overview(person=carla, tenant=acme, month=""))
    items = next(text for text in asked if "sla_contracts_clockevent" in text)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE public.sla_contracts_clock, public.sla_contracts_clockevent")
        cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows is read faster from end to end
        cursor.execute(f"EXPLAIN {items}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (clock_id = c.id)" in plan and "Seq Scan" not in plan, plan


def test_a_month_of_many_is_not_counted_at_every_look(
    acme: Tenant, northlight: Tenant, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(shop: Tenant) -> dict[str, Any]:
        return portal_overview.overview(person=carla, tenant=shop, month="")

    monkeypatch.setattr(month_figures, "MANY", 5)
    monkeypatch.setattr(month_figures, "REST", 1e6)
    first, later = utc("2026-11-10 09:00"), utc("2026-11-10 09:01")
    with clock.hold(first):
        live_month(acme, utc("2026-11-01 00:00"), 40)
        shown, few = look(acme), look(northlight)
    with clock.hold(later):
        for shop in (acme, northlight):
            answer(arrive(shop, utc("2026-11-10 09:00:20")), 20)
        asked = queries(lambda: look(acme))
        assert not any("clockevent" in text or "AT TIME ZONE" in text for text in asked) and len(asked) <= 3, len(asked)
        again, other = look(acme), look(northlight)
        # What is shown is what was true at its cut-off, and says so; a month of few is counted at once.
        assert (again["cut_off"], again["clauses"], again["volume"]) == (first, shown["clauses"], shown["volume"])
        assert other["cut_off"] == later and other["volume"] != few["volume"]
        then = attainment(acme, Period.holding(first, acme.time_zone), now=first)["clauses"]
        assert [(row["met"], row["breached"]) for row in again["clauses"]] == [
            (row["met"], row["breached"]) for row in then
        ]
        for key, (_, found) in month_figures._kept.items():
            month_figures._kept[key] = (0.0, found)  # it has rested
        assert look(acme)["cut_off"] == later
