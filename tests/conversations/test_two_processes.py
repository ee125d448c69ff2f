"""Two web processes take in one line's messages: each sender's order holds, and nothing is doubled."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from conversations.models import Conversation, Receipt
from kernel.tenancy import enter
from tenants.models import Tenant
from tests.conversations.shoppers import line_of, relay_body, signed
from tests.live_stack import LiveStack

SENDERS, EACH = 6, 8


@pytest.fixture
def ports(live_stack: LiveStack) -> tuple[int, int]:
    """The stack's own web process, and a second one."""
    return live_stack.port, live_stack.start_second_web()


def test_each_senders_order_holds_over_two_processes(
    live_stack: LiveStack, ports: tuple[int, int], acme: Tenant, northlight: Tenant
) -> None:
    tokens = {tenant.id: line_of(tenant, "relay").token for tenant in (acme, northlight)}

    def write(number: int) -> None:
        doors = itertools.cycle(ports if number % 2 else reversed(ports))
        for count in range(EACH):
            for tenant in (acme, northlight):
                body = relay_body(f"{number}.{count}", sender=f"@{number}", id=f"{number}-{count}")
                # The carrier comes again, at the other process, before the first has answered it.
                with ThreadPoolExecutor(2) as pool:
                    asks = [pool.submit(_post, next(doors), tokens[tenant.id], body) for _ in range(2)]
                assert {ask.result().status_code for ask in asks} == {200}

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(write, range(SENDERS)))
    for tenant in (acme, northlight):
        with enter(tenant):
            assert Receipt.objects.count() == SENDERS * EACH
            assert Receipt.objects.exclude(state="done").count() == 0
            found = {
                tuple(talk.messages.order_by("seq").values_list("text", flat=True))
                for talk in Conversation.objects.all()
            }
        assert found == {tuple(f"{number}.{count}" for count in range(EACH)) for number in range(SENDERS)}


def _post(port: int, token: str, body: bytes) -> requests.Response:
    return requests.post(f"http://127.0.0.1:{port}/in/{token}", data=body, headers=signed(body), timeout=60)
