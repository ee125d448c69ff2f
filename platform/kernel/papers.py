"""Papers: a template set as a tagged PDF/UA-1 with our own fonts. Reaches nothing but our own assets and ``data:``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

ASSETS: Path = settings.ROOT / "frontend" / "templates" / "pdf"

# fontTools stamps each embedded font with the second of its making unless told another.
os.environ.setdefault("SOURCE_DATE_EPOCH", "946684800")


def typeset(template: str, page: Mapping[str, Any]) -> bytes:
    """The PDF of a template under ``pdf/``. The same page gives the same bytes."""
    # A third of what a process needs to start, and most never make a paper.
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    from kernel.own_assets import OwnAssets

    html = render_to_string(f"pdf/{template}", dict(page))
    document = HTML(string=html, base_url=ASSETS.as_uri() + "/", url_fetcher=OwnAssets())
    pdf = document.write_pdf(pdf_variant="pdf/ua-1", font_config=FontConfiguration())
    if not isinstance(pdf, bytes):
        raise TypeError("WeasyPrint gave no document")
    return pdf
