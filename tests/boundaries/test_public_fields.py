"""No customer in the public schema: every text field there is declared with what it may hold."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
    ArrayField,
)

# Django's and allauth's own tables: they know people who sign in, and shoppers never do.
FOREIGN_APPS = {
    "contenttypes": "names of models",
    "auth": "names of permissions and groups",
    "sessions": "signed sessions of staff and client users",
    "account": "addresses of people who sign in",
    "mfa": "second factors of people who sign in",
    "axes": "failed and made sign-ins: address of the account, of the network, of the browser",
}

CODE = "a code of ours"
SHOP = "the client shop, a company"
STAFF = "staff or a client's user"
CONTRACT = "what was agreed with the shop"
FIGURES = "quantities, amounts and ids"

DECLARED = {
    "tenants.Tenant": dict.fromkeys(
        (
            *("schema_name", "slug", "name", "legal_name", "tax_id", "postal_address", "mark", "color", "country"),
            *("languages", "time_zone", "currency", "tone", "embedding_origins"),
        ),
        SHOP,
    ),
    "tenants.ShopLogo": {"content": "the shop's picture on its papers", "content_type": CODE},
    "tenants.Domain": {"domain": SHOP},
    "tenants.Line": {"address": "an address of the shop", "token": "random", "secret": "shared with a carrier"},
    "tenants.ErasureEntry": {"certificate_sha256": "a hash"},
    "people.Person": dict.fromkeys(("password", "email", "name", "language", "time_zone"), STAFF),
    "people.Skill": {"code": CODE, "name": "a language, a product, a channel"},
    "people.ApiKey": {"name": "what a client calls one of its programs", "token_hash": "a hash"},
    "people.SavedView": {"name": "what staff call a search", "query": "operators alone; words are refused"},
    "people.Accreditation": {"alias": "the agent's name toward shoppers"},
    "people.LeaveRecord": {
        "roles": CODE,
        "levels": "codes of skills, and figures",
        "accreditations": "ids of shops, dates, and the agent's name toward shoppers",
    },
    "people.Session": {
        "session_key": "random",
        "session_data": "signed: who signed in, where and how",
        "host": "ours",
        "program": "what the browser of a member of staff or of a client's user calls itself",
    },
    "people.Invitation": {"token_hash": "a hash"},
    "people.AuditEntry": {"action": CODE, "object_id": "an id", "detail": "ids and codes"},
    "routing.Queue": dict.fromkeys(("code", "name", "channel_group", "needs", "relaxations", "openings"), CODE),
    "routing.Workload": {"channel": CODE, "language": CODE},
    "routing.Offer": {"reason": "ids and figures of the dispatcher's choice", "declined_as": CODE},
    "routing.WorkItem": {
        **dict.fromkeys(("channel", "language", "needs", "priority", "outcome", "contact_reason"), CODE),
        "not_agents": "ids of agents",
        "reason": "ids and figures of the dispatcher's choice",
    },
    "routing.AgentState": {"reason": CODE, "channels": CODE, "limits": CODE},
    "routing.StateReason": {"code": CODE, "name": "what the BPO calls a kind of break or training"},
    "routing.AgentStateSpell": {"status": CODE, "reason": CODE},
    "routing.WhatIf": {
        **dict.fromkeys(("zone", "question"), CODE),
        "tenants": "ids of shops",
        **dict.fromkeys(("scenario", "recorded", "result"), "slugs of shops, codes, times and figures"),
    },
    "routing.WhatIfPlay": {"figures": FIGURES},
    "sla_contracts.Contract": {"reference": CONTRACT},
    "sla_contracts.ContractVersion": dict.fromkeys(
        ("terms", "terms_sha256", "signed_by_bpo", "signed_by_client"), CONTRACT
    ),
    "sla_contracts.Clock": dict.fromkeys(
        (
            *("metric", "channel_group", "channel", "language", "priority", "calendar", "paused_reason"),
            "timer_event",
        ),
        CODE,
    ),
    "sla_contracts.ClockEvent": dict.fromkeys(("kind", "cause", "reason"), CODE),
    "sla_contracts.Dispute": dict.fromkeys(("clause", "outcome", "outcome_reason"), CODE),
    "sla_contracts.SlaReport": {
        "language": CODE,
        **dict.fromkeys(("data", "data_sha256", "pdf"), FIGURES),
    },
    "sla_contracts.ReportPlan": {
        **dict.fromkeys(("time_zone", "language"), CODE),
        "recipients": "addresses of the client's own people",
    },
    "sla_contracts.ReportRun": {"month": "YYYY-MM", "problem": CODE},
    "sla_contracts.ReportDelivery": {
        "recipient": "an address of the client's own people",
        "error": "what the mail server answered",
    },
    "billing.RateCard": {"currency": CODE, "rates": CONTRACT},
    "billing.Invoice": {
        "currency": CODE,
        "number": "of the invoice",
        **dict.fromkeys(("frozen", "frozen_sha256", "pdf"), "the document: the shop's own data, quantities, amounts"),
    },
    "billing.InvoiceLine": {"rate_code": CODE, "description": "the rate's own words", "unit": CODE},
    "billing.Usage": {"case_number": "counts conversations; says nothing of a customer", "kind": CODE, "channel": CODE},
    "billing.InvoiceSeries": {"code": CODE},
}

SPEAKING_OF_CUSTOMERS = (
    "customer",
    "shopper",
    "subject",
    "phone",
    "address",
    "body",
    "text",
    "payload",
    "name",
    "email",
)
ALLOWED_NAMES = {
    "routing.StateReason": {"name"},
    "tenants.Tenant": {"name", "legal_name", "postal_address", "schema_name"},
    "tenants.Line": {"address"},
    "people.Person": {"name", "email"},
    "people.Skill": {"name"},
    "people.ApiKey": {"name"},
    "people.SavedView": {"name"},
    "routing.Queue": {"name"},
}


def test_every_text_field_of_the_public_schema_is_declared() -> None:
    found = {(label, name) for label, name in _public_text_fields() if label.split(".")[0] not in FOREIGN_APPS}
    declared = {(label, name) for label, names in DECLARED.items() for name in names}
    assert found - declared == set(), "new public text: move it to the shop's schema, or declare what it may hold"
    assert declared - found == set(), "declared, but gone"


def test_no_public_field_is_named_after_what_customers_give() -> None:
    suspects = {
        (label, name)
        for label, name in _public_text_fields()
        if label.split(".")[0] not in FOREIGN_APPS
        and any(word in name for word in SPEAKING_OF_CUSTOMERS)
        and name not in ALLOWED_NAMES.get(label, set())
    }
    assert suspects == set()


def test_declarations_give_a_reason() -> None:
    reasons = [reason for names in DECLARED.values() for reason in names.values()] + list(FOREIGN_APPS.values())
    assert all(len(reason) > 3 for reason in reasons)


def _public_text_fields() -> list[tuple[str, str]]:
    return [
        (model._meta.label, field.name)
        for config in apps.get_app_configs()
        if config.name not in settings.TENANT_APPS
        for model in config.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, TEXT) and not getattr(field, "choices", None)
    ]
