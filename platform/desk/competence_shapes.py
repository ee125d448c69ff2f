"""The shapes of skills, accreditations and their history."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark, PersonName, SpokenLanguage

_MANY = 1000


class SkillLine(s.Serializer[Any]):
    code = s.CharField(help_text="Such as lang:it, product:returns or product:acme:returns; never changes.")
    kind = s.CharField(help_text="language, product or channel.")
    name = s.CharField()
    people = s.IntegerField(help_text="How many have it.")
    queues = s.IntegerField(help_text="How many queues need it.")


class NewSkill(s.Serializer[Any]):
    name = s.CharField(max_length=80)
    what = s.CharField(max_length=40, help_text="The last part of its code: small letters, figures, hyphens.")
    shop = s.CharField(max_length=40, required=False, allow_blank=True, default="", help_text="A client's address.")


class SkillName(s.Serializer[Any]):
    code = s.CharField(max_length=100)
    name = s.CharField(max_length=80)


class Rivals(s.Serializer[Any]):
    one = ClientMark()
    other = ClientMark()


class RivalIds(s.Serializer[Any]):
    one = s.UUIDField()
    other = s.UUIDField()


class _People(s.Serializer[Any]):
    people = s.ListField(child=s.UUIDField(), allow_empty=False, max_length=_MANY)


class LevelOfMany(_People):
    code = s.CharField(max_length=100)
    level = s.IntegerField(min_value=1, max_value=5, allow_null=True, help_text="1 to 5; null takes it away.")


class LeaveOfMany(_People):
    client = s.UUIDField()
    valid_from = s.DateTimeField(required=False, allow_null=True, default=None, help_text="Left out: now.")
    valid_until = s.DateTimeField(required=False, allow_null=True, default=None, help_text="Left out: for good.")
    is_read_only = s.BooleanField(required=False, default=False)
    alias = s.CharField(
        max_length=60, required=False, allow_blank=True, default="", help_text="Left out: the first name."
    )


class EndOfMany(_People):
    client = s.UUIDField()
    at = s.DateTimeField(required=False, allow_null=True, default=None, help_text="Left out: now.")


class Changed(s.Serializer[Any]):
    changed = s.IntegerField(help_text="How many people; those who had it so already are not counted.")


class Roster(s.Serializer[Any]):
    content = s.CharField(max_length=1_000_000, trim_whitespace=False, help_text="The table, as text.")
    write = s.BooleanField(required=False, default=False, help_text="False only says what would happen.")


class RosterEffect(s.Serializer[Any]):
    line = s.IntegerField()
    email = s.CharField()
    what = s.CharField()
    change = s.ChoiceField(choices=["", "none", "added", "changed", "removed"], allow_blank=True)
    before = s.CharField()
    after = s.CharField()
    error = s.CharField()


class RosterEffects(s.Serializer[Any]):
    lines = RosterEffect(many=True)
    wrong = s.IntegerField()
    changes = s.IntegerField()
    written = s.BooleanField()


class AbleOne(s.Serializer[Any]):
    person = PersonName()
    alias = s.CharField()
    languages = SpokenLanguage(many=True)
    skills = s.ListField(child=s.CharField(), help_text="Other skills, as code:level.")
    since = s.DateTimeField()
    until = s.DateTimeField(allow_null=True)
    is_assumed = s.BooleanField(help_text="From before the first change of this person on record.")


class CouldServe(s.Serializer[Any]):
    at = s.DateTimeField()
    recorded_since = s.DateTimeField(allow_null=True)
    people = AbleOne(many=True)
