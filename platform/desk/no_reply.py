"""How often each agent said of a client's customers that no reply is needed: it takes promises out of the count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk.work import mark_of
from kernel import clock
from people.access import clients_of
from people.models import Person
from sla_contracts.answers import no_reply_rates

DAYS = 30


def show_no_reply(person: Person) -> list[dict[str, Any]]:
    """The last thirty days of the clients that this person serves, most marks first; who marked none is left out."""
    now = clock.now()
    clients = {client.id: client for client in clients_of(person)}
    rates = [rate for rate in no_reply_rates(list(clients), start=now - timedelta(days=DAYS), end=now) if rate.marked]
    names = dict(Person.objects.filter(id__in={rate.agent for rate in rates}).values_list("id", "name"))
    return [
        {
            "tenant": mark_of(clients[rate.tenant]),
            "agent": names.get(rate.agent, ""),
            "marked": rate.marked,
            "answered": rate.answered,
            "share": rate.share,
        }
        for rate in rates
    ]
