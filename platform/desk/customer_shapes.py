"""The shapes of the customers' records: search, card, erasure."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

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


class CustomerRecord(CustomerHead):
    language = s.CharField()
    confirm_with = s.CharField(help_text="What has to be typed to erase this customer.")
    held = HeldAboutCustomer()
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
