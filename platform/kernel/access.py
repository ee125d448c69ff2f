"""Who may what, declared where it stands: realm, object, grant. What declares nothing does not run.

A view, a socket, a task, a command carries ``access = …``; a function that names an audience or a key, keeps files,
makes a paper or reaches outside carries a decorator. ``manage.py surface`` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

# realm: at which door, and as whom. ``system`` is our own processes and whoever has a shell on the machine.
Realm = Literal["desk", "client", "either", "open", "shopper", "carrier", "system"]
# grant: what opens the object to those whose role fits.
#   open: nothing is asked · session: being signed in · role: the role alone
#   accreditation: leave to serve the client now · work: leave to serve it, and not only to read
#   in_hand: the work lies in their hands · own: it is about themselves · host: it is the shop of the host
#   token: a signed token of this shop · signature: the carrier's, with the line's secret
#   row: the tenant and the row are arguments · rows: finds the tenants with something to do by itself
Grant = Literal[
    "open", "session", "role", "accreditation", "work", "in_hand", "own", "host", "token", "signature", "row", "rows"
]
STAFF = ("agent", "supervisor", "operator")
CLIENT = ("client", "viewer")


@dataclass(frozen=True, slots=True)
class Access:
    """realm, roles (any of these), opens (the object), by (the grant); why, where nothing is asked."""

    realm: Realm
    roles: frozenset[str]
    opens: str
    by: Grant
    why: str = ""
    # The same view may ask more for another method.
    methods: tuple[tuple[str, Access], ...] = ()

    def of(self, method: str) -> Access:
        """What holds for this HTTP method."""
        return dict(self.methods).get(method.upper(), self)

    def but(self, **methods: Access) -> Access:
        """Another declaration for some methods: ``.but(POST=client("client", …))``."""
        return Access(self.realm, self.roles, self.opens, self.by, self.why, tuple(methods.items()))

    def as_json(self) -> dict[str, Any]:
        return {
            "realm": self.realm,
            "roles": sorted(self.roles),
            "object": self.opens,
            "grant": self.by,
            **({"why": self.why} if self.why else {}),
        }


class Undeclared(RuntimeError):
    """Something was about to run, or to be named, that says nothing of who may use it."""


def staff(*roles: str, opens: str, by: Grant) -> Access:
    """Signed-in staff at the desk host with any of ``roles`` (all staff roles if none is named)."""
    return Access("desk", frozenset(roles or STAFF), opens, by)


def client(*roles: str, opens: str, by: Grant = "host") -> Access:
    """A signed-in client user with any of ``roles`` (all client roles if none is named), at their own shop's host."""
    return Access("client", frozenset(roles or CLIENT), opens, by)


def signed_in(*, opens: str = "self") -> Access:
    """Staff at the desk host, or a client user at their own shop's host; for what is one's own."""
    return Access("either", frozenset((*STAFF, *CLIENT)), opens, "session")


def anyone(why: str, *, opens: str = "nothing") -> Access:
    """Open to the world; say why."""
    return Access("open", frozenset(), opens, "open", why)


def shopper(*, opens: str, why: str) -> Access:
    """Whoever holds a signed token of this shop; the view checks it. Say how."""
    return Access("shopper", frozenset(), opens, "token", why)


def carrier(*, opens: str, by: Grant = "signature", why: str = "") -> Access:
    """A carrier at one line's door."""
    return Access("carrier", frozenset(), opens, by, why)


def system(*, opens: str, by: Grant, why: str = "") -> Access:
    """Our own processes, or who has a shell on the machine."""
    return Access("system", frozenset(), opens, by, why)


def access(policy: Access) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a function view: ``@access(anyone("the built pages"))``."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        cast(Any, function).access = policy
        return function

    return mark


def policy_of(thing: Any) -> Access | None:
    """What a view (function or class), consumer, task or command declares; None where it says nothing."""
    for place in (thing, *(getattr(thing, name, None) for name in ("cls", "view_class", "run"))):
        found = getattr(place, "access", None)
        if isinstance(found, Access):
            return found
    return None


def require_declared(thing: Any, name: str) -> Access:
    """Its declaration; Undeclared where there is none."""
    found = policy_of(thing)
    if found is None:
        raise Undeclared(f"{name} does not say who may use it: declare access (see kernel.access)")
    return found


# --- Functions that name, keep, make or send ---

Kind = Literal["audience", "key", "storage", "export", "mail", "outgoing"]
DECLARED: dict[str, tuple[Kind, Access]] = {}


class Audience(str):
    """Who hears a doorbell; only what a declared builder gives is one."""

    __slots__ = ()


class Key(str):
    """A key of Valkey; only what a declared builder gives is one."""

    __slots__ = ()


def names_audience(access: Access) -> Callable[[Callable[P, str]], Callable[P, Audience]]:
    """Marks a builder of audiences; its result is accepted by ``live.tell`` and ``hub.join``."""

    def mark(function: Callable[P, str]) -> Callable[P, Audience]:
        @wraps(function)
        def build(*args: P.args, **kwargs: P.kwargs) -> Audience:
            return Audience(function(*args, **kwargs))

        return declares("audience", access)(build)

    return mark


def names_key(access: Access) -> Callable[[Callable[P, str]], Callable[P, Key]]:
    """Marks a builder of keys; its result is accepted by ``live.valkey()``."""

    def mark(function: Callable[P, str]) -> Callable[P, Key]:
        @wraps(function)
        def build(*args: P.args, **kwargs: P.kwargs) -> Key:
            return Key(function(*args, **kwargs))

        return declares("key", access)(build)

    return mark


def declares(kind: Kind, access: Access) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a function that keeps files, makes an export or a mail, or reaches outside."""

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        DECLARED[f"{function.__module__}.{function.__qualname__}"] = (kind, access)
        cast(Any, function).access = access
        return function

    return mark
