"""Shapes of what a shop's public doors take and answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from conversations.cleaning import clean
from conversations.models import Message
from conversations.promise_shapes import OffersSerializer, PromiseSerializer
from conversations.shopfront import SHOWN_STATUSES

# Notes and events stay with the staff.
SHOWN = [Message.Direction.IN.value, Message.Direction.OUT.value]


class SaidField(serializers.CharField):
    """Text that a person typed: NUL characters and broken surrogates are taken out, not refused; spaces stay."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(clean(data) if isinstance(data, str) else data)


class ShopSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    mark = serializers.CharField()
    color = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()


class HoursSerializer(serializers.Serializer[Any]):
    open_now = serializers.BooleanField()
    next_change = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()


class WaitSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["closed", "soon", "about", "long", "unknown"])
    minutes = serializers.IntegerField(help_text='With "about"; else 0.')


class LimitsSerializer(serializers.Serializer[Any]):
    message_chars = serializers.IntegerField()
    attachment_bytes = serializers.IntegerField()
    attachments = serializers.IntegerField()


class WidgetConfigSerializer(serializers.Serializer[Any]):
    shop = ShopSerializer()
    key = serializers.CharField(help_text="The line token: what the widget is opened with.")
    hours = HoursSerializer()
    team = serializers.ListField(child=serializers.CharField())
    wait = WaitSerializer()
    limits = LimitsSerializer()
    sneak_peek = serializers.BooleanField(help_text="The team sees what is typed before it is sent; say so.")


class WidgetKeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=64)


class WidgetTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()


class WidgetSaySerializer(serializers.Serializer[Any]):
    text = SaidField(allow_blank=True, required=False, default="")
    client_key = serializers.CharField(max_length=64)
    language = SaidField(max_length=16, required=False, allow_blank=True, default="")
    name = SaidField(max_length=200, required=False, allow_blank=True, default="")
    email = SaidField(max_length=254, required=False, allow_blank=True, default="")
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class RefusedFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()


class WidgetSaidSerializer(serializers.Serializer[Any]):
    conversation = serializers.UUIDField()
    case_number = serializers.CharField()
    seq = serializers.IntegerField()
    status = serializers.CharField()
    refused_files = RefusedFileSerializer(many=True)


class ShownAttachmentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.CharField()


class FileLinkSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="At the host of files; good for minutes, for this viewer.")


class ShownMessageSerializer(serializers.Serializer[Any]):
    """A message as the shopper sees it: the agent by alias, no notes, no events."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=SHOWN)
    author = serializers.ChoiceField(choices=Message.Author.choices)
    alias = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
    language = serializers.CharField()
    created_at = serializers.DateTimeField()
    delivery = serializers.ChoiceField(choices=Message.Delivery.choices)
    cards_removed = serializers.IntegerField(help_text="Card numbers that were taken out before it was stored.")
    attachments = ShownAttachmentSerializer(many=True)


class AgentAliasSerializer(serializers.Serializer[Any]):
    alias = serializers.CharField()


class WidgetConversationSerializer(serializers.Serializer[Any]):
    conversation = serializers.UUIDField(allow_null=True)
    case_number = serializers.CharField()
    status = serializers.ChoiceField(choices=["new", *SHOWN_STATUSES])
    messages = ShownMessageSerializer(many=True)
    last_seq = serializers.IntegerField()
    up_to = serializers.IntegerField(help_text="Nothing that may be shown is missing between ``after`` and this.")
    agent = AgentAliasSerializer(allow_null=True)
    position = serializers.IntegerField(
        allow_null=True, help_text="Place among those of the same needs, from 1; null when not waiting."
    )
    offers = OffersSerializer(allow_null=True, help_text="What the shopper may choose instead of waiting.")
    promise = PromiseSerializer(allow_null=True, help_text="What they chose.")
    wait = WaitSerializer(allow_null=True, help_text="What the shopper is told of the wait; null when not waiting.")


class WidgetMessagesSerializer(serializers.Serializer[Any]):
    messages = ShownMessageSerializer(many=True)
    last_seq = serializers.IntegerField()
    up_to = serializers.IntegerField(help_text="Nothing that may be shown is missing between ``after`` and this.")


class ChoiceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class FormConfigSerializer(serializers.Serializer[Any]):
    shop = ShopSerializer()
    categories = ChoiceSerializer(many=True)
    limits = LimitsSerializer()
    languages = serializers.ListField(child=serializers.CharField())


class FormSaySerializer(serializers.Serializer[Any]):
    name = SaidField(max_length=200, required=False, allow_blank=True, default="")
    email = serializers.EmailField(max_length=254)
    category = serializers.CharField(max_length=40)
    order_number = SaidField(max_length=60, required=False, allow_blank=True, default="")
    subject = SaidField(max_length=400, required=False, allow_blank=True, default="")
    text = SaidField()
    language = SaidField(max_length=16, required=False, allow_blank=True, default="")
    client_key = serializers.CharField(max_length=64)
    website = SaidField(required=False, allow_blank=True, default="", help_text="Left empty by people.")
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class FormSaidSerializer(serializers.Serializer[Any]):
    case_number = serializers.CharField()
    status_url = serializers.CharField(required=False)
    refused_files = RefusedFileSerializer(many=True)


class CaseSerializer(serializers.Serializer[Any]):
    case_number = serializers.CharField()
    status = serializers.ChoiceField(choices=SHOWN_STATUSES)
    opened_at = serializers.DateTimeField()
    last_message_at = serializers.DateTimeField()
    shop = ShopSerializer()


class DoneSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
