"""What is asked for: two shops full of canaries, with work in hand, a shopper, papers and keys; and a suspended one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from conversations import case_links, widget
from conversations.file_links import link_to, shopper_viewer
from conversations.models import Message
from customers.models import Customer, ErasureCertificate
from desk.onboarding import open_shop
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import ApiKey, Person, Session
from quality.models import DisputeWord
from routing import queue
from routing.models import AgentState, WorkItem
from sla_contracts import contracts
from sla_contracts.models import Clock, Dispute
from sla_contracts.templates import TEMPLATES
from tenants.models import ErasureEntry, Tenant
from tests.billing.finished import finish
from tests.boundaries.matrix.actors import ACME, CLOSED, OTHER, Actor, everyone
from tests.canaries import plant, token_of
from tests.conversations.shoppers import PNG
from tests.desk.past_week import asked_what_if
from tests.desk.shop import give, write
from tests.world import hire, person_named

NOBODY = "nobody"


@dataclass
class World:
    """ids: by shop (and ``nobody``, where nothing is), by the name of the address's parameter."""

    shops: dict[str, Tenant] = field(default_factory=dict)
    ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def link_of(self, slug: str) -> str:
        """The token of a fresh link to the shopper's file; they last for minutes only."""
        if slug == NOBODY:
            return "A" * 200
        shop = self.shops[slug]
        viewer = shopper_viewer(widget.visitor_of(shop, self.tokens[slug]))
        return link_to(shop, self.ids[slug]["attachment_id"], viewer).rpartition("/")[2]


def build() -> World:
    """Everything; in the caller's transaction."""
    world = World({slug: Tenant.objects.get(slug=slug) for slug in (ACME, OTHER)})
    world.shops[CLOSED] = open_shop(
        slug=CLOSED,
        name="Shutters",
        country="IT",
        languages=["it"],
        time_zone="Europe/Rome",
        mark="SH",
        color="#111111",
    )
    people = {name: person_named(name) for name in ("paolo", "jens", "carla", "dieter", "sofia", "omar")}
    people["rita"] = hire("rita", {"it": 4}, [world.shops[ACME]])
    for slug, agent in ((ACME, people["paolo"]), (OTHER, people["jens"])):
        world.ids[slug], world.tokens[slug] = _fill(world.shops[slug], agent)
    give(write(world.shops[ACME], token_of(ACME)), people["rita"])
    # A supervisor sets nobody's state whose console is closed, and the cells take longer than a heartbeat.
    AgentState.objects.update(last_heartbeat=clock.now() + timedelta(hours=1))
    world.actors = list(everyone(world.shops, people, world.tokens[ACME]))
    for slug in (ACME, OTHER):
        world.ids[slug]["session"] = Session.objects.get(person=world.ids[slug]["agent"]).id
        world.ids[slug]["key"] = ApiKey.objects.get(tenant=world.shops[slug]).id
    world.ids[NOBODY] = {name: _nowhere(name, value) for name, value in world.ids[ACME].items()}
    Tenant.objects.filter(slug=CLOSED).update(status=Tenant.Status.SUSPENDED)
    return world


def _fill(shop: Tenant, agent: Person) -> tuple[dict[str, Any], str]:
    planted = plant(shop, agent=agent)
    token = widget.issue_token(tenant=shop, key=widget.line_of(shop).token)
    visitor = widget.visitor_of(shop, token)
    said = write(shop, token_of(shop), sender=visitor.address)
    held = give(said, agent)
    done = finish(shop, agent=agent)
    ids: dict[str, Any] = {
        "tenant": shop.id,
        "conversation": planted.conversation,
        "customer": planted.id_of("customers.Customer"),
        "attachment": planted.attachment,
        "message": planted.id_of("conversations.Message"),
        "item": planted.id_of("automation.PlaybookItem"),
        "approval": planted.id_of("conversations.Approval"),
        "held": planted.id_of("conversations.HeldReply"),
        "receipt": planted.id_of("conversations.Receipt"),
        "evaluation": planted.id_of("quality.Evaluation"),
        "scorecard": planted.id_of("quality.Scorecard"),
        "evaluation_dispute": planted.id_of("quality.EvaluationDispute"),
        "plan": planted.id_of("quality.SamplingPlan"),
        "finished": done.id,
        "finished_in": done.conversation,
        "report": planted.id_of("sla_contracts.SlaReport"),
        "version": _agree(shop),
        "invoice": planted.id_of("billing.Invoice"),
        "line": planted.id_of("billing.InvoiceLine"),
        "agent": agent.pk,
        "person": agent.pk,
        "in_hand": said.conversation_id,
        "work_item": held.id,
        "clock": Clock.objects.filter(conversation=said.conversation_id).order_by("pk")[0].id,
        "dispute": _disputed(shop, said.conversation_id, agent).id,
        "waiting": _wait(shop),
        "what_if": asked_what_if(shop).id,
        "attachment_id": _attach(shop, said),
        "view": new_id(),  # a view of somebody else's
        "token": case_links.token_for(shop, said.conversation_id),
    }
    return ids, token


def _agree(shop: Tenant) -> UUID:
    """A version that both have signed, for a day far off."""
    terms = TEMPLATES["ecommerce_standard"](shop.time_zone, shop.country, shop.languages)
    drafted = contracts.draft(tenant=shop, terms=terms, valid_from=clock.now() + timedelta(days=9999))
    return contracts.sign(version_id=drafted.id, by_bpo="Olga O.", by_client=token_of(shop)).id


def _disputed(shop: Tenant, conversation: UUID, person: Person) -> Dispute:
    """One that nobody has answered, with the client's words in the shop's schema."""
    clock_row, now = Clock.objects.filter(conversation=conversation).order_by("pk")[0], clock.now()
    row = Dispute.objects.create(
        tenant=shop,
        clock=clock_row,
        conversation=conversation,
        clause="none",
        outcome="met",
        version=clock_row.version,
        period_start=now,
        period_end=now + timedelta(days=30),
        claim="count_late",
        raised_by=person,
        raised_at=now,
        answer_by=now + timedelta(days=10),
    )
    with enter(shop):
        DisputeWord.objects.create(
            dispute=row.id,
            conversation_id=conversation,
            side="client",
            text=token_of(shop),
            said_by=person,
            said_at=now,
        )
    return row


def _wait(shop: Tenant) -> UUID:
    return queue.open_item(write(shop, token_of(shop)).conversation_id).id  # type: ignore[union-attr]


def _attach(shop: Tenant, message: Message) -> UUID:
    from carriers.contract import IncomingFile
    from conversations import attachments

    file = IncomingFile(name=f"{token_of(shop)}.png", content_type="image/png", content=PNG)
    note = IncomingFile(name="note.txt", content_type="text/plain", content=f"{token_of(shop)} file".encode())
    with enter(shop):
        ErasureCertificate.objects.all().delete()  # planted without an erasure
        Customer.objects.update(erased_at=None)
        kept, _ = attachments.keep(shop, [file, note])
        attachments.add_rows(message.id, kept)
        assert Customer.objects.exists() and WorkItem.objects.exists()
    now = clock.now()
    ErasureEntry.objects.create(
        kind="customer", tenant_id=shop.id, erased_id=new_id(), reason="person", asked_at=now, done_at=now,
        exported_at=now, certificate_sha256=token_of(shop),
    )  # fmt: skip
    return kept[-1].id


def _nowhere(name: str, value: Any) -> Any:
    return new_id() if isinstance(value, UUID) else f"{value[:-4]}AAAA" if name == "token" else value
