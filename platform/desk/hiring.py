"""People of the BPO and of its clients: who they are, and how a new one gets in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Prefetch

from desk.personnel import standing_of
from desk.work import mark_of
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from people import invitations
from people.access import accredited_now, audit, roles_of
from people.history import begin
from people.invitations import check_password
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from routing.queues import open_desk
from tenants.models import Tenant

Role = Membership.Role


def people() -> list[dict[str, Any]]:
    """Everyone with a role, by name: staff, and the clients' users."""
    everyone = Person.objects.filter(memberships__isnull=False).distinct().order_by("name", "email")
    in_force = Accreditation.objects.filter(accredited_now()).select_related("tenant")
    found = everyone.prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("tenant")),
        Prefetch("skills", PersonSkill.objects.filter(skill__kind=Skill.Kind.LANGUAGE).select_related("skill")),
        Prefetch("accreditations", in_force, to_attr="in_force"),
    )
    rows = list(found)
    standing = standing_of(rows)
    return [show(person, standing[person.pk]) for person in rows]


def one(person_id: UUID) -> dict[str, Any]:
    """One of them; not_found 404."""
    person = Person.objects.filter(pk=person_id, memberships__isnull=False).first()
    if person is None:
        raise not_found()
    return show(person)


def hire(
    *,
    person: Person,
    name: str,
    email: str,
    password: str = "",
    roles: Sequence[str] = (),
    languages: Sequence[Mapping[str, Any]] = (),
    clients: Sequence[UUID] = (),
    client_of: UUID | None = None,
    client_role: str = Role.CLIENT,
    is_read_only: bool = False,
    all_clients: bool = True,
    language: str = "en",
    time_zone: str = "Europe/Madrid",
) -> Person:
    """A new member of staff with roles, languages (``{"code", "level"}``) and accreditations; or a client's user.

    password: none sends them a link to set their own.
    is_read_only: the accreditations are for looking only. all_clients: false keeps a supervisor to ``clients``.

    person: the operator who does it. Refuses with not_allowed, invalid (a reason per field) or taken.
    """
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may add people; nothing was made.")
    tenants = _check(roles, client_of, clients, time_zone, all_clients=all_clients)
    with transaction.atomic():
        hired = _make(email, password, name=name, language=language, time_zone=time_zone)
        _place(hired, roles, tenants.get(client_of) if client_of else None, client_role, all_clients=all_clients)
        for spoken in languages:
            _teach(hired, spoken["code"], spoken["level"])
        _accredit(hired, [tenants[tenant_id] for tenant_id in dict.fromkeys(clients)], is_read_only=is_read_only)
        if roles:
            begin(hired)
        audit(person, "person.hired", tenant=tenants.get(client_of) if client_of else None, object_id=hired.pk)
        if not password:
            invitations.make(person=hired, purpose=invitations.Purpose.INVITE, by=person)
    return hired


def show(person: Person, standing: dict[str, Any] | None = None) -> dict[str, Any]:
    memberships = list(person.memberships.all())
    accreditations = getattr(person, "in_force", None)
    if accreditations is None:
        accreditations = person.accreditations.filter(accredited_now()).select_related("tenant")
    served = [row.tenant for row in accreditations] + [row.tenant for row in memberships if row.tenant is not None]
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "roles": sorted({row.role for row in memberships}),
        "languages": [
            {"code": row.skill.code.removeprefix("lang:"), "level": row.level}
            for row in sorted(person.skills.all(), key=lambda row: (-row.level, row.skill.code))
            if row.skill.kind == Skill.Kind.LANGUAGE
        ],
        "clients": [mark_of(tenant) for tenant in sorted(set(served), key=lambda tenant: tenant.name)],
        "all_clients": any(
            row.role == Role.OPERATOR or (row.role == Role.SUPERVISOR and row.all_clients) for row in memberships
        ),
        "is_active": person.is_active,
        **(standing or standing_of([person])[person.pk]),
    }


def _check(
    roles: Sequence[str], client_of: UUID | None, clients: Sequence[UUID], time_zone: str, *, all_clients: bool
) -> dict[UUID, Tenant]:
    """The clients that are named, by id."""
    if bool(roles) == (client_of is not None):
        raise invalid("Give a role, or the client whose user this is; not both. Nothing was made.", roles="choose one")
    if clients and Role.AGENT not in roles and (all_clients or Role.SUPERVISOR not in roles):
        raise invalid("Only agents are accredited for clients; nothing was made.", clients="needs the role agent")
    if time_zone not in available_timezones():
        raise invalid("That time zone is not known; nothing was made.", time_zone="such as Europe/Madrid")
    named = {*clients, *([client_of] if client_of else [])}
    tenants = {tenant.id: tenant for tenant in Tenant.objects.filter(pk__in=named)}
    if len(tenants) < len(named):
        field = "clients" if client_of is None else "client_of"
        raise invalid("A client that is named does not exist; nothing was made.", **{field: "is not known"})
    return tenants


def _make(email: str, password: str, *, name: str, language: str, time_zone: str) -> Person:
    if Person.objects.filter(email=email.lower()).exists():
        raise Refusal("taken", 409, "Somebody has this address already.", fields={"email": "is taken"})
    if password:
        check_password(password, Person(name=name, email=email))
    return Person.objects.create_user(email, password or None, name=name, language=language, time_zone=time_zone)


def _place(
    hired: Person, roles: Sequence[str], client_of: Tenant | None, client_role: str, *, all_clients: bool
) -> None:
    for role in dict.fromkeys(roles):
        Membership.objects.create(person=hired, role=role, all_clients=all_clients)
    if client_of is not None:
        Membership.objects.create(person=hired, role=client_role, tenant=client_of)
    if Role.AGENT in roles:
        open_desk(person=hired)


def _accredit(hired: Person, tenants: Sequence[Tenant], *, is_read_only: bool) -> None:
    for tenant in tenants:
        Accreditation.objects.create(
            person=hired,
            tenant=tenant,
            alias=hired.name.split(" ")[0][:60],
            valid_from=clock.now(),
            is_read_only=is_read_only,
        )


def _teach(person: Person, code: str, level: int) -> None:
    skill, _ = Skill.objects.get_or_create(code=f"lang:{code}", defaults={"kind": Skill.Kind.LANGUAGE, "name": code})
    PersonSkill.objects.update_or_create(person=person, skill=skill, defaults={"level": level})
