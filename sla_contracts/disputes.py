"""Disputes over judged items: raised by the client in time, answered once; what is accepted corrects its item.

Rows are only added. What is accepted while the item's month runs is judged in that month (``attainment``); what is
accepted later leaves the month and its papers as they are, and is credited in the month of the answer
(``corrections``). What both sides say stands in the client's schema, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from kernel import clock as time
from kernel.errors import Refusal, invalid, not_found
from people.models import Person
from sla_contracts import contracts
from sla_contracts.attainment import Counted, count_clauses, summarise
from sla_contracts.judging import CLAIMS, Item
from sla_contracts.models import Clock, Dispute, DisputeAnswer, SlaReport
from sla_contracts.period import Period
from sla_contracts.terms import Clause
from tenants.models import Tenant

STATES = ("open", "overdue", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Judged:
    """One clock as one clause judges it now, and until when that may be disputed (None: no report has closed it)."""

    counted: Counted
    item: Item
    period: Period
    until: datetime | None

    @property
    def claims(self) -> tuple[str, ...]:
        return CLAIMS.get(self.item.outcome, ())


def judged_by(tenant: Tenant, clock: Clock, *, now: datetime | None = None) -> list[Judged]:
    """Every clause that counts this clock, with its verdict."""
    at = now or time.now()
    period = Period.holding(clock.started_at, tenant.time_zone)
    terms = contracts.terms_of(clock.version_id)
    found = []
    for clause in terms.clauses:
        if clause.clock != clock.metric or clause.channel_group not in ("", clock.channel_group):
            continue
        # Where the volume counts, the place among the others decides.
        alone = clock.pk if clause.exclusions.volume is None else None
        for counted in count_clauses(tenant, period, now=at, code=clause.code, clock=alone):
            items = [item for item in counted.items if item.clock == clock.pk]
            until = _until(tenant, period, terms.dispute_days) if items else None
            found += [Judged(counted, item, period, until) for item in items]
    return found


def raise_one(*, person: Person, tenant: Tenant, clock_id: UUID, clause: str, claim: str) -> Dispute:
    """A dispute of a judged item; the caller has checked who asks, and stands in a transaction.

    Refuses with not_found, not_judged, invalid, window_over or disputed_already.
    """
    now = time.now()
    clock = Clock.objects.filter(tenant=tenant, pk=clock_id).select_related("version").first()
    judged = [one for one in judged_by(tenant, clock, now=now) if one.counted.clause.code == clause] if clock else []
    if clock is None:
        raise not_found()
    if not judged:
        raise invalid("No clause of that name counts this item; nothing was saved.", clause="does not count it")
    one = judged[0]
    _check(one, claim, now)
    days = one.counted.terms.dispute_answer_days
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                tenant=tenant,
                clock=clock,
                conversation=clock.conversation,
                clause=clause,
                version=clock.version,
                period_start=one.period.start,
                period_end=one.period.end,
                outcome=one.item.outcome,
                outcome_reason=one.item.reason,
                claim=claim,
                raised_by=person,
                raised_at=now,
                answer_by=now + timedelta(days=days),
            )
    except IntegrityError as error:
        raise Refusal(
            "disputed_already", 409, "This item was disputed already; its history stands beside it. Nothing was added."
        ) from error


def answer_one(*, person: Person, tenant: Tenant, dispute_id: UUID, accept: bool) -> Dispute:
    """The one answer; the caller has checked who answers, and stands in a transaction.

    Of two at once the second waits at the row, and is told what the first one said (answered_already).
    """
    dispute = Dispute.objects.select_for_update(no_key=True).filter(tenant=tenant, pk=dispute_id).first()
    if dispute is None:
        raise not_found()
    before = DisputeAnswer.objects.select_related("answered_by").filter(dispute=dispute).first()
    if before is not None:
        how = "accepted" if before.is_accepted else "rejected"
        raise Refusal(
            "answered_already",
            409,
            f"{before.answered_by.name} has {how} this dispute already; your answer was not recorded.",
        )
    DisputeAnswer.objects.create(dispute=dispute, is_accepted=accept, answered_by=person, answered_at=time.now())
    return dispute


def disputes_of(
    *, tenants: list[UUID], state: str = "", clocks: list[UUID] | None = None, now: datetime | None = None
) -> QuerySet[Dispute]:
    """Of these clients: the open ones by their term, all others newest first. Refuses with invalid."""
    if state and state not in STATES:
        raise invalid(f"A state is one of {', '.join(STATES)}.", state="is not known")
    rows = Dispute.objects.filter(tenant__in=tenants).select_related(
        "tenant", "clock", "version", "raised_by", "answer__answered_by"
    )
    if clocks is not None:
        rows = rows.filter(clock__in=clocks)
    if state in ("open", "overdue"):
        return rows.filter(_is(state, now or time.now())).order_by("answer_by", "id")
    return (rows.filter(_is(state, time.now())) if state else rows).order_by("-raised_at", "-id")


def counts(tenants: list[UUID], *, now: datetime | None = None) -> dict[str, int]:
    """How many of these clients' disputes stand how; the overdue ones are among the open."""
    at, rows = now or time.now(), Dispute.objects.filter(tenant__in=tenants)
    return {state: rows.filter(_is(state, at)).count() for state in STATES}


