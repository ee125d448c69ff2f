"""A client's saved replies, macros and procedures as this conversation would use them: chosen by language, filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_day_names

from automation import playbook, replies
from automation.decide import Facts, objections
from automation.filling import VARIABLES, fill, week_in_words
from automation.models import PlaybookItem, PlaybookVersion
from carriers.registry import carrier_for
from conversations.models import ContactReason, Conversation
from conversations.reading import contact_reasons
from kernel import clock
from kernel.errors import not_found
from kernel.tenancy import require_entered
from people.access import alias_for
from people.models import Person, Skill
from routing.models import Queue
from sla_contracts.contracts import open_hours
from sla_contracts.speech import LANGUAGES
from tenants.models import Tenant

Kind = PlaybookItem.Kind
Json = dict[str, Any]
# What a blank asks for where a variable has no value, in the agent's language.
_LABELS: dict[str, dict[str, str]] = {
    "en": {
        "customer.name": "customer's name",
        "customer.first_name": "customer's first name",
        "order.number": "order number",
        "case.number": "case number",
        "agent.alias": "your name",
        "shop.name": "the shop's name",
        "shop.returns": "return policy",
        "hours.week": "opening hours",
        "hours.opens": "when we open",
    },
    "es": {
        "customer.name": "nombre del cliente",
        "customer.first_name": "nombre de pila del cliente",
        "order.number": "número de pedido",
        "case.number": "número de caso",
        "agent.alias": "su nombre",
        "shop.name": "nombre de la tienda",
        "shop.returns": "política de devoluciones",
        "hours.week": "horario de apertura",
        "hours.opens": "cuándo abrimos",
    },
}


@dataclass(frozen=True, slots=True)
class Filler:
    """The values of one conversation; texts are filled in the language that they are written in."""

    person: Person
    tenant: Tenant
    conversation: Conversation
    returns: str = ""

    def fill(self, text: str, language: str) -> str:
        labels = _LABELS.get(self.person.language[:2], _LABELS["en"])
        needed = {name for name in VARIABLES if name in text}
        return fill(text, {name: self._value(name, language) for name in needed}, labels)

    def pick(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """The language and the text as filled: the conversation's, the agent's, the shop's first, or any."""
        for language in order_of(self.conversation.language, self.person.language, self.tenant, texts):
            return language, self.fill(texts[language], language)
        return "", ""

    def _value(self, name: str, language: str) -> str:
        talk, shop = self.conversation, self.tenant
        match name:
            case "customer.name":
                return talk.customer.name
            case "customer.first_name":
                return talk.customer.name.split(" ")[0]
            case "order.number":
                return talk.order_number
            case "case.number":
                return talk.case_number
            case "agent.alias":
                return alias_for(self.person, shop)
            case "shop.name":
                return shop.name
            case "shop.returns":
                return self.returns
        return self._hours(name, language)

    def _hours(self, name: str, language: str) -> str:
        now = clock.now()
        hours = open_hours(self.tenant.id, carrier_for(self.conversation.channel).channel_group, now)
        if hours is None:
            return ""
        locale = Locale(language[:2] if language[:2] in LANGUAGES else "en")
        if name == "hours.week":
            days = get_day_names("abbreviated", context="stand-alone", locale=locale)
            weekly: Any = hours.to_json()["weekly"]
            return week_in_words(weekly, [days[place] for place in range(7)])
        opens = None if hours.is_open(now) else hours.next_change(now)
        if opens is None:
            return ""
        return str(format_datetime(opens.astimezone(ZoneInfo(self.tenant.time_zone)), "EEEE HH:mm", locale=locale))


def order_of(theirs: str, agents: str, tenant: Tenant, texts: Mapping[str, str]) -> list[str]:
    """Languages of the texts: the conversation's first, then the agent's, then as the shop has them."""
    wished = [theirs, theirs[:2], agents, agents[:2], *tenant.languages, *texts]
    return list(dict.fromkeys(code for code in wished if code in texts))


