"""The built front end, read once and kept in memory; hashed names may be cached for ever."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kernel.access import access, anyone

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@lru_cache(maxsize=512)
def _read(path: Path, changed_ns: int) -> bytes:
    return path.read_bytes()


def _answer(relative: str, *, immutable: bool) -> HttpResponse:
    root = Path(settings.FRONTEND_DIST).resolve()
    try:
        path = (root / relative).resolve()
        found = path.is_relative_to(root) and path.is_file()
    except (OSError, ValueError):  # a name too long for the disk, or one with a NUL
        found = False
    if not found:
        raise Http404
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = HttpResponse(_read(path, path.stat().st_mtime_ns), content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
    return response


@access(anyone("the files of the build, the same for everyone"))
@require_safe
def asset(request: HttpRequest, path: str) -> HttpResponse:
    """Files of the build, under /assets/; the widget loads its own from pages of other origins."""
    response = _answer(f"assets/{path}", immutable=True)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@access(anyone("the built pages hold no data; they ask the API"))
@require_safe
def page(request: HttpRequest, name: str, rest: str = "") -> HttpResponse:
    """One of the built pages; the rest of the path belongs to its own router."""
    return _answer(f"{name}.html", immutable=False)


@access(anyone("the shops' own sites embed it"))
@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The widget's loader, to be embedded by the shop's own site."""
    response = _answer("widget.js", immutable=False)
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response
