"""Saved replies as a table: ``name,language,text,as_is``, one line for each text; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from automation import playbook
from automation.bodies import checked_body, checked_name
from automation.faults import Faulty
from automation.models import PlaybookItem
from kernel.errors import invalid
from kernel.spreadsheet import plain_cell, safe_cells
from kernel.tenancy import require_entered
from people.models import Person

COLUMNS = ("name", "language", "text", "as_is")
_NEEDED = {"name", "language", "text"}
LINES_MAX = 2000
CHARS_MAX = 2_000_000
_YES = {"yes", "true", "1", "sí", "si", "x"}
Json = dict[str, Any]


def bring(*, person: Person, content: str, write: bool) -> Json:
    """What the table would do, and with ``write`` does; nothing is written while a line is wrong.

    Languages that the table does not name stay as they are. ``{"lines", "wrong": [{"line", "why"}], "new", "changed",
    "same", "written"}``, the last three as names. Refuses with invalid for what is no such table.
    """
    require_entered()
    lines = _read(content)
    replies, wrong = _gather(lines)
    known = {row.name: row for row in playbook.all_in_force(PlaybookItem.Kind.REPLY)}
    new: list[str] = []
    changed: list[str] = []
    same: list[str] = []
    with transaction.atomic():
        for name, given in replies.items():
            row = known.get(name)
            as_is = given["as_is"] if given["as_is"] is not None else bool(row and row.body.get("as_is"))
            body = {"texts": {**(row.body["texts"] if row else {}), **given["texts"]}, "as_is": as_is}
            try:
                body = checked_body(PlaybookItem.Kind.REPLY, body)
            except Faulty as faults:
                wrong.append({"line": given["line"], "why": str(faults)})
                continue
            (new if row is None else same if row.body == body else changed).append(name)
            if write and not wrong:
                playbook.write(
                    person=person,
                    kind=PlaybookItem.Kind.REPLY,
                    name=name,
                    body=body,
                    item_id=row.item_id if row else None,
                    number=row.number if row else 0,
                )
        is_written = write and not wrong
        if write and wrong:
            transaction.set_rollback(True)
    return {
        "lines": len(lines),
        "wrong": sorted(wrong, key=lambda row: row["line"])[:100],
        "new": new,
        "changed": changed,
        "same": same,
        "written": is_written,
    }


def taken_out() -> str:
    """All replies in use, as ``bring`` reads them."""
    require_entered()
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in playbook.all_in_force(PlaybookItem.Kind.REPLY):
        for language, text in row.body["texts"].items():
            table.writerow(safe_cells([row.name, language, text, "yes" if row.body["as_is"] else "no"]))
    return out.getvalue()


def _gather(lines: list[tuple[int, dict[str, str]]]) -> tuple[dict[str, Json], list[Json]]:
    replies: dict[str, Json] = {}
    wrong: list[Json] = []
    for number, cell in lines:
        try:
            name = checked_name(cell["name"])
            checked_body(PlaybookItem.Kind.REPLY, {"texts": {cell["language"]: cell["text"]}})
        except Faulty as faults:
            wrong.append({"line": number, "why": str(faults)})
            continue
        reply = replies.setdefault(name, {"texts": {}, "as_is": None, "line": number})
        if cell["language"] in reply["texts"]:
            wrong.append({"line": number, "why": f"“{name}” has a text in {cell['language']} on an earlier line."})
        reply["texts"][cell["language"]] = cell["text"]
        if cell["as_is"]:
            reply["as_is"] = cell["as_is"].lower() in _YES
    return replies, wrong


def _read(content: str) -> list[tuple[int, dict[str, str]]]:
    if len(content) > CHARS_MAX:
        raise _unreadable(f"That is more than {CHARS_MAX:,} characters; import it in parts. Nothing was written.")
    if "\0" in content or "\ufffd" in content:
        raise _unreadable("That is not text in UTF-8: save the table as “CSV UTF-8”. Nothing was written.")
    rows = _rows(content.removeprefix("\ufeff"))
    try:
        head = [name.strip().lower() for name in next(rows, (0, []))[1]]
        if (missing := _NEEDED - set(head)) or set(head) - set(COLUMNS) or len(set(head)) < len(head):
            told = f"lacks: {', '.join(sorted(missing))}" if missing else "has a column too many"
            raise _unreadable(f"The first line {told}. It takes {', '.join(COLUMNS)}. Nothing was written.")
        lines = [(number, _cells(head, row)) for number, row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _unreadable("That is not a table of comma-separated values. Nothing was written.") from error
    if not 0 < len(lines) <= LINES_MAX:
        raise _unreadable(f"It takes 1 to {LINES_MAX:,} lines below the first. Nothing was written.")
    return lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _cells(head: list[str], row: list[str]) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {name: plain_cell(cell.strip()) for name, cell in zip(head, row, strict=False)}


def _unreadable(message: str) -> Exception:
    return invalid(message, content="cannot be read")
