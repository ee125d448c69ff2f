"""Refuses at run time what declares no access: views, sockets and their messages, tasks, commands."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from celery import Task
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, ManagementUtility
from django.http import HttpRequest, HttpResponse, JsonResponse

from kernel import away
from kernel.access import Access, policy_of, require_declared, system
from people.access import roles_of
from people.models import Person

log = logging.getLogger(__name__)

NOT_DECLARED = 4403
_MESSAGE_MAX = 4096

# Commands of Django and of the libraries that may run here; what is not listed does not.
_TABLES = system(opens="nothing", by="open", why="tables, from the code; no rows of a client")
_SHELL = system(opens="client", by="rows", why="for who has a shell on the machine")
FOREIGN_COMMANDS: Mapping[str, Access] = {
    **dict.fromkeys(
        ("check", "makemigrations", "showmigrations", "sqlmigrate", "spectacular", "help", "version"), _TABLES
    ),
    **dict.fromkeys(("migrate_schemas", "migrate", "shell", "dbshell", "clearsessions", "axes_reset"), _SHELL),
}


class RequireDeclared:
    """Middleware: a view that declares nothing answers 403, and one that is no DRF view is checked here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = policy_of(view)
        if access is None:
            return _refuse(403, "not_allowed", "You may not do this; nothing was changed.")
        if hasattr(view, "cls"):  # people.access.Declared checks it
            return None
        return _check(request, access.of(request.method or ""))


def _check(request: HttpRequest, access: Access) -> HttpResponse | None:
    if access.realm in ("open", "shopper"):
        return None
    tenant = getattr(request, "tenant", None)
    if access.realm != "either" and (access.realm == "desk") != (tenant is None):
        return _refuse(404, "not_found", "There is nothing here, or it is not yours to see.")
    person = request.user
    # Nobody's own things are asked for at the steps of signing in, which answer with what is to be done first.
    if isinstance(person, Person) and not roles_of(person, tenant) & access.roles:
        return _refuse(403, "not_allowed", "You may not do this; nothing was changed.")
    return None


def _refuse(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class DeclaredSocket:
    """A socket's application behind its declaration: takes only the messages that ``consumer`` declares."""

    def __init__(self, consumer: type, app: Callable[..., Awaitable[Any]]) -> None:
        self.consumer, self.app = consumer, app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        messages: Mapping[str, Access] | None = getattr(self.consumer, "messages", None)
        if policy_of(self.consumer) is None or messages is None:
            await receive()
            await send({"type": "websocket.close", "code": NOT_DECLARED})
            return

        async def receive_declared() -> dict[str, Any]:
            while True:
                event = await receive()
                if event["type"] != "websocket.receive" or _kind(event) in messages:
                    return event

        await self.app(scope, receive_declared, send)


def _kind(event: dict[str, Any]) -> str:
    text = event.get("text") or ""
    try:
        said = msgspec.json.decode(text) if len(text) <= _MESSAGE_MAX else None
    except msgspec.DecodeError:
        said = None
    return str(said.get("type")) if isinstance(said, dict) else ""


def declared_door(app: Any) -> Any:
    """An ASGI application that is a door of its own; it must say who may use it, or nothing starts."""
    if policy_of(app) is None:
        raise ImproperlyConfigured(f"{type(app).__name__} does not say who may use it")
    return app


class DeclaredTask(Task):  # type: ignore[type-arg]
    """The base of every task: ``@access(system(…))`` under ``@shared_task``; without, it fails before it starts.

    A task is a doorbell: what it found the database away for is found again by a sweep, and is no error of ours.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        require_declared(self, str(self.name))
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:
            if not away.is_passing(error):
                raise
            log.warning("%s is left to its sweep: the database is away (%s)", self.name, type(error.__cause__).__name__)
            return None


class DeclaredCommands(ManagementUtility):
    """``manage.py``: a command that declares nothing does not run."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        if policy_of(command) is None and subcommand not in FOREIGN_COMMANDS:
            raise CommandError(f"{subcommand} does not say who may use it: declare access (see kernel.access)")
        return command
