"""What runs without being asked from outside: tasks, the schedule, commands."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.management import get_commands, load_command_class

from config.celery import app
from config.declared import FOREIGN_COMMANDS
from config.surface.building import is_ours
from config.surface.thing import Thing
from kernel.access import policy_of

_OWN = tuple(one.name for one in apps.get_app_configs() if is_ours(one))


def running() -> Iterator[Thing]:
    app.loader.import_default_modules()
    tasks = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    for name, task in tasks.items():
        yield Thing("task", name, policy_of(task), at=str(task.__module__))
    for entry, terms in settings.CELERY_BEAT_SCHEDULE.items():
        # The schedule knows no tenant: only what finds its rows by itself may stand in it.
        access = policy_of(tasks.get(terms["task"]))
        yield Thing("beat", entry, access if access and access.by == "rows" else None, at=terms["task"])
    for name, place in get_commands().items():
        if str(place) in _OWN:
            yield Thing("command", name, policy_of(load_command_class(str(place), name)), at=str(place))
        elif name in FOREIGN_COMMANDS:
            yield Thing("command", name, FOREIGN_COMMANDS[name], at=str(place))
