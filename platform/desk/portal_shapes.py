"""The shapes that the portal's API speaks, for the schema and the generated TypeScript client."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.models import Conversation as Talk
from conversations.models import Message as Said
from desk.report_shapes import ReportDeliveryShown
from desk.shapes import ClockShape
from sla_contracts.speech import LANGUAGES

# Notes and events stay with the staff.
SHOWN = [Said.Direction.IN.value, Said.Direction.OUT.value]


class PortalShop(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    mark = s.CharField()
    color = s.CharField()
    languages = s.ListField(child=s.CharField())
    time_zone = s.CharField()


class PortalPeriod(s.Serializer[Any]):
    month = s.CharField(help_text="YYYY-MM in the shop's time zone.")
    start = s.DateTimeField()
    end = s.DateTimeField()
    time_zone = s.CharField()
    is_over = s.BooleanField()


class PortalTier(s.Serializer[Any]):
    points = s.DecimalField(max_digits=6, decimal_places=2)
    amount = s.DecimalField(max_digits=14, decimal_places=2)


class PortalClause(s.Serializer[Any]):
    code = s.CharField()
    title = s.CharField()
    version = s.IntegerField()
    metric = s.CharField()
    formula = s.CharField(help_text="How answers and abandonment are counted; empty: met ÷ (met + late).")
    abandons_under_seconds = s.IntegerField()
    channel_group = s.CharField()
    goal = s.FloatField(help_text="Share, 0 to 1.")
    minimum = s.IntegerField()
    counted = s.IntegerField()
    met = s.IntegerField()
    breached = s.IntegerField()
    running = s.IntegerField()
    excluded = s.DictField(child=s.IntegerField(), help_text="Reason → number.")
    share = s.FloatField(allow_null=True)
    judged = s.BooleanField()
    kept = s.BooleanField(allow_null=True)
    points_off = s.DecimalField(max_digits=6, decimal_places=2)
    per_point = s.DecimalField(max_digits=12, decimal_places=2)
    cap_points = s.DecimalField(max_digits=6, decimal_places=2)
    tiers = PortalTier(many=True)
    penalty = s.DecimalField(max_digits=14, decimal_places=2)
    points_over = s.DecimalField(max_digits=6, decimal_places=2)
    bonus = s.DecimalField(max_digits=14, decimal_places=2)
    sentence = s.CharField(help_text="In the reader's language.")


class PortalQueue(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    channel_group = s.CharField()
    waiting = s.IntegerField()
    longest_wait_seconds = s.FloatField()
    open_now = s.BooleanField()
    next_change = s.DateTimeField(allow_null=True)


class PortalLive(s.Serializer[Any]):
    queues = PortalQueue(many=True)


class ChannelCount(s.Serializer[Any]):
    channel = s.CharField()
    count = s.IntegerField()


class LanguageCount(s.Serializer[Any]):
    language = s.CharField()
    count = s.IntegerField()


class DayCount(s.Serializer[Any]):
    day = s.DateField()
    count = s.IntegerField()


class PortalVolume(s.Serializer[Any]):
    conversations = s.IntegerField()
    by_channel = ChannelCount(many=True)
    by_language = LanguageCount(many=True)
    by_day = DayCount(many=True)
    heat = s.ListField(child=s.ListField(child=s.IntegerField()), help_text="Monday first, 24 hours each.")


class ReasonCount(s.Serializer[Any]):
    code = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    count = s.IntegerField()


class TrendMonth(s.Serializer[Any]):
    month = s.CharField()
    shares = s.DictField(child=s.FloatField(allow_null=True), help_text="Clause code → share.")


class PortalOverview(s.Serializer[Any]):
    tenant = PortalShop()
    period = PortalPeriod()
    months = s.ListField(child=s.CharField())
    cut_off = s.DateTimeField()
    currency = s.CharField()
    penalty = s.DecimalField(max_digits=14, decimal_places=2)
    bonus = s.DecimalField(max_digits=14, decimal_places=2)
    clauses = PortalClause(many=True)
    live = PortalLive()
    volume = PortalVolume()
    contact_reasons = ReasonCount(many=True)
    trend = TrendMonth(many=True)


class PortalConversationRow(s.Serializer[Any]):
    id = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    language = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    opened_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)
    contact_reason = s.CharField()
    agent_alias = s.CharField()
    clocks = ClockShape(many=True)


class PortalConversations(s.Serializer[Any]):
    results = PortalConversationRow(many=True)
    next = s.IntegerField(allow_null=True)


class PortalConversationHead(s.Serializer[Any]):
    id = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    language = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    opened_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)
    contact_reason = s.CharField()
    agent_alias = s.CharField()
    subject = s.CharField()
    category = s.CharField()
    order_number = s.CharField()
    customer_name = s.CharField()
    last_seq = s.IntegerField()


class PortalAttachment(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    content_type = s.CharField()
    size = s.IntegerField()
    url = s.CharField()


class PortalMessage(s.Serializer[Any]):
    id = s.UUIDField()
    seq = s.IntegerField()
    direction = s.ChoiceField(choices=SHOWN)
    author = s.ChoiceField(choices=Said.Author.choices)
    alias = s.CharField()
    text = s.CharField()
    html = s.CharField()
    language = s.CharField()
    created_at = s.DateTimeField()
    delivery = s.ChoiceField(choices=Said.Delivery.choices)
    cards_removed = s.IntegerField(help_text="Card numbers that were taken out before it was stored.")
    attachments = PortalAttachment(many=True)


class LedgerEvent(s.Serializer[Any]):
    kind = s.CharField()
    at = s.DateTimeField()
    cause = s.CharField()
    seq = s.IntegerField(allow_null=True)
    reason = s.CharField()
    seconds = s.IntegerField(allow_null=True)
    by = s.CharField(help_text="An alias, or empty.")


class ClockWithLedger(ClockShape):
    events = LedgerEvent(many=True)


class PortalConversation(s.Serializer[Any]):
    conversation = PortalConversationHead()
    messages = PortalMessage(many=True)
    clocks = ClockWithLedger(many=True)


class DaySeconds(s.Serializer[Any]):
    day = s.DateField()
    seconds = s.FloatField()


class ArithmeticStep(s.Serializer[Any]):
    kind = s.CharField()
    at = s.DateTimeField()
    reason = s.CharField()
    counted_seconds = s.FloatField(help_text="Open seconds since the step before.")
    elapsed_seconds = s.FloatField(help_text="Sum so far.")
    days = DaySeconds(many=True)


class NamedCalendar(s.Serializer[Any]):
    """A calendar of the terms; its hours and holidays are not described here."""

    name = s.CharField()
    time_zone = s.CharField()


class ClockArithmetic(s.Serializer[Any]):
    clock = s.UUIDField()
    conversation = s.UUIDField()
    metric = s.CharField()
    version = s.IntegerField()
    calendar = NamedCalendar()
    target_seconds = s.IntegerField()
    steps = ArithmeticStep(many=True)
    elapsed_seconds = s.FloatField()
    comparison = s.ChoiceField(choices=("<=", ">"))
    state = s.CharField()
    due_at = s.DateTimeField(allow_null=True)
    breached_at = s.DateTimeField(allow_null=True)
    met_at = s.DateTimeField(allow_null=True)
    within_target = s.BooleanField(allow_null=True)
    agrees = s.BooleanField()


class NewReport(s.Serializer[Any]):
    month = s.CharField(max_length=7)
    language = s.ChoiceField(choices=LANGUAGES, required=False)


class ReportHead(s.Serializer[Any]):
    id = s.UUIDField()
    month = s.CharField()
    language = s.CharField()
    cut_off = s.DateTimeField()
    issued_at = s.DateTimeField()
    is_final = s.BooleanField(help_text="False while the month ran when it was issued.")
    data_sha256 = s.CharField()
    pdf_url = s.CharField()
    data_url = s.CharField(help_text="Where the canonical data is, whose SHA-256 this is.")
    late_url = s.CharField(help_text="All that was late, as CSV.")


class ListedReport(ReportHead):
    deliveries = ReportDeliveryShown(many=True, help_text="Whom it was mailed to, and what became of it.")


class ReportCheck(ReportHead):
    holds = s.BooleanField()


class PortalInvoiceLine(s.Serializer[Any]):
    id = s.UUIDField()
    position = s.IntegerField()
    description = s.CharField()
    quantity = s.DecimalField(max_digits=14, decimal_places=4)
    unit = s.CharField()
    unit_price = s.DecimalField(max_digits=12, decimal_places=4)
    amount = s.DecimalField(max_digits=14, decimal_places=2)
    clause = s.CharField(allow_null=True, help_text="Of the contract, that a credit or a supplement is for.")
    report = s.UUIDField(allow_null=True, help_text="The SLA report that it stands in.")


class PortalInvoice(s.Serializer[Any]):
    id = s.UUIDField()
    number = s.CharField()
    month = s.CharField()
    currency = s.CharField()
    net = s.DecimalField(max_digits=14, decimal_places=2)
    vat_percent = s.DecimalField(max_digits=5, decimal_places=2)
    vat = s.DecimalField(max_digits=14, decimal_places=2)
    total = s.DecimalField(max_digits=14, decimal_places=2)
    issued_at = s.DateTimeField()
    due_on = s.DateField(allow_null=True)
    pdf_url = s.CharField()
    lines = PortalInvoiceLine(many=True)


class LineConversation(s.Serializer[Any]):
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    finished_at = s.DateTimeField()
    quantity = s.DecimalField(max_digits=12, decimal_places=4)


class LineConversations(s.Serializer[Any]):
    results = LineConversation(many=True)
    next = s.IntegerField(allow_null=True)


class ExportedItem(s.Serializer[Any]):
    """One item under one clause, as attainment judges it at the moment of the export."""

    month = s.CharField()
    clause = s.CharField()
    title = s.CharField()
    contract_version = s.IntegerField()
    case_number = s.CharField()
    conversation = s.UUIDField()
    clock = s.UUIDField()
    channel = s.CharField()
    language = s.CharField()
    priority = s.CharField()
    started_at = s.DateTimeField()
    target_seconds = s.IntegerField()
    used_seconds = s.FloatField(help_text="Open seconds.")
    stopped_at = s.DateTimeField(allow_null=True)
    breached_at = s.DateTimeField(allow_null=True)
    outcome = s.ChoiceField(choices=("met", "breached", "running", "excluded"))
    reason = s.CharField(help_text="Why it was left out.")
    correction = s.CharField(help_text="What an accepted dispute made of it.")


class ExportedAttainment(s.Serializer[Any]):
    month = s.CharField()
    clause = s.CharField()
    title = s.CharField()
    contract_version = s.IntegerField()
    metric = s.CharField()
    formula = s.CharField()
    goal = s.DecimalField(max_digits=8, decimal_places=6)
    share = s.DecimalField(max_digits=30, decimal_places=28, allow_null=True)
    counted = s.IntegerField()
    met = s.IntegerField()
    breached = s.IntegerField()
    running = s.IntegerField()
    excluded = s.DictField(child=s.IntegerField())
    judged = s.BooleanField()
    kept = s.BooleanField(allow_null=True)
    points_off = s.DecimalField(max_digits=6, decimal_places=2)
    penalty = s.DecimalField(max_digits=14, decimal_places=2)
    points_over = s.DecimalField(max_digits=6, decimal_places=2)
    bonus = s.DecimalField(max_digits=14, decimal_places=2)
    currency = s.CharField()
    cut_off = s.DateTimeField()
