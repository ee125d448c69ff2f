"""Setting a password by a link, at both doors. Open to the world: the link's token is the proof."""

from __future__ import annotations

import time
from typing import Any

from allauth.core import ratelimit
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import Refusal
from kernel.throttle import address_of, require_leave
from people import invitations
from people.access import anyone
from tenants.models import Tenant

# Whether the address is known must not show in how long the answer takes.
_FLOOR_SECONDS = 0.3


class ForgottenSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()


class LinkSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)


class NewPasswordSerializer(LinkSerializer):
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class LinkOwnerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.EmailField()
    purpose = serializers.CharField(help_text="invite or reset.")


class AskedSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()


class ForgottenView(APIView):
    access = anyone("somebody who forgot their password is nobody yet; answers alike for every address", opens="people")

    @extend_schema(operation_id="ask_for_password", request=ForgottenSerializer, responses=AskedSerializer)
    def post(self, request: Request) -> Response:
        began = time.monotonic()
        asked = ForgottenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        email = asked.validated_data["email"]
        _limit(request, "password_reset", key=email.lower())
        invitations.ask_anew(email=email, tenant=_tenant(request))
        time.sleep(max(0.0, _FLOOR_SECONDS - (time.monotonic() - began)))
        return Response({"ok": True})


class LinkView(APIView):
    access = anyone("whoever holds a link that works; its token is checked against its hash", opens="people")

    @extend_schema(operation_id="look_at_link", request=LinkSerializer, responses=LinkOwnerSerializer)
    def post(self, request: Request) -> Response:
        _limit(request, "invitation")
        given = LinkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = invitations.find(given.validated_data["token"], _tenant(request))
        return Response({"name": found.person.name, "email": found.person.email, "purpose": found.purpose})


class SetPasswordView(APIView):
    access = anyone("whoever holds a link that works; its token is checked against its hash", opens="people")

    @extend_schema(operation_id="set_password", request=NewPasswordSerializer, responses=AskedSerializer)
    def post(self, request: Request) -> Response:
        _limit(request, "invitation")
        given = NewPasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        invitations.set_password(**given.validated_data, tenant=_tenant(request))
        return Response({"ok": True})


def _limit(request: Request, door: str, key: str | None = None) -> None:
    """By network address, and by the address that is asked for: nobody's mailbox is flooded."""
    tenant = _tenant(request)
    require_leave(tenant.id if tenant else None, door, address_of(request.META))
    action = "reset_password" if key else "reset_password_from_key"
    if not ratelimit.consume(request._request, action=action, key=key):
        raise Refusal("too_many", 429, "Too many tries from here; wait a few minutes and try again.")


def _tenant(request: Request) -> Tenant | None:
    tenant: Tenant | None = getattr(request._request, "tenant", None)
    return tenant
