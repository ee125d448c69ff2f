"""Words out of bytes: charsets that lie, header words of RFC 2047, addresses as people and programs write them."""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from email.utils import getaddresses

ADDRESS_MAX = 254
ADDRESSES_MAX = 100

# Codecs of Python that are no charsets, or that take quadratic time.
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "unicode-escape", "undefined"})
# The charset that is meant, where the named one is its smaller brother (WHATWG Encoding, §4.2).
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "latin_1": "cp1252", "iso8859-9": "cp1254", "shift_jis": "cp932",
    "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
# Where a sequence of bytes is one letter; what is valid in them may look like UTF-8 by chance.
_MULTIBYTE = ("cp932", "cp949", "gb", "big5", "euc", "iso2022", "utf", "hz", "johab", "shift")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_ADDRESS = re.compile(r"""[^\s<>@,;:"'()\[\]\\]{1,64}@[^\s<>@,;:"'()\[\]\\]{1,189}""")
# RFC 5321 §4.1.2: a quoted local part, without what would need a backslash or could end the address.
_QUOTED = re.compile(r""""([ !#-;=?-\[\]-~]{1,62})"(@[^\s<>@,;:"'()\[\]\\]{1,189})""")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode(raw: bytes, charset: str = "") -> str:
    """The text of ``raw``: as declared where that can be, else UTF-8, else Windows-1252; never raises."""
    codec = _codec(charset)
    if not codec and b"\x1b$" in raw:
        codec = "iso2022_jp_ext"
    order = (codec, "utf-8") if codec.startswith(_MULTIBYTE) else ("utf-8", codec)
    for name in order:
        if name:
            try:
                return raw.decode(name)
            except (UnicodeError, LookupError):
                continue
    return raw.decode(codec if codec.startswith(_MULTIBYTE) else "cp1252", "replace")


def decode_header(value: str) -> str:
    """A raw header value (surrogates for 8-bit bytes) as one line of text."""
    text = value if value.isascii() else decode(as_bytes(value))
    if "=?" in text:
        text = _decode_words(_BETWEEN_WORDS.sub(r"\1", text))
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def addresses(value: str) -> list[tuple[str, str]]:
    """``(name, address)`` of a raw address header, address folded to lower case; what is no address is left out."""
    try:
        pairs = getaddresses([value])[:ADDRESSES_MAX]
    except Exception:  # the parser of the standard library recurses into comments
        pairs = []
    found = [(decode_header(name), address) for name, raw in pairs if (address := _address(decode_header(raw)))]
    if not found:
        found = [("", address) for part in _ADDRESS.findall(decode_header(value)) if (address := _address(part))]
    return found[:ADDRESSES_MAX]


def is_address(text: str) -> bool:
    """Whether mail could go there; nothing else may stand around it."""
    return len(text) <= ADDRESS_MAX and bool(_ADDRESS.fullmatch(text) or _QUOTED.fullmatch(text))


def as_bytes(text: str) -> bytes:
    """The bytes behind text that the mail parser made with surrogates."""
    return text.encode("ascii", "surrogateescape") if _is_escaped(text) else text.encode("utf-8", "replace")


def decode_base64(raw: bytes) -> bytes:
    """Base64 as it is met: other characters are skipped, a missing end is filled."""
    letters = _NOT_BASE64.sub(b"", raw)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def _address(text: str) -> str:
    folded = text.strip().strip(".").lower()
    if (quoted := _QUOTED.fullmatch(folded)) and is_address(plain := quoted[1] + quoted[2]):
        folded = plain  # quoted without need: the same mailbox
    return folded if is_address(folded) else ""


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip(" \"'").partition("*")[0]).name if charset else ""
        "".encode(name or "ascii")
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if name in _NOT_CHARSETS else _MEANT.get(name, name)


def _decode_words(text: str) -> str:
    """Encoded words; bytes of neighbours in one charset are joined first, since some programs split a letter."""
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(text):
        content = _word_bytes(word)
        is_neighbour = word.start() == end and pending
        if pending and not (is_neighbour and charset == word[1].lower()):
            pieces.append(decode(pending, charset))
            pending = b""
        pieces.append(text[end : word.start()])
        if content is None:
            pieces.append(word[0])
        else:
            pending, charset = pending + content, word[1].lower()
        end = word.end()
    if pending:
        pieces.append(decode(pending, charset))
    return "".join([*pieces, text[end:]])


def _word_bytes(word: re.Match[str]) -> bytes | None:
    raw = word[3].encode("utf-8", "replace")
    try:
        return decode_base64(raw) if word[2] in "bB" else quopri.decodestring(raw, header=True)
    except (binascii.Error, ValueError):
        return None


def _is_escaped(text: str) -> bool:
    try:
        text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
