"""A new client shop, ready to work: schema, lines, queues, contract, categories, scorecard and rate card."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

import billing.defaults
import conversations.defaults
import quality.defaults
import routing.queues
import sla_contracts.contracts
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.access import audit, roles_of
from people.models import Person
from tenants.models import Tenant
from tenants.onboarding import onboard


def open_shop(*, person: Person | None = None, contract_from: datetime | None = None, **shop: Any) -> Tenant:
    """Onboard a shop with everything that the first message needs, in one transaction.

    person: the operator who does it; None for a seed or a test. contract_from: since when the default contract
    is in force (now if None). The rest goes to ``tenants.onboarding.onboard``, whose refusals come through.
    """
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may open a shop; nothing was made.")
    with transaction.atomic():
        tenant = onboard(**shop)
        routing.queues.create_defaults(tenant)
        sla_contracts.contracts.sign_default(tenant, valid_from=contract_from)
        billing.defaults.create(tenant)
        with enter(tenant):
            conversations.defaults.create(tenant)
            quality.defaults.create(tenant)
        audit(person, "shop.opened", tenant=tenant, object_id=tenant.id)
    return tenant
