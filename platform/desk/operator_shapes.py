"""The shapes of the operator's API: billing, onboarding, people and audit."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark, PersonName, SpokenLanguage
from people.models import Membership


class UsageSums(s.Serializer[Any]):
    conversations = s.IntegerField()
    minutes = s.DecimalField(max_digits=14, decimal_places=2)


class InvoiceHead(s.Serializer[Any]):
    id = s.UUIDField()
    tenant = ClientMark()
    status = s.ChoiceField(choices=["draft", "issued"])
    number = s.CharField(allow_null=True)
    period = s.CharField(help_text="YYYY-MM in the client's time zone.")
    currency = s.CharField()
    net = s.DecimalField(max_digits=14, decimal_places=2)
    vat_percent = s.DecimalField(max_digits=5, decimal_places=2)
    vat = s.DecimalField(max_digits=14, decimal_places=2)
    total = s.DecimalField(max_digits=14, decimal_places=2)
    made_at = s.DateTimeField()
    issued_at = s.DateTimeField(allow_null=True)
    due_on = s.DateField(allow_null=True)


class BillingRow(s.Serializer[Any]):
    tenant = ClientMark()
    period = s.CharField()
    usage = UsageSums()
    invoice = InvoiceHead(allow_null=True, help_text="The draft.")
    issued = InvoiceHead(many=True)


class InvoiceLine(s.Serializer[Any]):
    id = s.UUIDField()
    position = s.IntegerField()
    description = s.CharField()
    quantity = s.DecimalField(max_digits=14, decimal_places=4)
    unit = s.ChoiceField(choices=["conversation", "minute", "month", "point"])
    unit_price = s.DecimalField(max_digits=12, decimal_places=4)
    amount = s.DecimalField(max_digits=14, decimal_places=2)
    conversations = s.IntegerField(help_text="How many stand behind this line; 0 for a fixed amount.")
    clause = s.CharField(allow_null=True, help_text="Of the contract, that a credit or a supplement is for.")
    report = s.UUIDField(allow_null=True, help_text="The SLA report that it stands in, once that is issued.")


class InvoiceCaution(s.Serializer[Any]):
    code = s.ChoiceField(
        choices=[
            "unpriced",
            "late",
            "month_not_over",
            "negative_total",
            "sla_report_missing",
            "draft_outdated",
            "client_address_missing",
            "client_tax_id_missing",
        ]
    )
    count = s.IntegerField()


class Invoice(InvoiceHead):
    period_start = s.DateTimeField()
    period_end = s.DateTimeField()
    time_zone = s.CharField()
    rate_card = s.IntegerField(help_text="Version.")
    sha256 = s.CharField(help_text="Of the frozen document; empty for a draft.")
    lines = InvoiceLine(many=True)
    cautions = InvoiceCaution(many=True)


class Month(s.Serializer[Any]):
    month = s.CharField(max_length=7, help_text="YYYY-MM")


class BilledConversation(s.Serializer[Any]):
    tenant = s.UUIDField()
    conversation = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    finished_at = s.DateTimeField()
    quantity = s.DecimalField(max_digits=14, decimal_places=4)


class BilledConversations(s.Serializer[Any]):
    results = BilledConversation(many=True)
    next = s.IntegerField(allow_null=True)


class NewShop(s.Serializer[Any]):
    name = s.CharField(max_length=120)
    slug = s.CharField(max_length=40)
    country = s.CharField(max_length=2)
    languages = s.ListField(child=s.CharField(max_length=8), allow_empty=False, max_length=20)
    time_zone = s.CharField(max_length=64)
    mark = s.CharField(max_length=2, required=False, allow_blank=True, default="", help_text="Empty: a free one.")
    color = s.CharField(max_length=9)
    currency = s.CharField(max_length=3, required=False, default="EUR")
    tone = s.CharField(max_length=2000, required=False, allow_blank=True, default="")
    legal_name = s.CharField(max_length=200, required=False, allow_blank=True, default="")
    tax_id = s.CharField(max_length=40, required=False, allow_blank=True, default="")
    postal_address = s.CharField(max_length=500, required=False, allow_blank=True, default="")


class Shop(ClientMark):
    slug = s.CharField()
    country = s.CharField()
    languages = s.ListField(child=s.CharField())
    time_zone = s.CharField()
    currency = s.CharField()
    tone = s.CharField()
    url = s.CharField(help_text="Of the shop's page.")


class Colleague(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    email = s.EmailField()
    roles = s.ListField(child=s.ChoiceField(choices=Membership.Role.choices))
    languages = SpokenLanguage(many=True)
    clients = ClientMark(many=True)
    all_clients = s.BooleanField(help_text="Serves every client: an operator, or a supervisor who is not kept to some.")
    is_active = s.BooleanField()
    locked = s.BooleanField(help_text="By wrong passwords, for a quarter of an hour.")
    two_step = s.BooleanField()
    has_password = s.BooleanField()
    link_until = s.DateTimeField(allow_null=True, help_text="Until when a link to set a password works.")
    seen_at = s.DateTimeField(allow_null=True)


class NewLanguage(s.Serializer[Any]):
    code = s.RegexField(r"^[a-z]{2,3}$")
    level = s.IntegerField(min_value=1, max_value=5)


class NewPerson(s.Serializer[Any]):
    name = s.CharField(max_length=120)
    email = s.EmailField()
    password = s.CharField(
        max_length=128,
        write_only=True,
        trim_whitespace=False,
        required=False,
        default="",
        help_text="Left out: they get a mail with a link to set their own.",
    )
    roles = s.ListField(child=s.ChoiceField(choices=["agent", "supervisor", "operator"]), required=False, default=list)
    languages = NewLanguage(many=True, required=False, default=list)
    clients = s.ListField(child=s.UUIDField(), required=False, default=list, help_text="Accreditations of an agent.")
    is_read_only = s.BooleanField(required=False, default=False, help_text="These accreditations are for looking only.")
    all_clients = s.BooleanField(required=False, default=True, help_text="Of a supervisor; else those of clients.")
    client_role = s.ChoiceField(choices=["client", "viewer"], required=False, default="client")
    client_of = s.UUIDField(required=False, allow_null=True, default=None, help_text="Makes a user of this client.")
    language = s.ChoiceField(choices=["en", "es"], required=False, default="en")
    time_zone = s.CharField(max_length=64, required=False, default="Europe/Madrid")


class PersonSkillLevel(s.Serializer[Any]):
    code = s.CharField()
    kind = s.CharField(help_text="language, product or channel.")
    name = s.CharField()
    level = s.IntegerField()


class LeaveSpell(s.Serializer[Any]):
    client = ClientMark()
    alias = s.CharField()
    valid_from = s.DateTimeField()
    valid_until = s.DateTimeField(allow_null=True)
    is_read_only = s.BooleanField()
    state = s.ChoiceField(choices=["now", "later", "over"])


class OpenSession(s.Serializer[Any]):
    id = s.UUIDField()
    host = s.CharField()
    program = s.CharField()
    started_at = s.DateTimeField()
    seen_at = s.DateTimeField()


class PersonCard(Colleague):
    language = s.CharField(help_text="Of their screens.")
    time_zone = s.CharField()
    skills = PersonSkillLevel(many=True)
    accreditations = LeaveSpell(many=True)
    has_desk = s.BooleanField(help_text="Without one they are given no work.")
    switches_per_hour = s.IntegerField(allow_null=True, help_text="Changes of client; null: no limit.")
    sessions = OpenSession(many=True)


class OpenInvitation(s.Serializer[Any]):
    person = PersonName()
    email = s.EmailField()
    purpose = s.ChoiceField(choices=["invite", "reset"])
    made_by = PersonName(allow_null=True)
    made_at = s.DateTimeField()
    posted_at = s.DateTimeField(allow_null=True)
    expires_at = s.DateTimeField()
    is_over = s.BooleanField(help_text="Ran out, unused.")


class PersonChange(s.Serializer[Any]):
    is_active = s.BooleanField(required=False)
    roles = s.ListField(child=s.ChoiceField(choices=["agent", "supervisor", "operator"]), required=False)
    clients = s.ListField(
        child=s.UUIDField(), required=False, help_text="All that they are accredited for from now on."
    )


class AuditActions(s.Serializer[Any]):
    actions = s.ListField(child=s.CharField())


class AuditLine(s.Serializer[Any]):
    id = s.IntegerField()
    at = s.DateTimeField()
    person = PersonName(allow_null=True)
    tenant = ClientMark(allow_null=True)
    action = s.CharField()
    object_id = s.CharField()
    detail = s.DictField()
    names = s.DictField(child=s.CharField(), help_text="What ids of this entry stand for today: id → name.")


class AuditPage(s.Serializer[Any]):
    results = AuditLine(many=True)
    next = s.IntegerField(allow_null=True)


class Embedding(s.Serializer[Any]):
    """Origins of the shop's own pages that may embed its chat, such as https://www.shop.example."""

    origins = s.ListField(child=s.CharField(max_length=300), allow_empty=True, max_length=100)
