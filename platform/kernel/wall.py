"""The second wall: the database itself keeps each client's rows apart, by a role for each client."""

from __future__ import annotations

from uuid import UUID

OWNER = "none"
"""What PostgreSQL calls the login's own role."""

PREFIX = "tenant_"


class NoRole(RuntimeError):
    """A schema was asked for without its tenant, so nobody knows as whom: always a bug."""


class Schema:
    """A schema entered by its owner, to build or to migrate it."""

    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name


def role_of(tenant_id: UUID) -> str:
    """The client's role: unique in a cluster whatever database it is used in, and read back by the policies."""
    return f"{PREFIX}{tenant_id.hex}"
