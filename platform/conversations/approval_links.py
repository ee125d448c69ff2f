"""The link of a letter: signed, bound to the shop and the letter; it answers once, and only while it is awaited.

The token stands behind the ``#``: no server log and no Referer ever has it, and whoever merely fetches the address, as
scanners of mail do, has asked nothing and answered nothing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing

from conversations.approval_models import Approval, ApprovalLetter
from conversations.approval_readers import may_answer
from kernel import clock
from kernel.errors import Refusal, not_found
from kernel.links import shop_origin
from kernel.tenancy import TenantRow, require_entered
from tenants.models import Tenant

LIVES = timedelta(days=7)
_SALT = "conversations.approval"


def link_to(tenant: Tenant, letter: ApprovalLetter) -> str:
    """The whole address of the page on which it is answered."""
    return f"{shop_origin(tenant.slug)}/portal/answer#{token_for(tenant, letter.pk)}"


def token_for(tenant: TenantRow, letter_id: UUID) -> str:
    return signing.dumps([tenant.id.hex, letter_id.hex], salt=_SALT)


def letter_of(tenant: Tenant, token: str) -> ApprovalLetter:
    """The letter whose link this is, its question still open, its reader still a manager of the client.

    Refuses with not_found for a forged one and one of another shop, link_gone (410) for one that is worth nothing more.
    """
    require_entered()
    found = ApprovalLetter.objects.select_related("approval__conversation").filter(pk=_id_in(tenant, token)).first()
    if found is None:
        raise not_found()
    is_good = found.approval.state == Approval.State.OPEN and clock.now() < found.expires_at
    if not is_good or not may_answer(found.person_id, tenant):
        raise link_gone()
    return found


def letter_answered(tenant: Tenant, token: str) -> ApprovalLetter:
    """The same for who answers now: one that came second is told so by the answering itself, within its time."""
    require_entered()
    found = ApprovalLetter.objects.select_related("approval__conversation").filter(pk=_id_in(tenant, token)).first()
    if found is None:
        raise not_found()
    if clock.now() >= found.expires_at or not may_answer(found.person_id, tenant):
        raise link_gone()
    return found


def link_gone() -> Refusal:
    return Refusal("link_gone", 410, "This link was used, is no longer needed or has run out; the portal shows more.")


def _id_in(tenant: TenantRow, token: str) -> UUID:
    try:
        tenant_id, letter_id = signing.loads(token, salt=_SALT, max_age=LIVES * 2)
        if UUID(tenant_id) != tenant.id:
            raise not_found()
        return UUID(letter_id)
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise not_found() from None
