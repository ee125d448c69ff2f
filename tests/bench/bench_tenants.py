"""A thousand shops: opening one, taking two new columns through all, and a run with nothing to do. Prints JSON.

    DATABASE_URL=… VALKEY_URL=… python -m tests.bench.bench_tenants [--tenants 1000] [--keep]

Makes a database of its own beside the one in DATABASE_URL, and drops it. Onboarding is ``desk.onboarding.open_shop``,
with queues, contract, categories, scorecard and rate card. Limits: new shop ≤ 1 s, columns ≤ 30 s, nothing ≤ 2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

LIMITS = {"onboard_seconds": 1.0, "two_columns_seconds": 30.0, "nothing_to_do_seconds": 2.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--keep", action="store_true", help="leave the database behind")
    options = parser.parse_args()
    given = os.environ["DATABASE_URL"]
    database = f"bench_tenants_{os.getpid()}"
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(given)._replace(path=f"/{database}"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "bench")
    admin = psycopg.connect(urlunsplit(urlsplit(given)._replace(path="/postgres")), autocommit=True)
    admin.execute(f"CREATE DATABASE {database}")
    try:
        result = measure(options.tenants)
        print(json.dumps(result, indent=1), flush=True)
    finally:
        if not options.keep:
            admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
    return 0 if result["within_limits"] else 1


def measure(count: int) -> dict[str, Any]:
    """Open ``count`` shops, then migrate them in traffic, then migrate again; seconds."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate_all", verbosity=0, stdout=sys.stderr)
    onboard = _open_shops(count)
    stalls: list[float] = []
    with _Traffic(count, stalls):
        columns = _migrate(two_columns=True)
    idle = [_migrate(two_columns=False) for _ in range(3)]
    figures = {
        "onboard_seconds": round(max(statistics.quantiles(onboard, n=100)[98], statistics.median(onboard[-50:])), 3),
        "two_columns_seconds": round(columns, 2),
        "nothing_to_do_seconds": round(max(idle), 2),
    }
    return {
        "bench": "tenants",
        "tenants": count,
        **figures,
        "onboard_first": round(onboard[0], 3),
        "onboard_p50": round(statistics.median(onboard), 3),
        "onboard_p50_of_last_50": round(statistics.median(onboard[-50:]), 3),
        "longest_stall_of_a_reader": round(max(stalls, default=0.0), 3),
        "reads_during_migration": len(stalls),
        "limits": LIMITS,
        "within_limits": all(figures[name] <= limit for name, limit in LIMITS.items()),
    }


def _open_shops(count: int) -> list[float]:
    from django.db import connection

    from desk.onboarding import open_shop

    seconds = []
    for number in range(count):
        if number % 150 == 149:
            connection.close()
        started = time.perf_counter()
        open_shop(
            name=f"Shop {number}",
            slug=f"shop-{number}",
            country="ES",
            languages=["es", "en"],
            time_zone="Europe/Madrid",
            color="#123456",
        )
        seconds.append(time.perf_counter() - started)
        if number % 100 == 99:
            print(f"{number + 1} shops", file=sys.stderr)
    return seconds


def _migrate(*, two_columns: bool) -> float:
    from django.db import migrations, models

    from tenants import migrating, schema_sql

    real = schema_sql.migration_plan

    class TwoColumns(migrations.Migration):
        dependencies = [("conversations", "0001_initial")]
        operations = [
            migrations.AddField("conversation", "first_new", models.CharField(max_length=20, null=True)),
            migrations.AddField("message", "second_new", models.IntegerField(db_default=0)),
        ]

    change = TwoColumns("9001_two_columns", "conversations")
    schema_sql.migration_plan = lambda: [*real(), change]
    started = time.perf_counter()
    try:
        outcome = migrating.migrate_tenants(say=lambda line: print(line, file=sys.stderr))
    finally:
        schema_sql.migration_plan = real
    seconds = time.perf_counter() - started
    if outcome.failed or bool(outcome.done) != two_columns:
        raise RuntimeError(f"{len(outcome.done)} done, failed: {outcome.failed}")
    return seconds


class _Traffic:
    """One reader in short transactions at random shops, noting how long each took."""

    def __init__(self, count: int, stalls: list[float]) -> None:
        self.count, self.stalls, self.over = count, stalls, threading.Event()
        self.thread = threading.Thread(target=self._read)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _read(self) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"]) as reader:
            number = 0
            while not self.over.wait(0.01):
                number = (number * 31 + 7) % self.count
                started = time.perf_counter()
                with reader.transaction():
                    reader.execute(f'SELECT count(*) FROM "shop_shop_{number}".conversations_message')
                self.stalls.append(time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
