"""Plants a shop's tokens in every text, JSON and binary column of its schema, in a file, and in its public rows.

The columns come from the models: a new one is filled without anybody's doing, and one of a kind that is not known here,
or that its model refuses, fails. What cannot hold a token is named below with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField, ArrayField)
CODE = "a code of ours; screens and routing take no other"

# model.column → (what stands there instead, why no token can)
NO_TOKEN: dict[str, tuple[Any, str]] = {
    "customers.Customer.language": ("it", CODE),
    "automation.ReplyUse.language": ("it", CODE),
    "conversations.Conversation.channel": ("webchat", CODE),
    "conversations.Conversation.language": ("it", CODE),
    "conversations.Conversation.priority": ("normal", CODE),
    "conversations.Message.channel": ("webchat", CODE),
    "conversations.Message.language": ("it", CODE),
    "conversations.Approval.currency": ("EUR", CODE),
    "conversations.HeldReply.files": ([], "rows of files on disk, read as such"),
    "conversations.Receipt.carrier": ("webchat", CODE),
    "quality.SampleDraw.month": ("2026-01", CODE),
    "quality.SamplePick.month": ("2026-01", CODE),
    "quality.SamplePick.language": ("it", CODE),
    "conversations.Attachment.content_type": ("text/plain", "typed by content; it becomes a header"),
}
# Columns whose readers want a shape: the token sits inside it.
SHAPES: dict[str, str] = {
    "conversations.Category.labels": "labels",
    "conversations.ContactReason.labels": "labels",
    "automation.PlaybookVersion.body": "reply",
    "quality.Scorecard.definition": "scorecard",
    "quality.Evaluation.answers": "answers",
    "quality.Evaluation.comments": "said",
    "quality.Evaluation.pins": "pins",
    "quality.EvaluationDraft.form": "form",
    "quality.EvaluationDispute.reasons": "said",
    "quality.EvaluationDispute.verdicts": "verdicts",
    "quality.EvaluationDispute.before": "standing",
    "quality.EvaluationDispute.after": "standing",
    "quality.SamplingPlan.channels": "list",
    "quality.SamplingPlan.languages": "list",
    "quality.SamplingPlan.rules": "rules",
    "quality.SampleDraw.wanted": "counts",
    "quality.SampleDraw.candidates": "rows",
    "customers.Identity.address": "address",
}
# Public rows of a shop, updated where they stand: model → columns that say something.
PUBLIC: dict[str, tuple[str, ...]] = {
    "tenants.Tenant": ("legal_name", "tax_id", "postal_address", "tone"),
    "tenants.Line": ("secret",),
    "people.Accreditation": ("alias",),
    "routing.Queue": ("name",),
    "sla_contracts.Contract": ("reference",),
}


@dataclass
class Planted:
    """What was planted for one shop: a row of each model by its label, and the file on disk."""

    tenant: Tenant
    token: str
    rows: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    file: Path | None = None

    def id_of(self, label: str) -> UUID:
        """The key of the planted row, ``conversations.Conversation`` for instance."""
        found: UUID = self.rows[label].pk
        return found

    @property
    def conversation(self) -> UUID:
        return self.id_of("conversations.Conversation")

    @property
    def attachment(self) -> UUID:
        return self.id_of("conversations.Attachment")


def plant(tenant: Tenant, *, agent: Person | None = None) -> Planted:
    """One row of every model of the shop's schema, all columns filled, and tokens in its public rows; one transaction.

    agent: whose work it was (anybody if none is given). The conversation is closed and no work waits, so the floor
    does not move. Call outside ``enter``.
    """
    from tests.canaries import fitted, token_of

    planted = Planted(tenant, token_of(tenant))
    person = agent or Person.objects.order_by("created_at").first()
    assert person is not None
    lines = {line.carrier: line for line in Line.objects.filter(tenant=tenant)}
    with transaction.atomic():
        with enter(tenant):
            for model in _in_order_of_keys(tenant_models()):
                values = {
                    one.name: _value(one, planted, person, lines)
                    for one in model._meta.concrete_fields
                    if not isinstance(one, models.AutoField)
                }
                planted.rows[model._meta.label] = model._default_manager.create(**values)
        planted.file = _write_file(tenant, planted)
        for label, names in PUBLIC.items():
            model = apps.get_model(label)
            rows = model._default_manager.filter(**{"pk" if model is Tenant else "tenant": tenant.pk})
            for name in names:
                room = getattr(model._meta.get_field(name), "max_length", None)
                rows.update(**{name: fitted(tenant, room, name)})
                planted.columns.append(f"{label}.{name}")
        _add_public_rows(planted, person, lines)
    return planted


def tenant_models() -> list[type[models.Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models(include_auto_created=True)
    ]


def text_columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Columns of a model that can hold what somebody said, codes with choices left out."""
    return [one for one in model._meta.concrete_fields if isinstance(one, TEXT) and not one.choices]


