"""Where a browser's request comes from, as far as the browser says so. Pure, but for the scheme that is served."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.conf import settings

from kernel.errors import invalid

ORIGINS_MAX = 30
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LOOPBACK_NAME = "localhost"


def is_same_origin(origin: str, host: str) -> bool:
    """Whether a page of this very host asks; ``host`` is the request's Host header."""
    return bool(host) and origin.lower() == f"{settings.SCHEME}://{host.lower()}"


def checked_origins(wanted: list[str]) -> list[str]:
    """Origins of pages that a shop owns, as browsers write them, each once; Refusal ``invalid`` for anything else.

    ``https://www.shop.example`` with a port if need be; ``http`` only for one's own machine, or while we serve http.
    """
    found = dict.fromkeys(_checked(origin) for origin in wanted)
    if len(found) > ORIGINS_MAX:
        raise invalid(f"At most {ORIGINS_MAX} origins; nothing was changed.", origins="Too many.")
    return list(found)


def _checked(origin: str) -> str:
    try:
        parts = urlsplit(origin.strip())
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except (ValueError, UnicodeError):
        raise _odd(origin) from None
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    if not is_bare or parts.scheme not in ("https", "http") or not _HOST.fullmatch(host) or _is_address(host):
        raise _odd(origin)
    is_own_machine = host == _LOOPBACK_NAME or host.endswith(f".{_LOOPBACK_NAME}")
    if parts.scheme == "http" and settings.SCHEME == "https" and not is_own_machine:
        raise _odd(origin)
    is_usual = port is None or port == {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _odd(origin: str) -> Exception:
    message = "An origin is a scheme and a host, such as https://www.shop.example; nothing was changed."
    return invalid(message, origins=f"{origin[:80]!r} is none.")
