"""Mail as it is met: taken in, or refused with a reason; within bounds; what it claims grants nothing."""

from __future__ import annotations

import time
import warnings
from uuid import UUID

import pytest

from carriers.contract import Incoming, Refused
from carriers.email import email
from carriers.email_threading import message_id, reply_address
from tests.carriers.letters import ACME, NORTHLIGHT, corpus, letter, refusal, taken_in, unsaved_line

CASE = UUID("01890000-0000-7000-8000-00000000c0de")


def test_every_mail_of_the_corpus_is_taken_in_or_refused_with_a_reason() -> None:
    if not corpus():
        warnings.warn("the shared mails are not here; the letters of this file stand in", stacklevel=1)
    taken = 0
    for path in corpus():
        parsed = email.parse(unsaved_line(), path.read_bytes())
        if isinstance(parsed, Refused):
            assert parsed.reason.startswith(("bounce: ", "empty: ", "report: ")), (path.name, parsed.reason)
            continue
        taken += 1
        (incoming,) = parsed
        assert incoming.text or incoming.files or incoming.html, path.name
        assert "\0" not in incoming.subject and "\n" not in incoming.subject
        assert incoming.external_id
    assert not corpus() or taken >= 95


@pytest.mark.parametrize(
    ("name", "subject", "text", "files"),
    [
        ("multi_charset/japanese_shift_jis.eml", "test", "あいうえお", []),
        ("multi_charset/japanese_iso_2022.eml", "まみむめも", "すみません。", []),
        ("multi_charset/ks_c_5601-1987.eml", "test", "스티해", []),
        ("attachment_emails/attachment_nonascii_filename.eml", "testing", "This is the first part.", ["ciële.txt"]),
        ("plain_emails/raw_email_with_partially_quoted_subject.eml", 'Re: Test: "漢字" mid "漢字" tail', "", []),
        ("rfc6532/utf8_headers.eml", "Säying Hello", "body", []),
    ],
)
def test_charsets_and_names_are_read_as_they_were_meant(name: str, subject: str, text: str, files: list[str]) -> None:
    path = next((path for path in corpus() if str(path).endswith(name)), None)
    if path is None:
        pytest.skip("the shared mails are not here")
    incoming = taken_in(path.read_bytes())
    assert incoming.subject == subject
    assert incoming.text.startswith(text)
    assert [file.name for file in incoming.files] == files


def test_a_plain_letter_is_taken_in_whole() -> None:
    incoming = taken_in(letter(headers={"Cc": "bruno@post.example"}))
    assert incoming.external_id == "<1@post.example>"
    assert (incoming.sender_kind, incoming.sender_address, incoming.sender_name) == (
        "email",
        "anna@post.example",
        "Anna Bianchi",
    )
    assert incoming.text == "Dove sono le mie scarpe?"
    assert incoming.headers["cc"] == "bruno@post.example"
    assert not incoming.is_automatic and incoming.conversation_id is None


def test_a_mail_without_a_text_part_is_read_from_its_html() -> None:
    raw = b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    incoming = taken_in(raw + "<p>Perché <b>no</b>?</p><ul><li>uno<li>due</ul><script>x()</script>".encode())
    assert "Perché no?" in incoming.text and "uno" in incoming.text and "x()" not in incoming.text
    assert "<b>no</b>" in incoming.html


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0" * 5000,
        b"From: a@b.example\r\n\r\n" + b"\n" * 1_000_000,
        b"X: y\r\n" * 700_000 + b"\r\nx",
        b"From: a@b.example\r\nX: y\r\n" + b" z\r\n" * 700_000 + b"\r\nx",
        b'From: a@b.example\r\nContent-Type: text/plain; a="' + b";" * 1_000_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 500_000 + b"\r\n\r\nx",
        b"From: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=q\r\n\r\n" + b"--q\r\n\r\nx\r\n" * 50_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div>x" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 30_000,
        b"Content-Type: text/html\r\n\r\n<p " + b" ".join(b"a%d=1" % n for n in range(100_000)),
        b"Content-Type: text/html\r\n\r\n" + b"<" * 400_000,
        b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b" * 300_000,
        b"From: a@b.example\r\n\r\n" + b"Am x schrieb y " * 100_000,
        b"From: a@b.example\r\n\r\n" + b"From: x\n" * 100_000,
        b"From: a@b.example\r\n\r\n" + (b"On x wrote:y " * 12 + b"\n") * 10_000,
    ],
    ids=lambda payload: payload[:40].decode("latin-1").encode("unicode_escape").decode(),
)
def test_hostile_mails_take_bounded_time(payload: bytes) -> None:
    began = time.process_time()
    parsed = email.parse(unsaved_line(), payload)
    email.external_id(payload)
    assert time.process_time() - began < 5
    assert isinstance(parsed, (list, Refused))


