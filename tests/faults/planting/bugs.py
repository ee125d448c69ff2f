"""Twelve ways to break the product, each behind a switch, and the invariant that must notice.

Each takes the sound function and gives the broken one; which of both runs is asked at every call.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
import random
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

Function = Callable[..., Any]

EXPECTED = {
    "acknowledges_unstored": "I1",
    "forgets_the_client_key": "I1",
    "shows_again": "I2",
    "skips_a_number": "I3",
    "stores_late": "I3",
    "clock_drifts": "I5",
    "charges_double": "I6",
    "caches_without_tenant": "I7",
    "takes_twice": "I8",
    "closes_by_halves": "I9",
    "sends_again": "I10",
    # The last: it leaves rows behind that the dispatcher rightly stumbles over.
    "gives_work_twice": "I4",
}


def plant_all() -> None:
    """Put every bug in its place, switched off."""
    for bug, (place, break_it) in _PLANTED.items():
        module, _, name = place.partition(":")
        holder: Any = importlib.import_module(module)
        *path, last = name.split(".")
        for part in path:
            holder = getattr(holder, part)
        _replace(holder, last, bug, break_it)


def is_on(bug: str) -> bool:
    try:
        return Path(os.environ["FAULTS_PLANT"]).read_text(encoding="ascii") == bug
    except OSError:
        return False


def _replace(holder: Any, name: str, bug: str, break_it: Callable[[Function], Function]) -> None:
    sound = getattr(holder, name)
    broken = break_it(sound)

    @wraps(sound)
    def either(*args: Any, **kwargs: Any) -> Any:
        return (broken if is_on(bug) else sound)(*args, **kwargs)

    setattr(holder, name, either)


def _acknowledge_unstored(sound: Function) -> Function:
    """A webhook that answers 200 for a message that it lost."""
    from conversations.models import Receipt

    def broken(*args: Any, **kwargs: Any) -> Any:
        return Receipt() if random.random() < 0.3 else sound(*args, **kwargs)

    return broken


def _forget_client_key(sound: Function) -> Function:
    """The widget's repeat of a message is another message."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        return dataclasses.replace(sound(*args, **kwargs), client_key=None)

    return broken


def _show_again(sound: Function) -> Function:
    """``after`` is taken for "from"."""

    def broken(conversation_id: Any, after: int = 0, **kwargs: Any) -> Any:
        return sound(conversation_id, max(0, after - 1), **kwargs)

    return broken


def _skip_number(sound: Function) -> Function:
    """A number is given to nothing."""

    def broken(conversation: Any, message: Any) -> Any:
        conversation.last_seq += 1
        return sound(conversation, message)

    return broken


def _store_late(sound: Function) -> Function:
    """Acknowledged first, stored by and by."""
    from django.db import connection

    def broken(token: str, headers: Any, body: bytes, reply: Function) -> None:
        answered: list[int] = []
        reply(200, {"receipt": str(time.monotonic_ns())})

        def later() -> None:
            time.sleep(random.uniform(0.0, 1.5))
            sound(token, headers, body, lambda status, content: answered.append(status))
            connection.close()

        threading.Thread(target=later).start()

    return broken


def _give_work_twice(sound: Function) -> Function:
    """Whoever asks gets it, whether it was offered to them or not."""
    from routing.models import WorkItem

    def broken(*, person: Any, work_item_id: Any) -> Any:
        held = WorkItem.objects.filter(pk=work_item_id, state__in=("offered", "active"))
        held.update(agent=person, state="active")
        return sound(person=person, work_item_id=work_item_id)

    return broken


def _let_clock_drift(sound: Function) -> Function:
    """The columns say something else than the ledger."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        columns = sound(*args, **kwargs)
        return {**columns, "elapsed_seconds": columns["elapsed_seconds"] + 1.0}

    return broken


def _charge_double(sound: Function) -> Function:
    def broken(*args: Any, **kwargs: Any) -> Any:
        return sound(*args, **kwargs) * 2

    return broken


def _cache_without_tenant(sound: Function) -> Function:
    """A page remembered under a key that names no tenant and no conversation."""
    pages: dict[int, Any] = {}

    def broken(conversation_id: Any, after: int = 0, **kwargs: Any) -> Any:
        return pages.setdefault(after, sound(conversation_id, after, **kwargs))

    return broken


def _take_twice(sound: Function) -> Function:
    """The carrier's own id of a message is not what names it."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        return f"{sound(*args, **kwargs)}-{time.monotonic_ns()}"

    return broken


def _close_by_halves(sound: Function) -> Function:
    """The conversation is closed, and the rest of the closing never happens."""
    from conversations.models import Conversation
    from kernel import clock

    def broken(*, conversation_id: Any, **kwargs: Any) -> Any:
        Conversation.objects.filter(pk=conversation_id).update(status="closed", closed_at=clock.now())
        return Conversation.objects.get(pk=conversation_id)

    return broken


def _send_again(sound: Function) -> Function:
    """An outcome that is not known is taken for a failure."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        outcome = sound(*args, **kwargs)
        return sound(*args, **kwargs) if outcome.state == "unknown" else outcome

    return broken


_PLANTED: dict[str, tuple[str, Callable[[Function], Function]]] = {
    "acknowledges_unstored": ("conversations.webhook:_accept", _acknowledge_unstored),
    "forgets_the_client_key": ("conversations.widget_views:_incoming", _forget_client_key),
    "shows_again": ("conversations.reading:shown_to_shopper", _show_again),
    "skips_a_number": ("conversations.threads:add_message", _skip_number),
    "stores_late": ("conversations.webhook:take", _store_late),
    "gives_work_twice": ("routing.queue:accept", _give_work_twice),
    "clock_drifts": ("sla_contracts.clock_ledger:columns_from", _let_clock_drift),
    "charges_double": ("billing.usage:_quantity", _charge_double),
    "caches_without_tenant": ("conversations.reading:shown_to_shopper", _cache_without_tenant),
    "takes_twice": ("carriers.relay:Relay.external_id", _take_twice),
    "closes_by_halves": ("conversations.handling:close", _close_by_halves),
    "sends_again": ("conversations.delivery:_send", _send_again),
}
