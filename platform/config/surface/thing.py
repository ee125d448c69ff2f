"""One thing of the surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kernel.access import Access

# Objects of which it must be said what opens them.
_SAID = ("system", "carrier")


@dataclass(frozen=True, slots=True)
class Thing:
    """kind: route, socket, message, task, beat …; door: where it is met; params: of its address, in order."""

    kind: str
    name: str
    access: Access | None
    door: str = ""
    method: str = ""
    params: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    at: str = ""

    @property
    def is_declared(self) -> bool:
        """Realm, object and grant are there; and where nothing is asked, the reason."""
        access = self.access
        if access is None or not access.opens:
            return False
        return bool(access.why) or access.by not in ("open", "token")

    def as_json(self) -> dict[str, Any]:
        policy = self.access.as_json() if self.access else None
        said = {"door": self.door, "method": self.method, "params": list(self.params), "query": list(self.query)}
        return {"kind": self.kind, "name": self.name, **{k: v for k, v in said.items() if v}, "at": self.at} | {
            "access": policy
        }
