"""The customer beside the conversation: read, marked, noted, merged; and what a client keeps of its customers."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import goes_first, merging_customers
from conversations.cleaning import clean
from customers import carding, custom_fields, tags
from desk import customer_card as cards
from desk import customer_card_shapes as shapes
from desk.console_views import signed_in
from desk.tag_shapes import TagNames, TagsFound
from kernel.errors import not_found
from people.access import audit, enter_client, require_client, staff
from tenants.models import Tenant

LEADING = ("supervisor", "operator")


class CustomerBesideView(APIView):
    access = staff(opens="customer", by="accreditation")

    @extend_schema(operation_id="customer_beside", responses=shapes.CustomerBeside)
    def get(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        with enter_client(signed_in(request), tenant) as client:
            return Response(cards.show(client, customer))

    @extend_schema(operation_id="reveal_customer", request=shapes.RevealReason, responses=shapes.CustomerBeside)
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        """What is masked, for a reason; who saw it, and why, is written down first."""
        person = signed_in(request)
        asked = shapes.RevealReason(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant) as client:
            shown = cards.show(client, customer, is_revealed=True)
            audit(person, "customer.revealed", tenant=client, object_id=customer, **asked.validated_data)
        return Response(shown)


class CustomerMarksView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(operation_id="mark_customer", request=shapes.CustomerMarks, responses=shapes.CustomerBeside)
    def put(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.CustomerMarks(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client, transaction.atomic():
            marked = carding.set_marks(customer_id=customer, **asked.validated_data)
            goes_first.follow_marks(marked)
            audit(person, "customer.marked", tenant=client, object_id=customer)
            return Response(cards.show(client, customer))


class CustomerFieldsView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(operation_id="fill_fields", request=shapes.CustomerFieldValues, responses=shapes.CustomerBeside)
    def put(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        asked = shapes.CustomerFieldValues(data=request.data)
        asked.is_valid(raise_exception=True)
        given = {
            clean(code): clean(value) if isinstance(value, str) else value
            for code, value in asked.validated_data["values"].items()
        }
        with enter_client(signed_in(request), tenant, to_work=True) as client:
            carding.set_fields(customer_id=customer, values=given)
            return Response(cards.show(client, customer))


class CustomerNotesView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(operation_id="note_customer", request=shapes.NewCustomerNote, responses=shapes.CustomerBeside)
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.NewCustomerNote(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            text = clean(asked.validated_data["text"])
            carding.write_note(person=person, tenant=client, customer_id=customer, text=text)
            return Response(cards.show(client, customer))


class DropCustomerNoteView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(
        operation_id="drop_customer_note", request=shapes.CustomerNoteToDrop, responses=shapes.CustomerBeside
    )
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.CustomerNoteToDrop(data=request.data)
        with enter_client(person, tenant, to_work=True) as client:
            asked.is_valid(raise_exception=True)
            carding.drop_note(person=person, customer_id=customer, note_id=asked.validated_data["note"])
            return Response(cards.show(client, customer))


class CustomerTagsView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(operation_id="tag_customer", request=TagNames, responses=TagsFound)
    def put(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = TagNames(data=request.data)
        asked.is_valid(raise_exception=True)
        names = [clean(name) for name in asked.validated_data["names"]]
        with enter_client(person, tenant, to_work=True):
            return Response({"tags": tags.put_on_customer(person=person, customer_id=customer, names=names)})


class MergeCustomersView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(
        operation_id="merge_candidates", parameters=[OpenApiParameter("q", str)], responses=shapes.MergeCandidates
    )
    def get(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        words = clean(request.query_params.get("q", ""))[:254]
        with enter_client(signed_in(request), tenant, to_work=True) as client:
            return Response({"results": cards.candidates(client, customer, words)})

    @extend_schema(operation_id="merge_customers", request=shapes.CustomerToAbsorb, responses=shapes.CustomerBeside)
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.CustomerToAbsorb(data=request.data)
        with enter_client(person, tenant, to_work=True) as client:
            asked.is_valid(raise_exception=True)
            merging_customers.merge(
                person=person, tenant=client, kept_id=customer, absorbed_id=asked.validated_data["absorbed"]
            )
            return Response(cards.show(client, customer))


class UndoMergeView(APIView):
    access = staff("agent", "supervisor", opens="customer", by="work")

    @extend_schema(operation_id="undo_merge", request=shapes.MergeToUndo, responses=shapes.CustomerBeside)
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.MergeToUndo(data=request.data)
        with enter_client(person, tenant, to_work=True) as client:
            asked.is_valid(raise_exception=True)
            merging_customers.undo(
                person=person, tenant=client, kept_id=customer, merge_id=asked.validated_data["merge"]
            )
            return Response(cards.show(client, customer))


class FieldsOfClientView(APIView):
    access = staff(*LEADING, opens="customer_field", by="accreditation").but(
        PUT=staff("operator", opens="customer_field", by="accreditation")
    )

    @extend_schema(operation_id="customer_fields", responses=shapes.FieldsOfClient)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant) as client:
            return Response(_fields(client))

    @extend_schema(operation_id="define_field", request=shapes.FieldToDefine, responses=shapes.FieldsOfClient)
    def post(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.FieldToDefine(data=request.data)
        asked.is_valid(raise_exception=True)
        to = dict(asked.validated_data)
        with enter_client(person, tenant) as client, transaction.atomic():
            kept = custom_fields.define(
                field_id=to.pop("id"),
                **{**to, "label": clean(to["label"]), "options": [clean(one) for one in to["options"]]},
            )
            audit(person, "customer_field.defined", tenant=client, object_id=kept.pk)
            return Response(_fields(client))

    @extend_schema(operation_id="mask_customers", request=shapes.Masking, responses=shapes.FieldsOfClient)
    def put(self, request: Request, tenant: UUID) -> Response:
        """Whether this client's people see addresses and personal fields for a stated reason only."""
        person = signed_in(request)
        asked = shapes.Masking(data=request.data)
        asked.is_valid(raise_exception=True)
        masks = asked.validated_data["masks_customers"]
        client = require_client(person, tenant)
        with transaction.atomic():
            if not Tenant.objects.filter(pk=client.pk).update(masks_customers=masks):
                raise not_found()
            audit(person, "customer.masking_set", tenant=client, object_id=client.pk, masks=masks)
        client.masks_customers = masks
        with enter_client(person, tenant) as client:
            return Response(_fields(client))


def _fields(client: Tenant) -> dict[str, object]:
    return {"fields": custom_fields.defined(all_of_them=True), "masks_customers": client.masks_customers}
