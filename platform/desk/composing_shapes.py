"""The shapes of what is being written: drafts, replies held back, mentions, and what a shopper types."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from conversations.composing_models import Draft, HeldReply
from desk.shapes import ClientMark, NewReply, PersonName


class Envelope(s.Serializer[Any]):
    subject = s.CharField(required=False, allow_blank=True, max_length=1000)
    to = s.CharField(required=False, allow_blank=True, max_length=4000)
    cc = s.CharField(required=False, allow_blank=True, max_length=4000)


class KeptDraft(s.Serializer[Any]):
    mode = s.ChoiceField(choices=Draft.Mode.choices)
    text = s.CharField()
    envelope = Envelope()
    revision = s.IntegerField()
    at = s.DateTimeField(help_text="When it was last saved.")


class DraftToSave(s.Serializer[Any]):
    mode = s.ChoiceField(choices=Draft.Mode.choices)
    text = s.CharField(allow_blank=True, trim_whitespace=False)
    envelope = Envelope(required=False)
    revision = s.IntegerField(
        min_value=0, max_value=2_000_000_000, help_text="Of the draft that was typed on; 0: none."
    )


class Held(s.Serializer[Any]):
    id = s.UUIDField()
    text = s.CharField()
    envelope = Envelope()
    files = s.ListField(child=s.CharField())
    person_name = s.CharField()
    written_at = s.DateTimeField()
    send_at = s.DateTimeField()
    is_scheduled = s.BooleanField()
    state = s.ChoiceField(choices=HeldReply.State.choices)
    stopped_why = s.CharField(help_text="not_allowed, closed or thread_moved; empty: it is not stopped.")
    client_key = s.CharField()


class Unsent(s.Serializer[Any]):
    drafts = KeptDraft(many=True)
    held = Held(many=True)


class NewHeld(NewReply):
    send_at = s.DateTimeField(required=False, allow_null=True, default=None, help_text="None: after an undo's seconds.")


class ChangeHeld(s.Serializer[Any]):
    text = s.CharField(required=False, allow_blank=True, trim_whitespace=False)
    send_at = s.DateTimeField(required=False)


class Colleagues(s.Serializer[Any]):
    people = PersonName(many=True)


class Mention(s.Serializer[Any]):
    id = s.UUIDField()
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    customer_name = s.CharField()
    text = s.CharField()
    seq = s.IntegerField()
    by = s.CharField()
    at = s.DateTimeField()
    is_unread = s.BooleanField()


class Mentions(s.Serializer[Any]):
    unread = s.IntegerField()
    mentions = Mention(many=True)


class SeenMentions(s.Serializer[Any]):
    seen = s.IntegerField()


class Peeked(s.Serializer[Any]):
    text = s.CharField()
    at = s.DateTimeField(allow_null=True)


class PeekSwitch(s.Serializer[Any]):
    is_on = s.BooleanField()
