"""A client's archive, written and taken in, each written down."""

from __future__ import annotations

import hashlib
from typing import IO

from desk import closing
from kernel.errors import Refusal
from people.access import audit, roles_of
from people.models import Person
from tenants.exporting import export_tenant
from tenants.importing import import_tenant
from tenants.models import Tenant


def write(*, person: Person | None, tenant: Tenant, out: IO[bytes]) -> str:
    """Write the client's archive and note it; its SHA-256. Refuses with not_allowed or deleted."""
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was written.")
    if tenant.status == Tenant.Status.DELETED:
        raise Refusal("deleted", 409, "This client was deleted; nothing of it is left to export.")
    export_tenant(tenant, out)
    out.seek(0)
    digest = hashlib.file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]
    closing.note_export(person=person, tenant=tenant, sha256=digest)
    return digest


def read(source: IO[bytes]) -> Tenant:
    """Take a client in; refusals of ``tenants.importing``."""
    tenant = import_tenant(source)
    audit(None, "shop.imported", tenant=tenant, object_id=tenant.id)
    return tenant
