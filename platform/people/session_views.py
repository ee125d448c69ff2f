"""My sessions: where I am signed in, and ending that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import not_found
from people import sessions
from people.access import audit, person_of, signed_in


class SessionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    host = serializers.CharField()
    program = serializers.CharField()
    started_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    is_this_one = serializers.BooleanField()


class EndedSerializer(serializers.Serializer[Any]):
    ended = serializers.IntegerField()


class MySessionsView(APIView):
    access = signed_in()

    @extend_schema(operation_id="list_my_sessions", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(sessions.list_mine(person_of(request), current_key=_key(request)))

    @extend_schema(operation_id="end_my_other_sessions", request=None, responses=EndedSerializer)
    def delete(self, request: Request) -> Response:
        person = person_of(request)
        ended = sessions.end_all(person, but_key=_key(request))
        audit(person, "sessions.ended", tenant=_tenant(request), object_id=person.pk, count=ended)
        return Response({"ended": ended})


class MySessionView(APIView):
    access = signed_in()

    @extend_schema(operation_id="end_my_session", request=None, responses=EndedSerializer)
    def delete(self, request: Request, session: UUID) -> Response:
        person = person_of(request)
        if not sessions.end_one(person, session):
            raise not_found()
        audit(person, "sessions.ended", tenant=_tenant(request), object_id=person.pk, count=1)
        return Response({"ended": 1})


def _key(request: Request) -> str | None:
    key: str | None = request._request.session.session_key
    return key


def _tenant(request: Request) -> Any:
    return getattr(request._request, "tenant", None)
