"""All faults, by the codes of the design's table."""

from __future__ import annotations

from tests.faults.deleting import delete_shop
from tests.faults.heavy_faults import drain_backlog, fill_disk, migrate_in_traffic, shift_clock
from tests.faults.injecting import (
    cut_backends,
    fail_at_point,
    flush_valkey,
    freeze,
    kill_beat,
    kill_dispatcher,
    kill_mail_door,
    kill_postgres,
    kill_valkey,
    kill_web,
    kill_worker,
    restart_postgres,
    roll_webs,
    spoil_link,
    turn_mail_away,
)
from tests.faults.people_faults import (
    offline_agent,
    race,
    revoke_grant,
    slow_readers,
    storm_of_repeats,
    suspend_shop,
    unwelcome_webhooks,
)
from tests.faults.stage import Fault

FAULTS = (
    Fault("F1", "web killed", kill_web, weight=6),
    Fault("F2", "worker killed", kill_worker, "sends", weight=3),
    Fault("F2b", "schedule killed", kill_beat),
    Fault("F2c", "mail door killed", kill_mail_door, "mails"),
    Fault("F3", "dispatcher killed", kill_dispatcher, "offers", weight=3),
    Fault("F3b", "killed at a failpoint", fail_at_point, weight=2),
    Fault("F4", "Valkey killed", kill_valkey, "rings", weight=3),
    Fault("F4b", "FLUSHALL", flush_valkey, "rings", weight=2),
    Fault("F5", "PostgreSQL killed", kill_postgres, weight=3),
    Fault("F5b", "PostgreSQL restarted", restart_postgres),
    Fault("F5c", "backends terminated", cut_backends, weight=3),
    Fault("F7", "link spoilt", spoil_link, weight=4),
    Fault("F8", "clock wrong", shift_clock, is_for_long_runs=True, weight=0.5),
    Fault("F9", "webhook repeated x100", storm_of_repeats, weight=2, is_beside=True),
    Fault("F10", "unwelcome webhooks", unwelcome_webhooks, is_beside=True),
    Fault("F12", "slow sockets", slow_readers, is_beside=True),
    Fault("F13", "disk full", fill_disk, is_for_long_runs=True),
    Fault("F14", "backlog drained", drain_backlog, is_for_long_runs=True, weight=0),
    Fault("F15", "agent offline", offline_agent, weight=2, is_beside=True),
    Fault("F16", "rolling restart", roll_webs),
    Fault("F17", "migration in traffic", migrate_in_traffic, is_for_long_runs=True, weight=0.5),
    Fault("F18", "shop suspended", suspend_shop, is_beside=True),
    Fault("F18b", "shop deleted", delete_shop, weight=0.5),
    Fault("F19", "grant revoked", revoke_grant, weight=2, is_beside=True),
    Fault("F20", "50-way races", race, weight=3, is_beside=True),
    Fault("F21", "mail server fails", turn_mail_away),
    Fault("F23", "process frozen", freeze),
)
