"""The shapes of a client's settings and of its end."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.shapes import ClientMark
from tenants.models import Line, Tenant


class ShopState(ClientMark):
    slug = s.CharField()
    status = s.ChoiceField(choices=Tenant.Status.choices)
    url = s.CharField(help_text="Of the shop's page.")


class ListedShop(ShopState):
    lines = s.IntegerField(help_text="How many are open.")


class PolledMailbox(s.Serializer[Any]):
    host = s.CharField()
    username = s.CharField()
    polled_at = s.DateTimeField(allow_null=True)
    is_failing = s.BooleanField()


class ShopLine(s.Serializer[Any]):
    id = s.UUIDField()
    carrier = s.ChoiceField(choices=Line.Carrier.choices)
    address = s.CharField()
    is_active = s.BooleanField()
    last_came_at = s.DateTimeField(allow_null=True, help_text="When something last came in by it.")
    mailbox = PolledMailbox(allow_null=True, help_text="Where its mail is fetched from, if it is.")


class ShopSettings(ShopState):
    legal_name = s.CharField()
    country = s.CharField()
    languages = s.ListField(child=s.CharField())
    time_zone = s.CharField()
    currency = s.CharField()
    created_at = s.DateTimeField()
    embedding_origins = s.ListField(child=s.CharField())
    sneak_peek = s.BooleanField(help_text="Agents see what shoppers type in the chat before they send it.")
    is_exported = s.BooleanField(help_text="Since it was suspended: what is deleted comes back from there alone.")
    open_work = s.IntegerField(help_text="Conversations that wait or are in somebody's hands.")
    logo_url = s.CharField(allow_null=True, help_text="Of the picture on its papers, if it has one.")
    lines = ShopLine(many=True)


class NewLogo(s.Serializer[Any]):
    file = s.FileField(allow_empty_file=True, help_text="PNG, JPEG or WebP; drawn anew and made small.")


class DeleteShop(s.Serializer[Any]):
    confirm = s.CharField(max_length=40, help_text="The client's slug, as typed.")
