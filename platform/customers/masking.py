"""What is left of an address where the client wants it masked: enough to tell two apart, too little to write to."""

from __future__ import annotations

from typing import Any

HIDDEN = "•••"
Json = dict[str, Any]


def mask(kind: str, address: str) -> str:
    if kind == "email" or "@" in address[1:]:
        name, _, host = address.rpartition("@")
        return f"{name[:1]}{HIDDEN}@{host[:1]}{HIDDEN}" if name else HIDDEN
    return f"{HIDDEN}{address[-2:]}" if len(address) > 6 else HIDDEN


def mask_identities(identities: list[Json]) -> list[Json]:
    return [{**each, "address": mask(each["kind"], each["address"])} for each in identities]


_ADDRESSED = ("from", "to", "cc", "email", "reply_to")


def mask_headers(messages: list[Json]) -> list[Json]:
    """Messages as screens read them, without the addresses of their mail headers."""
    return [
        {
            **message,
            "headers": {
                name: HIDDEN if name in _ADDRESSED and value else value
                for name, value in message.get("headers", {}).items()
            },
        }
        for message in messages
    ]
