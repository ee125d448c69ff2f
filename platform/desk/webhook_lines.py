"""A line for a client's own system: the generic signed webhook."""

from __future__ import annotations

import re
import secrets

from django.db import transaction

from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.models import Person
from tenants.models import Line, Tenant

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def open_webhook(*, person: Person | None, tenant: Tenant, name: str) -> Line:
    """A new signed line, called ``name`` within the client; its token and secret are to be handed over and kept.

    Refuses with not_allowed, invalid, deleted or taken; nothing is opened then.
    """
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may open a line; nothing was changed.")
    if not _NAME.fullmatch(name):
        raise invalid("A line's name has up to 40 of a-z, 0-9 and -.", name="Only a-z, 0-9 and -.")
    if tenant.status == Tenant.Status.DELETED:
        raise Refusal("deleted", 409, "This client was deleted; nothing was opened.")
    with transaction.atomic():
        line, is_new = Line.objects.get_or_create(
            carrier=Line.Carrier.RELAY,
            address=f"{tenant.slug}-{name}",
            defaults={"tenant": tenant, "token": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(32)},
        )
        if not is_new:
            raise Refusal("taken", 409, "A line of this name is there already; choose another name.")
        audit(person, "line.opened", tenant=tenant, object_id=line.pk)
    return line
