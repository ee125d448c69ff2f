"""Each line's carrier has one adapter, which keeps the contract."""

from __future__ import annotations

import pytest

from carriers.contract import Carrier, Refused
from carriers.registry import carrier_for
from carriers.relay import relay, signature
from kernel.errors import Refusal
from tenants.models import Line


@pytest.mark.parametrize("code", Line.Carrier.values)
def test_every_carrier_keeps_the_contract(code: str) -> None:
    carrier = carrier_for(Line(carrier=code))
    assert isinstance(carrier, Carrier)
    assert carrier.code == code
    assert carrier.channel_group in ("chat", "mail")


def test_unknown_carrier_is_a_bug() -> None:
    with pytest.raises(KeyError):
        carrier_for("pigeon")


def test_signature_is_of_the_raw_body_and_of_this_lines_secret() -> None:
    line, body = Line(carrier="relay", secret="s"), b'{"id": 1}'
    relay.verify(line, {"x-centralita-signature": signature("s", body)}, body)
    for secret, signed in (("t", body), ("s", body + b" ")):
        with pytest.raises(Refusal, match="does not match"):
            relay.verify(line, {"x-centralita-signature": signature(secret, signed)}, body)


def test_line_without_a_secret_accepts_nothing() -> None:
    with pytest.raises(Refusal):
        relay.verify(Line(carrier="relay"), {"x-centralita-signature": signature("", b"{}")}, b"{}")


def test_payload_without_an_id_is_named_by_its_content() -> None:
    assert relay.external_id(b"{}") == relay.external_id(b"{}") != relay.external_id(b"[]")
    assert relay.external_id(b'{"id": 12}') == "12"


def test_broken_payloads_are_refused_with_a_reason() -> None:
    for payload in (b"", b"\xff", b"[1]", b'{"from": "x", "text": "y"}', b'{"from": {"address": ""}, "text": "y"}'):
        parsed = relay.parse(Line(carrier="relay"), payload)
        assert isinstance(parsed, Refused)
        assert parsed.reason
