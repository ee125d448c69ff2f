"""Queues, work items, offers and agents' states: the only truth for who handles what.

``routing.queue`` is the only writer. Public schema: a conversation is a UUID here, nothing more.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from kernel.ids import new_id
from tenants.models import Tenant


class Queue(models.Model):
    """Where work of a tenant waits: tenant × channel group × purpose."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="queues")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    channel_group = models.CharField(max_length=12, help_text="chat or mail (call later).")
    offer_seconds = models.PositiveIntegerField(default=15)
    wrap_up_seconds = models.PositiveIntegerField(default=60, help_text="0 = none.")
    auto_accept = models.BooleanField(default=False)
    units = models.PositiveSmallIntegerField(default=1, help_text="Capacity units an item takes.")
    needs = models.JSONField(default=dict, help_text="Skill code → level, beside the language.")
    relaxations = models.JSONField(default=list, help_text="[[after seconds, skill, level or null], …]")
    language_level = models.PositiveSmallIntegerField(default=2)
    preferred_seconds = models.PositiveIntegerField(
        default=30, db_default=30, help_text="How long work waits for a busy preferred agent."
    )
    price = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, help_text="Of one more breach by now; none: the priority counts."
    )
    keeps_hours = models.BooleanField(
        default=False, db_default=False, help_text="Offer work only in the contract's hours."
    )
    openings = models.JSONField(
        default=list,
        db_default=models.Value([], output_field=models.JSONField()),
        help_text="[[opens, closes], …] of the next days, for keeps_hours.",
    )
    long_wait_seconds = models.PositiveIntegerField(
        default=300, db_default=300, help_text="From such a wait on, chats are offered a call back or a mail."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "code"], name="one_queue_per_code")]


class BarredPair(models.Model):
    """Two clients who compete: no agent has work of both in hand at once. The one with the lower id stands first."""

    one = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="one_bar_per_pair"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="lower_id_first"),
        ]


class WorkItem(models.Model):
    """One spell of work on a conversation."""

    class State(models.TextChoices):
        WAITING = "waiting"
        OFFERED = "offered"
        ACTIVE = "active"
        WRAP_UP = "wrap_up"
        DONE = "done"
        ABANDONED = "abandoned"
        HANDED_ON = "handed_on"

    OPEN_STATES = ("waiting", "offered", "active", "wrap_up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    conversation = models.UUIDField(help_text="Conversation.id in the tenant's schema.")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    needs = models.JSONField(default=dict)
    units = models.PositiveSmallIntegerField(default=1)
    priority = models.CharField(max_length=12, default="normal")
    entered_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True, help_text="Put off: offered to nobody before; its place stays.")
    due_at = models.DateTimeField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    preferred_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    not_agents = ArrayField(models.UUIDField(), default=list, help_text="Agents who let the last offer go.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    wrap_up_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True, help_text="resolved, transferred, abandoned, spam, …")
    reason = models.JSONField(default=dict, help_text="Why the dispatcher chose this agent.")
    contact_reason = models.CharField(max_length=40, blank=True, help_text="Code of the contact reason at closing.")
    replies = models.PositiveIntegerField(default=0)
    read_seq = models.PositiveIntegerField(default=0, help_text="Number of the last message the agent has read.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state__in=("waiting", "offered", "active")),
                name="one_open_work_item_per_conversation",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("offered", "active", "wrap_up")) | Q(agent__isnull=False),
                name="in_hand_has_agent",
            ),
            models.CheckConstraint(condition=~Q(state="waiting") | Q(agent__isnull=True), name="waiting_has_no_agent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["entered_at"], condition=Q(state="waiting"), name="work_waiting"),
            models.Index(fields=["offer_expires_at"], condition=Q(state="offered"), name="work_offered"),
            models.Index(
                fields=["agent"], condition=Q(state__in=("offered", "active", "wrap_up")), name="work_in_hand"
            ),
            models.Index(fields=["wrap_up_at"], condition=Q(state="wrap_up"), name="work_wrapping_up"),
            models.Index(fields=["tenant", "entered_at"], name="work_by_arrival"),
            models.Index(fields=["tenant", "finished_at"], name="work_by_finish"),
            models.Index(fields=["conversation"], name="work_by_conversation"),
            models.Index(fields=["agent", "finished_at"], condition=Q(state="done"), name="work_done_by"),
        ]


class Workload(models.Model):
    """What a queue's work of one channel and language has lately brought: how long it takes, how many it keeps busy."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    handle_seconds = models.FloatField()
    agents = models.FloatField(help_text="Erlang: arrivals a second × handle_seconds.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["queue", "channel", "language"], name="one_workload_per_kind"),
        ]


class Pace(models.Model):
    """How long an agent takes for a client's work against what is usual for it; 1 where there is no row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    factor = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "tenant"], name="one_pace_per_client")]


