"""A client's keys for programs, as the operator keeps them: each acts in the name of one of the client's users."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk.console_views import signed_in
from desk.portal_keys import KeyHead, MadeKey, NewKey, show_key
from kernel.errors import invalid, not_found
from people.access import roles_of, staff
from people.api_keys import keys_of, make_key, revoke_key
from people.models import Person
from tenants.models import Tenant


class NewShopKey(NewKey):
    person = s.UUIDField(help_text="The client's user in whose name it reads, and no further.")


class ShopKeysView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="list_keys_of_client", responses=KeyHead(many=True))
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response([show_key(key) for key in keys_of(_shop(tenant))])

    @extend_schema(operation_id="make_key_of_client", request=NewShopKey, responses={201: MadeKey})
    def post(self, request: Request, tenant: UUID) -> Response:
        shop = _shop(tenant)
        asked = NewShopKey(data=request.data)
        asked.is_valid(raise_exception=True)
        terms = dict(asked.validated_data)
        user = Person.objects.filter(pk=terms.pop("person")).first()
        if user is None or not roles_of(user, shop):
            raise invalid("A key acts in the name of one of the client's users; none was made.", person="is not one")
        key, text = make_key(person=user, tenant=shop, by=signed_in(request), **terms)
        return Response({**show_key(key), "key": text}, status=201)


class ShopKeyView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="revoke_key_of_client", responses={204: None})
    def delete(self, request: Request, tenant: UUID, key: UUID) -> Response:
        revoke_key(person=signed_in(request), tenant=_shop(tenant), key_id=key)
        return Response(status=204)


def _shop(tenant: UUID) -> Tenant:
    found = Tenant.objects.filter(pk=tenant).first()
    if found is None:
        raise not_found()
    return found
