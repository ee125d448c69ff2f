"""The launcher leaves nothing behind, whatever ends it, and says what it did differently from what was asked."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.launch import processes
from config.launch.lock import AlreadyRunning, hold_clone
from config.launch.places import Places, repository_root
from config.launch.ports import LOOPBACK, choose_port, is_free
from config.launch.processes import Program
from config.launch.reset import reset
from config.launch.scratch import scratch_servers
from config.launch.supervisor import Supervisor
from config.launch.version import code_version

ROOT = repository_root()
SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for a condition; fails the test when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def tick_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    """Let the supervisor work until a condition comes true."""

    def ticked() -> object:
        supervisor.tick()
        return condition()

    until(ticked)


def lives(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def start_launcher(*command: str, servers: bool = True) -> subprocess.Popen[str]:
    options = [] if servers else ["--no-servers"]
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch.scratch", *options, "--", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "platform:."},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, lambda line: None, backoff=0.05)
    yield supervisor
    supervisor.stop()


def test_scratch_servers_answer_and_leave_nothing() -> None:
    with scratch_servers() as servers:
        with psycopg.connect(servers.database_url) as connection:
            query = (
                "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace AND nspname = 'public'"
            )
            assert {row[0] for row in connection.execute(query)} >= {"pg_trgm", "unaccent", "btree_gist"}
            zone = connection.execute("SELECT current_setting('timezone'), current_setting('fsync')").fetchone()
            assert zone == ("UTC", "off")
        assert redis.from_url(servers.valkey_url).ping()
        assert all(lives(pid) for pid in servers.processes)
    assert not any(lives(pid) for pid in servers.processes)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(servers.database_url)


def test_scratch_servers_refuse_a_wrong_password() -> None:
    with scratch_servers() as servers:
        user, _, address = servers.database_url.rpartition("@")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"{user}x@{address}")
        user, _, address = servers.valkey_url.rpartition("@")
        with pytest.raises(redis.AuthenticationError):
            redis.from_url(f"{user}x@{address}").ping()


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_launcher_leaves_no_orphan(signum: signal.Signals) -> None:
    launcher = start_launcher(sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == "up\n"
    family = processes.descendants(launcher.pid)
    assert {"postgres", "valkey-server"} <= set(family.values())
    launcher.send_signal(signum)
    launcher.communicate(timeout=60)
    until(lambda: not any(lives(pid) for pid in family))
    # A killed launcher cannot delete its folder; the next start of one would.
    for folder in Path(tempfile.gettempdir()).glob(f"centralita-scratch-{launcher.pid}-*"):
        assert signum == signal.SIGKILL
        shutil.rmtree(folder)


def test_the_exit_code_is_that_of_the_command_and_its_leftovers_are_ended() -> None:
    script = (
        "import subprocess, sys;"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True);"
        "print(left.pid); sys.exit(7)"
    )
    launcher = start_launcher(sys.executable, "-c", script, servers=False)
    output, errors = launcher.communicate(timeout=60)
    assert launcher.returncode == 7
    assert not lives(int(output))
    assert "left behind" in errors


def test_a_busy_port_is_replaced_and_said() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        busy = listener.getsockname()[1]
        port, remark = choose_port(busy)
        assert port != busy
        assert is_free(port)
        assert str(busy) in remark
        assert str(port) in remark
    assert choose_port(busy) == (busy, "")


def test_a_killed_program_starts_again_and_it_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    before = processes.descendants(os.getpid()).keys()
    supervisor = Supervisor(tmp_path, said.append, backoff=0.05)
    first = supervisor.start(Program("clock", SLEEP, tmp_path))
    try:
        first.kill()
        tick_until(supervisor, lambda: said)
        assert said[0].startswith("clock ended (signal 9)")
        tick_until(supervisor, lambda: processes.descendants(os.getpid()).keys() - before - {first.pid})
    finally:
        supervisor.stop()
    until(lambda: not processes.descendants(os.getpid()).keys() - before)


def test_a_program_that_keeps_failing_is_started_ever_less_often(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append, backoff=0.01, longest_backoff=0.04)
    supervisor.start(Program("broken", (sys.executable, "-c", "print('no'); raise SystemExit(3)"), tmp_path))
    tick_until(supervisor, lambda: len(said) >= 3)
    supervisor.stop()
    assert all("exit code 3" in line for line in said)
    assert supervisor.log_of("broken").read_text(encoding="utf-8").count("no\n") >= 3


def test_a_program_that_will_not_end_is_killed_with_its_children(tmp_path: Path, supervisor: Supervisor) -> None:
    script = (
        "import signal, subprocess, sys, time;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    parent = supervisor.start(Program("stubborn", (sys.executable, "-c", script), tmp_path, grace=0.1))
    until(lambda: supervisor.log_of("stubborn").read_text(encoding="utf-8").endswith("\n"))
    child = int(supervisor.log_of("stubborn").read_text(encoding="utf-8"))
    supervisor.stop()
    until(lambda: not lives(parent.pid) and not lives(child))


def test_a_clone_is_run_once_at_a_time_and_not_reset_meanwhile(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with hold_clone(places):
        with pytest.raises(AlreadyRunning, match=str(os.getpid())), hold_clone(places):
            pass
        with pytest.raises(AlreadyRunning):
            reset(places)
    assert places.run.exists()
    assert reset(places) == [str(places.run)]
    assert not places.run.exists()


def test_installing_and_resetting_need_no_package() -> None:
    command = [sys.executable, "-S", "-c", "import config.launch.install, config.launch.reset"]
    environment = {"PYTHONPATH": str(ROOT / "platform"), "PATH": os.environ["PATH"]}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_code_version_follows_what_migrating_and_seeding_would_do(tmp_path: Path) -> None:
    migration = tmp_path / "tenants" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    (tmp_path / "uv.lock").write_text("", encoding="utf-8")
    migration.write_text("one", encoding="utf-8")
    before = code_version(tmp_path)
    (tmp_path / "tenants" / "views.py").write_text("anything", encoding="utf-8")
    assert code_version(tmp_path) == before
    migration.write_text("two", encoding="utf-8")
    assert code_version(tmp_path) != before
