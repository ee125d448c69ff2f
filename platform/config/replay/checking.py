"""Compare what was sent, stored, shown and answered. Every difference is a finding; none is the aim."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from config.replay.agent import Ledger
from config.replay.canaries import owners_in
from config.replay.cast import Cast
from config.replay.corpus import Corpus, Story
from config.replay.sender import Sent
from conversations.models import Conversation, Message, Receipt
from kernel.tenancy import enter


@dataclass
class Finding:
    sent: int = 0
    acknowledged: int = 0
    repeated: int = 0
    retried: int = 0
    stored: int = 0
    shown: int = 0
    answers_due: int = 0
    answered: int = 0
    conversations: int = 0
    closed: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.reordered or self.other or self.foreign)


def check(*, corpus: Corpus, cast: Cast, sent: Sent, ledger: Ledger, logs: Path) -> Finding:
    """``logs``: the folder where the programs wrote theirs."""
    finding = Finding(
        sent=len(corpus.said),
        acknowledged=len(sent.acknowledged),
        repeated=sent.repeated,
        retried=sent.retried,
        other=[*sent.refused, *ledger.defects],
        foreign=[*ledger.foreign, *_in_logs(logs)],
    )
    finding.lost += [f"never acknowledged: {said.key}" for said in corpus.said if said.key not in sent.acknowledged]
    by_company: dict[str, list[Story]] = {}
    for story in corpus.stories:
        by_company.setdefault(story.company, []).append(story)
    for company, stories in by_company.items():
        with enter(cast.tenants[company]):
            for story in stories:
                _check_story(story, ledger, finding)
            unhandled = Receipt.objects.exclude(state=Receipt.State.DONE).count()
            if unhandled:
                finding.other.append(f"{company}: {unhandled} receipts not done")
            _check_strangers(company, stories, finding)
            _check_tokens(cast.tenants[company].slug, finding)
    if finding.shown and not ledger.tokens_seen:
        finding.other.append("no token came back: the tokens were not looked for")
    return finding


def _check_tokens(slug: str, finding: Finding) -> None:
    """No text that was stored for this shop is another's."""
    for text in Message.objects.exclude(text="").values_list("text", flat=True):
        finding.foreign += [f"{slug}: a message holds a text of {owner}" for owner in owners_in(text) - {slug}]


def _in_logs(folder: Path) -> list[str]:
    """A log holds nobody's words."""
    return [
        f"{path.name} holds a text of {owner}"
        for path in sorted(folder.glob("*.log"))
        for owner in sorted(owners_in(path.read_bytes()))
    ]


def _check_strangers(company: str, stories: list[Story], finding: Finding) -> None:
    strangers = Conversation.objects.exclude(subject__in=[story.thread for story in stories]).count()
    if strangers:
        finding.other.append(f"{company}: {strangers} conversations that were not sent to it")


def _check_story(story: Story, ledger: Ledger, finding: Finding) -> None:
    found = list(Conversation.objects.filter(subject=story.thread))
    if len(found) != 1:
        (finding.lost if not found else finding.doubled).append(f"{story.thread}: {len(found)} conversations")
        return
    conversation = found[0]
    finding.conversations += 1
    finding.closed += conversation.status == Conversation.Status.CLOSED
    if conversation.status != Conversation.Status.CLOSED:
        finding.other.append(f"{story.thread}: not closed")
    rows = list(Message.objects.filter(conversation=conversation).order_by("seq"))
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        finding.reordered.append(f"{story.thread}: sequence has gaps")
    wanted = [said.text for said in story.said]
    stored = [row.text for row in rows if row.direction == Message.Direction.IN]
    finding.stored += len(stored)
    _compare(f"{story.thread} stored", wanted, stored, finding)
    shown = [text for _, text in sorted(ledger.shown.get(str(conversation.id), []))]
    finding.shown += len(shown)
    _compare(f"{story.thread} shown", wanted, shown, finding)
    answers = [text for _, text in story.answers]
    out = [row.text for row in rows if row.direction == Message.Direction.OUT and row.author == Message.Author.AGENT]
    finding.answers_due += len(answers)
    finding.answered += len(out)
    _compare(f"{story.thread} answered", answers, out, finding)


def _compare(what: str, wanted: list[str], got: list[str], finding: Finding) -> None:
    wanted = [" ".join(text.split()) for text in wanted]
    got = [" ".join(text.split()) for text in got]
    if wanted == got:
        return
    missing, extra = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
    if missing:
        finding.lost.append(f"{what}: {sum(missing.values())} missing")
    if extra:
        finding.doubled.append(f"{what}: {sum(extra.values())} more than sent")
    if not missing and not extra:
        finding.reordered.append(f"{what}: another order")
