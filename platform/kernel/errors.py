"""The one family of errors that a person is meant to read."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that was understood and refused.

    code: stable machine name (``offer_gone``), used by the screens to translate.
    status: HTTP status.
    message: an English sentence that says what happened, what was kept and what to do.
    fields: per input field, the reason (for forms).
    retry_after: seconds after which it is worth asking again (``Retry-After``), where waiting helps.
    """

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        *,
        fields: dict[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.fields = fields or {}
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """What its HTTP answer says beside the body."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.fields:
            body["fields"] = self.fields
        return body


def not_found() -> Refusal:
    """The same answer for what does not exist and for what is not yours."""
    return Refusal("not_found", 404, "There is nothing here, or it is not yours to see.")


def invalid(message: str, **fields: str) -> Refusal:
    return Refusal("invalid", 400, message, fields=fields)