def filler_for(*, person: Person, tenant: Tenant, conversation_id: UUID) -> Filler:
    """not_found 404 for a conversation that is not there."""
    require_entered()
    talk = Conversation.objects.select_related("customer").filter(pk=conversation_id).first()
    if talk is None:
        raise not_found()
    rules = playbook.rules_in_force()
    return Filler(person, tenant, talk, rules.body["returns"] if rules else "")


def replies_for(filler: Filler) -> list[Json]:
    """Every saved reply in use: those in the conversation's language first, then the agent's, then by name."""
    talk, person, tenant = filler.conversation, filler.person, filler.tenant
    shown = [_reply(row, filler) for row in playbook.all_in_force(Kind.REPLY)]
    order = {
        code: place for place, code in enumerate([talk.language[:2], person.language[:2], *tenant.languages][::-1])
    }
    return sorted(shown, key=lambda row: (-order.get(row["language"][:2], -1), row["name"].casefold()))


def take_reply(*, person: Person, tenant: Tenant, conversation_id: UUID, item_id: UUID, language: str = "") -> Json:
    """Into the agent's answer: counted, and known again if it is sent word by word. The reply as ``replies_for``."""
    filler = filler_for(person=person, tenant=tenant, conversation_id=conversation_id)
    version = playbook.in_force(item_id, Kind.REPLY)
    shown = _reply(version, filler, language)
    replies.note_use(
        person=person,
        conversation_id=conversation_id,
        version=version,
        language=shown["language"],
        filled=shown["text"],
        as_is=shown["as_is"],
    )
    return shown


def macros_for(filler: Filler) -> list[Json]:
    """Every macro in use with what it would do here now, step by step, and what stands against it."""
    rows = playbook.all_in_force(Kind.MACRO)
    facts = facts_of(filler.tenant) if rows else Facts(frozenset(), frozenset(), frozenset())
    names = _names_of(filler, rows)
    return [
        {
            "item": row.item_id,
            "number": row.number,
            "name": row.name,
            "used": row.item.used,
            "actions": [_action(action, filler, names) for action in row.body["actions"]],
            "against": objections(row.body["actions"], facts),
        }
        for row in rows
    ]


def facts_of(tenant: Tenant) -> Facts:
    """What macros may name at this client."""
    return Facts(
        reasons=frozenset(ContactReason.objects.filter(is_active=True).values_list("code", flat=True)),
        queues=frozenset(Queue.objects.filter(tenant=tenant, is_active=True).values_list("code", flat=True)),
        skills=frozenset(Skill.objects.values_list("code", flat=True)),
    )


def _reply(row: PlaybookVersion, filler: Filler, language: str = "") -> Json:
    texts = row.body["texts"]
    chosen, text = (language, filler.fill(texts[language], language)) if language in texts else filler.pick(texts)
    return {
        "item": row.item_id,
        "number": row.number,
        "name": row.name,
        "language": chosen,
        "languages": order_of(filler.conversation.language, filler.person.language, filler.tenant, texts),
        "text": text,
        "as_is": row.body["as_is"],
        "used": row.item.used,
    }


def _action(action: Mapping[str, Any], filler: Filler, names: Mapping[str, str]) -> Json:
    shown: Json = {
        "do": action["do"],
        "text": "",
        "language": "",
        "wait": False,
        "as_is": False,
        "name": "",
        "until": None,
    }
    match action["do"]:
        case "reply":
            shown["language"], shown["text"] = filler.pick(action["texts"])
            shown["wait"], shown["as_is"] = action["wait"], bool(action.get("as_is"))
        case "note":
            shown["text"] = action["text"]
        case "put_off":
            shown["until"] = clock.now() + timedelta(hours=action["hours"])
        case "transfer":
            code = action["queue"] or action["skill"]
            shown["name"] = names.get(code, code)
        case "close":
            shown["name"] = names.get(action["reason"], action["reason"])
    return shown


def _names_of(filler: Filler, rows: Sequence[PlaybookVersion]) -> dict[str, str]:
    """Code → name, for the queues, skills and contact reasons that macros name."""
    if not rows:
        return {}
    names = dict(Queue.objects.filter(tenant=filler.tenant).values_list("code", "name"))
    names |= dict(Skill.objects.values_list("code", "name"))
    return names | {row["code"]: row["label"] for row in contact_reasons(filler.person.language)}
