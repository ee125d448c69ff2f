"""The cells: every address and method of the surface × every actor × whose things are asked for; and what must come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from config.surface import Thing, routes
from config.surface.doors import METHODS
from conversations import widget
from kernel.access import Access
from tests.boundaries.matrix.actors import ACME, OTHER, Actor
from tests.boundaries.matrix.world import NOBODY, World

# let in · turned away exactly like what does not exist · not let in, but told why (a lost race, a missing step)
Verdict = Literal["in", "out", "told"]
SAFE = ("GET", "HEAD", "OPTIONS")
# For methods that an address does not take, for HEAD and for the steps of signing in, these stand for all.
FEW = {"anonymous", "agent, granted", "client user"}
# The parameters of addresses and queries that the generator fills in; any other fails the test.
PARAMS = {
    "tenant", "conversation", "customer", "attachment", "attachment_id", "evaluation", "invoice", "line", "report",
    "clock", "key", "person", "version", "session", "message", "receipt", "agent", "work_item", "token", "path", "rest",
    "what_if", "dispute", "approval", "view", "held", "item",
    "scorecard", "evaluation_dispute", "plan",
}  # fmt: skip
# Objects of a shop: a foreign id in the query must show nothing either.
QUERY_IDS = {
    "tenant": "tenant",
    "client": "tenant",
    "agent": "agent",
    "person": "agent",
    "queue": "work_item",
    "report": "report",
}
QUERY_PLAIN = {
    "action", "after", "at", "before", "channel", "clause", "clients", "day", "evaluated", "from", "kind", "lang",
    "language", "month", "outcome", "page", "q", "reason", "since", "state", "status", "tag", "to",
}  # fmt: skip
_PLAIN = {"path": "none.js", "rest": "link"}
_PARAM = re.compile(r"<(?:[a-z]+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Cell:
    thing: Thing
    method: str
    actor: Actor
    host: str
    whose: str

    @property
    def name(self) -> str:
        return f"{self.actor.name} → {self.method} {self.host}/{self.thing.name} of {self.whose}"

    @property
    def is_taken(self) -> bool:
        return self.thing.method == self.method


def cells(world: World) -> Iterator[Cell]:
    """All of them; those of one actor, address and method stand together, the nobody's first."""
    by_route: dict[tuple[str, str], list[Thing]] = {}
    for thing in routes():
        if thing.kind == "route":
            by_route.setdefault((thing.door, thing.name), []).append(thing)
    for (door, _), things in by_route.items():
        taken = {thing.method: thing for thing in things}
        for method in METHODS:
            for actor in world.actors:
                thing = taken.get(method, things[0])
                if actor.name not in FEW and (method not in taken or method == "HEAD" or "_allauth" in thing.name):
                    continue
                for host in _hosts(door, method, method in taken):
                    for whose in _whose(thing, method, method in taken):
                        yield Cell(thing, method, actor, host, whose)


def _hosts(door: str, method: str, is_taken: bool) -> tuple[str, ...]:
    if door in ("desk", "files"):
        return (door,)
    return (ACME, OTHER) if is_taken and method not in ("HEAD", "OPTIONS") else (ACME,)


def _whose(thing: Thing, method: str, is_taken: bool) -> tuple[str, ...]:
    has_ids = bool(set(thing.params) - {"path", "rest"}) or bool(set(thing.query) & set(QUERY_IDS))
    if not has_ids:
        return (ACME,)
    return (NOBODY, ACME, OTHER) if is_taken and method not in ("HEAD", "OPTIONS") else (NOBODY, ACME)


def address(cell: Cell, world: World) -> str:
    """The path of the cell, filled in with what belongs to ``whose``."""
    ids = world.ids[cell.whose]
    thing = cell.thing
    if thing.door == "files":
        ids = {**ids, "token": world.link_of(cell.whose)}
    if thing.name.startswith("^"):
        return "/deep/link"
    needs_hand = thing.access is not None and thing.access.by == "in_hand"
    names = {"conversation": "in_hand"} if needs_hand or "evaluations" in thing.name else {}
    names |= {"conversation": "finished_in", "work_item": "finished"} if "evaluation-forms" in thing.name else {}
    names |= {"work_item": "waiting"} if thing.name.endswith("/assign") else {}

    def fill(found: re.Match[str]) -> str:
        name = found.group(1)
        return str(_PLAIN.get(name) or ids[names.get(name, name)])

    asked = [f"{name}={ids[QUERY_IDS[name]]}" for name in thing.query if name in QUERY_IDS and cell.method == "GET"]
    return "/" + _PARAM.sub(fill, thing.name) + (f"?{'&'.join(asked[:1])}" if asked else "")


def host_name(cell: Cell) -> str:
    hosts = {"desk": settings.DESK_HOST, "files": settings.FILES_HOST}
    return str(hosts.get(cell.host) or f"{cell.host}.{settings.DOMAIN}")


def verdict(cell: Cell) -> Verdict:
    """What the declared policy says of this actor and these things."""
    access = cell.thing.access
    assert access is not None
    found = _verdict(cell, access)
    # The planted message needs no decision, and nobody was erased yet: who gets there is told so.
    return "told" if found == "in" and cell.thing.name.endswith(("/decide", "/certificate")) else found


def _verdict(cell: Cell, access: Access) -> Verdict:
    if access.realm in ("open", "either") and "_allauth" in cell.thing.name:
        return "told"
    if not cell.is_taken:
        return "out"
    match access.realm:
        case "open":
            return "out" if cell.host == "files" and cell.whose == NOBODY else "in"
        case "shopper":
            return _as_shopper(cell)
        case "client":
            return _as_client(cell)
        case "either":
            roles = cell.actor.staff if cell.host == "desk" else cell.actor.roles_at(cell.host)
            owns = "session" not in cell.thing.params or (cell.actor.holds == cell.whose and cell.host == "desk")
            return "in" if roles & access.roles and owns else "out"
    return _as_staff(cell)


