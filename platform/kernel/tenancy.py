"""The one door into a client's schema.

The tenant is always an argument. Outside ``enter`` the connection stands in ``public``;
there is no ambient tenant, and entering a second client from inside a first is refused.
Inside, the database knows the connection as the client's role (``kernel.wall``), not as the BPO.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

from channels.db import database_sync_to_async
from django.apps import apps
from django.conf import settings
from django.db import connection as _connection

from kernel.wall import Schema

# django-tenants adds the schema to the wrapper at run time; the stubs know the plain one.
connection = cast(Any, _connection)

P = ParamSpec("P")
R = TypeVar("R")


class TenantRow(Protocol):
    id: UUID
    schema_name: str


class WrongTenant(RuntimeError):
    """A second client's schema was asked for inside a first: always a bug."""


@contextmanager
def enter(tenant: TenantRow) -> Iterator[None]:
    """Work in ``tenant``'s schema inside the block, and in ``public`` after it.

    Entering the same tenant again is allowed and leaves the outer block in place.
    """
    here = connection.schema_name
    if here == tenant.schema_name:
        yield
        return
    if here != "public":
        raise WrongTenant(f"asked for another tenant inside {here}")
    connection.set_tenant(tenant)
    try:
        yield
    finally:
        connection.set_schema_to_public()


@contextmanager
def enter_as_owner(schema_name: str) -> Iterator[None]:
    """Stand in a schema as its owner, without its client's role: to build and to migrate it, for nothing else."""
    if entered():
        raise WrongTenant(f"asked for {schema_name} inside {connection.schema_name}")
    connection.set_tenant(Schema(schema_name))
    try:
        yield
    finally:
        connection.set_schema_to_public()


def entered() -> bool:
    """Whether the connection stands in some client's schema."""
    return cast(str, connection.schema_name) != "public"


def require_entered() -> None:
    if not entered():
        raise WrongTenant("this needs a tenant's schema: call it inside enter(tenant)")


def entered_schema() -> str:
    """The schema entered now, for statements that name it; WrongTenant outside ``enter``."""
    require_entered()
    return cast(str, connection.schema_name)


def tenant_by_id(tenant_id: UUID | str) -> TenantRow:
    """The tenant row; raises DoesNotExist. Suspended tenants are returned: callers decide."""
    model = apps.get_model(settings.TENANT_MODEL)
    return cast(TenantRow, model.objects.get(pk=tenant_id))


async def hop(tenant: TenantRow | None, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """One database hop of a socket: enter, work, leave, in one thread.

    The schema is set inside the hop, never in ``connect()``: a connection belongs to a
    thread, and the next socket on that thread would inherit it.
    """

    def inside() -> R:
        if tenant is None:
            return work(*args, **kwargs)
        with enter(tenant):
            return work(*args, **kwargs)

    return cast(R, await database_sync_to_async(inside)())


def tenant_task(
    function: Callable[Concatenate[TenantRow, P], R],
) -> Callable[Concatenate[UUID | str, P], R]:
    """Turn ``f(tenant, …)`` into a task body ``f(tenant_id, …)`` that enters first.

    The result takes ids only, so nothing a customer said travels through the broker.
    """

    @wraps(function)
    def body(tenant_id: UUID | str, *args: P.args, **kwargs: P.kwargs) -> R:
        tenant = tenant_by_id(tenant_id)
        with enter(tenant):
            return function(tenant, *args, **kwargs)

    return cast(Callable[Concatenate[UUID | str, P], R], body)
