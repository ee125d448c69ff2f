"""How often somebody may knock at a door. Counted in Valkey, a minute at a time, under the shop whose door it is.

``settings.RATES_PER_MINUTE`` says how often. When Valkey is away, a door stays open (what a shopper writes must not be
lost, and wrong passwords are counted in PostgreSQL besides) unless it is one of ``SHUT_WITHOUT_VALKEY``: there, nothing
is lost by waiting, and guessing must stay slow.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

import redis
from django.conf import settings

from kernel import clock
from kernel.access import anyone, names_key
from kernel.errors import Refusal
from kernel.live import valkey
from kernel.patience import Patience

log = logging.getLogger(__name__)

SHUT_WITHOUT_VALKEY = frozenset({"password_reset", "invitation"})
_WINDOW_SECONDS = 60
# Having found nobody to count, a process does not make every caller wait to find the same.
_patience = Patience(2.0)


def require_leave(tenant_id: UUID | None, what: str, who: str) -> None:
    """Count one more ``what`` of ``who`` at this shop (None: at the desk).

    Refuses with ``too_many`` (429) past the door's rate, and with ``busy`` (503) where a door is shut while nobody can
    count; both say after how many seconds to come again.
    """
    most = settings.RATES_PER_MINUTE[what] * settings.RATE_FACTOR
    now = clock.now().timestamp()
    count = _count(rate_key(tenant_id, what, who, int(now // _WINDOW_SECONDS)))
    if count is None and what in SHUT_WITHOUT_VALKEY:
        message = "This cannot be done for a moment; nothing was changed. Try again shortly."
        raise Refusal("busy", 503, message, retry_after=5)
    if count is not None and count > most:
        raise Refusal(
            "too_many",
            429,
            "That was too often within a minute; nothing was lost, please wait a moment.",
            retry_after=_WINDOW_SECONDS - int(now % _WINDOW_SECONDS),
        )


@names_key(anyone("counts knocks before anybody is known; a hash, no name"))
def rate_key(tenant_id: UUID | None, what: str, who: str, window: int) -> str:
    """One for each shop, door, caller and minute. Nothing that names a person is kept, not even for a minute."""
    name = blake2b(who.encode("utf-8", "replace"), digest_size=12, key=settings.SECRET_KEY[:64].encode()).hexdigest()
    return f"rate:{tenant_id or 'desk'}:{what}:{name}:{window}"


def _count(name: str) -> int | None:
    """How often it was with this time; None while nobody can count."""
    if _patience.is_spent():
        return None
    try:
        pipeline = valkey().pipeline(transaction=False)
        pipeline.incr(name)
        pipeline.expire(name, _WINDOW_SECONDS + 30)
        return int(pipeline.execute()[0])
    except redis.RedisError:
        log.warning("rates cannot be counted")
        _patience.lose()
        return None


def address_of(meta: Mapping[str, Any]) -> str:
    """The caller's address on the net, from a request's ``META``; of an IPv6 address the network that one home has.

    Behind ``settings.TRUSTED_PROXIES`` proxies it is what the outermost of them saw; a caller's own claims are ignored.
    """
    address = str(meta.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        address = hops[-settings.TRUSTED_PROXIES]
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
