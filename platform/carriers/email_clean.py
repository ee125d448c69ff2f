"""The HTML of a stranger, made fit to be shown: an allow list, nothing that runs, nothing that is fetched."""

from __future__ import annotations

import re
from html import unescape

import nh3

HTML_MAX = 500_000
CLEAN_MAX = 400_000
TAGS_MAX = 30_000
DEPTH_MAX = 200
# Parsers compare each attribute of a tag with those before it.
STRETCH_MAX = 60_000

_TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol",
    "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
# Dropped with what they hold; of other unknown tags only the tag goes.
_DROPPED = {
    "script", "style", "title", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "math", "select",
    "textarea", "xmp", "plaintext", "noembed", "noframes", "audio", "video",
}  # fmt: skip
_EVERYWHERE = {"dir", "lang", "title", "align", "style"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": {"width", "height", "colspan", "rowspan", "valign", "bgcolor"},
    "th": {"width", "height", "colspan", "rowspan", "valign", "bgcolor"},
    "tr": {"valign", "bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
}
# Properties that take no address and move nothing out of its place.
_STYLES = {
    "color", "background-color", "font-family", "font-size", "font-style", "font-weight", "font-variant", "line-height",
    "letter-spacing", "text-align", "text-decoration", "text-indent", "text-transform", "white-space", "vertical-align",
    "width", "max-width", "height", "padding", "padding-top", "padding-right", "padding-bottom", "padding-left",
    "margin-top", "margin-bottom", "border-collapse", "border-spacing", "border", "border-top", "border-right",
    "border-bottom", "border-left", "border-color", "border-style", "border-width",
}  # fmt: skip
_STYLE_ALARMS = re.compile(r"url|image|expression|src|var\s*\(|attr\s*\(|import|binding|[\\@<>&{}]|/\*", re.IGNORECASE)
_IMAGE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_IMAGE_DATA = re.compile(r"data:image/[a-z]{1,8};base64,[A-Za-z0-9+/=]*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SELF_CLOSING = {
    "area", "base", "basefont", "br", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
}  # fmt: skip
_CONTENT_ID = re.compile(r"cid:[^\s<>\"'\\:]{1,200}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def clean_html(html: str) -> str:
    """A fragment for a sandboxed frame; empty when nothing is left, or when it is larger than anyone reads.

    Images are only those that came along (``cid:``) or are written out (``data:``, no SVG). Links open elsewhere
    and tell nobody where from.
    """
    if not is_readable(html):
        return ""
    cleaned = str(_CLEANER.clean(html))
    return cleaned if len(cleaned) <= CLEAN_MAX and cleaned.strip() else ""


def is_readable(html: str) -> bool:
    """Whether parsers get through it quickly: its size, its tags, their depth and their attributes are bounded."""
    if len(html) > HTML_MAX or html.count("<") > TAGS_MAX:
        return False
    stretches = _IMAGE_DATA.sub("", html).split("<")
    return max(map(len, stretches)) <= STRETCH_MAX and _depth(html) <= DEPTH_MAX


def strip_tags(html: str) -> str:
    """The words of HTML that no parser should be given."""
    return unescape(_TAG.sub(" ", html[:HTML_MAX]))


def normalise(html: str) -> str:
    """Well-formed HTML that still names its classes, so that quotes can be found; not safe to show."""
    return str(_NORMALISER.clean(html))


def _depth(html: str) -> int:
    """How deep tags stand in each other at most; those that close by themselves are not counted."""
    deepest = depth = 0
    for end, name in _TAG_NAME.findall(html):
        if name.lower() in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if end else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        is_image = _IMAGE.fullmatch(value) or _CONTENT_ID.fullmatch(value)
        return value if is_image else None
    if attribute == "href":
        return value if _LINK.match(value) else None
    if attribute == "style":
        return None if _STYLE_ALARMS.search(value) else value
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes=_ATTRIBUTES,
    attribute_filter=_allowed,
    filter_style_properties=_STYLES,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_relative="deny",
)
_NORMALISER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={
        **_ATTRIBUTES,
        "*": {*_EVERYWHERE, "class", "id"},
        "blockquote": {"type"},
    },
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel=None,
)
