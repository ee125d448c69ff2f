"""Contracts, clocks, the clock ledger and issued SLA reports. Public schema: figures, never customers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kernel.ids import new_id
from tenants.models import Tenant


class _TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Contract(models.Model):
    """What was agreed with a tenant; its terms are in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="contract")
    reference = models.CharField(max_length=40)


class ContractVersion(models.Model):
    """Dated terms; immutable once signed. ``terms`` is the canonical JSON (see ``sla_contracts.terms``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    terms = models.JSONField()
    terms_sha256 = models.CharField(max_length=64)
    drafted_at = models.DateTimeField(null=True)
    # Each side signs by itself; the later signature is ``signed_at``, and makes the version final.
    bpo_signed_at = models.DateTimeField(null=True)
    client_signed_at = models.DateTimeField(null=True)
    bpo_signer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    client_signer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by_bpo = models.CharField(max_length=120, blank=True)
    signed_by_client = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "number"], name="one_version_per_number"),
            ExclusionConstraint(
                name="signed_versions_never_overlap",
                expressions=[
                    (F("contract"), RangeOperators.EQUAL),
                    (_TsTzRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(signed_at__isnull=False),
            ),
        ]


class Clock(models.Model):
    """One measured promise on one conversation. State is derived from its events; the columns are a cache."""

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        MET = "met"
        BREACHED = "breached"
        VOIDED = "voided"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    conversation = models.UUIDField()
    work_item = models.UUIDField(null=True)
    metric = models.CharField(max_length=20, help_text="first_response, next_response, resolution or answer.")
    channel_group = models.CharField(max_length=12)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    priority = models.CharField(max_length=12, default="normal")
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+")
    calendar = models.CharField(max_length=40, help_text="Key into the version's calendars.")
    target_seconds = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    elapsed_seconds = models.FloatField(default=0, help_text="Counted up to running_since.")
    running_since = models.DateTimeField(null=True)
    paused_reason = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    within_target = models.BooleanField(null=True)
    # A process of the release before writes rows without these.
    timer_event = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="at_risk, nearly or breach."
    )
    timer_at = models.DateTimeField(null=True, help_text="When the next event is due; none while nothing is.")
    warned = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The last event claimed: 1, 2, 3 in their order."
    )
    tell_at = models.DateTimeField(null=True, help_text="From when the last event claimed is to be told.")
    told = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="The last event told.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "metric"],
                condition=Q(state__in=("running", "paused")),
                name="one_running_clock_per_metric",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["timer_at"], condition=Q(timer_at__isnull=False), name="clock_timer"),
            models.Index(
                fields=["tenant"], condition=Q(warned__gt=0, state__in=("running", "breached")), name="clock_warned"
            ),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="clock_to_tell"),
            models.Index(fields=["tenant", "metric", "started_at"], name="clock_by_period"),
            models.Index(fields=["conversation"], name="clock_by_conversation"),
        ]


class ClockEvent(models.Model):
    """Append-only (a trigger refuses UPDATE and DELETE): the ledger each clock is recomputed from."""

    clock = models.ForeignKey(Clock, on_delete=models.DO_NOTHING, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    cause = models.CharField(max_length=24, help_text="message, person, rule, sweep")
    cause_id = models.UUIDField(null=True)
    conversation_seq = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    seconds = models.PositiveIntegerField(null=True, help_text="The new target of a retargeting.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clock", "id"], name="event_by_clock")]


class SlaReport(models.Model):
    """A frozen SLA report of one tenant and period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="sla_reports")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    cut_off = models.DateTimeField()
    language = models.CharField(max_length=8)
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-issued_at"]


class ReportPlan(models.Model):
    """When a client's monthly report is issued and whom it goes to, where the operator chose it; else its terms say."""

    class Kind(models.TextChoices):
        DAY = "day"
        BUSINESS_DAY = "business_day"

    class Form(models.TextChoices):
        ATTACHED = "attached"
        LINK = "link"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="report_plan")
    is_on = models.BooleanField(default=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    day = models.PositiveSmallIntegerField(help_text="Of the month after: the 3rd day, or the 3rd business day.")
    at = models.TimeField()
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=8, blank=True, help_text="Empty: the shop's own.")
    form = models.CharField(max_length=8, choices=Form.choices, default=Form.ATTACHED)
    recipients = ArrayField(models.CharField(max_length=254), default=list, blank=True)
    since = models.DateTimeField(help_text="Reports that were due before are not made up for.")


class ReportRun(models.Model):
    """A month of a client whose report is due: made once, whoever comes to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    month = models.CharField(max_length=7, help_text="YYYY-MM")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    report = models.ForeignKey(SlaReport, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=60, blank=True, help_text="Code of what kept it from being issued.")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "month"], name="one_run_per_month")]


class ReportDelivery(models.Model):
    """A report on its way to one recipient, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNKNOWN = "unknown"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    report = models.ForeignKey(SlaReport, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.CharField(max_length=254)
    form = models.CharField(max_length=8, choices=ReportPlan.Form.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="None: the calendar.",
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True, help_text="When it was last handed to the mail server.")
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="report_to_send"),
            models.Index(fields=["leased_until"], condition=Q(state="sending"), name="report_being_sent"),
        ]


class Dispute(models.Model):
    """A client doubts how one item was judged under one clause. Append-only; what is said stands in its own schema."""

    class Claim(models.TextChoices):
        LEAVE_OUT = "leave_out"
        COUNT_LATE = "count_late"
        COUNT = "count"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    clock = models.ForeignKey(Clock, on_delete=models.DO_NOTHING, related_name="disputes")
    conversation = models.UUIDField()
    clause = models.CharField(max_length=200)
    version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+")
    # The month of the item: what is decided before its end is judged in it, what later, is credited.
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    outcome = models.CharField(max_length=12, help_text="As it was judged: met, breached or excluded.")
    outcome_reason = models.CharField(max_length=40, blank=True, help_text="Why it was left out.")
    claim = models.CharField(max_length=12, choices=Claim.choices)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer_by = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "clause"], name="one_dispute_per_item"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "period_start"], name="dispute_by_period"),
            models.Index(fields=["raised_at"], name="dispute_by_time"),
        ]


class DisputeAnswer(models.Model):
    """The BPO's answer: once, and append-only. An accepted one is the correction itself."""

    dispute = models.OneToOneField(Dispute, on_delete=models.DO_NOTHING, primary_key=True, related_name="answer")
    is_accepted = models.BooleanField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
