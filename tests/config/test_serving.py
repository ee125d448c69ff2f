"""A web process that is told to end leaves nobody without an answer."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from django.db import connection, transaction

from conversations.models import Conversation
from kernel.tenancy import enter
from tenants.models import Tenant
from tests.conversations.test_live_doors import IN_TIME, Widget, close_code_of, eventually, next_of, stored
from tests.live_stack import LiveStack


def test_what_was_asked_is_answered_and_sockets_come_back_elsewhere(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant
) -> None:
    ending = replace(live_stack, port=live_stack.start_second_web())
    process = live_stack.extras["web-2"]
    widget, other = Widget(ending, acme), Widget(ending, northlight)
    widget.say("prima")
    with widget.socket() as browser, other.socket() as neighbour, ThreadPoolExecutor(1) as shopper:
        next_of(browser, "hello")
        next_of(neighbour, "hello")
        with transaction.atomic(), enter(acme):
            Conversation.objects.select_for_update().get()
            saying = shopper.submit(widget.say, "seconda")
            eventually(_somebody_waits_for_us)
            process.terminate()
            for ears in (browser, neighbour):
                assert close_code_of(ears) == 4503
            eventually(lambda: not _is_open(ending.port))
            assert process.poll() is None and not saying.done()
        assert saying.result(IN_TIME)["seq"] == 2
    assert process.wait(IN_TIME) == 0
    assert stored(acme) == ["prima", "seconda"] and _is_open(live_stack.port)
    widget.stack = live_stack
    with widget.socket() as browser:
        next_of(browser, "hello")


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=15).close()
    except ConnectionRefusedError:
        return False
    return True
