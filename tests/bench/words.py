"""Every text of a benchmark carries its shop's canary: whoever is given another's, or stores it, ends the run."""

from __future__ import annotations

from config.replay.canaries import owners_in


def require_own(slug: str, content: bytes | str, where: str) -> None:
    """RuntimeError where an answer for one shop holds a word of another."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    if strangers := owners_in(text) - {slug}:
        raise RuntimeError(f"{where}: a text of {', '.join(sorted(strangers))} for {slug}")


def foreign_texts() -> int:
    """Messages that are stored in a shop and do not carry its canary alone."""
    from conversations.models import Message
    from kernel.tenancy import enter
    from tenants.models import Tenant

    count = 0
    for tenant in Tenant.objects.all():
        with enter(tenant):
            texts = Message.objects.exclude(direction="event").values_list("text", flat=True)
            count += sum(owners_in(text) != {tenant.slug} for text in texts)
    return count
