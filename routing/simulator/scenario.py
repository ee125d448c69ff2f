"""A scenario file, read and checked: every key is known, every number makes sense, or it is refused by its path.

Times in seconds, rates per hour, money in €. The keys are those of the scenario files (``docs/simulator.md``).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.engine.policies import POLICIES


class Refused(ValueError):
    """The scenario is refused; the message names the place and what is expected there."""


@dataclass(frozen=True, slots=True)
class Law:
    """How a time is drawn: ``exponential``, ``uniform``, ``lognormal``, ``constant`` (one per period), or ``trace``."""

    kind: str
    by_period: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Poisson rates per hour, one per period, or the instants themselves."""

    per_hour: tuple[float, ...] = ()
    times: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A class of conversations."""

    name: str
    tenant: str
    channel: str
    needs: Mapping[str, int]
    target: float
    arrivals: Arrivals
    handle: Law
    patience: Law | None
    expected_handle: float
    mean_patience: float | None


@dataclass(frozen=True, slots=True)
class Clause:
    channel: str
    target: float
    goal: float
    credit_per_point: float
    cap_points: float
    abandon_goal: float | None
    abandon_credit_per_point: float
    expected_volume: float


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    count: tuple[int, ...]
    skills: Mapping[str, int]
    tenants: frozenset[str]
    channels: frozenset[str]
    capacity: int
    handle_factor: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    replications: int
    seed: int
    policy: str
    periods: tuple[float, ...]
    end: float
    drain: bool
    gamma_shape: float | None
    streams: tuple[Stream, ...]
    units: Mapping[str, int]
    contracts: Mapping[str, tuple[Clause, ...]]
    groups: tuple[Group, ...]
    warnings: tuple[str, ...] = field(default=())

    def clause_of(self, stream: Stream) -> Clause | None:
        return next((each for each in self.contracts.get(stream.tenant, ()) if each.channel == stream.channel), None)


def read(path: Path) -> Scenario:
    """The scenario of a .json or .json.gz file. Raises Refused with the place and what is expected."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return parse(json.loads(raw))
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise Refused(f"{path}: cannot be read ({error})") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: is not JSON ({error})") from error


def parse(data: Any) -> Scenario:
    top = _Node(data, "scenario")
    top.only(
        "name", "replications", "seed", "policy", "periods", "end", "drain", "busyness", "classes", "units",
        "contracts", "agents",
    )  # fmt: skip
    periods = tuple(each.number(least=0) for each in top.at("periods", [0]).items())
    if not periods or periods[0] != 0 or list(periods) != sorted(set(periods)):
        raise Refused("scenario.periods: must begin with 0 and rise")
    end = top.at("end").number(least=periods[-1])
    busyness = top.at("busyness", None)
    if busyness.value is not None:
        busyness.only("gamma_shape")
    streams = tuple(_stream(each, len(periods)) for each in top.at("classes").items(least=1))
    contracts = top.at("contracts", {})
    groups = tuple(_group(each, len(periods)) for each in top.at("agents").items())
    names = [stream.name for stream in streams]
    if len(set(names)) != len(names):
        raise Refused("scenario.classes: two classes have the same name")
    found = Scenario(
        name=top.at("name", "unnamed").text(),
        replications=top.at("replications", 1).whole(least=1),
        seed=top.at("seed", 1).whole(),
        policy=top.at("policy", "index").one_of(POLICIES),
        periods=periods,
        end=end,
        drain=top.at("drain", True).flag(),
        gamma_shape=None if busyness.value is None else busyness.at("gamma_shape").number(above=0),
        streams=streams,
        units={name: node.whole(least=1) for name, node in top.at("units", {}).entries()},
        contracts={tenant: tuple(_clause(each) for each in node.items()) for tenant, node in contracts.entries()},
        groups=groups,
    )
    return _with_warnings(found)


