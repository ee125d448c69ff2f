"""The end of a client: suspended, exported, deleted. What was invoiced stays, and the name is never given again.

Kept: the client's row as a tombstone, issued invoices with lines, usage and rate cards, contracts, issued SLA reports,
audit, and its lines' tokens, which answer 410. The rest goes: schema, files, work, clocks, drafts, accreditations.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from billing.models import Invoice, RateCard, Usage
from kernel import clock, live
from kernel.contention import despite_deadlocks
from kernel.errors import Refusal, invalid
from kernel.pauses import allow_pauses
from people.access import audit, roles_of
from people.models import Accreditation, ApiKey, AuditEntry, Follow, Invitation, Membership, Person, SavedView
from routing import desks, feed
from routing.models import Queue, WorkItem
from sla_contracts.models import ReportDelivery, ReportPlan
from tenants import erasure_ledger, roles
from tenants.models import Domain, ErasureEntry, Line, ShopLogo, Tenant

log = logging.getLogger(__name__)

_DELETE_TIMES = 5
_STEPS = (
    "DELETE FROM public.routing_offer o USING public.routing_workitem w"
    " WHERE w.id = o.work_item_id AND w.tenant_id = %s",
    "DELETE FROM public.routing_workitem WHERE tenant_id = %s",
    "DELETE FROM public.sla_contracts_disputeanswer a USING public.sla_contracts_dispute d"
    " WHERE d.id = a.dispute_id AND d.tenant_id = %s",
    "DELETE FROM public.sla_contracts_dispute WHERE tenant_id = %s",
    "DELETE FROM public.sla_contracts_clockevent e USING public.sla_contracts_clock c"
    " WHERE c.id = e.clock_id AND c.tenant_id = %s",
    "DELETE FROM public.sla_contracts_clock WHERE tenant_id = %s",
    "DELETE FROM public.routing_whatifplay p USING public.routing_whatif w"
    " WHERE w.id = p.what_if_id AND %s = ANY(w.tenants)",
    "DELETE FROM public.routing_whatif WHERE %s = ANY(tenants)",
)


def suspend(*, person: Person | None, tenant: Tenant) -> Tenant:
    """No door of the client answers any more: its host is a 404, its lines a 410; nothing is lost."""
    return _set_status(person, tenant, Tenant.Status.SUSPENDED, "shop.suspended")


def resume(*, person: Person | None, tenant: Tenant) -> Tenant:
    return _set_status(person, tenant, Tenant.Status.ACTIVE, "shop.resumed")


def delete(*, person: Person | None, tenant: Tenant, confirm: str) -> ErasureEntry:
    """Delete a suspended client that was exported since. confirm: its slug, as typed.

    Refuses with not_allowed, invalid, not_suspended or not_exported; nothing is deleted then.
    """
    _require_operator(person)
    if confirm.strip() != tenant.slug:
        raise invalid("What was typed is not this client; nothing was deleted.", confirm="Type its address exactly.")
    if tenant.status == Tenant.Status.ACTIVE:
        raise Refusal("not_suspended", 409, "Suspend the client first, so that nothing comes in; nothing was deleted.")
    if tenant.status != Tenant.Status.DELETED and not is_exported_since_suspension(tenant):
        raise Refusal("not_exported", 409, "Export the client first; what is deleted comes back from there alone.")
    with transaction.atomic():
        entry = erasure_ledger.ask(
            kind=ErasureEntry.Kind.TENANT,
            tenant_id=tenant.id,
            erased_id=tenant.id,
            reason=ErasureEntry.Reason.CONTRACT_END,
            by=person.pk if person else None,
        )
        audit(person, "shop.deletion_asked", tenant=tenant, object_id=tenant.id)
    try:
        finish(entry)
    except OSError:
        log.exception("files of client %s are still there; it is tried again", tenant.id)
    return ErasureEntry.objects.get(pk=entry.pk)


def finish(entry: ErasureEntry) -> bool:
    """Do what an entry asks for; False when nothing was left. First the rows, in one transaction; then the files.

    The schema's tables are locked one after the other, in an order of PostgreSQL's: a reader of two of them may win.
    The rows are done over then, which they could not be with their files gone. The entry is settled last: what a
    process leaves that is stopped between the two is found by the sweep. Raises OSError where files cannot be removed.
    """
    despite_deadlocks(lambda: _finish_rows(entry), times=_DELETE_TIMES)
    with transaction.atomic():
        return _finish_files(entry)


def _finish_rows(entry: ErasureEntry) -> None:
    locked = ErasureEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=locked.erased_id).first()
    if locked.done_at is not None or tenant is None or tenant.status == Tenant.Status.DELETED:
        return
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.DELETED, tone="")
    _release_agents(tenant)
    _delete_rows(tenant)


def _finish_files(entry: ErasureEntry) -> bool:
    """Whoever finishes the same waits at the entry, so that it is never settled while files are left."""
    locked = ErasureEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if locked.done_at is not None:
        return False
    tenant = Tenant.objects.filter(pk=locked.erased_id).first()
    if tenant is not None:
        allow_pauses()
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(Path(settings.MEDIA_ROOT) / tenant.schema_name)
    erasure_ledger.settle(locked)
    who = Person.objects.filter(pk=locked.by).first() if locked.by else None
    audit(who, "shop.deleted", tenant=tenant, object_id=locked.erased_id)
    return True


def is_exported_since_suspension(tenant: Tenant) -> bool:
    """Whether it may be deleted: what is deleted comes back from the archive alone."""
    latest = AuditEntry.objects.filter(tenant=tenant, action__in=("shop.suspended", "shop.exported")).order_by(
        "-at", "-id"
    )
    entry = latest.first()
    return entry is not None and entry.action == "shop.exported"


def open_work(tenant: Tenant) -> int:
    """Conversations that wait or are in somebody's hands."""
    return WorkItem.objects.filter(tenant=tenant, state__in=WorkItem.OPEN_STATES).count()


