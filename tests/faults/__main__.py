"""``make faults SEED=n [MINUTES=m] [ONLY=F1,F5] [ARGS=…]``: load, seeded faults, and a verdict.

Everything runs on servers of its own. Exit code 1 if any invariant is broken; recovery times are reported only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from config.launch import processes
from tests.faults.history import Journal
from tests.faults.measuring import report, show
from tests.faults.rig import ROOT, Rig
from tests.faults.volume import small_disk


def main() -> int:
    options = _options()
    folder = Path(options.folder) if options.folder else ROOT / ".run" / "faults" / f"seed-{options.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o755)
    processes.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rig = Rig(folder)
    _make_room(rig, options.only, options.minutes)
    try:
        os.environ.update(rig.start_servers())
        import django

        django.setup()
        found = asyncio.run(_run(rig, options, folder))
    finally:
        rig.end()
        processes.end_descendants(grace=3.0)
    (folder / "report.json").write_text(json.dumps(found, indent=1, default=str), encoding="utf-8")
    _say_result(found, folder)
    return 1 if found["violations"] else 0


def _make_room(rig: Rig, only: str, minutes: float) -> None:
    """A volume of its own that F13 can fill; without the right to mount one, F13 is left out."""
    rig.has_small_disk = ("F13" in only.split(",") or (not only and minutes > 5)) and small_disk(rig.home)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", default="", help="codes of faults, with commas")
    parser.add_argument("--shoppers", type=int, default=200)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--shops", type=int, default=5)
    parser.add_argument("--think", type=float, default=3.0, help="mean pause of a shopper, in seconds")
    parser.add_argument("--limit", type=int, default=1_000_000_000, help="messages of shoppers at most")
    parser.add_argument("--windows", type=int, default=-1, help="visitors with a real browser (2 in long runs)")
    parser.add_argument("--backlog", type=int, default=0, help="messages of F14 (0: 100,000 by itself, else fewer)")
    parser.add_argument("--folder", default="", help="where logs, histories and the report go")
    return parser.parse_args()


async def _run(rig: Rig, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from django.core.management import call_command

    from tests.faults.cast import assemble
    from tests.faults.checker import check
    from tests.faults.dumping import scan_files, scan_valkey, take
    from tests.faults.load import Load
    from tests.faults.schedule import drain, inject_until
    from tests.faults.shoppers import Pace
    from tests.faults.windows import has_browser

    chance = random.Random(options.seed)
    began = time.monotonic()
    await asyncio.to_thread(call_command, "migrate_all", verbosity=0)
    cast = await asyncio.to_thread(assemble, shops=options.shops, agents=options.agents, seed=options.seed)
    rig.start_programs()
    await rig.await_web()
    await rig.await_port("maildoor")
    journal = Journal(folder / "history.jsonl")
    pace = Pace(random.Random(options.seed + 1), think=options.think, limit=options.limit)
    windows = options.windows if options.windows >= 0 else 2 * (options.minutes > 5)
    load = Load(rig, cast, journal, pace, options.shoppers, windows=windows if has_browser() else 0)
    await load.start()
    print(
        f"{time.monotonic() - began:6.1f} s  {options.shoppers} shoppers and {options.agents} agents are at it",
        flush=True,
    )
    # Among all faults it is one of many, and may not take their time; how fast one is drained is measured by itself.
    backlog = options.backlog or (100_000 if options.only == "F14" else min(1_000, int(200 * options.minutes)))
    injected = await inject_until(load, chance, time.monotonic() + options.minutes * 60, options.only, backlog)
    print(f"{time.monotonic() - began:6.1f} s  draining", flush=True)
    left = await drain(load)
    await load.read_to_the_end()
    journal.close()
    dump = await asyncio.to_thread(take, rig.postgres.url, cast)
    scan_files(dump, folder)
    scan_valkey(dump, rig.valkey.url)
    violations = check(journal.events, dump, offset=time.time() - time.monotonic())
    return report(
        injected=injected, violations=violations, counts=_counts(options, dump, journal, left, time.monotonic() - began)
    )


def _counts(
    options: argparse.Namespace, dump: Any, journal: Journal, left: dict[str, int], seconds: float
) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for event in journal.events:
        kinds[event["what"]] = kinds.get(event["what"], 0) + 1
    return {
        "command": f"make faults SEED={options.seed} MINUTES={options.minutes:g}",
        "seed": options.seed,
        "seconds": round(seconds, 1),
        "shoppers": options.shoppers,
        "agents": options.agents,
        "messages": len(dump["messages"]),
        "conversations": len(dump["conversations"]),
        "acknowledged": kinds.get("acked", 0),
        "unsure": kinds.get("unsure", 0),
        "clocks": len(dump["clocks"]),
        "backlogs": [event for event in journal.events if event["what"] == "backlog"],
        "left": left,
        "events": kinds,
    }


def _say_result(found: dict[str, Any], folder: Path) -> None:
    print(show(found))
    print(
        f"{found['seconds']:.0f} s, seed {found['seed']}: {found['messages']} messages, {found['acknowledged']} of"
        f" shoppers acknowledged,"
        f" in {found['conversations']} conversations, {sum(fault['runs'] for fault in found['faults'])} faults,"
        f" {len(found['violations'])} violations;"
        f" not done at the end: {found['left']}"
    )
    for one in found["backlogs"]:
        print(
            f"backlog: {one['messages']} acknowledged in {one['piled_up_in']} s, drained in {one['seconds']} s"
            f" ({one['left']} left); p95 of {one['chats']} chat messages meanwhile: {one['chat_p95']} s"
        )
    for violation in found["violations"][:20]:
        print(f"  {violation['invariant']}: {violation['words']}")
    print(f"history, logs and report.json are in {folder}")


if __name__ == "__main__":
    sys.exit(main())
