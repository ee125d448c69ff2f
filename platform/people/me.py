"""Who I am, at either door: for the screens' first request."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import not_found
from people.access import anyone, clients_of, person_of, roles_of, signed_in
from people.models import Membership, Person
from people.second_factor import required_from
from tenants.models import Tenant

LANGUAGES = ("en", "es", "it", "de", "fr", "pt")


class ClientSerializer(serializers.Serializer[Any]):
    """A client shop as the screens show it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    mark = serializers.CharField()
    color = serializers.CharField()
    slug = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    time_zone = serializers.CharField()
    tone = serializers.CharField(allow_blank=True)


class MeSerializer(serializers.Serializer[Any]):
    """tenant: the shop of this host (null at the desk); clients: the shops that one may serve now."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices))
    tenant = ClientSerializer(allow_null=True)
    clients = ClientSerializer(many=True)
    mfa_enabled = serializers.BooleanField()
    mfa_required_from = serializers.DateTimeField(
        allow_null=True,
        help_text="When one may no longer work without two-step sign-in; null: it is on, or not asked for.",
    )


class MyChoicesSerializer(serializers.Serializer[Any]):
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    time_zone = serializers.CharField(required=False)

    def validate_time_zone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError("A time zone such as Europe/Madrid.")
        return value


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()


class MeView(APIView):
    access = signed_in()

    @extend_schema(operation_id="read_me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(describe(person_of(request), _tenant(request)))

    @extend_schema(operation_id="change_me", request=MyChoicesSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        choices = MyChoicesSerializer(data=request.data)
        choices.is_valid(raise_exception=True)
        return Response(describe(choose(person=person_of(request), **choices.validated_data), _tenant(request)))


class TotpKeyView(APIView):
    access = signed_in()

    @extend_schema(operation_id="draw_totp_key", responses={(200, "image/svg+xml"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """The key that allauth just gave this session, as a square for an authenticator app to scan."""
        secret = request._request.session.get(SECRET_SESSION_KEY)
        if not secret:
            raise not_found()
        adapter = get_adapter()
        drawn = adapter.build_totp_svg(adapter.build_totp_url(person_of(request), secret))
        return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


class DoorSerializer(serializers.Serializer[Any]):
    second_factor_off = serializers.BooleanField(
        help_text="Nobody is asked for a second factor here, staff included: STAFF_TOTP_GRACE_DAYS is off."
    )


class DoorView(APIView):
    access = anyone("what the sign-in screen says before anybody is known; holds no data")

    @extend_schema(operation_id="describe_door", responses=DoorSerializer)
    def get(self, request: Request) -> Response:
        return Response({"second_factor_off": _tenant(request) is None and settings.STAFF_TOTP_GRACE_DAYS is None})


class CsrfView(APIView):
    access = anyone("gives the token that a sign-in form needs")

    @extend_schema(operation_id="get_csrf_token", responses=TokenSerializer)
    def get(self, request: Request) -> Response:
        return Response({"token": get_token(request._request)})


def choose(*, person: Person, language: str = "", time_zone: str = "") -> Person:
    """Set one's own screen language and time zone; what is empty stays."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
        person.language = language or person.language
        person.time_zone = time_zone or person.time_zone
        person.save(update_fields=["language", "time_zone"])
    return person


def describe(person: Person, tenant: Tenant | None) -> dict[str, Any]:
    """Everything that the screens need to know of somebody signed in at this door."""
    return {
        "id": str(person.pk),
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "time_zone": person.time_zone,
        "roles": sorted(roles_of(person, tenant)),
        "tenant": describe_client(tenant) if tenant else None,
        "clients": [describe_client(client) for client in clients_of(person)] if tenant is None else [],
        "mfa_enabled": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists(),
        "mfa_required_from": required_from(person),
    }


def describe_client(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": str(tenant.pk),
        "name": tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "slug": tenant.slug,
        "languages": list(tenant.languages),
        "time_zone": tenant.time_zone,
        "tone": tenant.tone,
    }


def _tenant(request: Request) -> Tenant | None:
    tenant: Tenant | None = getattr(request._request, "tenant", None)
    return tenant
