"""The shapes of the customer beside the conversation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from customers.models import Customer, CustomField
from desk.customer_card import REASONS
from desk.shapes import CustomerIdentity, TagHead

_VALUE = {"oneOf": [{"type": "string"}, {"type": "boolean"}], "nullable": True}


@extend_schema_field(_VALUE)
class _Value(s.JSONField):
    pass


class CustomFieldShape(s.Serializer[Any]):
    id = s.UUIDField()
    code = s.CharField()
    label = s.CharField()  # type: ignore[assignment]
    kind = s.ChoiceField(choices=CustomField.Kind.choices)
    options = s.ListField(child=s.CharField())
    is_personal = s.BooleanField()
    is_active = s.BooleanField()


class CustomerFieldValue(CustomFieldShape):
    value = _Value(allow_null=True)
    is_hidden = s.BooleanField(help_text="There is a value; it is masked.")


class CustomerNoteShape(s.Serializer[Any]):
    id = s.UUIDField()
    text = s.CharField()
    alias = s.CharField()
    person = s.UUIDField(allow_null=True)
    created_at = s.DateTimeField()


class CustomerMergeShape(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    at = s.DateTimeField()
    can_undo = s.BooleanField()


class CustomerBeside(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    language = s.CharField()
    since = s.DateTimeField()
    is_vip = s.BooleanField()
    legal_priority = s.ChoiceField(choices=[("", ""), *Customer.LegalPriority.choices], allow_blank=True)
    is_masked = s.BooleanField(help_text="This client shows personal data for a stated reason only.")
    identities = CustomerIdentity(many=True)
    tags = TagHead(many=True)
    fields = CustomerFieldValue(many=True)  # type: ignore[assignment]
    notes = CustomerNoteShape(many=True)
    merges = CustomerMergeShape(many=True)
    open_cases = s.IntegerField()
    cases = s.IntegerField()


class RevealReason(s.Serializer[Any]):
    reason = s.ChoiceField(choices=REASONS)


class CustomerMarks(s.Serializer[Any]):
    is_vip = s.BooleanField()
    legal_priority = s.ChoiceField(choices=Customer.LegalPriority.choices, allow_blank=True)


class CustomerFieldValues(s.Serializer[Any]):
    values = s.DictField(child=_Value(allow_null=True), help_text="Code → value; null takes it away.")


class NewCustomerNote(s.Serializer[Any]):
    text = s.CharField(max_length=4000)


class CustomerNoteToDrop(s.Serializer[Any]):
    note = s.UUIDField()


class MergeCandidate(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    addresses = s.ListField(child=s.CharField())
    since = s.DateTimeField()
    cases = s.IntegerField()


class MergeCandidates(s.Serializer[Any]):
    results = MergeCandidate(many=True)


class CustomerToAbsorb(s.Serializer[Any]):
    absorbed = s.UUIDField(help_text="Becomes part of the customer of the address.")


class MergeToUndo(s.Serializer[Any]):
    merge = s.UUIDField()


class FieldsOfClient(s.Serializer[Any]):
    fields = CustomFieldShape(many=True)  # type: ignore[assignment]
    masks_customers = s.BooleanField()


class FieldToDefine(s.Serializer[Any]):
    id = s.UUIDField(required=False, allow_null=True, default=None, help_text="Null: a new one.")
    label = s.CharField(max_length=200)  # type: ignore[assignment]
    kind = s.ChoiceField(choices=CustomField.Kind.choices)
    options = s.ListField(child=s.CharField(max_length=80), required=False, default=list, max_length=60)
    is_personal = s.BooleanField(required=False, default=False)
    is_active = s.BooleanField(required=False, default=True)


class Masking(s.Serializer[Any]):
    masks_customers = s.BooleanField()
