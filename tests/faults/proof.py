"""``python -m tests.faults.proof``: nothing is found in the sound product, and each of twelve planted bugs is.

One set of servers and processes; each bug has shops, agents and shoppers of its own, and is switched on for them alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from config.launch import processes
from tests.faults.history import Journal
from tests.faults.planting.bugs import EXPECTED
from tests.faults.rig import Rig

ROUNDS = 8
ROUND_SECONDS = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.proof")
    parser.add_argument("--only", default="", help="names of bugs, with commas")
    only = [name for name in parser.parse_args().only.split(",") if name]
    processes.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="centralita-proof-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        switch = folder / "planted"
        rig = Rig(folder, durable=False)
        try:
            os.environ.update(rig.start_servers())
            rig.environment["FAULTS_PLANT"] = str(switch)
            import django

            django.setup()
            missed = asyncio.run(_prove(rig, folder, switch, only or list(EXPECTED)))
        finally:
            rig.end()
            processes.end_descendants(grace=3.0)
    print("caught all" if not missed else f"missed: {', '.join(missed)}", flush=True)
    return 1 if missed else 0


async def _prove(rig: Rig, folder: Path, switch: Path, bugs: list[str]) -> list[str]:
    from django.core.management import call_command

    await asyncio.to_thread(call_command, "migrate_all", verbosity=0)
    rig.start_programs("web1", "dispatch", "worker", "maildoor")
    casts = await asyncio.to_thread(_casts, len(bugs) + 1)
    await rig.await_web("web1")
    await rig.await_port("maildoor")
    missed = []
    for number, bug in enumerate(["", *bugs]):
        switch.write_text(bug, encoding="ascii")
        began = time.monotonic()
        found = await _exercise(rig, folder, casts[number], EXPECTED.get(bug))
        wanted = EXPECTED.get(bug)
        is_right = wanted in found if wanted else not found
        words = ", ".join(f"{name} {count}" for name, count in sorted(found.items())) or "nothing"
        print(f"{'ok ' if is_right else 'NOT'} {bug or 'sound':<24}{wanted or '':<5}{words}"
              f"  ({time.monotonic() - began:.1f} s)", flush=True)  # fmt: skip
        if not is_right:
            missed.append(bug or "sound")
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}", flush=True)
    return missed


def _casts(number: int) -> list[Any]:
    """Shops and people for each exercise, made while the processes start."""
    from tests.faults.cast import assemble

    return [assemble(shops=2, agents=3, seed=n, prefix=f"p{chr(97 + n)}") for n in range(number)]


async def _exercise(rig: Rig, folder: Path, cast: Any, wanted: str | None) -> dict[str, int]:
    """Load on fresh shops until the bug shows, in a few rounds; invariant → violations."""
    from tests.faults.checker import check, count
    from tests.faults.dumping import scan_files, take
    from tests.faults.load import Load
    from tests.faults.shoppers import Pace

    journal = Journal()
    pace = Pace(random.Random(cast.shops[0].slug), think=0.8, repeats=0.4)
    load = Load(rig, cast, journal, pace, 20, label=f"{cast.shops[0].slug}s")
    await load.start()
    load.sink.shares = {"silent": 0.5}
    for _ in range(ROUNDS):
        await asyncio.sleep(ROUND_SECONDS)
        await _meddle(load)
        if wanted is None:
            break
        dump = await asyncio.to_thread(take, rig.postgres.url, cast)
        if count(check(list(journal.events), dump, offset=time.time() - time.monotonic()))[wanted]:
            break
    await _quiet(load)
    dump = await asyncio.to_thread(take, rig.postgres.url, cast)
    scan_files(dump, folder)
    violations = check(journal.events, dump, offset=time.time() - time.monotonic())
    if wanted is None:
        for violation in violations:
            print(f"    {violation}", flush=True)
    return {name: total for name, total in count(violations).items() if total}


async def _meddle(load: Any) -> None:
    """What a load does seldom: agents ask for what others have; the operator drafts an invoice."""
    from tests.faults.meddling import draft_invoices, grab_work

    await grab_work(load)
    await draft_invoices(load)


async def _quiet(load: Any) -> None:
    load.pace.talking = False
    await asyncio.sleep(0.7)
    await load.stop()
    await load.read_to_the_end()


if __name__ == "__main__":
    sys.exit(main())
