"""Every event that reaches a browser. Ids and sequence numbers only: the API says what.

``n`` is the agent's feed number (one more with each change to that agent's desk), ``seq`` the
conversation's message number. A client that sees a gap asks ``changes?since=n``.
"""

from __future__ import annotations

import msgspec


class _Event(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    pass


class OfferMade(_Event, frozen=True, tag="offer.made"):
    n: int
    work_item: str
    tenant: str
    expires_at: str


class OfferGone(_Event, frozen=True, tag="offer.gone"):
    n: int
    work_item: str


class WorkChanged(_Event, frozen=True, tag="work.changed"):
    """A work item of this agent changed state, or its conversation did."""

    n: int
    work_item: str
    tenant: str
    conversation: str


class MessageAdded(_Event, frozen=True, tag="message.added"):
    """A message joined a conversation; ``n`` is 0 for readers without a feed (widget, portal)."""

    tenant: str
    conversation: str
    seq: int
    n: int = 0


class MessageState(_Event, frozen=True, tag="message.state"):
    """The delivery state of one message changed."""

    tenant: str
    conversation: str
    seq: int
    n: int = 0


class Typing(_Event, frozen=True, tag="typing"):
    tenant: str
    conversation: str
    who: str


class StateChanged(_Event, frozen=True, tag="state.changed"):
    """The agent's own state changed (another tab, a supervisor, a timeout)."""

    n: int


class ClockWarned(_Event, frozen=True, tag="clock.warned"):
    """A promise is at risk, nearly over or broken (``event``); ``n`` is 0 for who has not got it in hand."""

    tenant: str
    conversation: str
    clock: str
    event: str
    n: int = 0


class FloorChanged(_Event, frozen=True, tag="floor.changed"):
    """Something on the floor moved; at most one a second is forwarded."""


class FiguresChanged(_Event, frozen=True, tag="figures.changed"):
    """A client's queues or promises moved; its portal hears it at most once a second."""


class DisputeChanged(_Event, frozen=True, tag="dispute.changed"):
    """A dispute over a promise was raised or answered: for the client's portal, and for the desk that answers."""

    tenant: str
    dispute: str


class EvaluationShared(_Event, frozen=True, tag="evaluation.shared"):
    n: int
    tenant: str
    evaluation: str


class Mentioned(_Event, frozen=True, tag="mentioned"):
    """A note names this person, or they have read one that does."""

    n: int
    tenant: str
    conversation: str


class DraftChanged(_Event, frozen=True, tag="draft.changed"):
    """A draft of this person was saved or sent; for their other windows."""

    tenant: str
    conversation: str
    mode: str
    revision: int


class HeldChanged(_Event, frozen=True, tag="held.changed"):
    """A reply that is held back was written, changed, stopped or cancelled."""

    tenant: str
    conversation: str


class ConversationChanged(_Event, frozen=True, tag="conversation.changed"):
    """Case number, status or agent of a conversation changed (widget)."""

    tenant: str
    conversation: str


class ApprovalChanged(_Event, frozen=True, tag="approval.changed"):
    """The client was asked something, or what it was asked is settled."""

    tenant: str
    approval: str


class WaitChanged(_Event, frozen=True, tag="wait.changed"):
    """Where the shopper stands and what they are told of the wait (``routing.expected_wait.Told``): figures alone.

    Said here and not asked for, because all of a long line would ask at the same moment.
    """

    tenant: str
    conversation: str
    position: int
    kind: str
    minutes: int = 0
    is_long: bool = False


class LiveAway(_Event, frozen=True, tag="live.away"):
    """No doorbell reaches this process now: ask by yourself, every few seconds, until ``resync`` comes."""


class Resync(_Event, frozen=True, tag="resync"):
    """Doorbells may have been lost: ask for everything since your last number."""


Event = (
    OfferMade
    | OfferGone
    | WorkChanged
    | MessageAdded
    | MessageState
    | Typing
    | StateChanged
    | ClockWarned
    | FloorChanged
    | FiguresChanged
    | DisputeChanged
    | EvaluationShared
    | Mentioned
    | DraftChanged
    | HeldChanged
    | ConversationChanged
    | ApprovalChanged
    | WaitChanged
    | LiveAway
    | Resync
)


def encode(event: Event) -> bytes:
    return msgspec.json.encode(event)
