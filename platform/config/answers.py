"""What Django itself answers when a request comes to nothing: the one shape of errors, never a page of its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, JsonResponse

from kernel.errors import Refusal, not_found
from kernel.refusal_words import in_language_of

TOO_BIG = Refusal("too_big", 413, "That is more than one request may hold; nothing was stored. Send less at once.")
TOO_MANY_FILES = Refusal("too_many_files", 400, "Those are too many files for one request; nothing was stored.")
BAD_REQUEST = Refusal("bad_request", 400, "This request cannot be read; nothing was changed.")
NO_CSRF = Refusal("csrf", 403, "This page is no longer current; nothing was changed. Load it again, then repeat.")
NOT_ALLOWED = Refusal("not_allowed", 403, "You may not do this; nothing was changed.")
NO_SHOP = Refusal("no_shop", 404, "There is no shop at this address.")


def answer(refusal: Refusal, request: HttpRequest | None = None) -> JsonResponse:
    """In the language that the request asks for."""
    accepted = request.headers.get("Accept-Language", "") if request is not None else ""
    return JsonResponse(in_language_of(accepted, refusal.as_json()), status=refusal.status, headers=refusal.headers)


def refusal_for(error: Exception | None) -> Refusal:
    """Why a request could not be read at all."""
    if isinstance(error, RequestDataTooBig):
        return TOO_BIG
    if isinstance(error, (TooManyFilesSent, TooManyFieldsSent)):
        return TOO_MANY_FILES
    return BAD_REQUEST


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return answer(refusal_for(exception), request)


def missing(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return answer(not_found(), request)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return answer(NOT_ALLOWED, request)


def without_csrf(request: HttpRequest, reason: str = "", **more: Any) -> JsonResponse:
    return answer(NO_CSRF, request)
