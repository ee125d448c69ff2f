"""Which adapter speaks for a line. A new channel is one module and one row here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from carriers.contract import Carrier
from tenants.models import Line

# Line.carrier → "module:object" of its adapter; loaded when first asked for.
_ADAPTERS = {
    "webchat": "carriers.webchat:webchat",
    "form": "carriers.form:form",
    "relay": "carriers.relay:relay",
    "email": "carriers.email:email",
}


def carrier_for(line: Line | str) -> Carrier:
    """The adapter of a line, or of a ``Line.carrier`` code; KeyError if there is none."""
    return _load(line if isinstance(line, str) else str(line.carrier))


@cache
def _load(code: str) -> Carrier:
    module, _, name = _ADAPTERS[code].partition(":")
    return cast(Carrier, getattr(import_module(module), name))