def _value(one: models.Field[Any, Any], planted: Planted, person: Person, lines: dict[str, Line]) -> Any:
    from tests.canaries import fitted

    label = f"{one.model._meta.label}.{one.name}"
    if label in NO_TOKEN:
        return NO_TOKEN[label][0]
    if isinstance(one, models.ForeignKey):
        return _key(one, planted, person, lines)
    if one.choices:
        return _choice(one)
    if isinstance(one, TEXT):
        planted.columns.append(label)
        if label in SHAPES:
            return _shaped(SHAPES[label], planted)
        if isinstance(one, models.JSONField):
            return {"canary": fitted(planted.tenant, None, label), "list": [planted.token]}
        if isinstance(one, models.BinaryField):
            return fitted(planted.tenant, None, label).encode()
        if isinstance(one, ArrayField):
            return [fitted(planted.tenant, getattr(one.base_field, "max_length", None), label)]
        if isinstance(one, models.SlugField):
            return fitted(planted.tenant, one.max_length)
        return fitted(planted.tenant, one.max_length, label)
    return _plain(one)


def _key(one: models.ForeignKey[Any, Any], planted: Planted, person: Person, lines: dict[str, Line]) -> Any:
    target = one.remote_field.model
    if target is Line:
        return lines["email"] if one.model._meta.label == "carriers.Mailbox" else lines["webchat"]
    if target is Person:
        return person
    if target._meta.label in planted.rows:
        return planted.rows[target._meta.label]
    if one.null:
        return None
    raise TypeError(f"{one.model._meta.label}.{one.name} points at {target._meta.label}: teach tests.canaries_planting")


def _choice(one: models.Field[Any, Any]) -> Any:
    """A state in which nothing waits to be done."""
    codes = [code for code, _ in one.choices or ()]
    quiet = ("closed", "received", "quarantined", "in", "shopper", "email", "manual", "done")
    return next((code for code in quiet if code in codes), codes[0])


def _plain(one: models.Field[Any, Any]) -> Any:
    if isinstance(one, models.UUIDField):
        return new_id()
    if isinstance(one, models.DateTimeField):
        if one.name == "valid_from":  # in force before all others, so that it replaces none
            return datetime(2000, 1, 1, tzinfo=UTC)
        return None if one.null and one.name in ("leased_until", "next_attempt_at", "archived_at") else clock.now()
    if isinstance(one, models.DateField):
        return clock.now().date()
    if isinstance(one, models.BooleanField):
        return one.default if one.has_default() else False
    if isinstance(one, (models.IntegerField, models.FloatField)):
        return one.default if one.has_default() and one.default not in (None, 0) else 1
    if isinstance(one, models.DecimalField):
        return Decimal(1)
    if isinstance(one, (models.DurationField,)):
        return timedelta(seconds=1)
    raise TypeError(f"{one.model._meta.label}.{one.name} is a {type(one).__name__}: teach tests.canaries_planting")


def _shaped(shape: str, planted: Planted) -> Any:
    token = planted.token
    if shape == "labels":
        return dict.fromkeys(("en", "es", "it", "de", "fr", "pt"), token)
    if shape == "reply":
        return {"texts": {"en": token}, "as_is": False}
    if shape == "address":
        return f"{token}@shopper.example"
    if shape == "answers":
        return {token: True}
    if shape in _QUALITY:
        return _QUALITY[shape](token)
    title = {"en": token}
    question = {"code": token, "text": title, "kind": "yes_no", "weight": 1}
    return {"sections": [{"code": token, "title": title, "questions": [question]}]}


