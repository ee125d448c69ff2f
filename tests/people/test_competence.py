"""Skills and accreditations: by dates, for many at once, never overlapping, and what they were stays known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kernel import clock
from kernel.errors import Refusal
from people import accrediting, history, skills
from people.models import Accreditation, AuditEntry, LeaveRecord, Person, PersonSkill, Skill
from routing import queue
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from routing.models import WorkItem
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, row

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def grant(omar: Person, *people: Person, client: Tenant, **terms: Any) -> int:
    return accrediting.grant(by=omar, people=[person.pk for person in people], client=client.pk, **terms)


def withdraw(omar: Person, *people: Person, client: Tenant, **terms: Any) -> int:
    return accrediting.withdraw(by=omar, people=[person.pk for person in people], client=client.pk, **terms)


def test_an_accreditation_admits_and_bars_at_its_minute(
    acme: Tenant, northlight: Tenant, omar: Person, jens: Person, paolo: Person
) -> None:
    skills.set_level(by=omar, people=[jens.pk], code="lang:it", level=5)
    now = clock.now().replace(microsecond=0)
    begins, ends = now + 10 * MINUTE, now + 20 * MINUTE
    grant(omar, jens, client=acme, valid_from=begins, valid_until=ends)
    with clock.hold(begins - timedelta(seconds=1)):
        at_work(jens)
        item = arrive(acme)
        board = Board()
        board.load_all()
        assert decide_round(board) == 0
        assert queue.offer(work_item_id=item.id, agent_id=jens.pk) == queue.Outcome.BARRED
    with clock.hold(begins):
        while not board.compare_slice():
            pass
        assert decide_round(board) == 1 and row(item).agent_id == jens.pk
        assert queue.accept(person=jens, work_item_id=item.id).state == "active"
    with clock.hold(ends - timedelta(seconds=1)):
        assert queue.take_back_from_barred() == []
    with clock.hold(ends):
        assert queue.take_back_from_barred() == [item.id]
        assert queue.offer(work_item_id=item.id, agent_id=jens.pk) == queue.Outcome.BARRED
    assert WorkItem.objects.get(pk=item.pk).state == "waiting"


def test_one_that_overlaps_is_refused_by_name_and_nothing_is_written(
    acme: Tenant, northlight: Tenant, omar: Person, paolo: Person, jens: Person
) -> None:
    before = Accreditation.objects.count()
    with pytest.raises(Refusal) as refused:
        grant(omar, jens, paolo, client=acme, is_read_only=True)
    assert (refused.value.code, refused.value.status) == ("overlap", 409)
    assert paolo.name in refused.value.message and jens.name not in refused.value.message
    assert Accreditation.objects.count() == before and not LeaveRecord.objects.exists()
    soon = clock.now() + 5 * MINUTE
    assert withdraw(omar, paolo, client=acme, at=soon) == 1
    assert grant(omar, jens, paolo, client=acme, valid_from=soon, is_read_only=True) == 2  # one ends where one begins
    assert grant(omar, jens, paolo, client=acme, valid_from=soon, is_read_only=True) == 0  # they have it
    with pytest.raises(IntegrityError, match="never_overlap"), transaction.atomic():
        Accreditation.objects.create(person=paolo, tenant=acme, alias="P", valid_from=soon + MINUTE)
    Accreditation.objects.create(person=paolo, tenant=northlight, alias="P", valid_from=soon + MINUTE)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"valid_from": -MINUTE}, "valid_from"),
        ({"valid_from": 2 * MINUTE, "valid_until": MINUTE}, "valid_until"),
        ({"valid_until": timedelta(0)}, "valid_until"),
    ],
)
def test_the_past_is_not_granted(northlight: Tenant, omar: Person, paolo: Person, terms: Any, field: str) -> None:
    with clock.hold(clock.now()):
        moments = {name: clock.now() + span for name, span in terms.items()}
        with pytest.raises(Refusal) as refused:
            grant(omar, paolo, client=northlight, **moments)
    assert field in refused.value.fields
    with pytest.raises(Refusal):
        withdraw(omar, paolo, client=northlight, at=clock.now() - MINUTE)


def test_who_is_not_staff_and_what_is_not_there_is_refused(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, paolo: Person, carla: Person
) -> None:
    with pytest.raises(Refusal) as refused:
        grant(omar, paolo, carla, client=northlight)
    assert refused.value.code == "not_staff"
    for people, client in (([uuid4()], northlight.pk), ([paolo.pk], uuid4())):
        with pytest.raises(Refusal):
            accrediting.grant(by=omar, people=people, client=client)
    for use in (
        lambda by: grant(by, paolo, client=northlight),
        lambda by: withdraw(by, paolo, client=acme),
        lambda by: skills.set_level(by=by, people=[paolo.pk], code="lang:fr", level=3),
        lambda by: skills.rename_skill(by=by, code="lang:it", name="Italiano"),
        lambda by: skills.add_skill(by=by, name="Returns", what="returns"),
    ):
        with pytest.raises(Refusal) as denied:
            use(sofia)
        assert denied.value.code == "not_allowed"
        use(omar)


def test_a_skill_renamed_while_in_use_is_the_same_skill(
    acme: Tenant, northlight: Tenant, omar: Person, paolo: Person
) -> None:
    at_work(paolo)
    item = arrive(acme)
    skills.rename_skill(by=omar, code="lang:it", name="Italiano")
    assert Skill.objects.get(code="lang:it").name == "Italiano"
    assert queue.offer(work_item_id=item.id, agent_id=paolo.pk) == queue.Outcome.MADE
    for name in ("", "  ", "x" * 81):
        with pytest.raises(Refusal):
            skills.rename_skill(by=omar, code="lang:it", name=name)
    with pytest.raises(Refusal):
        skills.rename_skill(by=omar, code="lang:xx", name="Nothing")


def test_levels_of_many_are_set_and_taken_away(omar: Person, lucia: Person, paolo: Person, northlight: Tenant) -> None:
    both = [lucia.pk, paolo.pk]
    skills.add_skill(by=omar, name="Returns", what="returns", shop="northlight")
    code = "product:northlight:returns"
    assert skills.set_level(by=omar, people=both, code=code, level=4) == 2
    assert skills.set_level(by=omar, people=[lucia.pk], code=code, level=5) == 1
    assert skills.set_level(by=omar, people=both, code=code, level=5) == 1
    assert skills.set_level(by=omar, people=[paolo.pk], code=code, level=None) == 1
    assert list(PersonSkill.objects.filter(skill__code=code).values_list("person", "level")) == [(lucia.pk, 5)]
    for bad, level in (("product:nothing", 3), (code, 6), ("lang:it; --", 1)):
        with pytest.raises(Refusal):
            skills.set_level(by=omar, people=both, code=bad, level=level)
    assert AuditEntry.objects.filter(action="skill.set", object_id=str(paolo.pk)).count() == 3
    for name, what, shop in (("Returns", "returns", "northlight"), ("x", "a b", ""), ("x", "ok", "nowhere")):
        with pytest.raises(Refusal):
            skills.add_skill(by=omar, name=name, what=what, shop=shop)


def test_who_could_serve_whom_stays_known(
    acme: Tenant, northlight: Tenant, omar: Person, lucia: Person, paolo: Person, jens: Person
) -> None:
    def able(shop: Tenant, at: Any) -> dict[str, int]:
        return {one.person.name: one.levels.get("lang:it", 0) for one in history.could_serve(shop, at)}

    start = clock.now()
    hour = timedelta(hours=1)
    assert able(acme, start) == {lucia.name: 4, paolo.name: 5}  # nobody changed yet: as the rows say
    with clock.hold(start + hour):
        skills.set_level(by=omar, people=[paolo.pk], code="lang:it", level=2)
    with clock.hold(start + 2 * hour):
        withdraw(omar, paolo, client=acme, at=start + 4 * hour)
    with clock.hold(start + 3 * hour):
        grant(omar, jens, client=acme, valid_until=start + 5 * hour)
    expected = [
        {lucia.name: 4, paolo.name: 5}, {lucia.name: 4, paolo.name: 2}, {lucia.name: 4, paolo.name: 2},
        {lucia.name: 4, paolo.name: 2, jens.name: 0}, {lucia.name: 4, jens.name: 0}, {lucia.name: 4},
    ]  # fmt: skip
    assert [able(acme, start + number * hour) for number in range(6)] == expected
    assert {one.person for one in history.could_serve(northlight, start + 5 * hour)} == {lucia, jens}
    assert history.recorded_since() == start + hour
    for spoil in (LeaveRecord.objects.all().delete, lambda: LeaveRecord.objects.update(is_active=False)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            spoil()
