"""ASVS 5.0, V4.4: sockets over TLS alone, and who is at the other end, against real Daphnes.

The desk's socket is opened with the session that its API uses (the standard session management); the widget's with
the visitor's token, which the widget's API issues over the same host and takes as well.
"""

from __future__ import annotations

import base64
import json
import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import line_of
from tests.conversations.test_live_doors import Widget, next_of
from tests.desk.test_desk_socket import code_of, heard
from tests.live_stack import LiveStack, cookies_of

SIGN_IN, ORIGIN = 4401, 4403


@contextmanager
def opened(port: int, host: str, path: str, origin: str, cookies: dict[str, str]) -> Iterator[ClientConnection]:
    plug = sockets.create_connection(("127.0.0.1", port), 10)
    given = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    with connect(
        f"ws://{host}{path}", sock=plug, origin=Origin(origin), additional_headers=given, open_timeout=20, proxy=None
    ) as made:
        yield made


def test_asvs_4_4_1_behind_tls_pages_are_let_to_wss_alone_and_plain_pages_to_no_socket(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    """TLS ends at the proxy in front: what is served then names ``wss:``, and a page that came by http is foreign."""
    port = live_stack.start_second_web(CENTRALITA_SCHEME="https")
    desk, shop = (f"{label}.{settings.DOMAIN}:{port}" for label in ("desk", acme.slug))
    for host, path in ((desk, "/sign-in"), (shop, "/"), (shop, "/chat/"), (shop, "/portal/")):
        page = requests.get(f"http://127.0.0.1:{port}{path}", headers={"Host": host}, timeout=20)
        [allowed] = [rule for rule in page.headers["Content-Security-Policy"].split("; ") if "connect-src" in rule]
        assert allowed == f"connect-src 'self' wss://{host}"
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    token = Widget(live_stack, acme).token
    # The session's cookie has another name where it may only travel by TLS.
    session = {"__Host-sessionid": next(iter(cookies_of(lucia).values()))}
    for host, path, cookies in ((desk, "/ws/desk/", session), (shop, f"/ws/widget/?token={token}", {})):
        with opened(port, host, path, f"https://{host}", cookies) as ours:
            assert heard(ours, "hello")
        with opened(port, host, path, f"http://{host}", cookies) as plain:
            assert code_of(plain) == ORIGIN


def test_asvs_4_4_3_the_desk_socket_is_opened_by_the_session_that_the_api_uses(
    live_stack: LiveStack, acme: Tenant, lucia: Person
) -> None:
    host = f"desk.{settings.DOMAIN}:{live_stack.port}"
    cookies = cookies_of(lucia)
    with opened(live_stack.port, host, "/ws/desk/", f"http://{host}", cookies) as hers:
        assert heard(hers, "hello")
    door = live_stack.http(lucia)
    door.cookies.update(cookies)
    assert door.delete("/_allauth/browser/v1/auth/session").status_code == 401  # signed out
    for spent in (cookies, {settings.SESSION_COOKIE_NAME: "a" * 32}, {}):
        with opened(live_stack.port, host, "/ws/desk/", f"http://{host}", spent) as nobody:
            assert code_of(nobody) == SIGN_IN
    # No token in the address stands for a session.
    token = Widget(live_stack, acme).token
    for path in (f"/ws/desk/?token={token}", f"/ws/desk/?sessionid={next(iter(cookies.values()))}"):
        with opened(live_stack.port, host, path, f"http://{host}", {}) as nobody:
            assert code_of(nobody) == SIGN_IN


def test_asvs_4_4_3_the_widgets_token_is_random_signed_and_good_at_one_shop(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    first, second = Widget(live_stack, acme), Widget(live_stack, acme)
    assert first.token != second.token and _random_bits(first.token) >= 128
    with first.socket() as browser:
        assert next_of(browser, "hello")["conversation"] is None
    first.say("Ciao")
    with first.socket() as mine, second.socket() as theirs:
        assert next_of(mine, "hello")["seq"] > 0
        assert next_of(theirs, "hello")["conversation"] is None
    signed_in = f"{settings.SESSION_COOKIE_NAME}={next(iter(cookies_of(lucia).values()))}"
    for token, tenant, more in (
        (_other_secret(first.token), acme, {}),
        (first.token, northlight, {}),
        ("", acme, {"Cookie": signed_in}),  # a session of the desk is none of a shopper's
    ):
        stranger = Widget(live_stack, acme)
        stranger.token, stranger.tenant = token, tenant
        with stranger.socket(**more) as browser:
            with pytest.raises(ConnectionClosed):
                browser.recv(timeout=10)
            assert browser.close_code == SIGN_IN
    # Proxies and our own logs see addresses: no log of ours holds the token.
    assert first.token not in live_stack.log("web") and "/ws/widget/" in live_stack.log("web")


def test_asvs_4_4_4_the_widgets_token_comes_from_the_api_of_the_same_host_which_takes_it_too(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant
) -> None:
    """A socket is a second channel of the same visitor: what the API does not know opens none."""
    foreign = live_stack.http(shop=northlight).post("/api/widget/session", json={"key": line_of(acme).token})
    assert foreign.status_code == 404
    widget = Widget(live_stack, acme)
    widget.say("Ciao")
    for token, status in ((widget.token, 200), (_other_secret(widget.token), 401)):
        asked = widget.door.get("/api/widget/conversation", headers={"Authorization": f"Widget {token}"})
        assert asked.status_code == status
        trial = Widget(live_stack, acme)
        trial.token = token
        with trial.socket() as browser:
            if status == 200:
                assert next_of(browser, "hello")["seq"] > 0
            else:
                with pytest.raises(ConnectionClosed):
                    browser.recv(timeout=10)
                assert browser.close_code == SIGN_IN


def _random_bits(token: str) -> int:
    payload = token.split(":")[0]
    said: list[Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return len(bytes.fromhex(said[2])) * 8


def _other_secret(token: str) -> str:
    """The same words, signed by somebody who does not have the key."""
    return token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB")
