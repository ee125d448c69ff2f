"""How the API reads JSON: half an emoji is taken (browsers send it), what would exhaust the parser is refused."""

from __future__ import annotations

import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JsonParser(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return json.loads(stream.read().decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise ParseError("This is not JSON in UTF-8, or nested too deep; nothing was changed.") from error
