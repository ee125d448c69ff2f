"""Mistakes at the desk: a check that is not awaited, remembered too long, or left out of one more list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from rest_framework.response import Response

from conversations import reading
from desk import console, console_views, directory, floor_views, handing_on_views, personnel_views, search
from desk.portal_narrowing import Narrowing
from kernel import clock
from kernel.errors import invalid
from kernel.ids import new_id
from people import access
from people.access import staff
from people.models import Accreditation
from quality import reading as quality_reading
from routing.models import Queue
from tenants.models import Tenant
from tests.billing.finished import finish
from tests.boundaries.leaks.harness import World, leak, nothing_like
from tests.desk.shop import GERMAN, give, place, post, write
from tests.quality.test_evaluating import ANSWERS


def _search_everywhere(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(search, "clients_of", lambda *of, **more: list(Tenant.objects.all()))


@leak("search over all shops", broke="FreeScout", caught_by="scanner", plant=_search_everywhere)
def find(world: World) -> None:
    theirs = write(world.northlight, GERMAN)
    with access.enter_client(world.person("jens"), world.northlight.pk):
        number = reading.conversation(theirs.conversation_id)["case_number"]
    world.desk("paolo").get(f"/api/desk/search?q={number.partition('-')[2]}")


def _unawaited(patch: pytest.MonkeyPatch, world: World) -> None:
    async def may_serve(*of: Any, **more: Any) -> bool:
        return False

    patch.setattr(access, "may_serve", may_serve)


@pytest.mark.filterwarnings("ignore:coroutine")
@leak("access check that nobody awaits", broke="Rocket.Chat 2026", caught_by="scanner cell", plant=_unawaited)
def read_another_clients(world: World) -> Iterator[str]:
    theirs = write(world.northlight, GERMAN)
    paolo = world.desk("paolo")
    barred = paolo.get(place(world.northlight, theirs, "/messages"))
    nothing = paolo.get(f"/api/desk/clients/{new_id()}/conversations/{theirs.conversation_id}/messages")
    yield from nothing_like(barred, nothing)


def _cached_grant(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(access, "may_serve", lru_cache(maxsize=None)(access.may_serve))


@leak("grant remembered after its end", broke="FreeScout, Zulip", caught_by="cell", plant=_cached_grant)
def read_after_the_grant(world: World) -> Iterator[str]:
    theirs = write(world.northlight, GERMAN)
    lucia = world.desk("lucia")
    path = place(world.northlight, theirs, "/messages")
    if lucia.get(path).status_code != 200:
        yield "who has the grant cannot read"
    granted = Accreditation.objects.filter(person=world.person("lucia"), tenant=world.northlight)
    granted.update(valid_until=clock.now())
    nothing = lucia.get(f"/api/desk/clients/{new_id()}/conversations/{theirs.conversation_id}/messages")
    yield from nothing_like(lucia.get(path), nothing)


def _queues_of_all(patch: pytest.MonkeyPatch, world: World) -> None:
    targets = directory.transfer_targets

    def leaky(item: Any) -> dict[str, Any]:
        rows = Queue.objects.filter(is_active=True)
        return {**targets(item), "queues": [{"id": row.id, "name": row.name} for row in rows]}

    patch.setattr(handing_on_views, "transfer_targets", leaky)


@leak("choices from all shops", broke="Zammad's autocomplete", caught_by="scanner", plant=_queues_of_all)
def choose_a_target(world: World) -> Iterator[str]:
    item = give(write(world.acme), world.person("paolo"))
    answer = world.desk("paolo").get(f"/api/desk/work/{item.id}/transfer")
    if answer.status_code != 200 or not answer.json()["queues"]:
        yield "the own queues are not there"


def _all_evaluations(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(quality_reading, "_sees_all", lambda *of, **more: True)
    patch.setattr(quality_reading, "clients_of", lambda *of, **more: list(Tenant.objects.all()))


@leak("list of all evaluations", broke="Zammad", caught_by="scanner", plant=_all_evaluations)
def list_evaluations(world: World) -> None:
    item = finish(world.northlight, agent=world.person("jens"))
    made = post(
        world.desk("sofia"),
        place(world.northlight, item.conversation, "/evaluations"),
        work_item=str(item.id), answers=ANSWERS, comments={}, summary="Gut",
    )  # fmt: skip
    assert made.status_code == 201, made.content
    world.desk("paolo").get("/api/desk/evaluations")


def _audit_for_all(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(personnel_views.AuditView, "access", staff(opens="audit", by="role"))


@leak("audit list for everybody", broke="osTicket", caught_by="scanner", plant=_audit_for_all)
def list_audit(world: World) -> None:
    world.desk("paolo").get("/api/desk/audit")


def _anybodys_desk(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(self: Any, request: Any) -> Any:
        person = world.person(request.query_params.get("person", "paolo"))
        return Response(console.changes_since(person, 0))

    patch.setattr(console_views.ChangesView, "get", leaky)


@leak("changes of another person", broke="Chatwoot", caught_by="scanner", plant=_anybodys_desk)
def ask_for_changes(world: World) -> None:
    give(write(world.northlight, GERMAN), world.person("jens"))
    world.desk("paolo").get("/api/desk/changes?since=0&person=jens")


def _counts_of_all(patch: pytest.MonkeyPatch, world: World) -> None:
    counts = console._counts
    patch.setattr(console, "_counts", lambda person, state, granted: counts(person, state, Accreditation.objects.all()))


@leak("count over all shops", broke="Zammad's overviews", caught_by="cell", plant=_counts_of_all)
def count_what_waits(world: World) -> Iterator[str]:
    """What another shop's customers do moves no figure of an agent who does not serve it."""
    paolo = world.desk("paolo")
    write(world.acme, "Where is my order, please? It has not arrived.")
    before = paolo.get("/api/desk/changes?since=0").json()
    write(world.northlight, "Where is my order, please? It has not arrived.")
    after = paolo.get("/api/desk/changes?since=0").json()
    if before["desk"]["waiting_for_me"] < 1:
        yield "what waits for him is not counted"
    if before != after:
        yield "an agent's figures moved with a shop that he does not serve"


def _oracle(patch: pytest.MonkeyPatch, world: World) -> None:
    of = Narrowing.of

    def leaky(asked: Any) -> Narrowing:
        if asked.get("queue") and not Queue.objects.filter(pk=asked["queue"]).exists():
            raise invalid("This queue is not known; leave it out.", queue="is not known")
        return of(asked)

    patch.setattr(Narrowing, "of", leaky)


@leak("filter that tells what exists elsewhere", broke="Chatwoot's filters", caught_by="cell", plant=_oracle)
def filter_by_a_queue(world: World) -> Iterator[str]:
    carla = world.shop(world.acme, "carla")
    theirs = Queue.objects.filter(tenant=world.northlight).first()
    assert theirs is not None
    ask = "/api/portal/conversations?queue="
    yield from nothing_like(carla.get(f"{ask}{theirs.pk}"), carla.get(f"{ask}{new_id()}"))


def _search_for_all_roles(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(floor_views.FinishedView, "access", staff(opens="client", by="role"))


@leak("supervisor's list open to agents", broke="osTicket", caught_by="scanner cell", plant=_search_for_all_roles)
def list_finished(world: World) -> Iterator[str]:
    finish(world.northlight, agent=world.person("jens"))
    answer = world.desk("paolo").get("/api/desk/finished")
    if answer.status_code != 403:
        yield f"an agent gets {answer.status_code} from a supervisor's list"
