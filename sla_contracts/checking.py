"""Recompute clocks from their ledgers and name, or mend, those whose columns say something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from sla_contracts.clock_ledger import differences, ledgers_of, write_columns
from sla_contracts.clock_math import ClockError
from sla_contracts.models import Clock, ClockEvent

BATCH = 500
Difference = dict[str, tuple[Any, Any]] | str


@dataclass(slots=True)
class Findings:
    """``wrong``: clock → column → (stored, recomputed), or why its ledger cannot be read; ``mended``: were."""

    checked: int = 0
    wrong: dict[UUID, Difference] = field(default_factory=dict)
    mended: dict[UUID, Difference] = field(default_factory=dict)


def check_clocks(
    *, tenant_id: UUID | None = None, conversation_ids: Iterable[UUID] | None = None, mend: bool = False
) -> Findings:
    """All clocks, or those of a tenant or of some conversations; also while at work. mend: write what differs."""
    clocks = Clock.objects.order_by("id")
    if tenant_id is not None:
        clocks = clocks.filter(tenant=tenant_id)
    if conversation_ids is not None:
        clocks = clocks.filter(conversation__in=list(conversation_ids))
    findings, last = Findings(), None
    while batch := list(clocks.filter(id__gt=last)[:BATCH] if last else clocks[:BATCH]):
        findings.checked += len(batch)
        ledgers = ledgers_of(batch)
        suspects = [clock.pk for clock in batch if _difference(clock, ledgers[clock.pk])]
        if suspects:
            _look_again(suspects, findings, mend)
        last = batch[-1].pk
    return findings


def _look_again(suspects: list[UUID], findings: Findings, mend: bool) -> None:
    """Under the clocks' locks: a step may have been taken between the reading of a clock and that of its ledger."""
    with transaction.atomic():
        locked = Clock.objects.filter(pk__in=suspects).order_by("id").select_for_update(no_key=True, of=("self",))
        clocks = list(locked)
        ledgers = ledgers_of(clocks)
        for clock in clocks:
            found = _difference(clock, ledgers[clock.pk])
            if found and mend and not isinstance(found, str):
                write_columns([clock], ledgers)
                findings.mended[clock.pk] = found
            elif found:
                findings.wrong[clock.pk] = found


def _difference(clock: Clock, ledger: list[ClockEvent]) -> Difference:
    try:
        return differences(clock, ledger)
    except ClockError as error:
        return str(error)
