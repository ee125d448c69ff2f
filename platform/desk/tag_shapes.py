"""The shapes of a client's tags and contact reasons."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import TagHead


class TagsFound(s.Serializer[Any]):
    tags = TagHead(many=True)


class TagInUse(TagHead):
    conversations = s.IntegerField()
    customers = s.IntegerField()


class TagsInUse(s.Serializer[Any]):
    tags = TagInUse(many=True)


class TagNames(s.Serializer[Any]):
    names = s.ListField(child=s.CharField(max_length=200), max_length=50)


class TagChange(s.Serializer[Any]):
    tag = s.UUIDField()
    name = s.CharField(required=False, allow_blank=True, default="", max_length=200, help_text="Call it this.")
    into = s.UUIDField(required=False, allow_null=True, default=None, help_text="Or merge it into this one.")


class ReasonOfClient(s.Serializer[Any]):
    code = s.CharField()
    parent = s.CharField(allow_null=True)  # type: ignore[assignment]
    label = s.CharField(help_text="In the reader's language.")  # type: ignore[assignment]
    labels = s.DictField(child=s.CharField(), help_text="Language → text.")
    is_active = s.BooleanField()


class ReasonsOfClient(s.Serializer[Any]):
    reasons = ReasonOfClient(many=True)


class ReasonToKeep(s.Serializer[Any]):
    code = s.CharField(required=False, allow_blank=True, default="", max_length=40, help_text="Empty: a new one.")
    parent = s.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, default="", max_length=40
    )
    labels = s.DictField(child=s.CharField(allow_blank=True, max_length=200))
    is_active = s.BooleanField(required=False, default=True)
