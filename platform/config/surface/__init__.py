"""Everything that this product answers, takes, runs, keeps or sends, each with the policy that it declares."""

from __future__ import annotations

from collections.abc import Iterator

from config.surface.building import built
from config.surface.doors import routes, sockets
from config.surface.keeping import kept
from config.surface.running import running
from config.surface.thing import Thing

__all__ = ["Thing", "routes", "sockets", "surface", "undeclared"]


def surface() -> list[Thing]:
    """The whole list, by kind and name."""
    return sorted(_everything(), key=lambda thing: (thing.kind, thing.door, thing.name, thing.method))


def undeclared() -> list[Thing]:
    """What says nothing of who may use it, or says it by halves: the build fails on any of these."""
    return [thing for thing in surface() if not thing.is_declared]


def _everything() -> Iterator[Thing]:
    yield from routes()
    yield from sockets()
    yield from running()
    yield from kept()
    yield from built()
