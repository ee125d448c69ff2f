"""GET /f/<token> at the host of files. Nothing there runs: no session, no cookie, no script, no page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from conversations import attachments
from conversations.file_links import Viewer, open_link
from conversations.models import Attachment
from kernel.errors import not_found
from kernel.throttle import require_leave
from people.access import anyone, audit
from people.models import Person
from tenants.models import Tenant

POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class FileView(APIView):
    authentication_classes = ()
    access = anyone("the sealed link names its viewer, whose right is looked up with each fetch", opens="file")

    @extend_schema(operation_id="fetch_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, token: str) -> HttpResponse:
        tenant, viewer, row = open_link(token)
        require_leave(tenant.id, "file", viewer.who)
        try:
            content = attachments.content_of(tenant, row.id)
        except FileNotFoundError:
            raise not_found() from None
        if request.method == "GET":
            note_download(tenant, viewer, row)
        return served(row, content)


def note_download(tenant: Tenant, viewer: Viewer, row: Attachment) -> None:
    """One entry for each use of a link; a shopper is nobody's name there, only the conversation that is theirs."""
    person = None if viewer.kind == "shopper" else Person.objects.filter(pk=viewer.who).first()
    detail = {"conversation": str(row.message.conversation_id), "viewer": viewer.kind}
    if viewer.kind == "program":
        detail["key"] = viewer.proof
    audit(person, "file.downloaded", tenant=tenant, object_id=row.id, **detail)


def served(row: Attachment, content: bytes) -> HttpResponse:
    """A download, whatever it is; only a picture that was drawn anew here may stand in a page."""
    kind = row.content_type if row.content_type in attachments.ALLOWED else attachments.UNKNOWN
    is_picture = row.redrawn and kind in attachments.PICTURES
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not is_picture, row.name) or "attachment"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    # Pages show pictures from here; everything else is fetched by going there.
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_picture else "same-origin"
    return response
