"""Work goes back from whoever may not serve its client any more: their leave was withdrawn, or ran out."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction

from kernel import clock, statements
from routing.handling import requeue
from routing.models import WorkItem
from routing.offering import withdraw

# As ``people.access.may_serve`` says, for all work in hand at once.
_BARRED = """
SELECT w.id, w.agent_id, w.state
  FROM public.routing_workitem w
  JOIN public.people_person p ON p.id = w.agent_id
  JOIN public.tenants_tenant t ON t.id = w.tenant_id
 WHERE w.state IN ('offered', 'active')
   AND NOT (p.is_active AND t.status = 'active' AND (
     EXISTS (SELECT 1 FROM public.people_membership m
              WHERE m.person_id = p.id AND m.tenant_id IS NULL
                AND (m.role = 'operator' OR (m.role = 'supervisor' AND m.all_clients)))
     OR (EXISTS (SELECT 1 FROM public.people_membership m
                  WHERE m.person_id = p.id AND m.tenant_id IS NULL)
         AND EXISTS (SELECT 1 FROM public.people_accreditation a
                      WHERE a.person_id = p.id AND a.tenant_id = w.tenant_id AND NOT a.is_read_only
                        AND a.valid_from <= %(now)s::timestamptz
                        AND (a.valid_until IS NULL OR a.valid_until > %(now)s::timestamptz)))))
"""


def take_back_from_barred() -> list[UUID]:
    """Withdraw the offers and put back the work in hand of those who may not serve the client; nobody is blamed."""
    theirs: dict[UUID, list[UUID]] = defaultdict(list)
    for work_item_id, agent_id, _ in statements.run(_BARRED, {"now": clock.now()}):
        theirs[agent_id].append(work_item_id)
    return [gone for work_item_ids in theirs.values() for gone in _take_back(work_item_ids)]


def _take_back(work_item_ids: list[UUID]) -> list[UUID]:
    """All of one agent's barred work in one commit: ten conversations take as long as one."""
    gone = []
    with transaction.atomic():
        # All items before the first desk, or an agent who accepts the second meanwhile would wait crosswise.
        list(
            WorkItem.objects.select_for_update(no_key=True)
            .filter(pk__in=work_item_ids)
            .order_by("pk")
            .values_list("pk")
        )
        is_among = {"now": clock.now(), "among": work_item_ids}
        for work_item_id, _, state in statements.run(f"{_BARRED} AND w.id = ANY(%(among)s::uuid[])", is_among):
            if state == WorkItem.State.OFFERED:
                withdraw(work_item_id=work_item_id)
            else:
                requeue(work_item_id=work_item_id, reason="barred")
            gone.append(work_item_id)
    return gone
