"""The shapes of the customers' records: search, card, erasure."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.models import Conversation
from desk.shapes import PersonName
from tenants.models import ErasureEntry


class CustomerSearch(s.Serializer[Any]):
    words = s.CharField(max_length=254, help_text="Part of a name or address, a case number or an id.")


class CustomerHead(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    addresses = s.ListField(child=s.CharField())
    since = s.DateTimeField()
    erased_at = s.DateTimeField(allow_null=True)


class CustomersFound(s.Serializer[Any]):
    results = CustomerHead(many=True)


class HeldAboutCustomer(s.Serializer[Any]):
    conversations = s.IntegerField()
    messages = s.IntegerField()
    files = s.IntegerField()
    evaluations = s.IntegerField()


class CustomersConversation(s.Serializer[Any]):
    id = s.UUIDField()
    case_number = s.CharField()
    channel = s.CharField()
    status = s.ChoiceField(choices=Conversation.Status.choices)
    opened_at = s.DateTimeField()


class CustomersFile(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    size = s.IntegerField()
    conversation = s.UUIDField()


class CustomerRecord(CustomerHead):
    language = s.CharField()
    confirm_with = s.CharField(help_text="What has to be typed to erase this customer.")
    held = HeldAboutCustomer()
    conversations = CustomersConversation(many=True, help_text="The latest; how many there are is in held.")
    files = CustomersFile(many=True, help_text="The latest.")
    still_open = s.ListField(child=s.CharField(), help_text="Case numbers that have to be closed first.")
    certificate_sha256 = s.CharField(allow_null=True)


class EraseCustomer(s.Serializer[Any]):
    confirm = s.CharField(max_length=254, help_text="The record's confirm_with, as typed.")
    reason = s.ChoiceField(
        choices=[ErasureEntry.Reason.PERSON, ErasureEntry.Reason.CLIENT, ErasureEntry.Reason.RETENTION]
    )


class ErasureCertificate(s.Serializer[Any]):
    customer = s.UUIDField()
    erased_at = s.DateTimeField()
    reason = s.CharField()
    by = s.CharField()
    sha256 = s.CharField()
    erased = s.DictField(child=s.IntegerField(), help_text="What → how many.")


class Erasure(s.Serializer[Any]):
    customer = s.UUIDField(help_text="The number that is left of the person.")
    reason = s.ChoiceField(choices=ErasureEntry.Reason.choices)
    asked_at = s.DateTimeField()
    done_at = s.DateTimeField(allow_null=True, help_text="null: it was interrupted and is taken up again.")
    by = PersonName(allow_null=True)
    certificate_sha256 = s.CharField()


class Erasures(s.Serializer[Any]):
    results = Erasure(many=True)
    next = s.IntegerField(allow_null=True)