class AgentState(models.Model):
    """What an agent is doing now, with load and capacity; one row per agent. No row means closed."""

    class Status(models.TextChoices):
        AVAILABLE = "available"
        BUSY = "busy"
        WRAP_UP = "wrap_up"
        BREAK = "break"
        TRAINING = "training"
        NOT_RESPONDING = "not_responding"
        OFFLINE = "offline"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="agent_state"
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.OFFLINE)
    reason = models.CharField(max_length=40, blank=True, help_text="Code of a StateReason, or silent.")
    since = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="The supervisor who set the state; none: the agent, or the clock.",
    )
    channels = ArrayField(models.CharField(max_length=16), default=list, help_text="webchat, email, form, relay …")
    capacity = models.PositiveSmallIntegerField(default=4, help_text="Units in hand at once, of all channels.")
    limits = models.JSONField(
        default=dict,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="Channel → units of it at once, where fewer than the capacity.",
    )
    load = models.SmallIntegerField(default=0)
    switches_per_hour = models.PositiveSmallIntegerField(null=True, help_text="Changes of client; none: no limit.")
    last_heartbeat = models.DateTimeField(null=True)
    idle_since = models.DateTimeField(null=True)
    feed_seq = models.BigIntegerField(default=0, help_text="One more with each change to this agent's desk.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(load__gte=0) & Q(load__lte=F("capacity")), name="load_in_capacity"),
        ]


class StateReason(models.Model):
    """Why somebody is in a state: the BPO's own list. A code stays for good, since the past is told by it."""

    class Status(models.TextChoices):
        BUSY = "busy"
        BREAK = "break"
        TRAINING = "training"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    status = models.CharField(max_length=16, choices=Status.choices)
    name = models.CharField(max_length=40, blank=True, help_text="Empty: the product's own word, in each language.")
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, help_text="Since then it is offered to nobody.")


class _TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class AgentStateSpell(models.Model):
    """Which state from when to when; for adherence and the time ledger.

    Append-only and without gaps, as long as the person has a desk: a trigger lets a spell be closed, and the next one
    begin where the last ended, and nothing else.
    """

    # Not constrained: who is gone stays written down as they were.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    status = models.CharField(max_length=16)
    reason = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="one_open_spell"),
            ExclusionConstraint(
                name="spells_never_overlap",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (_TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "started_at"], name="spell_by_person")]


class Offer(models.Model):
    """The right of one agent to accept one work item for some seconds."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"
        EXPIRED = "expired"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    work_item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="offers")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.JSONField(
        default=dict,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="Why this agent: the terms of the decision.",
    )
    declined_as = models.CharField(
        max_length=40, blank=True, db_default="", help_text="What the agent said when declining."
    )
    released_at = models.DateTimeField(
        null=True, help_text="When accepted work left these hands unfinished: handed on, put off, taken away."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work_item"], condition=Q(answer=""), name="one_open_offer_per_item"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "made_at"], name="offer_by_agent"),
            models.Index(
                fields=["agent", "released_at"], condition=Q(released_at__isnull=False), name="offer_released"
            ),
        ]


class WhatIf(models.Model):
    """A recorded week played again with other staff, policy or volume, or with one more person trained."""

    class Kind(models.TextChoices):
        CHANGES = "changes"
        TRAINING = "training"

    class State(models.TextChoices):
        WAITING = "waiting"
        PLAYING = "playing"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    OPEN_STATES = ("waiting", "playing")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    tenants = ArrayField(models.UUIDField(), help_text="The clients whose work is played.")
    week_start = models.DateTimeField()
    week_end = models.DateTimeField()
    zone = models.CharField(max_length=64, help_text="Of the days of the week.")
    question = models.JSONField(help_text="policy, volume, heads by group, trainings to compare.")
    scenario = models.JSONField(help_text="What was recorded, in the form of the simulator's files.")
    recorded = models.JSONField(help_text="What really came of it: figures, groups, remarks.")
    replications = models.PositiveSmallIntegerField()
    plays_done = models.PositiveIntegerField(default=0)
    plays_total = models.PositiveIntegerField()
    result = models.JSONField(null=True)
    claimed_until = models.DateTimeField(null=True, help_text="Somebody plays it; after this instant nobody does.")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Claims of which none came back.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=Q(state__in=("waiting", "playing")), name="what_if_open"),
        ]


class WhatIfPlay(models.Model):
    """One replication of one version. Written once, so that work that was broken off goes on from here."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="plays")
    version = models.PositiveSmallIntegerField(help_text="0: the week as it was.")
    replication = models.PositiveSmallIntegerField()
    figures = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what_if", "version", "replication"], name="one_play_each"),
        ]
