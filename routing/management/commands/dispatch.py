"""``manage.py dispatch``: offer waiting work to agents until stopped. A second one stands by."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.access import system
from routing.dispatcher.loop import Dispatcher
from routing.engine.policies import POLICIES


class Command(BaseCommand):
    access = system(opens="work_item", by="rows")
    # What would be checked was checked before the database was migrated; here it would double the time to start.
    requires_system_checks = ()
    help = "Offer waiting work to agents until stopped; a second process stands by and takes over."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ROUTING_POLICY not in POLICIES:
            known = ", ".join(sorted(POLICIES))
            raise CommandError(f"ROUTING_POLICY is {settings.ROUTING_POLICY!r}; it must be one of {known}.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Dispatcher(stop).run()
