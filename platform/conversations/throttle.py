"""How often somebody may knock. Counted in Valkey, a minute at a time; when Valkey is away, nobody is turned away."""

from __future__ import annotations

import logging
import time
from hashlib import blake2b
from uuid import UUID

import redis
from django.conf import settings

from kernel.access import anyone, names_key
from kernel.errors import Refusal
from kernel.live import valkey
from kernel.patience import Patience

log = logging.getLogger(__name__)
_patience = Patience(2.0)


def require_leave(tenant_id: UUID, what: str, who: str) -> None:
    """Count one more ``what`` of ``who`` at this shop; Refusal too_many 429 past ``settings.RATES_PER_MINUTE``."""
    most = settings.RATES_PER_MINUTE[what]
    if _patience.is_spent():
        return
    key = rate_key(tenant_id, what, who)
    try:
        pipeline = valkey().pipeline(transaction=False)
        pipeline.incr(key)
        pipeline.expire(key, 90)
        count = int(pipeline.execute()[0])
    except redis.RedisError:
        _patience.lose()
        log.warning("rates cannot be counted")
        return
    if count > most:
        raise Refusal("too_many", 429, "That was too often within a minute; nothing was lost, please wait a moment.")


@names_key(anyone("counts knocks before anybody is known; a hash, no name"))
def rate_key(tenant_id: UUID, what: str, who: str) -> str:
    """One for each shop, door, visitor and minute. Nothing that names a person is kept, not even for a minute."""
    name = blake2b(who.encode("utf-8", "replace"), digest_size=12, key=settings.SECRET_KEY[:64].encode()).hexdigest()
    return f"rate:{tenant_id}:{what}:{name}:{int(time.time() // 60)}"
