"""The shapes of a month's quality results."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from desk.portal_shapes import PortalTier


class _Averaged(s.Serializer[Any]):
    evaluations = s.IntegerField()
    average = s.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text="Of 100; null for none.")
    low = s.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text="95 % confidence; null for < 2.")
    high = s.DecimalField(max_digits=5, decimal_places=2, allow_null=True)


class ChannelQuality(_Averaged):
    channel = s.CharField()


class QualityClauseShown(s.Serializer[Any]):
    version = s.IntegerField()
    goal = s.DecimalField(max_digits=5, decimal_places=2)
    minimum = s.IntegerField()
    evaluations = s.IntegerField()
    average = s.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    judged = s.BooleanField()
    kept = s.BooleanField(allow_null=True)
    points_off = s.DecimalField(max_digits=6, decimal_places=2)
    points_over = s.DecimalField(max_digits=6, decimal_places=2)
    per_point = s.DecimalField(max_digits=12, decimal_places=2)
    cap_points = s.DecimalField(max_digits=6, decimal_places=2)
    tiers = PortalTier(many=True)
    penalty = s.DecimalField(max_digits=14, decimal_places=2)
    bonus = s.DecimalField(max_digits=14, decimal_places=2)


class PortalQuality(_Averaged):
    month = s.CharField()
    currency = s.CharField()
    channels = ChannelQuality(many=True)
    clauses = QualityClauseShown(many=True)
    penalty = s.DecimalField(max_digits=14, decimal_places=2)
    bonus = s.DecimalField(max_digits=14, decimal_places=2)


class ExportedQuality(_Averaged):
    month = s.CharField()
    channel = s.CharField(allow_blank=True, help_text="Empty: all of them.")
    confidence = s.CharField(help_text="Per cent.")
    goal = s.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    kept = s.BooleanField(allow_null=True)
    cut_off = s.DateTimeField()
