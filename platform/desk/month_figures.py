"""The figures of a month for a screen that asks again and again: a large month is counted seldom enough.

Counting grows with a month's items. So a month of many is counted anew only once the time since has been twenty times
what the count took: whoever looks, and however often, it costs a twentieth of one core. What is shown is ``attainment``
as it was at its ``cut_off``, which is said beside it. Papers, exports and drill-downs count for themselves.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sla_contracts.models import ContractVersion
from sla_contracts.period import Period
from sla_contracts.trend import figures_and_trend
from sla_contracts.volume import volume
from tenants.models import Tenant

MANY = 5_000
REST = 20.0
KEPT_MAX = 200


@dataclass(frozen=True, slots=True)
class MonthFigures:
    cut_off: datetime
    figures: dict[str, Any]
    history: list[dict[str, Any]]
    volume: dict[str, Any]


_kept: OrderedDict[tuple[UUID, str], tuple[float, MonthFigures]] = OrderedDict()


def month_figures(
    tenant: Tenant, period: Period, *, now: datetime, versions: Sequence[ContractVersion]
) -> MonthFigures:
    """Counted now; of a month of many items as it was counted a while ago, its ``cut_off`` saying when."""
    key = (tenant.id, f"{period.month} {','.join(str(row.id) for row in versions)}")
    kept = _kept.get(key)
    if kept is not None and time.monotonic() < kept[0] and kept[1].cut_off <= now:
        return kept[1]
    began = time.monotonic()
    figures, history = figures_and_trend(tenant, period, now=now, versions=versions)
    found = MonthFigures(now, _without_ids(figures), history, volume(tenant, period, now=now))
    took = time.monotonic() - began
    _kept.pop(key, None)
    if sum(_items(clause) for clause in figures["clauses"]) > MANY:
        _kept[key] = (began + took + REST * took, found)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return found


def forget() -> None:
    """Drop what was counted (in tests)."""
    _kept.clear()


def _items(clause: dict[str, Any]) -> int:
    return int(clause["counted"] + clause["running"] + sum(clause["excluded"].values()))


def _without_ids(figures: dict[str, Any]) -> dict[str, Any]:
    """No list of a month's conversations stays in memory."""
    clauses = [{key: value for key, value in row.items() if key != "ids"} for row in figures["clauses"]]
    return {**figures, "clauses": clauses}
