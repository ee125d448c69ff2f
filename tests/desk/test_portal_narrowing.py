"""Each figure of the portal's overview opens onto exactly the conversations that it counts, of its own shop only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conversations.models import Conversation
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.desk.shop import GERMAN, ITALIAN, write
from tests.sla_contracts.months import utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
LIST = "/api/portal/conversations?month=2026-11"


@pytest.fixture(autouse=True)
def _november() -> Any:
    with clock.hold(utc("2026-11-10 09:00")):
        yield


@pytest.fixture
def door(acme: Tenant, northlight: Tenant, carla: Person, shop_client: Door) -> Client:
    """Three conversations at Acme on two local days, one of them closed with a reason; one at the other shop."""
    for at in ("2026-11-02 10:00", "2026-11-02 23:30", "2026-11-03 10:00"):
        with clock.hold(utc(at)):
            message = write(acme, ITALIAN)
    with clock.hold(utc("2026-11-03 10:00")):
        write(northlight, GERMAN)
    with enter(acme):
        Conversation.objects.filter(pk=message.conversation_id).update(
            contact_reason="refund", closed_at=utc("2026-11-04 10:00"), status="closed"
        )
    return shop_client(acme, carla)


def count(door: Client, query: str) -> int:
    answer = door.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.content
    return len(answer.json()["results"])


def test_volume_opens_onto_what_it_counts(door: Client) -> None:
    volume = door.get("/api/portal/overview?month=2026-11").json()["volume"]
    assert volume["conversations"] == count(door, "") == 3
    for row in volume["by_day"]:
        assert count(door, f"&day={row['day']}") == row["count"]
    assert [row["count"] for row in volume["by_day"][1:3]] == [1, 2]
    for name in ("channel", "language"):
        for row in volume[f"by_{name}"]:
            assert count(door, f"&{name}={row[name]}") == row["count"]


def test_reasons_open_onto_what_was_closed_with_them(door: Client) -> None:
    reasons = door.get("/api/portal/overview?month=2026-11").json()["contact_reasons"]
    assert [(row["code"], row["count"]) for row in reasons] == [("refund", 1)]
    assert count(door, "&reason=refund") == 1
    assert count(door, "&reason=none_such") == 0


def test_the_queue_opens_onto_what_waits_now(door: Client) -> None:
    for queue in door.get("/api/portal/overview?month=2026-11").json()["live"]["queues"]:
        assert count(door, f"&queue={queue['id']}") == queue["waiting"]


def test_filters_narrow_each_other(door: Client) -> None:
    assert count(door, "&status=closed") == 1
    assert count(door, "&status=open&channel=webchat") == 2
    assert count(door, "&day=2026-11-02&reason=refund") == 0


def test_the_other_shops_queue_shows_nothing(door: Client, northlight: Tenant) -> None:
    theirs = northlight.queues.filter(channel_group="chat").get()
    assert count(door, f"&queue={theirs.id}") == 0


@pytest.mark.parametrize(
    "query", ["&day=tomorrow", "&queue=chat", "&status=lost", "&channel=%00", f"&reason={'x' * 60}"]
)
def test_a_filter_that_no_figure_leads_to_is_refused(door: Client, query: str) -> None:
    assert door.get(f"{LIST}{query}").status_code == 400


def test_the_screens_language_words_the_answer_and_is_not_stored(door: Client, carla: Person) -> None:
    words = {lang: door.get(f"/api/portal/overview?month=2026-11&lang={lang}").json() for lang in ("en", "es")}
    said = {lang: words[lang]["clauses"][0]["sentence"] for lang in words}
    assert said["en"] != said["es"]
    before = carla.language
    carla.refresh_from_db()
    assert carla.language == before