def note_export(*, person: Person | None, tenant: Tenant, sha256: str) -> None:
    audit(person, "shop.exported", tenant=tenant, object_id=tenant.id, sha256=sha256)


def _set_status(person: Person | None, tenant: Tenant, status: str, action: str) -> Tenant:
    _require_operator(person)
    with transaction.atomic():
        locked = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        if locked.status == Tenant.Status.DELETED:
            raise Refusal("deleted", 409, "This client was deleted; its name is not given again.")
        if locked.status != status:
            Tenant.objects.filter(pk=tenant.pk).update(status=status)
            audit(person, action, tenant=tenant, object_id=tenant.id)
            feed.tell_floor()
            live.call_the_roll()
    tenant.status = status
    return tenant


def _require_operator(person: Person | None) -> None:
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")


def _release_agents(tenant: Tenant) -> None:
    """Hands that hold this client's work are free again. Lock order: the work, then the desk."""
    held = WorkItem.objects.select_for_update(no_key=True).filter(tenant=tenant, state__in=WorkItem.OPEN_STATES)
    for item in held.filter(agent__isnull=False).order_by("id"):
        if item.agent_id is not None:
            feed.tell_work(item.agent_id, item, desks.give_back(item.agent_id, item.units, clock.now()))
            live.wake_dispatcher(f"a:{item.agent_id}")
    feed.tell_floor()


def _delete_rows(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        for step in _STEPS:
            cursor.execute(step, [tenant.id])
        cursor.execute(
            sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(tenant.schema_name)).as_string(None)
        )
    roles.tear_down(tenant)
    Queue.objects.filter(tenant=tenant).delete()
    Invoice.objects.filter(tenant=tenant, status=Invoice.Status.DRAFT).delete()
    Usage.objects.filter(tenant=tenant, line__isnull=True).delete()
    RateCard.objects.filter(tenant=tenant).exclude(
        pk__in=Invoice.objects.filter(tenant=tenant).values("rate_card")
    ).delete()
    Accreditation.objects.filter(tenant=tenant).delete()
    Invitation.objects.filter(tenant=tenant).delete()
    ApiKey.objects.filter(tenant=tenant).delete()
    Follow.objects.filter(tenant=tenant).delete()
    SavedView.objects.filter(tenant=tenant).delete()
    # They name who got the papers; the papers themselves stay.
    ReportDelivery.objects.filter(tenant=tenant).delete()
    ReportPlan.objects.filter(tenant=tenant).delete()
    Domain.objects.filter(tenant=tenant).delete()
    ShopLogo.objects.filter(tenant=tenant).delete()
    Line.objects.filter(tenant=tenant).update(secret="", is_polled=False)
    _close_accounts(tenant)


def _close_accounts(tenant: Tenant) -> None:
    """The client's users, unless they have another role: nobody signs in as them, and nothing says who they were."""
    theirs = Membership.objects.filter(tenant=tenant)
    people = [row.person for row in theirs.select_related("person")]
    theirs.delete()
    for person in people:
        if Membership.objects.filter(person=person).exists():
            continue
        apps.get_model("account.EmailAddress").objects.filter(user=person).delete()
        apps.get_model("mfa.Authenticator").objects.filter(user=person).delete()
        person.email, person.name, person.is_active = f"{person.pk}@deleted.invalid", "", False
        person.set_unusable_password()
        person.save(update_fields=["email", "name", "is_active", "password"])
