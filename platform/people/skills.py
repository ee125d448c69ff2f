"""What there is to be able to do, and how well somebody can: languages and product skills, levels 1 to 5.

Work and queues name a skill by its code, which never changes; renaming changes what people read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from kernel.errors import Refusal, invalid
from people.access import audit
from people.accrediting import locked, require_operator
from people.history import recorded
from people.models import Person, PersonSkill, Skill
from tenants.models import Tenant

LEVELS = range(1, 6)
_LANGUAGE = re.compile(r"lang:[a-z]{2,3}")
_PRODUCT = re.compile(r"product:([a-z0-9-]+:)?[a-z0-9][a-z0-9_-]{0,39}")


def skills() -> list[dict[str, Any]]:
    """All of them with ``people``, how many have each; languages first."""
    rows = Skill.objects.annotate(people=Count("personskill")).order_by("kind", "name", "code")
    return [{"code": row.code, "kind": row.kind, "name": row.name, "people": row.people} for row in rows]


def add_skill(*, by: Person, name: str, what: str, shop: str = "") -> Skill:
    """A product skill ``product:<what>``, or of one shop (its slug): ``product:<shop>:<what>``."""
    require_operator(by)
    if shop and not Tenant.objects.filter(slug=shop).exists():
        raise invalid("That client does not exist; nothing was made.", shop="is not known")
    code = f"product:{shop}:{what}" if shop else f"product:{what}"
    if not _PRODUCT.fullmatch(code):
        raise invalid("A code is made of small letters, figures and hyphens.", what="such as returns")
    with transaction.atomic():
        made, is_new = Skill.objects.get_or_create(
            code=code, defaults={"kind": Skill.Kind.PRODUCT, "name": _named(name)}
        )
        if not is_new:
            raise Refusal("taken", 409, "There is a skill of that code already.", fields={"what": "is taken"})
        audit(by, "skill.added", object_id=code)
    return made


def rename_skill(*, by: Person, code: str, name: str) -> Skill:
    """Another name for the same skill: its code, its levels and the work that needs it stay as they are."""
    require_operator(by)
    with transaction.atomic():
        skill = Skill.objects.select_for_update().filter(code=code).first()
        if skill is None:
            raise invalid("There is no skill of that code; nothing was changed.", code="is not known")
        skill.name = _named(name)
        skill.save(update_fields=["name"])
        audit(by, "skill.renamed", object_id=code)
    return skill


def set_level(*, by: Person, people: Collection[UUID], code: str, level: int | None) -> int:
    """How well these people can do it (None: not at all); how many it changed. All or nothing."""
    require_operator(by)
    if level is not None and level not in LEVELS:
        raise invalid("A level is 1 to 5; nothing was changed.", level="is 1 to 5")
    with transaction.atomic(), recorded(people):
        return sum(teach(by, person, code, level) for person in locked(people))


def teach(by: Person, person: Person, code: str, level: int | None) -> bool:
    """The row itself, of somebody who is locked; whether it changed anything."""
    skill = known_skill(code, person_has=level is None)
    held = PersonSkill.objects.filter(person=person, skill=skill).first()
    if (held.level if held else None) == level:
        return False
    if level is None:
        PersonSkill.objects.filter(person=person, skill=skill).delete()
    else:
        PersonSkill.objects.update_or_create(person=person, skill=skill, defaults={"level": level})
    audit(by, "skill.set", object_id=person.pk, skill=code, before=held.level if held else 0, after=level or 0)
    return True


def known_skill(code: str, *, person_has: bool = False) -> Skill:
    """The skill of this code; a language that nobody spoke yet is made. Refuses with invalid."""
    skill = Skill.objects.filter(code=code).first()
    if skill is None and is_language(code) and not person_has:
        skill, _ = Skill.objects.get_or_create(
            code=code, defaults={"kind": Skill.Kind.LANGUAGE, "name": code.removeprefix("lang:")}
        )
    if skill is None:
        raise invalid("There is no skill of that code; nothing was changed.", code="is not known")
    return skill


def is_language(code: str) -> bool:
    return bool(_LANGUAGE.fullmatch(code))


def _named(name: str) -> str:
    if not name.strip() or len(name.strip()) > 80:
        raise invalid("A skill needs a name of at most 80 characters.", name="is missing or too long")
    return name.strip()
