"""What a client's role may do in ``public``, table by table; what is not named here, no client's role can touch.

``rows`` says which rows are this client's, as SQL over the row (None: the rows belong to no client in particular).
``rights`` are what use cases do inside ``enter``, and no more. A table that a policy looks into keeps its own policy.
The application alone would need none of this: it is there for the day when a filter is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

THIS = "public.this_tenant()"
OWN = f"tenant_id = {THIS}"


@dataclass(frozen=True, slots=True)
class Rights:
    """rights: as after GRANT, columns in brackets where not all of them.

    after: what is inserted is judged by this when its statement is over (``mine`` is the client), because the row that
    it points to is made by that same one.
    """

    rows: str | None
    rights: tuple[str, ...]
    after: str = ""


def _behind(table: str, key: str, own: str = "id") -> str:
    """Rows that belong to the client by the row that they point to, as far as the client sees that one."""
    return f"EXISTS (SELECT 1 FROM public.{table} up WHERE up.{own} = {key})"


SERVES = "public.serves(person_id)"
"""Staff, whoever has or had this client's work, and the client's own users; see ``tenants.roles``."""

NOTHING = None
PUBLIC_TABLES: dict[str, Rights | None] = {
    "tenants_tenant": Rights(f"id = {THIS}", ("SELECT",)),
    "tenants_shoplogo": NOTHING,
    "tenants_domain": Rights(OWN, ("SELECT",)),
    "tenants_line": Rights(OWN, ("SELECT", "UPDATE (is_polled)")),
    # Never what opens a door: no password, no address of another client's user.
    "people_person": Rights(
        "public.serves(id)", ("SELECT (id, name, email, language, time_zone, is_active, is_staff)",)
    ),
    "people_membership": Rights(f"tenant_id IS NULL OR {OWN}", ("SELECT",)),
    "people_accreditation": Rights(OWN, ("SELECT",)),
    "people_skill": Rights(None, ("SELECT",)),
    "people_personskill": Rights(SERVES, ("SELECT",)),
    # The key alone is read, because the row that was written says it.
    "people_auditentry": Rights(OWN, ("SELECT (id)", "INSERT")),
    "routing_barredpair": NOTHING,
    "routing_queue": Rights(OWN, ("SELECT",)),
    "routing_workitem": Rights(OWN, ("SELECT", "INSERT", "UPDATE")),
    "routing_offer": Rights(_behind("routing_workitem", "work_item_id"), ("SELECT", "INSERT", "UPDATE")),
    "routing_agentstate": Rights(SERVES, ("SELECT", "UPDATE")),
    "routing_agentstatespell": NOTHING,
    "routing_statereason": NOTHING,
    "routing_workload": NOTHING,
    "routing_pace": NOTHING,
    "routing_whatif": NOTHING,
    "routing_whatifplay": NOTHING,
    "sla_contracts_contract": Rights(OWN, ("SELECT",)),
    "sla_contracts_contractversion": Rights(_behind("sla_contracts_contract", "contract_id"), ("SELECT",)),
    "sla_contracts_clock": Rights(OWN, ("SELECT", "INSERT", "UPDATE")),
    "sla_contracts_clockevent": Rights(
        _behind("sla_contracts_clock", "clock_id"),
        ("SELECT", "INSERT"),
        after="EXISTS (SELECT 1 FROM public.sla_contracts_clock c WHERE c.id = clock_id AND c.tenant_id = mine)",
    ),
    "sla_contracts_slareport": NOTHING,
    "sla_contracts_reportplan": NOTHING,
    "sla_contracts_reportrun": NOTHING,
    "sla_contracts_reportdelivery": NOTHING,
    "sla_contracts_dispute": NOTHING,
    "sla_contracts_disputeanswer": NOTHING,
    "billing_ratecard": NOTHING,
    "billing_usage": Rights(OWN, ("SELECT", "INSERT")),
    "billing_invoice": NOTHING,
    "billing_invoiceline": NOTHING,
    "billing_invoiceseries": NOTHING,
    # Doors, sessions and attempts at them; Django's own books.
    "account_emailaddress": NOTHING,
    "account_emailconfirmation": NOTHING,
    "auth_group": NOTHING,
    "auth_group_permissions": NOTHING,
    "auth_permission": NOTHING,
    "axes_accessattempt": NOTHING,
    "axes_accessattemptexpiration": NOTHING,
    "axes_accessfailurelog": NOTHING,
    "axes_accesslog": NOTHING,
    "django_content_type": NOTHING,
    "django_migrations": NOTHING,
    "django_session": NOTHING,
    "mfa_authenticator": NOTHING,
    "people_apikey": NOTHING,
    "people_follow": NOTHING,
    "people_invitation": NOTHING,
    "people_leaverecord": NOTHING,
    "people_person_groups": NOTHING,
    "people_person_user_permissions": NOTHING,
    "people_savedview": NOTHING,
    "people_session": NOTHING,
    "tenants_erasureentry": NOTHING,
}
