"""Outgoing mail against a real SMTP server: what it looks like, and what is known when the server fails."""

from __future__ import annotations

import socket
from dataclasses import replace
from uuid import UUID

import pytest

from carriers.contract import CarrierDown, CarrierRefused, OutcomeUnknown, Outgoing, OutgoingFile
from carriers.email import email
from carriers.email_compose import subject_of
from carriers.email_threading import conversation_of, is_ours
from config.launch.ports import free_port
from tests.carriers.letters import ACME, refusal, taken_in, unsaved_line
from tests.carriers.mail_servers import Post, post_office, send_to

CASE = UUID("01890000-0000-7000-8000-00000000c0de")
REPLY = Outgoing(
    message_id=UUID("01890000-0000-7000-8000-00000000beef"),
    conversation_id=CASE,
    tenant_id=ACME,
    case_number="AC-1042",
    channel="email",
    line_address="help@acme.example",
    to="anna@post.example",
    subject="R: Il mio ordine",
    text="Gentile Anna,\n\narrivano <domani> 🎉.\nVeda https://acme.example/track?a=1&b=2",
    html="",
    language="it",
    in_reply_to="<3@post.example>",
    references=("<1@post.example>", "<2@acme.example>", "<3@post.example>"),
    alias="Lucia A.",
    shop_name="Acme, Shoes",
)


def test_a_reply_arrives_threaded_signed_and_in_the_shop_s_name(settings: pytest.FixtureRequest) -> None:
    file = OutgoingFile(name="etichetta è.pdf", content_type="application/pdf", content=b"%PDF-1.4")
    with post_office(Post(), settings) as post:
        sent = email.send(unsaved_line(), replace(REPLY, files=(file,)))
    mail = post.read()
    assert sent.external_id == mail["Message-ID"] and is_ours(sent.external_id, ACME)
    assert str(mail["From"]) == '"Acme, Shoes" <help@acme.example>'
    assert mail["Subject"] == "Re: Il mio ordine [AC-1042]"
    assert mail["In-Reply-To"] == "<3@post.example>"
    assert mail["References"] == "<1@post.example> <2@acme.example> <3@post.example>"
    assert mail["Auto-Submitted"] is None and mail["Date"]
    back = str(mail["Reply-To"].addresses[0].addr_spec)
    assert back.startswith("help+") and len(back.partition("@")[0]) <= 64
    assert conversation_of(back.partition("+")[2].partition("@")[0], ACME) == CASE
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and "arrivano <domani> 🎉." in plain.get_content()
    assert "Lucia A." in plain.get_content() and "AC-1042" in plain.get_content()
    assert html is not None
    written = html.get_content()
    assert "arrivano &lt;domani&gt; 🎉." in written and "#c2410c" in written and "Lucia A." in written
    assert 'href="https://acme.example/track?a=1&amp;b=2"' in written and "<style" not in written
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("etichetta è.pdf", b"%PDF-1.4")


def test_what_is_said_automatically_says_so(settings: pytest.FixtureRequest) -> None:
    with post_office(Post(), settings) as post:
        email.send(unsaved_line(), replace(REPLY, is_automatic=True))
    mail = post.read()
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "Lucia" not in post.mails[0].decode()
    # What we say automatically never opens a case when it comes back.
    assert refusal(post.mails[0]).reason.startswith("mail_loop: ")


def test_subjects() -> None:
    assert subject_of(replace(REPLY, subject="Re: AW: Fwd: x [AC-1042]")) == "Re: x [AC-1042]"
    assert subject_of(replace(REPLY, subject="")) == "Re: Acme, Shoes [AC-1042]"
    assert "\n" not in subject_of(replace(REPLY, subject="x\r\nBcc: all@post.example"))
    first = replace(REPLY, is_automatic=True, in_reply_to="")
    assert subject_of(replace(first, subject="Ricevuto – caso AC-1042")) == "Ricevuto – caso AC-1042"


def test_headers_cannot_be_injected(settings: pytest.FixtureRequest) -> None:
    hostile = "x\r\nBcc: all@post.example\r\n\r\nbody"
    with post_office(Post(), settings) as post:
        email.send(
            unsaved_line(),
            replace(REPLY, subject=hostile, shop_name=hostile, alias=hostile, in_reply_to=hostile, language=hostile),
        )
    assert post.read()["Bcc"] is None
    with post_office(Post(), settings), pytest.raises(CarrierRefused):
        email.send(unsaved_line(), replace(REPLY, to="a@b.example\r\nBcc: all@post.example"))


def test_our_mail_can_be_answered(settings: pytest.FixtureRequest) -> None:
    with post_office(Post(), settings) as post:
        email.send(unsaved_line(), REPLY)
    mail = post.read()
    answer = (
        f"From: anna@post.example\r\nTo: {mail['Reply-To']}\r\nSubject: R: {mail['Subject']}\r\n"
        f"In-Reply-To: {mail['Message-ID']}\r\n\r\nGrazie mille"
    )
    incoming = taken_in(answer.encode())
    assert incoming.conversation_id == CASE
    assert incoming.thread_refs == (str(mail["Message-ID"]),)
    assert incoming.headers["case_number"] == "AC-1042"


@pytest.mark.parametrize(
    ("post", "outcome"),
    [
        (Post(at_rcpt="550 5.1.1 No such person"), CarrierRefused),
        (Post(at_rcpt="451 4.2.1 Try later"), CarrierDown),
        (Post(at_data="554 5.7.1 Spam"), CarrierRefused),
        (Post(at_data="452 4.3.1 Full"), CarrierDown),
        (Post(drops=True), OutcomeUnknown),
        (Post(hangs=2.5), OutcomeUnknown),
    ],
    ids=["rcpt 550", "rcpt 451", "data 554", "data 452", "drops after the content", "silent after the content"],
)
def test_what_a_failing_server_leaves_known(
    post: Post, outcome: type[Exception], settings: pytest.FixtureRequest
) -> None:
    with post_office(post, settings), pytest.raises(outcome):
        email.send(unsaved_line(), REPLY)


def test_a_server_that_is_not_there_is_tried_again(settings: pytest.FixtureRequest) -> None:
    send_to(settings, free_port())
    with pytest.raises(CarrierDown) as down:
        email.send(unsaved_line(), REPLY)
    assert down.value.retry


def test_a_server_that_never_greets_has_nothing(settings: pytest.FixtureRequest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        send_to(settings, silent.getsockname()[1])
        with pytest.raises(CarrierDown):
            email.send(unsaved_line(), REPLY)


@pytest.mark.parametrize("to", ["", "not an address", "a@"])
def test_an_address_that_is_none_is_refused(to: str, settings: pytest.FixtureRequest) -> None:
    with post_office(Post(), settings) as post, pytest.raises(CarrierRefused):
        email.send(unsaved_line(), replace(REPLY, to=to))
    assert post.mails == []
