"""Shapes of what is promised to a shopper instead of waiting in the chat."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class WindowSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class OffersSerializer(serializers.Serializer[Any]):
    windows = WindowSerializer(many=True, help_text="When the shopper may be called; empty: no calls.")
    mail = serializers.BooleanField()


class PromiseSerializer(serializers.Serializer[Any]):
    """By kind: callback has phone, starts_at and ends_at; mail has email."""

    kind = serializers.ChoiceField(choices=["callback", "mail"])
    phone = serializers.CharField(required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    email = serializers.CharField(required=False)


class PromisedSerializer(serializers.Serializer[Any]):
    promise = PromiseSerializer(allow_null=True)


class AskedCallSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=40)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class AskedMailSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
