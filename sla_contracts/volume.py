"""What arrived in a period: first work items of conversations, by channel, language, day and hour (the shop's zone)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from sla_contracts.period import Period
from tenants.models import Tenant

_FIRST_ITEMS = """
FROM public.routing_workitem w
WHERE w.tenant_id = %s AND w.entered_at >= %s AND w.entered_at < %s AND w.entered_at <= %s
  AND NOT EXISTS (SELECT 1 FROM public.routing_workitem p
                  WHERE p.conversation = w.conversation AND p.tenant_id = w.tenant_id
                    AND (p.entered_at, p.id) < (w.entered_at, w.id))
"""
_ARRIVALS = f"""
SELECT w.channel, w.language, (w.entered_at AT TIME ZONE %s)::date,
       extract(hour FROM w.entered_at AT TIME ZONE %s)::int, count(*)
{_FIRST_ITEMS}
GROUP BY 1, 2, 3, 4
"""
_ARRIVED = f"""
SELECT w.conversation
{_FIRST_ITEMS}
  AND (%s = '' OR w.channel = %s) AND (%s = '' OR w.language = %s)
  AND (%s::date IS NULL OR (w.entered_at AT TIME ZONE %s)::date = %s::date)
"""


def volume(tenant: Tenant, period: Period, *, now: datetime) -> dict[str, Any]:
    """``by_day`` has every day of the period up to ``now``; ``heat`` is 7 rows (Monday first) of 24 hours."""
    zone = period.time_zone
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVALS, [zone, zone, tenant.id, period.start, period.end, now])
        rows = cursor.fetchall()
    channels, languages, days = Counter[str](), Counter[str](), Counter[date]()
    heat = [[0] * 24 for _ in range(7)]
    for channel, language, day, hour, count in rows:
        channels[channel] += count
        languages[language] += count
        days[day] += count
        heat[day.weekday()][hour] += count
    return {
        "conversations": sum(days.values()),
        "by_channel": _ranked(channels, "channel"),
        "by_language": _ranked(languages, "language"),
        "by_day": [{"day": day.isoformat(), "count": days[day]} for day in _days(period, now)],
        "heat": heat,
    }


def arrived(
    tenant: Tenant, period: Period, *, now: datetime, channel: str = "", language: str = "", day: date | None = None
) -> set[UUID]:
    """The conversations behind a figure of ``volume``; an empty filter takes all."""
    filters = [channel, channel, language, language, day, period.time_zone, day]
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED, [tenant.id, period.start, period.end, now, *filters])
        return {row[0] for row in cursor.fetchall()}


def _ranked(counts: Counter[str], name: str) -> list[dict[str, Any]]:
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{name: code, "count": count} for code, count in order]


def _days(period: Period, now: datetime) -> list[date]:
    zone = ZoneInfo(period.time_zone)
    first, end = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
    last = min(end - timedelta(days=1), max(first, now.astimezone(zone).date()))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
