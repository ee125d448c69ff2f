"""The whole API as its own schema describes it, and as it does not, asked by everyone: never an error of ours.

Each request runs in a savepoint that is rolled back, so that the order means nothing. ``SCHEMATHESIS_EXAMPLES=50`` asks
each operation for longer (``make fuzz EXAMPLES=50``).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as terms
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from people.models import Person
from tenants.models import Tenant
from tests.boundaries.asking import ask, operations, real
from tests.conversations.shoppers import Visitor

__all__ = ["real"]
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "2"))
ROLES = {"desk": ("nobody", "lucia", "sofia", "omar", "carla"), "shop": ("nobody", "carla", "shopper", "lucia")}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("door", "role"), [(door, role) for door, roles in ROLES.items() for role in roles])
def test_no_request_is_an_error_of_ours(
    door: str, role: str, real: dict[str, Any], acme: Tenant, request: pytest.FixtureRequest,
    desk_client: Callable[..., Client], shop_client: Callable[..., Client], capsys: Any,
) -> None:  # fmt: skip
    person = None if role in ("nobody", "shopper") else request.getfixturevalue(role)
    client = desk_client(person) if door == "desk" else shop_client(acme, person)
    client.raise_request_exception = False
    headers = Visitor(shop_client(acme), acme).headers if role == "shopper" else {}
    asked, failed, answered = 0, [], set()
    for operation in operations(door):
        for number, case in enumerate(cases(operation)):
            status = ask(client, case, real if number % 2 == 0 else {}, headers)
            asked += 1
            answered.add(status)
            if status >= 500 and status != 503:
                failed.append(f"{status} {case.method} {case.formatted_path} {case.query} {str(case.body)[:300]}")
    with capsys.disabled():
        print(f"\n{door} as {role}: {asked} requests, {EXAMPLES} examples of either kind an operation")
    assert failed == []
    assert asked >= 60 * EXAMPLES and (answered & {401, 403, 404} if role == "nobody" else 200 in answered)


def cases(operation: Any) -> list[Any]:
    """What the schema allows, and what it does not; the same for the same schema."""
    made: list[Any] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @terms(
            max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode))
        def collect(case: Any) -> None:
            made.append(case)

        with contextlib.suppress(Unsatisfiable):  # some operations allow everything, or take nothing
            collect()
    return made


def test_a_country_that_is_none_is_refused(omar: Person, desk_client: Callable[..., Client]) -> None:
    shop = {
        "name": "Nowhere", "slug": "nowhere", "country": "ZZ", "languages": ["it"], "time_zone": "Europe/Rome",
        "mark": "NO", "color": "#c2410c",
    }  # fmt: skip
    for wrong in ({}, {"country": "XX"}, {"country": "EU"}, {"country": "IT", "currency": "ZZZ"}):
        answer = desk_client(omar).post("/api/desk/clients", {**shop, **wrong}, content_type="application/json")
        assert answer.status_code == 400 and set(answer.json()["fields"]) <= {"country", "currency"}, wrong
    answer = desk_client(omar).post("/api/desk/clients", {**shop, "country": "CH"}, content_type="application/json")
    assert (answer.status_code, answer.json()["country"]) == (201, "CH")