def _as_shopper(cell: Cell) -> Verdict:
    if "token" in cell.thing.params:  # whoever holds the link may see the case
        return "in" if cell.whose == cell.host else "out"
    if cell.actor.visits != cell.host:
        return "out"
    return "in" if not cell.thing.params or (cell.actor.wrote and cell.whose == cell.host) else "out"


def _as_client(cell: Cell) -> Verdict:
    access, actor = cell.thing.access, cell.actor
    assert access is not None
    if actor.key_of:
        allowed = actor.key_of == cell.host and cell.method in SAFE and access.opens != "api_key"
    else:
        allowed = bool(actor.roles_at(cell.host) & access.roles)
    return "in" if allowed and (not cell.thing.params or cell.whose == cell.host) else "out"


def _as_staff(cell: Cell) -> Verdict:
    access, actor = cell.thing.access, cell.actor
    assert access is not None
    if not actor.staff & access.roles:
        return "out"
    if not cell.thing.params:
        return "in"
    if access.by == "role":
        return "out" if cell.whose == NOBODY else "in"
    if cell.whose not in actor.serves:
        return "out"
    if access.opens == "evaluation" and actor.staff == {"agent"}:
        return "in" if actor.holds == cell.whose else "out"
    if access.by == "own":
        return "out"
    if access.by in ("work", "in_hand") and cell.whose not in actor.works:
        return "out"
    if access.by == "in_hand" and actor.holds != cell.whose:
        return "told"
    is_in_part = access.by == "work" and access.opens == "conversation"
    return "told" if is_in_part and actor.holds != cell.whose else "in"


def body_of(cell: Cell, world: World) -> dict[str, Any] | None:
    """What is sent: whole where the step can be taken, else nothing (and then 400 is as good as an entry)."""
    ids, last = world.ids[cell.whose], cell.thing.name.rpartition("/")[2]
    if (cell.method, last) == ("POST", "assign"):
        return {"agent": str(ids["agent"])}
    if (cell.method, last) == ("POST", "evaluations"):
        return {"work_item": str(ids["work_item"]), "answers": {}}
    if (cell.method, last) == ("POST", "session") and cell.host in world.shops:
        return {"key": widget.line_of(world.shops[cell.host]).token}
    return _BODIES.get((cell.method, last))


_BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "reply"): {"text": "Buongiorno", "client_key": "m1"},
    ("POST", "notes"): {"text": "Nota", "client_key": "m2"},
    ("PUT", "draft"): {"mode": "note", "text": "Nota", "revision": 0},
    ("POST", "held"): {"text": "Buongiorno", "client_key": "m7", "send_at": "2026-01-01T10:00Z"},
    ("PATCH", "<uuid:held>"): {"text": "Buongiorno"},
    ("PUT", "peeks"): {"is_on": False},
    ("POST", "close"): {"contact_reason": "other"},
    ("POST", "read"): {"seq": 1},
    ("POST", "state"): {"status": "available"},
    ("PATCH", "me"): {"language": "es"},
    ("POST", "erase"): {"confirm": "nobody", "reason": "person"},
    ("POST", "search"): {"words": "cnry"},
    ("POST", "invoices"): {"month": "2026-01"},
    ("POST", "contract"): {"template": "ecommerce_standard", "begins": "2999-01-01"},
    ("POST", "offer"): {"name": "Omar O."},
    ("POST", "sign"): {"name": "Carla C.", "terms_sha256": "0"},
    ("POST", "delete"): {"confirm": "nobody"},
    ("PUT", "embedding"): {"origins": []},
    ("PUT", "switch-limit"): {"switches_per_hour": 6},
    ("POST", "no-reply-needed"): {"client_key": "m5"},
    ("POST", "approvals"): {"kind": "approval", "asked": "Rimborso?", "client_key": "m6"},
    ("POST", "decide"): {"decision": "arrived", "client_key": "m4"},
    ("POST", "set-aside"): {"reason": "not mail"},
    ("POST", "keys"): {"name": "Warehouse"},
    ("PUT", "queues"): {
        "code": "chat",
        "keeps_hours": False,
        "preferred_seconds": 30,
        "offer_seconds": 15,
        "long_wait_seconds": 300,
    },
    ("POST", "by-mail"): {"email": "nobody@example.com"},
    ("PUT", "follow"): {"follow": True},
    ("PUT", "marks"): {"is_vip": False, "legal_priority": ""},
    ("PUT", "fields"): {"values": {}},
    ("POST", "beside"): {"reason": "verify"},
    ("POST", "customer-notes"): {"text": "Ama il blu"},
    ("POST", "customer-fields"): {"label": "Taglia", "kind": "number"},
    ("PUT", "customer-fields"): {"masks_customers": False},
    ("PUT", "tags"): {"names": ["Reso"]},
    ("POST", "views"): {"name": "Mine", "query": "is:mine"},
    ("POST", "contact-reasons"): {"labels": {"it": "Taglia"}},
    ("POST", "callback"): {"phone": "5551234", "starts_at": "2026-01-01T10:00Z", "ends_at": "2026-01-01T12:00Z"},
    ("POST", "answer"): {"accept": False, "reason": "It was answered in time"},
    ("POST", "disputes"): {"clause": "none", "claim": "count", "reason": "It was no spam"},
    ("POST", "messages"): {"text": "Ciao", "client_key": "m3", "language": "it"},
}
