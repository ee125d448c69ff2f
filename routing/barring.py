"""Work goes back from whoever may not serve its client any more: their leave was withdrawn, or ran out."""

from __future__ import annotations

from uuid import UUID

from kernel import clock, statements
from kernel.errors import Refusal
from routing.handling import requeue
from routing.models import WorkItem
from routing.offering import withdraw

# As ``people.access.may_serve`` says, for all work in hand at once.
_BARRED = """
SELECT w.id, w.state
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
    gone: list[UUID] = []
    for work_item_id, state in statements.run(_BARRED, {"now": clock.now()}):
        if state == WorkItem.State.OFFERED:
            withdraw(work_item_id=work_item_id)
        else:
            try:
                requeue(work_item_id=work_item_id, reason="barred")
            except Refusal:  # finished in the meantime
                continue
        gone.append(work_item_id)
    return gone
