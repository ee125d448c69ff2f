"""In every test: what left for one shop's people holds nothing of another's, and the connection left every shop.

A test that plants a leak on purpose takes ``planted_leak`` and judges for itself.
"""

from __future__ import annotations

import asyncio.events
import logging
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kernel import live
from tests import canaries, live_stack
from tests.canary_watch import Left, Watch, note_response

_now: list[Watch] = []
_spent: list[float] = []


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if _now:
            _now[-1].logged.append(logging.Formatter("%(name)s %(message)s").format(record))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "planted_leak: judges what leaves by itself")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if len(_spent) > 50:
        terminalreporter.write_line(f"canaries: {len(_spent)} tests watched, judged in {sum(_spent):.1f} s")


@pytest.fixture(scope="session", autouse=True)
def _canary_ears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Everything that leaves this process passes here, once, for the whole run."""
    tmp_path_factory.getbasetemp()  # pytest's own folders stay where they are
    temporary = Path(tempfile.mkdtemp(prefix="canary-tmp-"))
    temporary.chmod(0o711)  # other users' servers have folders of their own in it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        patch.setenv("TMPDIR", str(temporary))
        _hear_client(patch)
        _hear_door(patch)
        _hear_bells(patch)
        ear = _Ear()
        logging.getLogger().addHandler(ear)
        yield
        logging.getLogger().removeHandler(ear)
    shutil.rmtree(temporary, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    canaries.forget_planting()
    _now[:] = [Watch()]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judged right after the call, while the rows are there; a test that failed for itself is left to say so."""
    watch = _now[-1]
    stack = getattr(item, "funcargs", {}).get("live_stack")
    if isinstance(stack, live_stack.LiveStack):
        watch.tap = stack.tap
        watch.logs = {path: path.stat().st_size for path in stack.folder.glob("*.log")}
    result = yield
    if not item.get_closest_marker("planted_leak"):
        _judge(item, watch, stack)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    _now.clear()


def _judge(item: pytest.Item, watch: Watch, stack: Any) -> None:
    has_rows = bool({"db", "live_stack", "transactional_db"} & set(getattr(item, "fixturenames", ())))
    if has_rows:
        standing = connection.schema_name  # type: ignore[attr-defined]
        if standing != "public":
            connection.set_schema_to_public()  # type: ignore[attr-defined]
            pytest.fail(f"the connection still stands in {standing}: the next on this thread would read that shop")
    if stack is not None:
        for path in stack.folder.glob("*.log"):
            watch.logs.setdefault(path, 0)
    began = time.perf_counter()
    # After a browser test its driver's loop still runs in this thread, where Django refuses queries.
    loop = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    try:
        findings = watch.judge(with_rows=has_rows)
    finally:
        asyncio.events._set_running_loop(loop)
    _spent.append(time.perf_counter() - began)
    if findings:
        pytest.fail("what left holds what is another shop's:\n  " + "\n  ".join(findings[:30]), pytrace=False)


@pytest.fixture
def watch() -> Watch:
    """What left in this test until now."""
    return _now[-1]


def note(left: Left) -> None:
    """Something else that left, for tests with a door of their own."""
    if _now:
        _now[-1].left.append(left)


def note_mail(content: bytes) -> None:
    """A letter that reached a server of the test's own."""
    if _now:
        _now[-1].mails.append(content)


def _hear_client(patch: pytest.MonkeyPatch) -> None:
    request_of = Client.request

    def request(self: Client, **request: Any) -> Any:
        response = request_of(self, **request)
        if _now:
            environment = self._base_environ(**request)  # type: ignore[attr-defined]
            note_response(_now[-1], environment, self, response)
        return response

    patch.setattr(Client, "request", request)


def _hear_door(patch: pytest.MonkeyPatch) -> None:
    cookies_of = live_stack.cookies_of

    def remembered(person: Any) -> dict[str, str]:
        cookies = cookies_of(person)
        if _now and person is not None:
            _now[-1].sessions.update(dict.fromkeys(cookies.values(), str(person.pk)))
        return cookies

    patch.setattr(live_stack, "cookies_of", remembered)


def _hear_bells(patch: pytest.MonkeyPatch) -> None:
    publish = live._publish

    def published(channel: str, frame: bytes) -> None:
        if _now and channel == live.CHANNEL:
            parts = frame.split(b"\n")
            _now[-1].frames += [b"\n".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
        publish(channel, frame)

    patch.setattr(live, "_publish", published)


__all__ = ["note", "note_mail", "watch"]
