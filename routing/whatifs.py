"""What-ifs: asked, played piece by piece by whoever is free, cancelled, kept. The rows say what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from kernel import clock, statements
from kernel.errors import Refusal
from people.models import Person
from routing.models import WhatIf, WhatIfPlay

State = WhatIf.State
# One play takes seconds; whoever said nothing for so long is gone.
CLAIM = timedelta(seconds=120)
KEPT = 60
# What ends its worker before anything of it is played is not tried for ever.
ATTEMPTS_MAX = 3
WAITING_MOST = 4

# One at a time on the whole floor: the other workers are for shoppers.
_CLAIM = """
UPDATE public.routing_whatif SET claimed_until = %(until)s, state = 'playing', attempts = attempts + 1
 WHERE id = (SELECT id FROM public.routing_whatif WHERE state IN ('waiting', 'playing')
                AND (claimed_until IS NULL OR claimed_until < %(now)s)
              ORDER BY made_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
   AND NOT EXISTS (SELECT 1 FROM public.routing_whatif WHERE state = 'playing' AND claimed_until >= %(now)s)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played: the recorded week, the question, and how often."""

    kind: str
    tenants: list[UUID]
    week_start: datetime
    week_end: datetime
    zone: str
    question: dict[str, Any]
    scenario: dict[str, Any]
    recorded: dict[str, Any]
    replications: int
    versions: int


def ask(*, person: Person, asked: Asked) -> WhatIf:
    """Write the question down; it is played when its turn comes. Of the asker's own the oldest beyond ``KEPT`` go."""
    with transaction.atomic():
        if WhatIf.objects.filter(made_by=person, state__in=WhatIf.OPEN_STATES).count() >= WAITING_MOST:
            raise Refusal("too_many_open", 409, f"{WAITING_MOST} of yours are not done yet; wait for one or cancel it.")
        made = WhatIf.objects.create(
            made_by=person,
            made_at=clock.now(),
            kind=asked.kind,
            tenants=asked.tenants,
            week_start=asked.week_start,
            week_end=asked.week_end,
            zone=asked.zone,
            question=asked.question,
            scenario=asked.scenario,
            recorded=asked.recorded,
            replications=asked.replications,
            plays_total=asked.replications * asked.versions,
        )
        done = WhatIf.objects.filter(made_by=person).exclude(state__in=WhatIf.OPEN_STATES)
        over = done.order_by("-made_at").values_list("pk", flat=True)
        WhatIf.objects.filter(pk__in=list(over[KEPT:])).delete()
    return made


def claim() -> WhatIf | None:
    """The oldest that nobody plays, now this caller's; None where there is none, or one is being played."""
    now = clock.now()
    with transaction.atomic():
        statements.run("SELECT pg_advisory_xact_lock(hashtext('routing.whatifs'))")
        rows = statements.run(_CLAIM, {"now": now, "until": now + CLAIM})
    return WhatIf.objects.get(pk=rows[0][0]) if rows else None


def release(what_if: WhatIf) -> None:
    """Let the next go on with it, unless somebody has it already; this one came back, so the attempt was none."""
    mine = WhatIf.objects.filter(pk=what_if.pk, attempts=what_if.attempts)
    mine.update(claimed_until=None, attempts=0)


def plan_versions(*, what_if_id: UUID, question: Mapping[str, Any], versions: int) -> None:
    """How many versions there are is known only now (which trainings are worth playing)."""
    WhatIf.objects.filter(pk=what_if_id).update(question=dict(question), plays_total=versions * F("replications"))


def played(*, what_if_id: UUID, version: int, replication: int, figures: dict[str, Any]) -> bool:
    """Keep one play; False if nobody wants it any more. The claim runs on."""
    with transaction.atomic():
        row = WhatIf.objects.select_for_update(no_key=True).filter(pk=what_if_id, state=State.PLAYING).first()
        if row is None:
            return False
        WhatIfPlay.objects.bulk_create(
            [WhatIfPlay(what_if=row, version=version, replication=replication, figures=figures)], ignore_conflicts=True
        )
        WhatIf.objects.filter(pk=row.pk).update(plays_done=row.plays.count(), claimed_until=clock.now() + CLAIM)
    return True


def finish(*, what_if_id: UUID, result: dict[str, Any]) -> None:
    """The result stays; the plays that it was reckoned from go."""
    _end(what_if_id, State.DONE, result)


def fail(*, what_if_id: UUID) -> None:
    _end(what_if_id, State.FAILED, None)


def cancel(*, what_if_id: UUID) -> WhatIf:
    """Stop it; the play under way is dropped when it ends. Refuses with already_over."""
    if not _end(what_if_id, State.CANCELLED, None):
        raise Refusal("already_over", 409, "It was over before it could be cancelled; nothing was changed.")
    return WhatIf.objects.get(pk=what_if_id)


def remove(*, what_if_id: UUID) -> None:
    WhatIf.objects.filter(pk=what_if_id).delete()


def has_more() -> bool:
    return WhatIf.objects.filter(state__in=WhatIf.OPEN_STATES).exists()


def covered_by(tenants: list[UUID]) -> Q:
    """What-ifs of no other clients than these."""
    return Q(tenants__contained_by=tenants)


def _end(what_if_id: UUID, state: str, result: dict[str, Any] | None) -> bool:
    with transaction.atomic():
        row = WhatIf.objects.select_for_update().filter(pk=what_if_id, state__in=WhatIf.OPEN_STATES).first()
        if row is None:
            return False
        WhatIf.objects.filter(pk=row.pk).update(state=state, result=result, finished_at=clock.now(), claimed_until=None)
        row.plays.all().delete()
    return True
