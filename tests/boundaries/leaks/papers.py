"""Mistakes with papers, files and exports: an id taken at its word, a filter forgotten, a name anyone can guess."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from billing.models import Invoice, InvoiceLine, Usage
from conversations import reading
from conversations.models import Attachment
from desk import dispute_page, portal_api, portal_overview, portal_papers
from kernel.ids import new_id
from sla_contracts.models import Clock, SlaReport
from tests.boundaries.leaks.harness import World, leak, nothing_like
from tests.conversations.shoppers import Visitor, png
from tests.desk.shop import write

PORTAL = "/api/portal"


def _invoices_unfiltered(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(tenant: Any, language: str) -> list[dict[str, Any]]:
        rows = Invoice.objects.filter(status=Invoice.Status.ISSUED).defer("pdf", "frozen")
        return [portal_papers._show_invoice(row, tenant, language) for row in rows.prefetch_related("lines")]

    patch.setattr(portal_papers, "list_invoices", leaky)


@leak("list without the tenant's filter", broke="every one of them", caught_by="scanner", plant=_invoices_unfiltered)
def list_invoices(world: World) -> Iterator[str]:
    answer = world.shop(world.acme, "carla").get(f"{PORTAL}/invoices")
    if answer.status_code != 200 or len(answer.json()) < 1:
        yield "the own invoice is not there"


def _invoice_by_id(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(tenant: Any, invoice_id: Any) -> tuple[str, bytes]:
        row = Invoice.objects.get(pk=invoice_id)
        return str(row.number), bytes(row.pdf or b"")

    patch.setattr(portal_papers, "invoice_pdf", leaky)


@leak("invoice by its id alone", broke="FreeScout, Zammad", caught_by="scanner cell", plant=_invoice_by_id)
def read_invoice(world: World) -> Iterator[str]:
    carla = world.shop(world.acme, "carla")
    if carla.get(f"{PORTAL}/invoices/{world.own('billing.Invoice')}/pdf").status_code != 200:
        yield "the own invoice cannot be read"
    theirs = carla.get(f"{PORTAL}/invoices/{world.theirs('billing.Invoice')}/pdf")
    with pytest.MonkeyPatch.context() as clean:
        clean.setattr(portal_papers, "invoice_pdf", _INVOICE_PDF)
        nothing = carla.get(f"{PORTAL}/invoices/{new_id()}/pdf")
    yield from nothing_like(theirs, nothing)


_INVOICE_PDF = portal_papers.invoice_pdf


def _line_by_id(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(tenant: Any, invoice_id: Any, line_id: Any, page: int) -> dict[str, Any]:
        line = InvoiceLine.objects.get(pk=line_id)
        rows = Usage.objects.filter(line=line)
        return {"results": [_usage(row) for row in rows], "next": None}

    patch.setattr(portal_papers, "line_conversations", leaky)


@leak("line not checked against its invoice", broke="FreeScout, Zammad", caught_by="scanner", plant=_line_by_id)
def read_line(world: World) -> None:
    own, line = world.own("billing.Invoice"), world.theirs("billing.InvoiceLine")
    world.shop(world.acme, "carla").get(f"{PORTAL}/invoices/{own}/lines/{line}/conversations")


def _report_by_id(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(portal_api, "_report", lambda tenant, report_id: SlaReport.objects.get(pk=report_id))


@leak("report of another shop", broke="FreeScout, Zammad", caught_by="scanner", plant=_report_by_id)
def read_report(world: World) -> None:
    carla, theirs = world.shop(world.acme, "carla"), world.theirs("sla_contracts.SlaReport")
    carla.get(f"{PORTAL}/reports/{theirs}/pdf")
    carla.get(f"{PORTAL}/reports/{theirs}/data")


def _report_says_refused(patch: pytest.MonkeyPatch, world: World) -> None:
    from kernel.errors import Refusal

    def leaky(tenant: Any, report_id: Any) -> SlaReport:
        row = SlaReport.objects.select_related("tenant").get(pk=report_id)
        if row.tenant_id != tenant.id:
            raise Refusal("not_found", 404, f"This is a report of {row.tenant.legal_name}, and not yours to see.")
        return row

    patch.setattr(portal_api, "_report", leaky)


@leak("refusal that says whose it is", broke="Zammad", caught_by="scanner", plant=_report_says_refused)
def read_refusal(world: World) -> None:
    theirs = world.theirs("sla_contracts.SlaReport")
    world.shop(world.acme, "carla").get(f"{PORTAL}/reports/{theirs}/data")


def _clock_by_id(patch: pytest.MonkeyPatch, world: World) -> None:
    explained = dispute_page.explained

    def leaky(*, person: Any, tenant: Any, clock_id: Any) -> dict[str, Any]:
        return explained(person=person, tenant=Clock.objects.get(pk=clock_id).tenant, clock_id=clock_id)

    patch.setattr(dispute_page, "explained", leaky)


@leak("clock of another shop", broke="FreeScout", caught_by="scanner", plant=_clock_by_id)
def read_clock(world: World) -> None:
    theirs = Clock.objects.filter(conversation=write(world.northlight).conversation_id).first()
    assert theirs is not None
    world.shop(world.acme, "carla").get(f"{PORTAL}/clocks/{theirs.pk}/recompute")


def _reasons_of_another(patch: pytest.MonkeyPatch, world: World) -> None:
    reasons = portal_overview.contact_reasons
    patch.setattr(portal_papers, "contact_reasons", lambda tenant, *rest: reasons(world.northlight, *rest))


@leak("paper with another shop's row", broke="a loop's stale variable", caught_by="scanner", plant=_reasons_of_another)
def issue_report(world: World) -> Iterator[str]:
    carla = world.shop(world.acme, "carla")
    if carla.get(f"{PORTAL}/reports/preview").status_code != 200:
        yield "the own report cannot be made"


def _export_of_all(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(self: Any, request: Any) -> StreamingHttpResponse:
        rows = (f"{row.case_number};{row.conversation}\n" for row in Usage.objects.order_by("at"))
        return StreamingHttpResponse(rows, content_type="text/csv")

    patch.setattr(portal_api.InvoicesView, "get", leaky)


@leak("export with all shops", broke="osTicket", caught_by="scanner", plant=_export_of_all)
def export(world: World) -> None:
    answer: Any = world.shop(world.acme, "carla").get(f"{PORTAL}/invoices")
    if getattr(answer, "streaming", False):
        list(answer.streaming_content)


def _file_by_name(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(self: Any, request: Any, conversation: Any, attachment: Any) -> HttpResponse:
        [place] = Path(settings.MEDIA_ROOT).glob(f"*/{attachment}")
        return HttpResponse(place.read_bytes(), content_type="application/octet-stream")

    patch.setattr(portal_api.AttachmentView, "get", leaky)


@leak("file served by its name, unsigned", broke="FreeScout, Zulip", caught_by="scanner", plant=_file_by_name)
def read_file(world: World) -> None:
    own, theirs = world.planted["acme"].conversation, world.planted["northlight"].attachment
    world.shop(world.acme, "carla").get(f"{PORTAL}/conversations/{own}/attachments/{theirs}")


def _file_of_another_parent(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(reading, "shown_attachment", lambda key, **parent: Attachment.objects.get(pk=key))


@leak("attachment of another conversation", broke="Zammad", caught_by="cell", plant=_file_of_another_parent)
def read_files_of_another_shopper(world: World) -> Iterator[str]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    one, other = (Visitor(world.shop(world.acme), world.acme) for _ in range(2))
    one.send_files(SimpleUploadedFile("a.png", png().content, "image/png"))
    other.say()
    [message] = one.get("messages").json()["messages"]
    [file] = message["attachments"]
    with pytest.MonkeyPatch.context() as clean:
        clean.setattr(reading, "shown_attachment", _ATTACHMENT)
        nothing = other.get(f"attachments/{new_id()}")
    yield from nothing_like(other.get(f"attachments/{file['id']}"), nothing)


_ATTACHMENT = reading.shown_attachment


def _usage(row: Usage) -> dict[str, Any]:
    return {"conversation": row.conversation, "case_number": row.case_number}
