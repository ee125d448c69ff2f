"""Recompute clocks from their ledgers and name those whose columns say something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sla_contracts.clock_ledger import differences, ledgers_of
from sla_contracts.clock_math import ClockError
from sla_contracts.models import Clock

BATCH = 500


@dataclass(slots=True)
class Findings:
    """``wrong``: clock → column → (stored, recomputed), or the reason why its ledger cannot be read."""

    checked: int = 0
    wrong: dict[UUID, dict[str, tuple[Any, Any]] | str] = field(default_factory=dict)


def check_clocks(*, tenant_id: UUID | None = None, conversation_ids: Iterable[UUID] | None = None) -> Findings:
    """All clocks, or those of a tenant or of some conversations."""
    clocks = Clock.objects.order_by("id")
    if tenant_id is not None:
        clocks = clocks.filter(tenant=tenant_id)
    if conversation_ids is not None:
        clocks = clocks.filter(conversation__in=list(conversation_ids))
    findings, last = Findings(), None
    while batch := list(clocks.filter(id__gt=last)[:BATCH] if last else clocks[:BATCH]):
        _check(batch, findings)
        last = batch[-1].pk
    return findings


def _check(clocks: list[Clock], findings: Findings) -> None:
    ledgers = ledgers_of(clocks)
    for clock in clocks:
        findings.checked += 1
        try:
            found = differences(clock, ledgers[clock.pk])
        except ClockError as error:
            findings.wrong[clock.pk] = str(error)
            continue
        if found:
            findings.wrong[clock.pk] = found
