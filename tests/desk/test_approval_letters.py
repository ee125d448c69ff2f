"""A letter that asks a client's manager: sent once; its link answers once, and fetching it answers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from carriers.contract import OutcomeUnknown
from conversations import approval_letters, sweeping
from conversations.approval_links import LIVES, token_for
from conversations.approval_models import ApprovalLetter
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Membership, Person
from tenants.models import Tenant
from tests.carriers.mail_servers import Post, post_office
from tests.desk.asked import DUE, NOW, Door, ask, asked, events_of, letters_of, row_of, send_letters, token_in, user_of
from tests.desk.shop import give, place, post, write

pytestmark = pytest.mark.django_db
LOOK, ANSWER = "/api/approval-link/look", "/api/approval-link/answer"


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with clock.hold(NOW):
        yield


@pytest.fixture
def office(settings: Any) -> Iterator[Post]:
    """Letters go to a real server, which does as it is told."""
    with post_office(Post(), settings) as made:
        yield made


def test_the_letter_says_what_is_asked_in_the_shops_language_and_names_no_shopper(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, mailbox: list[Any]
) -> None:
    user_of(acme, "vera", "viewer")
    asked(desk_client(lucia), acme, lucia, options=["rimborso", "buono"])
    assert send_letters(acme) == ["sent"]
    assert send_letters(acme) == [None]  # once
    [mail] = mailbox
    html = mail.alternatives[0][0]
    assert mail.to == [carla.email]
    assert mail.subject.startswith("Acme Shoes: una domanda sul caso AC-")
    for words in (mail.body, html):
        assert "Rimborsare 80 € fuori termine?" in words and "rimborso · buono" in words
        assert "Lucia A." in words and "80,00" in words and "martedì 10 novembre, 18:00" in words
        assert "Giulia" not in words and "fedele" not in words
    assert f"/portal/answer#{token_in(mail)}" in html
    assert letters_of(acme)[0].expires_at == NOW + LIVES


def test_fetching_the_link_answers_nothing(
    acme: Tenant, lucia: Person, desk_client: Door, shop_client: Door, mailbox: list[Any]
) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    send_letters(acme)
    token, scanner = token_in(mailbox[0]), shop_client(acme)
    for path in ("/portal/answer", f"/portal/answer?{token}", LOOK, ANSWER, f"{ANSWER}?token={token}&answer=approved"):
        for method in (scanner.get, scanner.head, scanner.options):
            assert method(path).status_code < 500
    assert scanner.get(ANSWER).status_code in (404, 405)
    assert post(scanner, LOOK, token=token).json()["asked"] == approval["asked"]
    assert post(scanner, ANSWER, token=token).status_code == 400  # opened, and nothing chosen
    assert row_of(acme, approval).state == "open"


def test_the_link_answers_once(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door, mailbox: list[Any]
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    send_letters(acme)
    token, door = token_in(mailbox[0]), shop_client(acme)
    seen = post(door, LOOK, token=token).json()
    assert (seen["reader"], seen["alias"], seen["time_zone"]) == (carla.name, "Lucia A.", "Europe/Rome")
    assert "Giulia" not in str(seen) and "Lucia L." not in str(seen)
    assert post(door, ANSWER, token=token, answer="approved", comment="Sì.").json()["state"] == "answered"
    settled = row_of(acme, approval)
    assert (settled.answered_by_id, settled.answered_via) == (carla.pk, "mail")
    assert events_of(acme, said)[-1]["via"] == "mail"
    again = post(door, ANSWER, token=token, answer="denied")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert carla.name in again.json()["message"]
    assert post(door, LOOK, token=token).json()["code"] == "link_gone"
    assert row_of(acme, approval).answer == "approved"
    assert letters_of(acme)[0].used_at == NOW


def test_a_link_of_another_shop_and_a_forged_one_get_what_nothing_gets(
    acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Door, shop_client: Door, mailbox: list[Any]
) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    send_letters(acme)
    token, here, there = token_in(mailbox[0]), shop_client(acme), shop_client(northlight)
    forged = f"{token[:-4]}AAAA"
    nothing = token_for(acme, new_id())
    elsewhere = token_for(northlight, letters_of(acme)[0].pk)
    for path, more in ((LOOK, {}), (ANSWER, {"answer": "approved"})):
        expected = post(here, path, token=nothing, **more)
        assert expected.status_code == 404
        for door, one in ((there, token), (here, forged), (here, elsewhere), (there, elsewhere), (here, "x")):
            assert post(door, path, token=one, **more).content == expected.content
    assert row_of(acme, approval).state == "open"


def test_a_link_runs_out_and_is_worth_nothing_to_who_may_answer_no_more(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door, mailbox: list[Any]
) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    send_letters(acme)
    token, door = token_in(mailbox[0]), shop_client(acme)
    with clock.hold(NOW + LIVES - timedelta(seconds=1)):
        assert post(door, LOOK, token=token).status_code == 200
    with clock.hold(NOW + LIVES):
        for path, more in ((LOOK, {}), (ANSWER, {"answer": "approved"})):
            assert (post(door, path, token=token, **more).json()["code"]) == "link_gone"
    Membership.objects.filter(person=carla).update(role="viewer")
    for path, more in ((LOOK, {}), (ANSWER, {"answer": "approved"})):
        gone = post(door, path, token=token, **more)
        assert (gone.status_code, gone.json()["code"]) == (410, "link_gone")
    assert row_of(acme, approval).state == "open"


def test_what_is_taken_back_is_neither_sent_nor_answered(
    acme: Tenant, lucia: Person, desk_client: Door, shop_client: Door, mailbox: list[Any]
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    [letter] = letters_of(acme)
    post(desk_client(lucia), place(acme, said, f"/approvals/{approval['id']}/withdraw"))
    assert (send_letters(acme), mailbox) == ([None], [])
    assert letters_of(acme)[0].delivery == "dropped"
    token = token_for(acme, letter.pk)
    assert post(shop_client(acme), LOOK, token=token).json()["code"] == "link_gone"
    assert post(shop_client(acme), ANSWER, token=token, answer="approved").json()["code"] == "withdrawn"


def test_a_server_that_is_down_gets_it_later_and_once(
    acme: Tenant, lucia: Person, desk_client: Door, office: Post
) -> None:
    asked(desk_client(lucia), acme, lucia)
    office.at_rcpt = "450 try later"
    assert send_letters(acme) == ["pending"]
    assert send_letters(acme) == [None]  # its time has not come
    office.at_rcpt = ""
    later = NOW + timedelta(minutes=1)
    with clock.hold(later):
        assert sweeping.sweep_approvals() == 1
        assert send_letters(acme) == ["sent"]
        assert send_letters(acme) == [None]
    assert len(office.mails) == 1
    assert office.read()["Message-ID"] == f"<approval.{letters_of(acme)[0].pk.hex}@{_desk()}>"


def test_one_that_may_have_left_is_never_repeated(acme: Tenant, lucia: Person, desk_client: Door, office: Post) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    office.drops = True
    assert send_letters(acme) == ["unknown"]
    office.drops = False
    with clock.hold(NOW + timedelta(hours=2)):
        sweeping.sweep_approvals()
        assert send_letters(acme) == [None]
    assert len(office.mails) == 1
    page = desk_client(lucia).get(place(acme, row_of(acme, approval).conversation_id)).json()["conversation"]
    assert page["approval"]["letters"] == {"sent": 0, "waiting": 0, "failed": 1}


def test_a_sender_that_fell_silent_is_replaced_unless_it_may_have_sent(
    acme: Tenant, lucia: Person, desk_client: Door, mailbox: list[Any]
) -> None:
    asked(desk_client(lucia), acme, lucia)
    [letter] = letters_of(acme)
    with enter(acme):
        assert approval_letters._claim(letter.pk) is not None
    with clock.hold(NOW + timedelta(minutes=1)):
        sweeping.sweep_approvals()
        assert letters_of(acme)[0].delivery == "pending"
        with enter(acme):
            held = approval_letters._claim(letter.pk)
            assert held is not None and approval_letters._hand_over(held)
    with clock.hold(NOW + timedelta(minutes=10)):
        sweeping.sweep_approvals()
        assert letters_of(acme)[0].delivery == "unknown"
        assert send_letters(acme) == [None]
    assert mailbox == [] and issubclass(OutcomeUnknown, Exception)


def test_an_unanswered_question_is_reminded_of_once(
    acme: Tenant, northlight: Tenant, lucia: Person, carla: Person, desk_client: Door, mailbox: list[Any]
) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    send_letters(acme)
    soon = NOW + timedelta(hours=6)  # three quarters of the client's eight hours
    assert row_of(acme, approval).remind_at == soon
    with clock.hold(soon - timedelta(seconds=1)):
        assert sweeping.sweep_approvals() == 0
    with clock.hold(soon):
        assert sweeping.sweep_approvals() > 0
        assert send_letters(acme) == [None, "sent"]
        with enter(acme):
            assert not approval_letters.remind(acme, row_of(acme, approval).pk)
    with clock.hold(DUE + timedelta(days=2)):
        sweeping.sweep_approvals()
    kinds = [letter.kind for letter in letters_of(acme)]
    assert sorted(kinds) == ["asked", "reminder"] and letters_of(northlight) == []
    assert mailbox[1].subject.startswith("Promemoria") and mailbox[1].to == [carla.email]
    assert token_in(mailbox[0]) != token_in(mailbox[1])


def test_who_is_no_manager_any_more_is_not_written_to(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, mailbox: list[Any]
) -> None:
    second = user_of(acme, "chiara")
    asked(desk_client(lucia), acme, lucia)
    Person.objects.filter(pk=carla.pk).update(is_active=False)
    assert sorted(str(one) for one in send_letters(acme)) == ["dropped", "sent"]
    assert [mail.to for mail in mailbox] == [[second.email]]


def test_a_client_without_managers_cannot_be_asked(acme: Tenant, lucia: Person, desk_client: Door) -> None:
    Membership.objects.filter(tenant=acme).delete()
    said = write(acme)
    give(said, lucia)
    refused = ask(desk_client(lucia), acme, said)
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_to_ask")
    with enter(acme):
        assert not ApprovalLetter.objects.exists()


def _desk() -> str:
    from django.conf import settings

    return str(settings.DESK_HOST)
