"""How the API speaks: orjson out, and one shape for every error."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from config.answers import NO_CSRF, refusal_for
from kernel import away
from kernel.errors import Refusal, not_found
from kernel.refusal_words import in_language_of

log = logging.getLogger(__name__)


class JsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


def on_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as ``{"code", "message", "fields"?}``, in the reader's language; else a bug, which goes to 500."""
    response = _answer_to(error)
    request = context.get("request")
    if response is not None and request is not None:
        response.data = in_language_of(request.headers.get("Accept-Language", ""), response.data)
    return response


def _answer_to(error: Exception) -> Response | None:
    if isinstance(error, Refusal):
        return Response(error.as_json(), status=error.status, headers=error.headers)
    if isinstance(error, SuspiciousOperation):
        refusal = refusal_for(error)
        return Response(refusal.as_json(), status=refusal.status)
    if isinstance(error, (Http404,)):
        refusal = not_found()
        return Response(refusal.as_json(), status=404)
    if isinstance(error, exceptions.ValidationError):
        fields = {name: _first(reasons) for name, reasons in _by_field(error.detail).items()}
        message = "Some of what was sent does not fit; nothing was changed."
        return Response({"code": "invalid", "message": message, "fields": fields}, status=400)
    if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        return Response({"code": "sign_in", "message": "Sign in first; nothing was changed."}, status=401)
    if isinstance(error, exceptions.PermissionDenied) and str(error.detail).startswith("CSRF Failed"):
        return Response(NO_CSRF.as_json(), status=NO_CSRF.status)
    if isinstance(error, (exceptions.PermissionDenied, PermissionDenied)):
        return Response({"code": "not_allowed", "message": "You may not do this; nothing was changed."}, status=403)
    if isinstance(error, exceptions.APIException):
        return Response({"code": str(error.default_code), "message": str(error.detail)}, status=error.status_code)
    if away.is_passing(error):
        response = Response(away.refusal(), status=503, headers={"Retry-After": str(away.RETRY_SECONDS)})
        response.was_cut_off = away.is_worth_another(error)  # type: ignore[attr-defined]
        log.warning("the database is away: %s", type(error.__cause__ or error).__name__)
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response
    return None


def _by_field(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"_": detail}


def _first(reasons: Any) -> str:
    while isinstance(reasons, (list, dict)):
        values = list(reasons.values()) if isinstance(reasons, dict) else reasons
        if not values:
            return ""
        reasons = values[0]
    return str(reasons)