def state_of(dispute: Dispute) -> str:
    answer = answer_of(dispute)
    return "open" if answer is None else "accepted" if answer.is_accepted else "rejected"


def answer_of(dispute: Dispute) -> DisputeAnswer | None:
    return getattr(dispute, "answer", None)


def effect_of(dispute: Dispute) -> str:
    """What an accepted one does: counts in its ``month``, or is a ``credit``; empty for all others."""
    answer = answer_of(dispute)
    if answer is None or not answer.is_accepted:
        return ""
    return "month" if answer.answered_at < dispute.period_end else "credit"


def clause_of(dispute: Dispute) -> Clause | None:
    terms = contracts.terms_of(dispute.version_id, dispute.version)
    return next((clause for clause in terms.clauses if clause.code == dispute.clause), None)


def accepted_late(tenant: Tenant, period: Period, *, now: datetime) -> list[Dispute]:
    """Accepted in this period over items of months that were over by then."""
    rows = Dispute.objects.filter(
        tenant=tenant,
        answer__is_accepted=True,
        answer__answered_at__gte=period.start,
        answer__answered_at__lt=period.end,
        answer__answered_at__lte=now,
        period_end__lte=F("answer__answered_at"),
    )
    return list(rows.select_related("version", "answer").order_by("answer__answered_at", "id"))


def _is(state: str, now: datetime) -> Q:
    return {
        "open": Q(answer__isnull=True),
        "overdue": Q(answer__isnull=True, answer_by__lt=now),
        "accepted": Q(answer__is_accepted=True),
        "rejected": Q(answer__is_accepted=False),
    }[state]


def _check(one: Judged, claim: str, now: datetime) -> None:
    if one.item.outcome == "running":
        raise Refusal("not_judged", 409, "This item still runs and is not judged yet; dispute it once it is.")
    if claim not in one.claims:
        known = ", ".join(one.claims)
        raise invalid(f"An item judged so can be disputed as {known}; nothing was saved.", claim="does not fit")
    if one.until is not None and now > one.until:
        days = one.counted.terms.dispute_days
        raise Refusal(
            "window_over",
            409,
            f"Items of {one.period.month} could be disputed until {one.until:%Y-%m-%d %H:%M} UTC, {days} days after"
            " its report. Nothing was saved; ask your contact at the service centre.",
        )


def _until(tenant: Tenant, period: Period, days: int) -> datetime | None:
    """Counted from the first report of the whole month."""
    final = SlaReport.objects.filter(tenant=tenant, period_start=period.start, cut_off__gte=F("period_end"))
    issued = final.order_by("issued_at").values_list("issued_at", flat=True).first()
    return issued + timedelta(days=days) if issued is not None else None


def corrections(tenant: Tenant, period: Period, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """What this period owes for earlier months: each clause whose figures an accepted dispute moved afterwards.

    penalty and bonus: Decimals, after less before; ``disputes`` are the rows behind it. The month itself stays.
    """
    at = now or time.now()
    by_month: dict[datetime, list[Dispute]] = {}
    for dispute in accepted_late(tenant, period, now=at):
        by_month.setdefault(dispute.period_start, []).append(dispute)
    found = []
    for start, accepted in sorted(by_month.items()):
        month = Period.holding(start, period.time_zone)
        found += _moved(tenant, month, accepted, since=period.start, until=min(at, period.end))
    return found


def _moved(
    tenant: Tenant, month: Period, accepted: list[Dispute], *, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    def figures(settled: datetime) -> list[dict[str, Any]]:
        counted = count_clauses(tenant, month, now=until, settled=settled)
        return list(summarise(tenant, month, counted, until)["clauses"])

    # What was accepted at the very instant is settled by it.
    pairs = zip(figures(since), figures(until + timedelta(microseconds=1)), strict=True)
    moved = []
    for before, after in pairs:
        behind = [one for one in accepted if (one.clause, str(one.version_id)) == (after["code"], after["version_id"])]
        if behind:
            moved.append(
                {
                    "month": month.month,
                    "code": after["code"],
                    "titles": after["titles"],
                    "version": after["version"],
                    "disputes": behind,
                    "before": {key: before[key] for key in ("counted", "met", "breached", "share")},
                    "after": {key: after[key] for key in ("counted", "met", "breached", "share")},
                    "penalty": after["penalty"] - before["penalty"],
                    "bonus": after["bonus"] - before["bonus"],
                }
            )
    return moved