def _stream(node: _Node, periods: int) -> Stream:
    node.only(
        "name", "tenant", "channel", "needs", "target", "arrivals", "handle", "patience", "expected_handle",
        "mean_patience",
    )  # fmt: skip
    arrivals = node.at("arrivals")
    arrivals.only("per_hour", "times")
    if ("per_hour" in arrivals.value) == ("times" in arrivals.value):
        raise Refused(f"{arrivals.path}: needs either per_hour or times")
    if "times" in arrivals.value:
        times = tuple(each.number(least=0) for each in arrivals.at("times").items())
        if list(times) != sorted(times):
            raise Refused(f"{arrivals.path}.times: must not fall")
        come = Arrivals(times=times)
    else:
        come = Arrivals(per_hour=arrivals.at("per_hour").per_period(periods, least=0))
    handle = _law(node.at("handle"), periods)
    patience = node.at("patience", None)
    law = None if patience.value is None else _law(patience, periods)
    for what, drawn in (("handle", handle), ("patience", law)):
        if drawn is None or drawn.kind != "trace" or come.times is None:
            continue
        if len(drawn.by_period) < len(come.times):
            raise Refused(f"{node.path}.{what}.trace: has fewer entries than there are arrivals")
    expected = node.at("expected_handle", None)
    mean_patience = node.at("mean_patience", None)
    return Stream(
        name=node.at("name").text(),
        tenant=node.at("tenant").text(),
        channel=node.at("channel").text(),
        needs={name: level.whole(least=1) for name, level in node.at("needs", {}).entries()},
        target=node.at("target").number(above=0),
        arrivals=come,
        handle=handle,
        patience=law,
        expected_handle=_mean(handle) if expected.value is None else expected.number(above=0),
        mean_patience=None if mean_patience.value is None else mean_patience.number(above=0),
    )


def _law(node: _Node, periods: int) -> Law:
    if not isinstance(node.value, dict) or len(node.value) != 1:
        raise Refused(f"{node.path}: needs exactly one of exponential, uniform, lognormal, constant, trace")
    [(kind, _)] = node.value.items()
    inner = node.at(kind)
    if kind == "trace":
        return Law(kind, tuple(each.number(least=0) for each in inner.items()))
    if kind in ("exponential", "constant"):
        return Law(kind, inner.per_period(periods, least=0))
    if kind == "uniform":
        pairs = inner.items(least=1) if inner.value and isinstance(inner.value[0], list) else [inner]
        return Law(kind, _spread(inner, [_bounds(each) for each in pairs], periods))
    if kind == "lognormal":
        nodes = inner.items(least=1) if isinstance(inner.value, list) else [inner]
        return Law(kind, _spread(inner, [_mean_sd(each) for each in nodes], periods))
    raise Refused(f"{node.path}: {kind} is not known; use exponential, uniform, lognormal, constant or trace")


def _bounds(node: _Node) -> tuple[float, float]:
    values = [each.number(least=0) for each in node.items()]
    if len(values) != 2 or values[0] > values[1]:
        raise Refused(f"{node.path}: uniform needs [low, high]")
    return values[0], values[1]


def _mean_sd(node: _Node) -> tuple[float, float]:
    node.only("mean", "sd")
    return node.at("mean").number(above=0), node.at("sd").number(least=0)


def _spread(node: _Node, values: list[Any], periods: int) -> tuple[Any, ...]:
    if len(values) not in (1, periods):
        raise Refused(f"{node.path}: needs one entry, or one for each of the {periods} periods")
    return tuple(values) if len(values) == periods else tuple(values * periods)


def _mean(law: Law) -> float:
    if law.kind == "trace":
        return sum(law.by_period) / len(law.by_period) if law.by_period else 1.0
    first = law.by_period[0]
    if law.kind == "uniform":
        return float(first[0] + first[1]) / 2
    return float(first[0]) if law.kind == "lognormal" else float(first)


def _clause(node: _Node) -> Clause:
    node.only(
        "channel", "target", "goal", "credit_per_point", "cap_points", "abandon_goal", "abandon_credit_per_point",
        "expected_volume",
    )  # fmt: skip
    abandon_goal = node.at("abandon_goal", None)
    return Clause(
        channel=node.at("channel").text(),
        target=node.at("target").number(above=0),
        goal=node.at("goal").number(least=0, most=1),
        credit_per_point=node.at("credit_per_point", 0).number(least=0),
        cap_points=node.at("cap_points", 100).number(least=0),
        abandon_goal=None if abandon_goal.value is None else abandon_goal.number(least=0, most=1),
        abandon_credit_per_point=node.at("abandon_credit_per_point", 0).number(least=0),
        expected_volume=node.at("expected_volume").number(above=0),
    )


