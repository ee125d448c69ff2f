"""Tables for a spreadsheet, as an answer."""

from __future__ import annotations

from django.http import HttpResponse


def as_download(content: bytes, filename: str) -> HttpResponse:
    """A CSV that is saved, not shown, and kept by nobody on the way."""
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
