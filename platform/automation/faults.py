"""What cannot be kept, field by field."""

from __future__ import annotations


class Faulty(ValueError):
    """``fields``: path such as ``texts.it`` → what is wrong, as a person can act on it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in fields.items()))
        self.fields = fields