def _group(node: _Node, periods: int) -> Group:
    node.only("group", "count", "skills", "tenants", "channels", "capacity", "handle_factor")
    return Group(
        name=node.at("group").text(),
        count=tuple(int(each) for each in node.at("count").per_period(periods, least=0, whole=True)),
        skills={name: level.whole(least=0) for name, level in node.at("skills", {}).entries()},
        tenants=frozenset(each.text() for each in node.at("tenants").items()),
        channels=frozenset(each.text() for each in node.at("channels").items()),
        capacity=node.at("capacity", 1).whole(least=1),
        handle_factor={name: factor.number(above=0) for name, factor in node.at("handle_factor", {}).entries()},
    )


def _with_warnings(scenario: Scenario) -> Scenario:
    """A class that nobody can serve is played all the same, and said."""
    said = []
    for stream in scenario.streams:
        units = scenario.units.get(stream.channel, 1)
        if not any(
            stream.tenant in group.tenants
            and stream.channel in group.channels
            and units <= group.capacity
            and max(group.count) > 0
            and all(group.skills.get(skill, 0) >= level for skill, level in stream.needs.items())
            for group in scenario.groups
        ):
            said.append(f"no agent can ever serve the class {stream.name!r}; its conversations wait until they give up")
    values = {name: getattr(scenario, name) for name in Scenario.__slots__ if name != "warnings"}
    return Scenario(**values, warnings=tuple(said))


@dataclass(frozen=True, slots=True)
class _Node:
    """A value with its path, so that every refusal names the place."""

    value: Any
    path: str

    def only(self, *names: str) -> None:
        if not isinstance(self.value, dict):
            raise Refused(f"{self.path}: must be an object")
        for name in self.value:
            if name not in names:
                raise Refused(f"{self.path}.{name}: unknown key; known are {', '.join(names)}")

    def at(self, name: str, *default: Any) -> _Node:
        if not isinstance(self.value, dict):
            raise Refused(f"{self.path}: must be an object")
        if name not in self.value:
            if not default:
                raise Refused(f"{self.path}.{name}: is missing")
            return _Node(default[0], f"{self.path}.{name}")
        return _Node(self.value[name], f"{self.path}.{name}")

    def items(self, *, least: int = 0) -> list[_Node]:
        if not isinstance(self.value, list) or len(self.value) < least:
            raise Refused(f"{self.path}: must be a list" + (f" of at least {least}" if least else ""))
        return [_Node(value, f"{self.path}[{n}]") for n, value in enumerate(self.value)]

    def entries(self) -> list[tuple[str, _Node]]:
        if not isinstance(self.value, dict):
            raise Refused(f"{self.path}: must be an object")
        return [(name, _Node(value, f"{self.path}.{name}")) for name, value in self.value.items()]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise Refused(f"{self.path}: must be a text")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise Refused(f"{self.path}: must be true or false")
        return self.value

    def one_of(self, names: Mapping[str, object]) -> str:
        if self.value not in names:
            raise Refused(f"{self.path}: must be one of {', '.join(sorted(names))}")
        return str(self.value)

    def whole(self, *, least: int | None = None) -> int:
        found = self.number(least=least)
        if found != int(found):
            raise Refused(f"{self.path}: must be a whole number")
        return int(found)

    def number(self, *, least: float | None = None, above: float | None = None, most: float | None = None) -> float:
        value = self.value
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or value != value
            or abs(value) == float("inf")
        ):
            raise Refused(f"{self.path}: must be a number")
        if least is not None and value < least:
            raise Refused(f"{self.path}: must be at least {least:g}, not {value:g}")
        if above is not None and value <= above:
            raise Refused(f"{self.path}: must be above {above:g}, not {value:g}")
        if most is not None and value > most:
            raise Refused(f"{self.path}: must be at most {most:g}, not {value:g}")
        return float(value)

    def per_period(self, periods: int, *, least: float, whole: bool = False) -> tuple[float, ...]:
        nodes = self.items(least=1) if isinstance(self.value, list) else [self]
        numbers = [node.whole(least=int(least)) if whole else node.number(least=least) for node in nodes]
        return _spread(self, numbers, periods)
