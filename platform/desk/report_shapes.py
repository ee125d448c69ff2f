"""The shapes of a client's SLA reports: plan, issued ones, and the ways of each."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from sla_contracts.models import ReportDelivery, ReportPlan
from sla_contracts.report_calendar import RECIPIENTS_MAX
from sla_contracts.speech import LANGUAGES


class ReportPlanChoice(s.Serializer[Any]):
    is_on = s.BooleanField()
    kind = s.ChoiceField(choices=ReportPlan.Kind.choices)
    day = s.IntegerField(min_value=1, max_value=31, help_text="Of the month after: the nth day or business day.")
    at = s.TimeField(help_text="In time_zone.")
    time_zone = s.CharField(max_length=64)
    language = s.ChoiceField(choices=LANGUAGES, allow_blank=True, help_text="Empty: the shop's own.")
    form = s.ChoiceField(choices=ReportPlan.Form.choices)
    recipients = s.ListField(
        child=s.CharField(max_length=254, allow_blank=True), max_length=RECIPIENTS_MAX, allow_empty=True
    )


class ReportPlanShown(ReportPlanChoice):
    by = s.ChoiceField(choices=["operator", "contract"])


class ReportDeliveryShown(s.Serializer[Any]):
    id = s.UUIDField()
    recipient = s.CharField()
    form = s.ChoiceField(choices=ReportPlan.Form.choices)
    state = s.ChoiceField(choices=[state for state in ReportDelivery.State.values if state != "sending"])
    tries = s.IntegerField()
    asked_at = s.DateTimeField()
    tried_at = s.DateTimeField(allow_null=True)
    sent_at = s.DateTimeField(allow_null=True)
    next_try_at = s.DateTimeField(allow_null=True)
    error = s.CharField(help_text="What the mail server answered, where it did not go.")


class IssuedReport(s.Serializer[Any]):
    id = s.UUIDField()
    month = s.CharField()
    language = s.CharField()
    cut_off = s.DateTimeField()
    issued_at = s.DateTimeField()
    is_final = s.BooleanField()
    data_sha256 = s.CharField()
    pdf_url = s.CharField()
    deliveries = ReportDeliveryShown(many=True)


class NextReport(s.Serializer[Any]):
    month = s.CharField()
    at = s.DateTimeField()


class ReportProblem(s.Serializer[Any]):
    month = s.CharField()
    problem = s.CharField(help_text="Code of what kept the month's report from being issued.")
    tries = s.IntegerField()
    is_final = s.BooleanField(help_text="It is not tried again.")


class ClientReports(s.Serializer[Any]):
    time_zone = s.CharField(help_text="The shop's.")
    language = s.CharField(help_text="Of its reports, unless the plan names one.")
    plan = ReportPlanShown(allow_null=True, help_text="What holds: the operator's, else the contract's.")
    agreed = ReportPlanShown(allow_null=True, help_text="What the contract in force says.")
    next = NextReport(allow_null=True)
    reports = IssuedReport(many=True)
    problems = ReportProblem(many=True)


class ReportMonth(s.Serializer[Any]):
    month = s.CharField(max_length=7)


class SendReport(s.Serializer[Any]):
    recipients = s.ListField(
        child=s.CharField(max_length=254), required=False, default=list, help_text="The plan's, if left out."
    )
