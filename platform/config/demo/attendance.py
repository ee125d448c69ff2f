"""The agents' states of the past, written down before anybody signs in: a ledger of states grows at its end alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from config.demo.script import Script, Spell
from people.models import Person
from routing.models import AgentState, AgentStateSpell


def is_written(script: Script, people: Mapping[str, Person]) -> bool:
    """Whether the spells are those of this script."""
    return all(
        AgentStateSpell.objects.filter(person=people[email].pk, started_at=spells[0].at).exists()
        for email, spells in script.spells.items()
        if spells
    )


def write(script: Script, people: Mapping[str, Person]) -> bool:
    """From the opening of each desk on; False where somebody's ledger has gone on already: then nothing is written."""
    with transaction.atomic():
        open_spells = {
            row.person_id: row
            for row in AgentStateSpell.objects.filter(person__in=[each.pk for each in people.values()], ended_at=None)
        }
        for email, spells in script.spells.items():
            spell = open_spells.get(people[email].pk)
            if spell is None or spell.status != "offline" or (spells and spell.started_at >= spells[0].at):
                transaction.set_rollback(True)
                return False
            if AgentStateSpell.objects.filter(person=people[email].pk).count() > 1:
                transaction.set_rollback(True)
                return False
            _write(spell, spells)
    return True


def _write(first: AgentStateSpell, spells: Sequence[Spell]) -> None:
    if not spells:
        return
    AgentStateSpell.objects.filter(pk=first.pk).update(ended_at=spells[0].at)
    ends = [*(spell.at for spell in spells[1:]), None]
    AgentStateSpell.objects.bulk_create(
        AgentStateSpell(
            person_id=first.person_id, status=spell.status, reason=spell.reason, started_at=spell.at, ended_at=end
        )
        for spell, end in zip(spells, ends, strict=True)
    )
    last = spells[-1].at
    AgentState.objects.filter(pk=first.person_id).update(since=last, idle_since=last)