_QUALITY: dict[str, Callable[[str], Any]] = {
    "pins": lambda token: [{"question": token, "message": str(new_id()), "quote": token, "at": "2026-01-01T00:00:00Z"}],
    "form": lambda token: {"answers": {token: True}, "comments": {token: token}, "summary": token, "pins": []},
    "said": lambda token: {token: token},
    "verdicts": lambda token: {token: {"accepted": False, "answer": None, "reason": token}},
    "standing": lambda token: {"answers": {token: True}, "percent": "100.00", "fatal": False},
    "list": lambda token: [token],
    "rules": lambda token: [{"rule": token, "per_agent": 1}],
    "counts": lambda token: {token: 1},
    "rows": lambda token: [[token, token, token]],
}


def _write_file(tenant: Tenant, planted: Planted) -> Path:
    """The bytes of the planted attachment, where the attachment's row says they are."""
    content = f"{planted.token} file\n".encode()
    place: Path = Path(settings.MEDIA_ROOT) / tenant.schema_name / str(planted.attachment)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def _add_public_rows(planted: Planted, person: Person, lines: dict[str, Line]) -> None:
    """What the public schema holds of the shop's words: a report, an invoice, usage, an audit note."""
    from billing.models import Invoice, InvoiceLine, RateCard, Usage
    from people.models import AuditEntry
    from sla_contracts.models import SlaReport
    from tenants.models import ShopLogo
    from tests.canaries import fitted, short_of
    from tests.conversations.shoppers import PNG

    tenant, token, now = planted.tenant, planted.token, clock.now()
    start = datetime(2025, 1, 1, tzinfo=now.tzinfo)
    paper = _paper(token)
    planted.rows["tenants.ShopLogo"] = ShopLogo.objects.create(
        tenant=tenant, content=PNG + token.encode(), content_type="image/png", set_at=now
    )
    card = RateCard.objects.filter(tenant=tenant).order_by("-version").first()
    assert card is not None
    planted.rows["sla_contracts.SlaReport"] = SlaReport.objects.create(
        tenant=tenant, period_start=start, period_end=now, cut_off=now, language="en", data={"canary": token},
        data_sha256=fitted(tenant, 64), pdf=paper, issued_at=now, issued_by=person,
    )  # fmt: skip
    invoice = planted.rows["billing.Invoice"] = Invoice.objects.create(
        tenant=tenant, period_start=start, period_end=now, currency="EUR", rate_card=card, net=1, vat_percent=0,
        vat=0, total=1, made_at=now, due_on=date(2025, 3, 1), frozen={"canary": token}, pdf=paper,
        frozen_sha256=fitted(tenant, 64),
    )  # fmt: skip
    line = planted.rows["billing.InvoiceLine"] = InvoiceLine.objects.create(
        invoice=invoice, position=1, rate_code=fitted(tenant, 40), description=dict.fromkeys(("en", "es"), token),
        quantity=1, unit="conversation", unit_price=1, amount=1,
    )  # fmt: skip
    case = short_of(tenant)
    planted.rows["billing.Usage"] = Usage.objects.create(
        tenant=tenant, work_item=new_id(), conversation=planted.conversation, case_number=case, kind="conversation",
        channel="webchat", quantity=1, at=now, line=line,
    )  # fmt: skip
    # Issued only now: a trigger holds what was issued.
    Invoice.objects.filter(pk=invoice.pk).update(
        status=Invoice.Status.ISSUED, number=short_of(tenant), issued_at=now, issued_by=person
    )
    planted.rows["people.AuditEntry"] = AuditEntry.objects.create(
        at=now, person=person, tenant=tenant, action="canary.planted", object_id=fitted(tenant, 64), detail={"x": token}
    )


def _paper(token: str) -> bytes:
    """A page of PDF that says the token."""
    said = f"BT /F1 12 Tf 20 100 Td ({token}) Tj ET".encode()
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"4 0 obj<</Length " + str(len(said)).encode() + b">>stream\n" + said + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _in_order_of_keys(found: list[type[models.Model]]) -> list[type[models.Model]]:
    """Pointed at before pointing."""
    waiting, ordered = list(found), list[type[models.Model]]()
    while waiting:
        ready = [model for model in waiting if not (_needed(model) & (set(waiting) - {model}))]
        if not ready:
            raise TypeError(f"keys go in a circle: {waiting}")
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


def _needed(model: type[models.Model]) -> set[Any]:
    return {one.remote_field.model for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)}
