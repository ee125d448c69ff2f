"""The past of the demo, made beside the running product: it may be ended at any time, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from config.demo import attendance, past, quality_desk, script
from config.demo.cast import SHOPS
from config.demo.crowd import MONTHS
from config.demo.papers import issue_papers
from config.demo.past import Stage
from config.demo.scenes import Scene
from config.demo.script import Script
from people.models import Person
from sla_contracts.period import Period
from tenants.models import Tenant

Say = Callable[[str], object]
# The last month's invoice is left for whoever tries the product.
UNBILLED = 1


def write_script(shops: Mapping[str, Tenant], *, scale: float = 1.0, since: datetime | None = None) -> Script:
    """The script of this database: that of the months before its shops were opened."""
    return script.write(min(shop.created_at for shop in shops.values()), scale=scale, since=since)


def prepare(shops: Mapping[str, Tenant], people: Mapping[str, Person], written: Script) -> bool:
    """Write the agents' states, once and before anybody signs in; False where there is another past already."""
    return attendance.is_written(written, people) or attendance.write(written, people)


def make(
    shops: Mapping[str, Tenant], people: Mapping[str, Person], written: Script, *, months: int = MONTHS, say: Say
) -> int:
    """Play what is missing, month after month, each with its papers at its end; how many conversations were played.

    months: of so many back there are papers. say: hears how far it is, about every twentieth part.
    """
    if not attendance.is_written(written, people):
        say("these shops have a past of their own; it stays as it is")
        return 0
    stage = Stage.of(shops, people)
    left = past.left_to_play(stage, written.scenes)
    total, done = len(written.scenes), len(written.scenes) - len(left)
    step = max(1, total // 20)
    for months_back, scenes in _by_month(left, written.until):
        for scene in scenes:
            past.play(stage, scene)
            done += 1
            if done % step == 0:
                say(f"{done * 100 // total} %, {done} of {total} conversations, up to {scene.arrival.at:%d %B}")
        if 0 < months_back <= months:
            for line in _papers(stage, written.until, months_back):
                say(line)
    quality_desk.finish(shops, written.until)
    return len(left)


def _by_month(scenes: list[Scene], until: datetime) -> Iterator[tuple[int, list[Scene]]]:
    """How many months back, oldest first, with what came in that month (of the first shop's calendar)."""
    zone = SHOPS[0]["time_zone"]
    running = Period.holding(until, zone)
    for months_back in range(MONTHS, -1, -1):
        period = running.before(months_back)
        yield months_back, [scene for scene in scenes if period.start <= scene.arrival.at < period.end]


def _papers(stage: Stage, until: datetime, months_back: int) -> Iterator[str]:
    for shop in stage.shops.values():
        period = Period.holding(until, shop.time_zone).before(months_back)
        made = issue_papers(
            shop=shop,
            operator=stage.people["omar@bpo.example"],
            period=period,
            until=until,
            is_billed=months_back > UNBILLED,
        )
        if made:
            yield f"{shop.name}: {', '.join(made)}"
