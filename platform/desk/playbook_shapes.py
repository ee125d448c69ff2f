"""The shapes of a client's playbook: beside a conversation, and for who looks after it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from automation.bodies import BEYOND
from automation.decide import ACTIONS
from automation.guard import REASONS
from automation.models import PlaybookItem
from desk.shapes import Choice, ClientMark

OBJECTIONS = ("reason_gone", "queue_gone", "skill_gone")


class SavedReply(s.Serializer[Any]):
    """Filled for one conversation; ``[[…]]`` is left for the agent."""

    item = s.UUIDField()
    number = s.IntegerField()
    name = s.CharField()
    language = s.CharField()
    languages = s.ListField(child=s.CharField(), help_text="All that it is written in, the best for here first.")
    text = s.CharField()
    as_is = s.BooleanField(help_text="It may be sent word by word.")
    used = s.IntegerField()


class MacroAction(s.Serializer[Any]):
    do = s.ChoiceField(choices=ACTIONS)
    text = s.CharField()
    language = s.CharField()
    wait = s.BooleanField()
    as_is = s.BooleanField()
    name = s.CharField(help_text="Of the queue, skill or contact reason.")
    until = s.DateTimeField(allow_null=True)


class Macro(s.Serializer[Any]):
    item = s.UUIDField()
    number = s.IntegerField()
    name = s.CharField()
    used = s.IntegerField()
    actions = MacroAction(many=True)
    against = s.ListField(child=s.ChoiceField(choices=OBJECTIONS))


class ClientGrant(s.Serializer[Any]):
    what = s.CharField()
    up_to = s.CharField(help_text="An amount in the client's currency; empty: no amount.")
    beyond = s.ChoiceField(choices=BEYOND, help_text="Whom to ask beyond it.")


class ClientRules(s.Serializer[Any]):
    tone = s.CharField()
    returns = s.CharField()
    grants = ClientGrant(many=True)
    currency = s.CharField()


class Bulletin(s.Serializer[Any]):
    item = s.UUIDField()
    number = s.IntegerField()
    name = s.CharField()
    text = s.CharField()
    made_at = s.DateTimeField()
    read_at = s.DateTimeField(allow_null=True)


class GuidedStep(s.Serializer[Any]):
    title = s.CharField()
    text = s.CharField()
    done_at = s.DateTimeField(allow_null=True)
    done_by = s.CharField()


class Procedure(s.Serializer[Any]):
    item = s.UUIDField()
    number = s.IntegerField()
    name = s.CharField()
    when = s.CharField()
    steps = GuidedStep(many=True)


class Playbook(s.Serializer[Any]):
    replies = SavedReply(many=True)
    macros = Macro(many=True)
    rules = ClientRules(allow_null=True)
    bulletins = Bulletin(many=True)
    procedures = Procedure(many=True)


class TakeReply(s.Serializer[Any]):
    language = s.CharField(max_length=8, required=False, allow_blank=True, default="")


class RunMacro(s.Serializer[Any]):
    number = s.IntegerField(min_value=1, max_value=2_147_483_647)
    text = s.CharField(allow_blank=True, trim_whitespace=False, required=False, default="")
    despite = s.ChoiceField(choices=REASONS, required=False, allow_blank=True, default="")
    client_key = s.CharField(max_length=50)


class TickStep(s.Serializer[Any]):
    number = s.IntegerField(min_value=1, max_value=2_147_483_647)
    step = s.IntegerField(min_value=0, max_value=1000)
    is_done = s.BooleanField()


class ConfirmBulletin(s.Serializer[Any]):
    number = s.IntegerField(min_value=1, max_value=2_147_483_647)


# --- for who looks after it ---


class CodeName(s.Serializer[Any]):
    code = s.CharField()
    name = s.CharField()


class PlaybookEntry(s.Serializer[Any]):
    """A version of an item; ``body`` by kind, as ``automation.bodies`` describes it."""

    id = s.UUIDField()
    kind = s.ChoiceField(choices=PlaybookItem.Kind.choices)
    number = s.IntegerField()
    name = s.CharField()
    body = s.DictField()
    restored = s.IntegerField(allow_null=True)
    made_by = s.CharField()
    made_at = s.DateTimeField()
    used = s.IntegerField()
    last_used_at = s.DateTimeField(allow_null=True)
    is_archived = s.BooleanField()
    is_in_force = s.BooleanField()


class PlaybookShelf(s.Serializer[Any]):
    client = ClientMark()
    languages = s.ListField(child=s.CharField())
    currency = s.CharField()
    tone = s.CharField()
    items = PlaybookEntry(many=True)
    reasons = Choice(many=True)
    queues = CodeName(many=True)
    skills = CodeName(many=True)


class PlaybookHistory(s.Serializer[Any]):
    versions = PlaybookEntry(many=True)


class NewPlaybookItem(s.Serializer[Any]):
    kind = s.ChoiceField(choices=PlaybookItem.Kind.choices)
    name = s.CharField(max_length=200)
    body = s.DictField()


class NewPlaybookVersion(NewPlaybookItem):
    number = s.IntegerField(min_value=1, max_value=2_147_483_647, help_text="The version that the writer saw.")


class RestoreVersion(s.Serializer[Any]):
    number = s.IntegerField(min_value=1, max_value=2_147_483_647)


class ArchiveItem(s.Serializer[Any]):
    is_archived = s.BooleanField()


class BulletinReader(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    read_at = s.DateTimeField(allow_null=True)


class BulletinReaders(s.Serializer[Any]):
    readers = BulletinReader(many=True)


class ReplySheet(s.Serializer[Any]):
    content = s.CharField(trim_whitespace=False)
    write = s.BooleanField(default=False)


class WrongLine(s.Serializer[Any]):
    line = s.IntegerField()
    why = s.CharField()


class SheetEffects(s.Serializer[Any]):
    lines = s.IntegerField()
    wrong = WrongLine(many=True)
    new = s.ListField(child=s.CharField())
    changed = s.ListField(child=s.CharField())
    same = s.ListField(child=s.CharField())
    written = s.BooleanField()


class BrandStop(s.Serializer[Any]):
    at = s.DateTimeField()
    agent = s.CharField()
    client = ClientMark()
    conversation = s.UUIDField()
    kinds = s.ListField(child=s.ChoiceField(choices=("name", "address", "case")))
    named = ClientMark(many=True, help_text="Those of the other brands that the reader serves.")
    outcome = s.ChoiceField(choices=("stopped", "sent"))
    why = s.ChoiceField(choices=REASONS, allow_blank=True)


class BrandStopsOfAgent(s.Serializer[Any]):
    id = s.UUIDField()
    name = s.CharField()
    stopped = s.IntegerField()
    sent_anyway = s.IntegerField()


class BrandStops(s.Serializer[Any]):
    stopped = s.IntegerField()
    sent_anyway = s.IntegerField()
    agents = BrandStopsOfAgent(many=True)
    rows = BrandStop(many=True)
