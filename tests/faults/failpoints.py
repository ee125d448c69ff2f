"""Places at which a process kills itself: ``FAULTS_FAILPOINT=module:name:when``, before or after a function's work.

Chosen so that each lies on one side of a commit, or between a commit and what is told or sent because of it.
"""

from __future__ import annotations

import importlib
import os
import signal
from functools import wraps
from typing import Any

OF_DISPATCHER = (
    "routing.dispatcher.loop:offer_all:before",
    "routing.offering:_write:before",
    "routing.offering:_write:after",
    "routing.offering:_tell:after",
    "routing.dispatcher.loop:offer_all:after",
)
OF_WORKER = (
    "conversations.delivery:claim:before",
    "conversations.delivery:claim:after",
    "conversations.delivery:_prepare:after",
    "conversations.delivery:hand_over:after",
    "conversations.delivery:_send:after",
    "conversations.delivery:_settle:after",
)
OF_WEB = (
    "conversations.webhook:_accept:before",
    "conversations.receiving:receive:after",
    "conversations.threads:add_message:after",
    "conversations.webhook:_accept:after",
    "routing.queue:accept:after",
    "conversations.handling:close:after",
)


def arm(point: str) -> None:
    """Put the failpoint in its place."""
    module, name, when = point.split(":")
    holder = importlib.import_module(module)
    sound = getattr(holder, name)

    @wraps(sound)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = sound(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(holder, name, deadly)
