"""The canonical data of an SLA report: all that the PDF says, before it is said in any layout."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil
from statistics import median
from typing import Any
from uuid import UUID

from sla_contracts import report_corrections
from sla_contracts.attainment import Counted, count_clauses, summarise
from sla_contracts.clock_math import elapsed_at
from sla_contracts.judging import ABANDONED, UNANSWERED, Item, state_of
from sla_contracts.models import ContractVersion
from sla_contracts.period import Period
from sla_contracts.quality_results import Scored, quality
from sla_contracts.trend import trend
from sla_contracts.volume import volume
from tenants.models import ShopLogo, Tenant

LISTED = 200
CASES_PER_EXCLUSION = 12

CaseNumbers = Callable[[Collection[UUID]], Mapping[UUID, str]]


def build(
    *,
    tenant: Tenant,
    period: Period,
    language: str,
    now: datetime,
    case_numbers: CaseNumbers,
    contact_reasons: Sequence[Mapping[str, Any]],
    scored: Sequence[Scored] = (),
) -> dict[str, Any]:
    """Plain JSON: Decimals as strings, instants as ISO 8601 UTC. The same ledger and ``now`` give the same data."""
    counted = count_clauses(tenant, period, now=now)
    figures = summarise(tenant, period, counted, now)
    clauses = figures["clauses"]
    for one, clause in zip(counted, clauses, strict=True):
        clause["title"] = one.clause.title(language)
        clause.update(_times(one))
        del clause["titles"], clause["ids"]
    of_quality = quality(tenant, period, scored)
    data = {
        "form": 1,
        "language": language,
        "tenant": _shop(tenant),
        "period": figures["period"],
        "cut_off": now,
        "currency": figures["currency"],
        "contract": _contract(counted),
        "clauses": clauses,
        "quality": of_quality,
        "penalty": figures["penalty"] + of_quality["penalty"],
        "bonus": figures["bonus"] + of_quality["bonus"],
        "trend": trend(tenant, period, now=now, current=figures),
        "volume": volume(tenant, period, now=now),
        "contact_reasons": [dict(reason) for reason in contact_reasons],
        "breaches": _breaches(counted, language, now, case_numbers),
        "exclusions": _exclusions(counted, language, case_numbers),
        **report_corrections.data_of(tenant, period, language, now, case_numbers),
    }
    plain: dict[str, Any] = json.loads(json.dumps(data, default=_plain))
    return plain


def canonical(data: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces, text as it is: what the hash on page 1 is of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def _shop(tenant: Tenant) -> dict[str, str]:
    return {
        "id": str(tenant.id),
        "name": tenant.name,
        "legal_name": tenant.legal_name or tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "country": tenant.country,
        **_logo(tenant),
    }


def _logo(tenant: Tenant) -> dict[str, str]:
    """The picture itself: an issued report shows the logo of its day."""
    logo = ShopLogo.objects.filter(tenant=tenant).first()
    if logo is None:
        return {}
    return {"logo": f"data:{logo.content_type};base64,{base64.b64encode(bytes(logo.content)).decode()}"}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a report's data")


def _contract(counted: Sequence[Counted]) -> dict[str, Any]:
    versions: dict[UUID, ContractVersion] = {one.version.id: one.version for one in counted}
    return {
        "reference": next((version.contract.reference for version in versions.values()), ""),
        "versions": [
            {
                "number": version.number,
                "valid_from": version.valid_from,
                "valid_until": version.valid_until,
                "signed_at": version.signed_at,
                "terms_sha256": version.terms_sha256,
                "targets": version.terms["targets"],
                "calendars": version.terms["calendars"],
            }
            for version in versions.values()
        ],
    }


def _times(counted: Counted) -> dict[str, float | None]:
    """Open seconds until the stop, of the items that were stopped: half, nine of ten, all; None if there were none."""
    judged = (item for item in counted.items if item.outcome in ("met", "breached"))
    used = sorted(seconds for item in judged if (seconds := _used(item, counted)) is not None)
    found = [median(used), used[ceil(len(used) * 0.9) - 1], used[-1]] if used else [None] * 3
    names = ("median_seconds", "nine_of_ten_seconds", "longest_seconds")
    return {name: None if value is None else round(value, 3) for name, value in zip(names, found, strict=True)}


def _used(item: Item, counted: Counted) -> float | None:
    """Open seconds until the stop; most ledgers are a start and a stop, and need no folding."""
    if [event.kind for event in item.events] == ["started", "met"]:
        start, stop = item.events
        return counted.terms.calendars[item.calendar].elapsed(start.at, stop.at)
    state = state_of(item, counted.terms)
    return state.elapsed_seconds if state.met_at is not None else None


def _breaches(counted: Sequence[Counted], language: str, now: datetime, case_numbers: CaseNumbers) -> dict[str, Any]:
    late = late_items(counted)
    listed, rest = late[:LISTED], late[LISTED:]
    numbers = case_numbers({item.conversation for _, item in listed})
    left = Counter((one.clause.title(language), item.channel) for one, item in rest)
    return {
        "total": len(late),
        "listed": [breach(one, item, language, now, numbers) for one, item in listed],
        "rest": [
            {"title": title, "channel": channel, "count": left[title, channel]} for title, channel in sorted(left)
        ],
    }


def late_items(counted: Sequence[Counted]) -> list[tuple[Counted, Item]]:
    """What was late, in order of arrival."""
    late = [(one, item) for one in counted for item in one.with_outcome("breached")]
    return sorted(late, key=lambda pair: (pair[1].started_at, pair[1].clock))


def breach(one: Counted, item: Item, language: str, now: datetime, numbers: Mapping[UUID, str]) -> dict[str, Any]:
    """A line of the list of what was late."""
    state = state_of(item, one.terms)
    unanswered = item.events[-1].kind == "met" and item.events[-1].reason == UNANSWERED
    if state.state == "voided":
        outcome = "abandoned" if item.events[-1].reason == ABANDONED else "open"
    else:
        outcome = "unanswered" if unanswered else "late" if state.met_at is not None else "open"
    return {
        "case": numbers.get(item.conversation, ""),
        "conversation": item.conversation,
        "clock": item.clock,
        "clause": one.clause.code,
        "title": one.clause.title(language),
        "version": one.version.number,
        "channel": item.channel,
        "language": item.language,
        "started_at": item.started_at,
        "breached_at": state.breached_at or state.breaches_at,
        "stopped_at": state.met_at,
        "target_seconds": int(state.target_seconds),
        "used_seconds": elapsed_at(state, one.terms.calendars[item.calendar], now),
        "outcome": outcome,
    }


def _exclusions(counted: Sequence[Counted], language: str, case_numbers: CaseNumbers) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[Item]] = {}
    for one in counted:
        for item in one.with_outcome("excluded"):
            found.setdefault((item.reason, one.clause.title(language)), []).append(item)
    named = {i.conversation for items in found.values() for i in items[:CASES_PER_EXCLUSION]}
    numbers = case_numbers(named) if named else {}
    return [
        {
            "reason": reason,
            "title": title,
            "count": len(items),
            "cases": [numbers[i.conversation] for i in items[:CASES_PER_EXCLUSION] if i.conversation in numbers],
        }
        for (reason, title), items in sorted(found.items())
    ]
