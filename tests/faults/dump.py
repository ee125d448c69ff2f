"""The database as plain rows, as the checker reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Dump:
    """Rows as dicts, ids as text; a shop's rows carry its slug as ``shop``. ``found``: tokens where none may be."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    wrong_clocks: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, list[str]]] = field(default_factory=list)
    shops: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[Row]:
        return self.rows.setdefault(name, [])
