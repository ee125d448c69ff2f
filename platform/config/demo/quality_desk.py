"""Quality in the demo: each shop's own scorecard, what its supervisors understand, plans, and a dispute that waits."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from config.demo import crowd
from config.demo.cast import LANGUAGE_NAMES
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person, PersonSkill, Skill
from quality import cards, contesting, plans
from quality.defaults import DEFINITION, NAME
from quality.models import Evaluation, EvaluationDispute, SamplingPlan, Scorecard
from tenants.models import Tenant

PLAN = "Monthly sample"
_LEADS = {"sofia@bpo.example": ("es", "it", "en", "fr"), "rosa@bpo.example": ("es", "de", "en", "pt")}
_WHY = "The customer was told the date in the first message; it is the second line of it."


def _said(en: str, es: str, it: str, de: str) -> dict[str, str]:
    return {"en": en, "es": es, "it": it, "de": de}


_WHEN: dict[str, Any] = {
    "code": "when",
    "text": _said("Says when it will be done", "Dice cuándo estará hecho", "Dice quando sarà fatto", "Sagt, bis wann"),
    "kind": "choice",
    "weight": 2,
    "na_allowed": True,
    "options": [
        {"code": "day", "points": 4, "text": _said("a day", "un día", "un giorno", "einen Tag")},
        {"code": "about", "points": 2, "text": _said("roughly", "más o menos", "più o meno", "ungefähr")},
        {"code": "no", "points": 0, "text": _said("no word of it", "no lo dice", "non lo dice", "gar nicht")},
    ],
    "guidance": {
        "": _said("“Soon” is no day.", "«Pronto» no es un día.", "«Presto» non è un giorno.", "„Bald“ ist kein Tag.")
    },
}
_RETURNS: dict[str, Any] = {
    "code": "returns",
    "text": _said(
        "Is the matter a return?", "¿Trata de una devolución?", "Si tratta di un reso?", "Geht es um Rückgabe?"
    ),
    "kind": "choice",
    "weight": 1,
    "options": [
        {"code": "yes", "points": 1, "text": _said("yes", "sí", "sì", "ja")},
        {"code": "other", "points": 1, "text": _said("no", "no", "no", "nein")},
        {"code": "unclear", "points": 0, "text": _said("cannot be told", "no se sabe", "non si capisce", "unklar")},
    ],
}
_LABEL: dict[str, Any] = {
    "code": "label",
    "text": _said(
        "Sends the label and says how long the refund takes",
        "Envía la etiqueta y dice cuánto tarda el abono",
        "Invia l'etichetta e dice quando arriva il rimborso",
        "Schickt das Etikett und nennt die Erstattungsfrist",
    ),
    "kind": "yes_no",
    "weight": 3,
    "only_if": {"question": "returns", "is": ["yes"]},
    "comment": "failed",
}
_SIGNED: dict[str, Any] = {
    "code": "signed",
    "text": _said(
        "Subject and signature as agreed",
        "Asunto y firma como se acordó",
        "Oggetto e firma come concordato",
        "Betreff und Signatur wie vereinbart",
    ),
    "kind": "yes_no",
    "weight": 1,
    "channels": ["email", "form"],
}
_SILENCE: dict[str, Any] = {
    "code": "silence",
    "text": _said(
        "Longest silence in minutes",
        "Silencio más largo, en minutos",
        "Silenzio più lungo, in minuti",
        "Längste Stille in Minuten",
    ),
    "kind": "number",
    "weight": 1,
    "none_at": 15,
    "full_at": 2,
    "channels": ["webchat"],
    "guidance": {
        "": _said(
            "Between two messages of the agent.",
            "Entre dos mensajes del agente.",
            "Tra due messaggi dell'agente.",
            "Zwischen zwei Nachrichten des Agenten.",
        )
    },
}
# What each shop asks beside the usual questions: section → questions.
_OWN: dict[str, dict[str, list[dict[str, Any]]]] = {
    "acme": {"solution": [_WHEN, _RETURNS, _LABEL], "tone": [_SIGNED]},
    "northlight": {"solution": [_WHEN], "process": [_SILENCE, _SIGNED]},
}


def set_up(shops: Mapping[str, Tenant], people: Mapping[str, Person], now: datetime) -> None:
    """Scorecards in force since the contracts are, plans, and languages of who evaluates; what is there stays."""
    for email, languages in _LEADS.items():
        for code in languages:
            terms = {"kind": Skill.Kind.LANGUAGE, "name": LANGUAGE_NAMES[code]}
            skill, _ = Skill.objects.get_or_create(code=f"lang:{code}", defaults=terms)
            PersonSkill.objects.get_or_create(person=people[email], skill=skill, defaults={"level": 4})
    omar = people["omar@bpo.example"]
    for slug, shop in shops.items():
        with clock.hold(crowd.begins(now, shop.time_zone) + timedelta(minutes=1)):
            with enter(shop):
                is_new, is_planned = Scorecard.objects.count() == 1, SamplingPlan.objects.exists()
                if is_new and slug in _OWN:
                    _publish(omar, shop, _OWN[slug])
            if not is_planned:
                rules = [{"rule": "breach", "per_agent": 2}, {"rule": "reopened", "per_agent": 1}]
                plans.save_plan(
                    person=omar, tenant_id=shop.id, name=PLAN, per_agent=4, channels=[], languages=[], rules=rules,
                    is_active=True,
                )  # fmt: skip


def finish(shops: Mapping[str, Tenant], until: datetime) -> None:
    """Draw this month's samples, and let an agent dispute the last evaluation of each shop; once."""
    for shop in shops.values():
        with clock.hold(until):
            with enter(shop):
                ids = list(SamplingPlan.objects.filter(name=PLAN).values_list("pk", flat=True))
            for plan_id in ids:
                plans.draw_now(person=None, tenant=shop, plan_id=plan_id, seed=f"{shop.slug} {until:%Y-%m}")
        with transaction.atomic():
            with enter(shop):
                if not EvaluationDispute.objects.exists():
                    _dispute(shop, until)
            connection.run_on_commit.clear()  # nobody is told of the past


def _publish(omar: Person, shop: Tenant, own: Mapping[str, list[dict[str, Any]]]) -> None:
    definition = deepcopy(DEFINITION)
    for section in definition["sections"]:
        section["questions"] += own.get(section["code"], [])
    draft = cards.draft(person=omar, tenant=shop, name=NAME)
    saved = cards.save(person=omar, tenant=shop, card_id=draft.pk, definition=definition, revision=draft.revision)
    cards.publish(person=omar, tenant=shop, card_id=draft.pk, revision=saved.revision)


def _dispute(shop: Tenant, until: datetime) -> None:
    last = Evaluation.objects.filter(released_at__lt=until, percent__lt=95).order_by("-made_at").first()
    if last is None:
        return
    code = "when" if "when" in last.answers else "reads"
    agent = Person.objects.only("id", "name").get(pk=last.agent_id)
    with clock.hold(min(last.made_at + timedelta(hours=5), until)):
        try:
            contesting.dispute(person=agent, tenant=shop, evaluation_id=last.pk, reasons={code: _WHY})
        except Refusal:  # whoever tries the product was quicker
            return
