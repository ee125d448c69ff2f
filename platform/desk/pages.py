"""Numbered pages of a list: ``?page=`` from 1."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from kernel.errors import invalid

PAGE = OpenApiParameter("page", int, description="From 1; the answer's next, or nothing for the first.")
_LAST = 100_000


def page_number(request: Request) -> int:
    """The page asked for; Refusal ``invalid`` for what is no page."""
    asked = request.query_params.get("page") or "1"
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= 6 and 1 <= int(asked) <= _LAST):
        raise invalid("That is not a page of this list.", page="must be a whole number from 1")
    return int(asked)
