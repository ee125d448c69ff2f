"""Plays what-ifs, one play after the other for some seconds; what is left is for the next call, whoever makes it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from celery import current_app
from kombu.exceptions import KombuError
from redis import RedisError

from routing import whatifs
from routing.models import WhatIf, WhatIfPlay
from routing.simulator import scenario as scenarios
from routing.simulator.changes import with_changes
from routing.simulator.compare import Play, Version, as_play, differences, figures_of, play_outcome, play_version
from routing.simulator.training import Candidate, gains, screen

log = logging.getLogger(__name__)
TASK = "desk.play_what_ifs"


def ring() -> None:
    """Ask a worker to play; a broker that is down is no error here: beat rings again."""
    try:
        current_app.send_task(TASK, retry=False)
    except (KombuError, RedisError, OSError):
        log.warning("doorbell of what-ifs lost; beat will ring")


def play_some(seconds: float) -> bool:
    """Play the oldest that waits, for so long; whether there is more to do for who asks at once again."""
    until = time.monotonic() + seconds
    row = None
    while time.monotonic() < until:
        row = whatifs.claim()
        if row is None:
            break
        if row.attempts > whatifs.ATTEMPTS_MAX:
            log.error("what-if %s ended whoever played it", row.id)
            whatifs.fail(what_if_id=row.id)
            continue
        try:
            _play(row, until)
        except Exception:
            # Whatever is wrong with this one, those behind it go on, and whoever asked is told.
            log.exception("what-if %s failed", row.id)
            whatifs.fail(what_if_id=row.id)
        finally:
            whatifs.release(row)
    # While another plays, that one goes on by itself.
    return row is not None and whatifs.has_more()


def _play(row: WhatIf, until: float) -> None:
    scenario = scenarios.parse(row.scenario)
    if row.kind == WhatIf.Kind.TRAINING and "candidates" not in row.question:
        _choose_candidates(row, scenario)
    versions = _versions(row, scenario)
    for version, replication in _missing(row, len(versions)):
        if time.monotonic() >= until:
            return
        figures = play_version(versions[version], replication)
        is_wanted = whatifs.played(what_if_id=row.id, version=version, replication=replication, figures=figures)
        if not is_wanted:
            return
    whatifs.finish(what_if_id=row.id, result=_result(row, versions))


def _versions(row: WhatIf, scenario: scenarios.Scenario) -> list[Version]:
    """The week as it was, and what it is compared with."""
    asked = row.question
    if row.kind == WhatIf.Kind.CHANGES:
        changed = with_changes(scenario, policy=asked["policy"], heads=asked["heads"])
        return [Version(scenario), Version(changed, asked["volume"])]
    trained = [Candidate(**each).applied_to(scenario) for each in asked["candidates"]]
    return [Version(scenario), *(Version(each) for each in trained)]


def _choose_candidates(row: WhatIf, scenario: scenarios.Scenario) -> None:
    """The first play of the week as it was says which trainings are worth playing."""
    outcome = play_outcome(Version(scenario), 0)
    found = screen(scenario, outcome)
    row.question = {**row.question, "candidates": [asdict(each) for each in found]}
    whatifs.plan_versions(what_if_id=row.id, question=row.question, versions=1 + len(found))
    whatifs.played(what_if_id=row.id, version=0, replication=0, figures=as_play(scenario, outcome))


def _missing(row: WhatIf, versions: int) -> Iterator[tuple[int, int]]:
    done = set(row.plays.values_list("version", "replication"))
    for replication in range(row.replications):
        for version in range(versions):
            if (version, replication) not in done:
                yield version, replication


def _result(row: WhatIf, versions: list[Version]) -> dict[str, Any]:
    plays: list[list[Play]] = [[] for _ in versions]
    for version, figures in (
        WhatIfPlay.objects.filter(what_if=row).order_by("version", "replication").values_list("version", "figures")
    ):
        plays[version].append(figures)
    before = plays[0]
    if row.kind == WhatIf.Kind.TRAINING:
        candidates = [Candidate(**each) for each in row.question["candidates"]]
        return {"before": figures_of(before), "trainings": gains(candidates, before, plays[1:])}
    return {
        "before": figures_of(before),
        "after": figures_of(plays[1]),
        "difference": differences(before, plays[1]),
    }
