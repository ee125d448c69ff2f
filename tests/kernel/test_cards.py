"""Card numbers are found however they are written, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel import cards

# Published test numbers of the schemes.
NUMBERS = (
    "4111111111111111", "4012888888881881", "5555555555554444", "5105105105105100", "2223003122003222",
    "378282246310005", "371449635398431", "30569309025904", "38520000023237", "6011111111111117",
    "6011000990139424", "3530111333300000", "6200000000000005", "6759649826438453", "4000000000000000006",
)  # fmt: skip
SEPARATORS = [" ", "-", ".", "\u00a0", "\u200b", "\u2011", "\u202f", "\u2060", "", "", "", ""]
SCRIPTS = [0x30, 0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE]


def luhn_digit(body: str) -> str:
    return next(digit for digit in "0123456789" if cards._luhn(body + digit))


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    prefix, size = draw(
        st.sampled_from(
            [("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("36", 14)]
        )
    )
    body = prefix + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=size, max_size=size)))
    body = body[: size - 1]
    return body + luhn_digit(body)


@st.composite
def written_cards(draw: st.DrawFn) -> tuple[str, str]:
    """A card's number as somebody writes it, and its digits."""
    digits = draw(card_numbers())
    script = draw(st.sampled_from(SCRIPTS))
    gaps = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(digits) - 1, max_size=len(digits) - 1))
    written = chr(script + int(digits[0]))
    for digit, gap in zip(digits[1:], gaps, strict=True):
        written += gap + chr(script + int(digit))
    return written, digits


@pytest.mark.parametrize("number", NUMBERS)
def test_the_published_numbers_of_the_schemes_are_taken_out(number: str) -> None:
    assert cards.redact(f"It is {number}.") == cards.Redacted(f"It is [card number removed ••••{number[-4:]}].", 1)


@given(
    written_cards(), st.sampled_from(["", "my card: ", "¿", "order 12, "]), st.sampled_from(["", ".", " thanks", "!"])
)
def test_however_it_is_written_no_digit_but_the_last_four_is_left(
    written: tuple[str, str], before: str, behind: str
) -> None:
    text, digits = written
    if before.endswith(", "):
        text = digits  # beside another number only the usual spellings are told apart from a list
    done = cards.redact(before + text + behind)
    assert done.text == f"{before}[card number removed ••••{digits[-4:]}]{behind}"


@given(card_numbers(), st.data())
def test_tags_and_entities_between_the_digits_hide_nothing(digits: str, data: st.DataObject) -> None:
    gap = st.sampled_from(["", "", "<b>", "</b>", "<br/>", "&nbsp;", "&#8203;", "<!-- x -->", "<span title='a'>", " "])
    written = digits[0] + "".join(data.draw(gap) + digit for digit in digits[1:])
    done = cards.redact_html(f"<p>{written}</p>")
    assert cards.digits_of(done.text.replace("&#8203;", "")) == digits[-4:]
    assert done.count == 1


def test_tags_stay_and_attributes_are_looked_at() -> None:
    done = cards.redact_html("<p>4111<b>1111</b>11111111 <img alt='5555 5555 5555 4444'></p>")
    assert done.text == "<p>[card number removed ••••1111]<b></b> <img alt='[card number removed ••••4444]'></p>"


@given(st.integers(min_value=0, max_value=10**11))
def test_order_numbers_are_kept(number: int) -> None:
    text = f"Order {number}, again #{number} and {number:,}"
    assert cards.redact(text).text == text


@given(
    st.sampled_from(["34", "39", "44", "49", "33", "351", "1", "46"]),
    st.lists(st.sampled_from("0123456789"), min_size=8, max_size=10),
    st.sampled_from([" ", "-", "", "."]),
    st.sampled_from(["+", "00", "+ "]),
)
def test_telephone_numbers_are_kept(country: str, rest: list[str], gap: str, lead: str) -> None:
    digits = "".join(rest)
    spelt = gap.join([digits[:3], digits[3:6], digits[6:]])
    text = f"Call me: {lead}{country}{gap}{spelt} or {spelt}"
    assert cards.redact(text).text == text


@given(st.sampled_from(["ES", "DE", "FR", "IT", "PT", "NL"]), st.data(), st.booleans())
@example("ES", None, True)
def test_ibans_are_kept(country: str, data: st.DataObject | None, spaced: bool) -> None:
    size = {"ES": 20, "DE": 18, "FR": 23, "IT": 23, "PT": 21, "NL": 14}[country]
    # An account number that holds a card's number is still an account number.
    body = (
        ("4111111111111111" + "0" * 10)[:size]
        if data is None
        else "".join(data.draw(st.lists(st.sampled_from("0123456789"), min_size=size, max_size=size)))
    )
    moved = "".join(str(int(char, 36)) for char in f"{body}{country}00")
    iban = f"{country}{98 - int(moved) % 97:02}{body}"
    written = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)) if spaced else iban
    assert cards.redact(f"My account is {written}, thanks").text == f"My account is {written}, thanks"


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # a wrong check digit
        "302-4111111-1111111",  # an order number of a marketplace
        "1Z999AA10123456784 and 00340434161094042557",  # parcels
        "2026-11-22 10:20:30.123456",
        "655 12 34 56 78 / 644 12 34 56 78",
        "0000 0000 0000 0000",
        "IMEI 356938035643809",
        "12345678901234567890123456789012",
    ],
)
def test_what_is_no_card_is_kept(text: str) -> None:
    assert cards.redact(text).text == text


def test_an_account_hides_no_card_behind_it() -> None:
    done = cards.redact("ES91 2100 0418 4502 0005 1332 4111 1111 1111 1111")
    assert done.text == "ES91 2100 0418 4502 0005 1332 [card number removed ••••1111]"


def test_a_short_number_counts_beside_its_name_only() -> None:
    assert cards.redact("My card 4222222222222").count == 1
    assert cards.redact("My parcel 4222222222222").count == 0


@hypothesis_settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_text_is_taken_and_once_is_enough(text: str) -> None:
    for redact in (cards.redact, cards.redact_html):
        done = redact(text)
        assert redact(done.text).text == done.text


def test_no_false_alarm_in_real_conversations() -> None:
    path = Path(settings.ROOT).parent / "shared" / "data" / "support_conversations.jsonl"
    if not path.exists():
        pytest.skip("shared/data is not here")
    said = [
        message["text"] or ""
        for line in path.read_text(encoding="utf-8").splitlines()
        for message in json.loads(line)["messages"]
    ]
    alarms = [text for text in said if cards.redact(text).count or cards.redact_html(text).count]
    print(f"{len(said)} messages, {len(alarms)} false alarms")
    assert said and not alarms
