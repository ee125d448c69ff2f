"""The shapes of contracts and their versions."""

from __future__ import annotations

from typing import Any, get_args

from rest_framework import serializers as s

from sla_contracts.contracts import NAME_MAX
from sla_contracts.signing import Standing
from sla_contracts.templates import TEMPLATES


class Signature(s.Serializer[Any]):
    name = s.CharField()
    at = s.DateTimeField()


class ContractVersionHead(s.Serializer[Any]):
    id = s.UUIDField()
    number = s.IntegerField()
    standing = s.ChoiceField(choices=get_args(Standing))
    begins = s.DateField(help_text="Its first day, in the shop's time zone.")
    ends = s.DateField(allow_null=True, help_text="The day on which it is in force no more; null until further notice.")
    drafted_at = s.DateTimeField(allow_null=True)
    signed_at = s.DateTimeField(allow_null=True, help_text="When the later side signed: final from then on.")
    by_bpo = Signature(allow_null=True)
    by_client = Signature(allow_null=True)


class Contract(s.Serializer[Any]):
    reference = s.CharField(allow_blank=True)
    time_zone = s.CharField()
    versions = ContractVersionHead(many=True)
    templates = s.ListField(child=s.ChoiceField(choices=sorted(TEMPLATES)))


class ContractChange(s.Serializer[Any]):
    part = s.CharField(help_text="Of the terms: calendars, hours, targets, clauses, languages …")
    item = s.ListField(child=s.CharField(), help_text="Which one, by its codes.")
    field = s.CharField(allow_blank=True)
    before = s.JSONField(allow_null=True)
    after = s.JSONField(allow_null=True)


class ContractDoubt(s.Serializer[Any]):
    code = s.ChoiceField(
        choices=["never_opens", "no_hours", "outside_hours", "nothing_to_count", "all_of_them", "nobody_speaks"]
    )
    place = s.CharField()
    values = s.DictField(child=s.CharField(allow_blank=True))


class ContractVersion(ContractVersionHead):
    currency = s.CharField(help_text="Of the penalties.")
    terms = s.DictField(help_text="As docs/integration.md says; what is hashed is this in canonical form.")
    terms_sha256 = s.CharField()
    before = s.IntegerField(allow_null=True, help_text="The number of the version that it takes the place of.")
    changes = ContractChange(many=True)
    doubts = ContractDoubt(many=True, help_text="What it can hardly keep; for the BPO, before it is final.")


class NewVersion(s.Serializer[Any]):
    template = s.ChoiceField(choices=sorted(TEMPLATES), required=False)
    copy_of = s.UUIDField(required=False, help_text="A version of the same client; instead of a template.")
    begins = s.DateField()
    ends = s.DateField(required=False, allow_null=True, default=None)


class VersionTerms(s.Serializer[Any]):
    terms = s.DictField()
    begins = s.DateField()
    ends = s.DateField(required=False, allow_null=True, default=None)


class SignVersion(s.Serializer[Any]):
    name = s.CharField(max_length=NAME_MAX)


class SignVersionAsClient(SignVersion):
    terms_sha256 = s.CharField(max_length=64, help_text="Of the terms that were read.")
