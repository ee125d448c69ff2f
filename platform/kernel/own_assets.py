"""What a paper may reach: ``data:`` and files of our own template folder. Loads WeasyPrint, which takes a second."""

from __future__ import annotations

from pathlib import Path

from weasyprint.urls import URLFetcher, URLFetcherResponse

from kernel.papers import ASSETS


class OwnAssets(URLFetcher):
    """A shop's text can make the renderer reach nothing."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:") and not _is_ours(url):
            raise ValueError(f"a paper may not reach {url[:80]}")
        return super().fetch(url, headers)


def _is_ours(url: str) -> bool:
    if not url.startswith("file:///"):
        return False
    path = Path(url.removeprefix("file://").split("#")[0].split("?")[0])
    return path.resolve().is_relative_to(ASSETS.resolve()) and "%" not in url
