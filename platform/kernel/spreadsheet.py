"""Tables for spreadsheets: what a program would take for a formula is text."""

from __future__ import annotations

from collections.abc import Iterable

# What a spreadsheet takes for the beginning of a formula; ASVS 1.2.10, OWASP "CSV injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cells(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet reads as a formula."""
    return [f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell for cell in cells]


def plain_cell(cell: str) -> str:
    """What ``safe_cells`` was given, from what it made; other cells are left as they are."""
    rest = cell[1:] if cell.startswith("'") else ""
    return rest if rest.lstrip(" ").startswith(_FORMULA) else cell
