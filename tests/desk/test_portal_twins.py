"""Two clients whose conversations have the same ids and case numbers: no byte of one is in what the other is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from conversations.models import ContactReason, Conversation, Message
from customers.models import Customer
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Line, Tenant
from tests.sla_contracts.months import answer, arrive, close, utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
AT = utc("2026-10-05 10:00")
TWIN = new_id()


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with clock.hold(utc("2026-11-10 09:00")):
        yield


def converse(tenant: Tenant, word: str, seconds: int) -> UUID:
    """The twin of this shop; ``word`` is said everywhere in it. Its first response took so many seconds."""
    arrival = arrive(tenant, AT, language="en")
    answer(arrival, seconds)
    close(arrival, 3600)
    for rows in (Clock.objects, WorkItem.objects):
        rows.filter(tenant=tenant, conversation=arrival.conversation).update(conversation=TWIN)
    with enter(tenant):
        reason, _ = ContactReason.objects.get_or_create(code=word, defaults={"labels": {"en": word}, "position": 9})
        customer = Customer.objects.create(name=word, language="en", created_at=AT)
        Conversation.objects.create(
            id=TWIN,
            case_number="TWIN-1",
            customer=customer,
            line=Line.objects.filter(tenant=tenant)[0],
            channel="webchat",
            subject=word,
            language="en",
            opened_at=AT,
            last_message_at=AT,
            closed_at=AT + timedelta(hours=1),
            status="closed",
            contact_reason=reason.code,
            last_seq=1,
        )
        Message.objects.create(
            conversation_id=TWIN,
            seq=1,
            direction="in",
            author="shopper",
            channel="webchat",
            text=word,
            created_at=AT,
            delivery="sent",
        )
    return Clock.objects.get(tenant=tenant, conversation=TWIN, metric="first_response").id


def everything(door: Client, clock_id: UUID) -> Iterator[tuple[str, bytes]]:
    """All that the portal gives of the month, in every form; with a dispute of its own, and its report."""
    said = {"clause": "chat_first_response", "claim": "leave_out", "reason": "Not so"}
    raised = door.post(f"/api/portal/clocks/{clock_id}/disputes", said, "application/json")
    assert raised.status_code == 201, raised.content
    issued = door.post("/api/portal/reports", {"month": "2026-10", "language": "en"}, "application/json").json()
    month = "month=2026-10"
    for path in (
        f"overview?{month}",
        "live",
        f"conversations?{month}",
        f"conversations?{month}&clause=chat_first_response",
        f"conversations?report={issued['id']}",
        f"conversations/{TWIN}",
        f"clocks/{clock_id}/recompute",
        "disputes",
        f"disputes/{raised.json()['id']}",
        *(f"{what}.{form}?{month}" for what in ("items", "attainment") for form in ("csv", "json")),
        f"reports/{issued['id']}/data",
        f"reports/{issued['id']}/pdf",
    ):
        answered = door.get(f"/api/portal/{path}")
        assert answered.status_code == 200, path
        yield path, bytes(answered.getvalue())


def test_twins_never_see_each_other(
    acme: Tenant, northlight: Tenant, carla: Person, dieter: Person, shop_client: Door
) -> None:
    mine, theirs = converse(acme, "zucchini", 20), converse(northlight, "kohlrabi", 90)
    found: dict[str, dict[str, bytes]] = {
        "zucchini": dict(everything(shop_client(acme, carla), mine)),
        "kohlrabi": dict(everything(shop_client(northlight, dieter), theirs)),
    }
    for word, other, foreign, tenant in (
        ("zucchini", "kohlrabi", theirs, northlight),
        ("kohlrabi", "zucchini", mine, acme),
    ):
        for path, content in found[word].items():
            for trace in (other, str(foreign), str(tenant.id), tenant.name, tenant.slug):
                assert trace.encode() not in content, (path, trace)
        assert word.encode() in found[word][f"conversations/{TWIN}"]
    assert _figures(found["zucchini"]) == (1, 0)
    assert _figures(found["kohlrabi"]) == (0, 1)
    assert len(json.loads(found["zucchini"][f"conversations/{TWIN}"])["clocks"]) == 2
    assert json.loads(found["kohlrabi"]["overview?month=2026-10"])["volume"]["conversations"] == 1


def _figures(found: dict[str, bytes]) -> tuple[Any, Any]:
    rows = json.loads(found["attainment.json?month=2026-10"])
    row = next(row for row in rows if row["clause"] == "chat_first_response")
    return row["met"], row["breached"]
