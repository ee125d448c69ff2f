"""Who asks the portal, at whose host, and in which language their screen is."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from people.me import LANGUAGES
from people.models import Person
from tenants.models import Tenant

MONTH = OpenApiParameter("month", str, description="YYYY-MM; the running month if left out.")
LANG = OpenApiParameter("lang", str, enum=LANGUAGES, description="Of the screen; the profile's if left out.")


def reader(request: Request) -> Person:
    """The reader; what is worded here is worded in the language of their screen, if it names one (never stored)."""
    person = cast(Person, request.user)
    wished = request.query_params.get("lang", "")
    person.language = wished if wished in LANGUAGES else person.language
    return person


def shop_of(request: Request) -> Tenant:
    """The shop of the host."""
    return cast(Tenant, request._request.tenant)  # type: ignore[attr-defined]
