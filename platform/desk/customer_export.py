"""Everything held about one customer, as an archive: data.json for machines, a page for people, files, raw payloads."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO, Any, cast
from uuid import UUID

import orjson
from django.template.loader import render_to_string

from conversations import attachments, held
from customers import carding, tags
from customers.certificate import language_of, texts
from customers.erasing import absorbed_by
from customers.models import Customer, Identity
from desk.erasing import require_may_erase
from kernel import clock
from kernel.access import declares, staff
from kernel.errors import not_found
from kernel.tenancy import enter
from people.access import audit
from people.models import Person
from quality.erasing import held_about, said_about
from routing.models import WorkItem
from sla_contracts.models import Clock
from sla_contracts.speech import Speech
from tenants.models import Tenant

FORM = 1
_IN_MEMORY = 8 * 1024 * 1024
Json = dict[str, Any]


@declares("export", staff("supervisor", "operator", opens="customer", by="accreditation"))
def export_customer(*, person: Person, tenant: Tenant, customer_id: UUID) -> IO[bytes]:
    """The archive, at its beginning; the caller closes it. Refuses with not_allowed or not_found. Audited."""
    require_may_erase(person, tenant)
    audit(person, "customer.exported", tenant=tenant, object_id=customer_id)
    with enter(tenant):
        data = _held(tenant, customer_id)
        ids = [row["id"] for row in data["conversations"]]
        out = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 (the caller closes it)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            _put_files(archive, tenant, ids)
            data["raw"] = [_put_raw(archive, about, payload) for about, payload in held.raw_payloads_of(ids)]
            archive.writestr("index.html", _page(tenant, data))
            archive.writestr("data.json", orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2))
    out.seek(0)
    return out


def _held(tenant: Tenant, customer_id: UUID) -> Json:
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise not_found()
    conversations = held.conversations_of(customer_id)
    ids = [row["id"] for row in conversations]
    identities = Identity.objects.filter(customer=customer_id).order_by("id")
    return {
        "form": FORM,
        "made_at": clock.now(),
        "shop": {"id": tenant.id, "name": tenant.legal_name or tenant.name},
        "person": {
            "id": customer.pk,
            "name": customer.name,
            "language": customer.language,
            "since": customer.created_at,
            "erased_at": customer.erased_at,
            "is_vip": customer.is_vip,
            "legal_priority": customer.legal_priority,
            "fields": customer.fields,
            "notes": carding.notes_of(customer_id),
            "merged_records": _absorbed(customer_id),
            "tags": [tag["name"] for tag in tags.of_customer(customer_id)],
            "addresses": list(identities.values("kind", "address", "verified", "created_at")),
        },
        "conversations": conversations,
        "evaluations": held_about(ids),
        "disputes": said_about(ids),
        "handling": _handling(ids),
    }


def _absorbed(customer_id: UUID) -> list[Json]:
    """Records that were merged into this one: what they are called still."""
    rows = Customer.objects.filter(pk__in=absorbed_by(customer_id)).order_by("created_at", "pk")
    return [{"id": row.pk, "name": row.name, "language": row.language, "fields": row.fields} for row in rows]


def _handling(conversation_ids: Sequence[UUID]) -> list[Json]:
    """When the conversations were worked on and which times were promised; nobody's name."""
    items = WorkItem.objects.filter(conversation__in=conversation_ids).order_by("entered_at")
    clocks = Clock.objects.filter(conversation__in=conversation_ids).order_by("started_at")
    worked = items.values("conversation", "channel", "entered_at", "accepted_at", "finished_at", "outcome")
    promised = clocks.values("conversation", "metric", "started_at", "due_at", "met_at", "within_target")
    return [{"kind": "work", **row} for row in worked] + [{"kind": "promise", **row} for row in promised]


def _put_files(archive: zipfile.ZipFile, tenant: Tenant, conversation_ids: Sequence[UUID]) -> None:
    for row in held.files_of(conversation_ids):
        try:
            archive.writestr(f"files/{row.id}/{_flat(row.name)}", attachments.content_of(tenant, row.id))
        except FileNotFoundError:
            archive.writestr(f"files/{row.id}/missing.txt", "This file is no longer there.\n")


def _put_raw(archive: zipfile.ZipFile, about: Json, payload: bytes) -> Json:
    name = f"raw/{about['id']}.{'eml' if about['carrier'] == 'email' else 'bin'}"
    archive.writestr(name, payload)
    return {**about, "file": name}


def _flat(name: str) -> str:
    """A file's name that stays in its folder wherever the archive is unpacked."""
    return name.replace("/", "_").replace("\\", "_").strip(". ")[:120] or "file"


def _page(tenant: Tenant, data: Json) -> str:
    language = language_of(tenant)
    speech = Speech(language, country=tenant.country, time_zone=tenant.time_zone)
    shown = {
        **data,
        "made": speech.moment(data["made_at"]),
        "conversations": [_shown(conversation, speech) for conversation in data["conversations"]],
        "language_name": speech.language_name(data["person"]["language"]) if data["person"]["language"] else "",
        "since": speech.day(data["person"]["since"]),
    }
    return render_to_string("export/customer.html", {"data": shown, "say": texts(language), "language": language})


def _shown(conversation: Json, speech: Speech) -> Json:
    say = texts(speech.language)
    authors = {"shopper": say["shopper"], "agent": say["agent"], "system": say["system_author"]}
    return {
        **conversation,
        "opened": speech.moment(conversation["opened_at"]),
        "messages": [
            {**row, "when": speech.moment(row["at"]), "who": row["name"] or authors.get(row["author"], row["author"])}
            for row in conversation["messages"]
            if row["direction"] != "event"
        ],
    }
