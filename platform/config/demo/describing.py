"""Where to go and who to be: printed at the end of ``make run``."""

from __future__ import annotations

from django.conf import settings

from config.demo.cast import AGENTS, COLLEAGUES, PASSWORD, SHOPS


def describe() -> str:
    """Addresses and sign-ins, ready to print."""
    rows = ["Addresses", f"  {'console':<26}{_url('desk')}"]
    for shop in SHOPS:
        rows.append(f"  {shop['name'] + ' (shop, chat)':<26}{_url(shop['slug'])}")
        rows.append(f"  {'  contact form':<26}{_url(shop['slug'])}contact/")
        rows.append(f"  {'  client portal':<26}{_url(shop['slug'])}portal/")
        rows.append(f"  {'  mail':<26}help@{shop['slug']}.example")
    rows += ["", f"Sign-ins (password of all: {PASSWORD})"]
    for agent in AGENTS:
        languages = ", ".join(f"{language} {level}" for language, level in agent.skills.items())
        rows.append(f"  {agent.email:<28}agent       {languages:<18} serves {', '.join(agent.shops)}")
    for colleague in COLLEAGUES:
        role = "client user" if colleague.shop else colleague.role
        where = f"at {_url(colleague.shop)}portal/" if colleague.shop else colleague.does
        rows.append(f"  {colleague.email:<28}{role:<12}{where}")
    return "\n".join(rows)


def _url(label: str) -> str:
    standard = (settings.SCHEME, str(settings.PORT)) in (("http", "80"), ("https", "443"))
    port = "" if standard else f":{settings.PORT}"
    return f"{settings.SCHEME}://{label}.{settings.DOMAIN}{port}/"
