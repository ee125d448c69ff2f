"""A calendar month in a time zone: the period of clauses, reports and invoices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kernel.errors import invalid

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) in UTC; ``month`` is YYYY-MM as the contract's time zone has it."""

    start: datetime
    end: datetime
    month: str
    time_zone: str

    @classmethod
    def of_month(cls, month: str, time_zone: str) -> Period:
        """The month written YYYY-MM; Refusal ``invalid`` for anything else."""
        match = _MONTH.fullmatch(month)
        if match is None:
            raise invalid("A month is written YYYY-MM, such as 2026-11.", month="must be YYYY-MM")
        return cls._of(int(match[1]), int(match[2]), time_zone)

    @classmethod
    def holding(cls, at: datetime, time_zone: str) -> Period:
        local = at.astimezone(ZoneInfo(time_zone))
        return cls._of(local.year, local.month, time_zone)

    def before(self, months: int = 1) -> Period:
        """The period ``months`` earlier."""
        year, month = (int(part) for part in self.month.split("-"))
        count = year * 12 + month - 1 - months
        return Period._of(count // 12, count % 12 + 1, self.time_zone)

    @classmethod
    def _of(cls, year: int, month: int, time_zone: str) -> Period:
        zone = ZoneInfo(time_zone)
        start = datetime(year, month, 1, tzinfo=zone)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        return cls(start.astimezone(UTC), end.astimezone(UTC), f"{year:04}-{month:02}", time_zone)
