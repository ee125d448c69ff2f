"""The table in which skills and accreditations come and go: one line for each skill or accreditation of a person.

``email,name,kind,code,level,from,until,read_only,alias``. kind is ``skill`` (code such as lang:it, level 0 to 5; 0
takes it away) or ``accreditation`` (code is the shop's address, such as acme). Days and times are the shop's own, but
for those with an offset. Comma, semicolon or tab between the cells. ``name`` is for the reader.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.errors import invalid
from kernel.spreadsheet import plain_cell

COLUMNS = ("email", "name", "kind", "code", "level", "from", "until", "read_only", "alias")
_NEEDED = {"email", "kind", "code"}
LINES_MAX = 2000
CHARS_MAX = 1_000_000
_YES_NO = {"yes": True, "no": False, "": False, "sí": True, "si": True, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Line:
    """``number``: where it begins in the file, from 1. ``cells``: by column, trimmed; empty where there is none."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """Two lines with the same key say the same thing twice."""
        cell = self.cells
        begins = cell["from"] if cell["kind"] == "accreditation" else ""
        return (cell["email"].lower(), cell["kind"], cell["code"], begins)


def read(text: str) -> list[Line]:
    """The lines below the head; Refusal invalid for what is no such table."""
    if len(text) > CHARS_MAX:
        raise _unreadable(f"That is more than {CHARS_MAX:,} characters; import it in parts. Nothing was written.")
    if "\0" in text or "\ufffd" in text:
        raise _unreadable("That is not text in UTF-8: save the table as “CSV UTF-8”. Nothing was written.")
    rows = _rows(text.removeprefix("\ufeff"))
    try:
        head = [name.strip().lower() for name in next(rows, (0, []))[1]]
        missing, unknown = _NEEDED - set(head), set(head) - set(COLUMNS)
        if missing or unknown or len(set(head)) < len(head):
            wrong = ", ".join(sorted(missing or unknown)) or "a column twice"
            kind = "lacks" if missing else "has"
            raise _unreadable(f"The first line {kind}: {wrong}. It takes {', '.join(COLUMNS)}. Nothing was written.")
        lines = [_line(number, head, row) for number, row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _unreadable("That is not a table of comma-separated values. Nothing was written.") from error
    if len(lines) > LINES_MAX:
        raise _unreadable(f"That is more than {LINES_MAX:,} lines; import it in parts. Nothing was written.")
    return lines


def moment(text: str, zone: str, *, column: str) -> datetime | None:
    """A day (its first instant) or a time, in the zone unless it has an offset; None for an empty cell."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"“{column}” is a day or a time such as 2026-11-22 or 2026-11-22 09:30.") from error
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    if not 1970 < found.year < 2200:
        raise invalid(f"“{column}” is not a year in which this was written.")
    return found


def written(at: datetime | None, zone: str) -> str:
    """As ``moment`` reads it, to the second."""
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds") if at else ""


def same_second(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one.replace(microsecond=0) - other.replace(microsecond=0)) < timedelta(seconds=1)


def yes_or_no(text: str) -> bool:
    try:
        return _YES_NO[text.lower()]
    except KeyError as error:
        raise invalid("“read_only” is yes or no.") from error


def level_of(text: str) -> int:
    """0 to 5."""
    if len(text) == 1 and text in "012345":
        return int(text)
    raise invalid("“level” is 0 to 5; 0 takes the skill away.")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _line(number: int, head: list[str], row: list[str]) -> Line:
    cells = dict.fromkeys(COLUMNS, "") | {name: plain_cell(cell.strip()) for name, cell in zip(head, row, strict=False)}
    # A line longer than its head is told as one that is wrong, with the others.
    return Line(number, cells | ({"kind": "?"} if len(row) > len(head) and any(row[len(head) :]) else {}))


def _unreadable(message: str) -> Exception:
    return invalid(message, content="cannot be read")