def test_a_mail_larger_than_we_take_is_refused(settings: pytest.FixtureRequest) -> None:
    settings.MAIL_MAX_BYTES = 1000  # type: ignore[attr-defined]
    assert refusal(letter("x" * 2000)).reason.startswith("too_big: ")


def test_an_empty_mail_is_refused_and_a_subject_alone_is_a_message() -> None:
    assert refusal(letter("", subject="")).reason.startswith("empty: ")
    assert taken_in(letter("", subject="Chiamatemi")).text == "Chiamatemi"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<news.example>"},
        {"Return-Path": "<>"},
    ],
)
def test_a_machine_s_mail_is_taken_in_and_marked(headers: dict[str, str]) -> None:
    assert taken_in(letter(headers=headers)).is_automatic


def test_a_person_s_mail_is_not_marked() -> None:
    assert not taken_in(letter(headers={"Auto-Submitted": "no", "Return-Path": "<anna@post.example>"})).is_automatic


@pytest.mark.parametrize("sender", ["help@acme.example", "Acme <HELP@acme.example>", "help+abc@acme.example"])
def test_our_own_address_as_sender_is_a_loop(sender: str) -> None:
    assert refusal(letter(sender=sender)).reason.startswith("mail_loop: ")


def test_our_own_message_come_back_is_a_loop() -> None:
    ours = message_id(CASE, ACME, "help@acme.example")
    assert refusal(letter(mail_id=ours)).reason.startswith("mail_loop: ")
    # Another tenant's id, or a forged one, says nothing here.
    assert taken_in(letter(mail_id=message_id(CASE, NORTHLIGHT, "help@acme.example"))).text


def test_a_mail_that_goes_in_circles_is_a_loop() -> None:
    assert refusal(b"Received: by a\r\n" * 60 + letter()).reason.startswith("mail_loop: ")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b'"a b"@example.com', '"a b"@example.com'),
        (b'Anna <"A B"@example.com>', '"a b"@example.com'),
        (b'"anna"@example.com', "anna@example.com"),
    ],
)
def test_a_quoted_local_part_is_an_address(written: bytes, meant: str) -> None:
    mail = letter(sender="x@y.example", headers={"Return-Path": "<bounce@example.com>"})
    assert taken_in(mail.replace(b"From: x@y.example", b"From: " + written)).sender_address == meant


def test_a_sender_who_claims_to_be_an_agent_is_a_customer() -> None:
    incoming = taken_in(letter(sender="Lucia Agent <lucia@bpo.example>"))
    assert (incoming.sender_kind, incoming.sender_address) == ("email", "lucia@bpo.example")
    assert incoming.conversation_id is None


BOUNCE = """From: MAILER-DAEMON@post.example
To: help@acme.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=q

--q

could not be delivered
--q
Content-Type: message/delivery-status

Reporting-MTA: dns; post.example

Final-Recipient: rfc822; anna@post.example
Action: {action}
Status: 5.1.1
--q
Content-Type: text/rfc822-headers

From: help@acme.example
References: {other}
Message-ID: {ours}
--q--
"""


def test_a_bounce_names_the_message_that_did_not_arrive() -> None:
    ours, other = (message_id(case, ACME, "help@acme.example") for case in (CASE, UUID(int=CASE.int + 1)))
    refused = refusal(BOUNCE.format(action="failed", ours=ours, other=other).encode())
    assert (refused.reason, refused.failed_external_id) == ("bounce: failed 5.1.1", ours)


def test_a_bounce_of_what_we_never_sent_names_nothing() -> None:
    theirs = message_id(CASE, NORTHLIGHT, "help@acme.example")
    assert refusal(BOUNCE.format(action="failed", ours=theirs, other="").encode()).failed_external_id == ""
    ours = message_id(CASE, ACME, "help@acme.example")
    assert refusal(BOUNCE.format(action="delayed", ours=ours, other="").encode()).failed_external_id == ""


@pytest.mark.parametrize("where", ["To", "Cc", "Delivered-To", "X-Original-To"])
@pytest.mark.parametrize("fold", [str, str.upper, str.title])
def test_a_signed_address_proves_the_conversation(where: str, fold: type[str]) -> None:
    signed = fold(reply_address("help@acme.example", ACME, CASE))
    extra = {} if where == "To" else {where: signed}
    to = f'"Acme" <{signed}>' if where == "To" else "help@acme.example"
    incoming = taken_in(letter(to=to, sender="somebody@else.example", headers=extra))
    assert incoming.conversation_id == CASE


def test_a_forged_or_foreign_token_proves_nothing() -> None:
    signed = reply_address("help@acme.example", ACME, CASE)
    foreign = reply_address("help@acme.example", NORTHLIGHT, CASE)
    token = signed.partition("+")[2].partition("@")[0]
    flipped = signed.replace(token, token[:30] + ("a" if token[30] != "a" else "b") + token[31:])
    for address in (foreign, flipped, signed.replace(token, "a" * 42), signed.replace(token, token[:20])):
        assert taken_in(letter(to=address)).conversation_id is None
    # The same token at another shop's line is another tenant's business.
    other = unsaved_line("help@acme.example", NORTHLIGHT)
    assert taken_in(letter(to=signed), other).conversation_id is None


