"""``manage.py replay``: real conversations through the real doors, and a report that must be clean."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.replay.agent import Ledger, SimulatedAgent
from config.replay.cast import PASSWORD, Cast, assemble
from config.replay.checking import Finding, check
from config.replay.corpus import Corpus, load
from config.replay.programs import ROOT, running_programs
from config.replay.sender import Sent, send_all
from kernel import clock
from kernel.access import system
from sla_contracts.attainment import attainment
from sla_contracts.models import Clock
from sla_contracts.period import Period
from tenants.models import Tenant


class Command(BaseCommand):
    access = system(opens="client", by="rows")
    help = "Replay real support conversations through HTTP, with simulated agents; exit 1 if anything is off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--speed", type=float, default=20_000, help="time is divided by this (default 20000)")
        parser.add_argument("--longest-gap", type=float, default=3600, help="silences are cut to these seconds")
        parser.add_argument("--agents", type=int, default=12)
        parser.add_argument("--limit", type=int, default=None, help="only the first conversations")
        parser.add_argument("--patience", type=float, default=120, help="seconds to wait for the last answers")

    def handle(self, **options: Any) -> None:
        corpus = load(ROOT, speed=options["speed"], longest_gap=options["longest_gap"], limit=options["limit"])
        self.stdout.write(f"{corpus.source}: {len(corpus.said)} messages to {len(corpus.companies)} companies")
        call_command("migrate_all", verbosity=0)
        if Tenant.objects.exists():
            raise SystemExit("This database has clients already; a replay needs an empty one: use make replay.")
        cast = assemble(corpus, agents=options["agents"])
        self.stdout.write(f"{len(cast.tenants)} tenants and {len(cast.agents)} agents are ready")
        log = ROOT / ".run" / "replay"
        began = time.monotonic()
        with running_programs(log) as port:
            sent, ledger = self._play(corpus, cast, port, patience=options["patience"])
        seconds = time.monotonic() - began
        finding = check(corpus=corpus, cast=cast, sent=sent, ledger=ledger, logs=log)
        self._report(finding, cast, ledger, seconds, options["speed"], log)
        if not finding.clean:
            raise SystemExit(1)

    def _play(self, corpus: Corpus, cast: Cast, port: int, *, patience: float) -> tuple[Sent, Ledger]:
        stories = {(str(cast.tenants[story.company].id), story.thread): story for story in corpus.stories}
        slugs = {str(tenant.id): tenant.slug for tenant in cast.tenants.values()}
        ledger = Ledger()
        agents = [
            SimulatedAgent(
                port=port, email=person.email, password=PASSWORD, stories=stories, slugs=slugs, ledger=ledger
            )
            for person in cast.agents
        ]
        for agent in agents:
            agent.start()
        total = len(corpus.said)

        def progress(count: int) -> None:
            if count % 100 == 0 or count == total:
                self.stdout.write(f"  sent {count} of {total}, closed {len(ledger.closed)} conversations")

        sent = send_all(corpus.said, port=port, doors=cast.doors, on_sent=progress)
        deadline = time.monotonic() + patience
        while len(ledger.closed) < len(corpus.stories) and time.monotonic() < deadline:
            time.sleep(0.2)
        for agent in agents:
            agent.stop.set()
        for agent in agents:
            agent.join(timeout=15)
        return sent, ledger

    def _report(self, finding: Finding, cast: Cast, ledger: Ledger, seconds: float, speed: float, log: Path) -> None:
        say = self.stdout.write
        say(
            f"\nplayed in {seconds:.1f} s, time divided by {speed:g}; webhooks delivered twice: {finding.repeated},"
            f" sent again after an error: {finding.retried}"
        )
        say(
            f"messages   sent {finding.sent}  acknowledged {finding.acknowledged}  stored {finding.stored}"
            f"  shown {finding.shown}"
        )
        say(f"answers    due {finding.answers_due}  answered {finding.answered}")
        say(f"cases      {finding.conversations}  closed {finding.closed}  offers accepted {ledger.accepted}")
        say(
            f"lost {len(finding.lost)}  doubled {len(finding.doubled)}  reordered {len(finding.reordered)}"
            f"  other {len(finding.other)}  foreign {len(finding.foreign)} of {ledger.tokens_seen} tokens seen"
        )
        say("\nSLA attainment of this month, in real seconds of the replay:")
        attained = {}
        for company, tenant in sorted(cast.tenants.items()):
            result = attainment(tenant, Period.holding(clock.now(), tenant.time_zone))
            attained[company] = [
                {key: clause[key] for key in ("code", "counted", "met", "breached", "share", "goal")}
                for clause in result["clauses"]
                if clause["counted"]
            ]
            shares = "  ".join(f"{clause['code']} {clause['met']}/{clause['counted']}" for clause in attained[company])
            say(f"  {company:18} {shares or 'nothing counted'}")
        for trouble in ledger.troubles[:10]:
            say(f"  agent's trouble: {trouble}")
        for line in (*finding.lost, *finding.doubled, *finding.reordered, *finding.other, *finding.foreign)[:40]:
            say(self.style.ERROR(f"  {line}"))
        clocks = Clock.objects.count()
        say(f"\n{clocks} clocks; {'CLEAN' if finding.clean else 'NOT CLEAN'}")
        report = log / "report.json"
        report.write_text(json.dumps({**asdict(finding), "seconds": seconds, "attainment": attained}, default=str))
        say(f"the whole report: {report}; logs beside it")