def test_a_token_outlives_a_change_of_the_secret(settings: pytest.FixtureRequest) -> None:
    signed = reply_address("help@acme.example", ACME, CASE)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert taken_in(letter(to=signed)).conversation_id == CASE


def test_references_are_read_newest_first_and_a_case_number_is_only_noted() -> None:
    incoming = taken_in(
        letter(
            subject="Re: Il mio ordine [AC-1042]",
            headers={"In-Reply-To": "<3@x>", "References": "<1@x> broken <2@x> <3@x>"},
        )
    )
    assert incoming.thread_refs == ("<3@x>", "<2@x>", "<1@x>")
    assert incoming.headers["references"] == ["<1@x>", "<2@x>", "<3@x>"]
    assert incoming.headers["case_number"] == "AC-1042"
    assert incoming.conversation_id is None


def test_the_same_mail_by_another_way_has_the_same_key() -> None:
    mail = letter()
    by_smtp = b"Return-Path: <anna@post.example>\r\nReceived: by x\r\n" + mail.replace(b"\n", b"\r\n")
    assert email.external_id(mail) == email.external_id(by_smtp)


def test_another_body_under_the_same_message_id_has_another_key() -> None:
    assert email.external_id(letter("uno")) != email.external_id(letter("due"))


def test_mails_without_a_message_id_are_told_apart() -> None:
    first, second = (letter("ok", mail_id="", sender=who) for who in ("a@b.example", "c@b.example"))
    assert email.external_id(first) != email.external_id(second)
    assert email.external_id(first) == email.external_id(first)
    assert len(email.external_id(letter(mail_id=f"<{'x' * 900}@b>"))) <= 400


QUOTED = {
    "gmail_it": "Grazie!\n\nIl giorno lun 9 nov 2026 alle ore 10:12 Acme <help@acme.example> ha scritto:\n> vecchio",
    "gmail_de": "Danke!\n\nAm Mo., 9. Nov. 2026 um 10:12 Uhr schrieb Acme Shoes <help@acme.example>:\n\n> alt",
    "gmail_es": "Gracias!\n\nEl lun, 9 nov 2026 a las 10:12, Acme Shoes (<help@acme.example>) escribió:\n\n> viejo",
    "gmail_fr": "Merci!\n\nLe lun. 9 nov. 2026 à 10:12, Acme Shoes <help@acme.example> a écrit :\n\n> vieux",
    "gmail_pt": "Obrigada!\n\nEm seg., 9 de nov. de 2026 às 10:12, Acme <help@acme.example> escreveu:\n\n> velho",
    "gmail_en": "Thanks!\n\nOn Mon, Nov 9, 2026 at 10:12 AM Acme Shoes <help@acme.example>\nwrote:\n\n> old",
    "outlook_en": "Thanks!\n\n________________________________\nFrom: Acme\nSent: Monday\nTo: Anna\nSubject: x\n\nold",
    "outlook_it": "Grazie!\n\nDa: Acme Shoes\nInviato: lunedì\nA: Anna\nOggetto: x\n\nvecchio",
    "outlook_de": "Danke!\n\nVon: Acme\nGesendet: Montag\nAn: Anna\nBetreff: x\n\nalt",
    "original": "Thanks!\n\n-----Original Message-----\nold",
    "bare": "Thanks!\n\n> old\n> older",
}


@pytest.mark.parametrize("name", QUOTED)
def test_what_is_quoted_below_an_answer_is_cut(name: str) -> None:
    text = taken_in(letter(QUOTED[name])).text
    assert text == QUOTED[name].split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "> solo una citazione",
        "Il mio ordine: quando arriva?\nA presto",
        "- uno\n- due\n-- \nAnna",
        "Da domani sono in ferie.",
    ],
)
def test_what_is_no_quote_stays_whole(text: str) -> None:
    assert taken_in(letter(text)).text == text


def test_marked_quotes_are_cut_from_html_too() -> None:
    html = (
        "<div>Grazie &lt;3<br></div><div class='gmail_quote'><div class=gmail_attr>Il giorno … ha scritto:</div>"
        "<blockquote>vecchio</blockquote></div>"
    )
    incoming: Incoming = taken_in(letter("Grazie <3", html=html))
    assert "Grazie &lt;3" in incoming.html and "vecchio" not in incoming.html and "ha scritto" not in incoming.html
    only_quote = taken_in(letter("x", html="<blockquote type=cite>tutto</blockquote>"))
    assert "tutto" in only_quote.html
    outlook = taken_in(letter("x", html="<p>Nuovo</p><div id=divRplyFwdMsg>Da: Acme</div><p>vecchio</p>"))
    assert "Nuovo" in outlook.html and "vecchio" not in outlook.html
