"""The HTML of a stranger after cleaning, read by a parser that follows the standard as browsers do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import tinyhtml5

from carriers.email_clean import CLEAN_MAX, clean_html
from tests.carriers.letters import hostile_html, letter, taken_in

_FORBIDDEN = {
    "script", "style", "link", "meta", "base", "iframe", "object", "embed", "applet", "form", "input", "button",
    "svg", "math", "video", "audio", "source", "template", "noscript", "textarea", "select", "portal", "frame",
}  # fmt: skip
_LOADING = {
    "srcset",
    "poster",
    "background",
    "action",
    "formaction",
    "data",
    "ping",
    "xlink:href",
    "srcdoc",
    "manifest",
}


def _elements(html: str) -> Iterator[Any]:
    document = tinyhtml5.parse(f"<!doctype html><html><body>{html}</body></html>", namespace_html_elements=False)
    body = document.find("body")
    assert body is not None
    return (element for element in body.iter() if element is not body)


def assert_harmless(html: str) -> None:
    for element in _elements(html):
        tag = str(element.tag).lower()
        assert tag.rpartition("}")[2] not in _FORBIDDEN, html
        for name, value in element.attrib.items():
            name, value = str(name).lower(), str(value)
            assert not name.startswith("on"), html
            assert name not in _LOADING, html
            flat = re.sub(r"[\s\0-\x1f]", "", value).lower()
            assert not flat.startswith(("javascript:", "vbscript:", "data:text", "data:image/svg", "file:")), html
            if name == "src":
                assert flat.startswith(("cid:", "data:image/png", "data:image/jp", "data:image/gif", "data:image/webp"))
            if name == "href":
                assert tag == "a" and flat.startswith(("http://", "https://", "mailto:", "tel:")), html
            if name == "style":
                assert not re.search(r"url|expression|@import|image|position|\\", flat), html
        if tag == "a":
            assert element.get("target") == "_blank"
            assert {"noopener", "noreferrer", "nofollow"} <= set(element.get("rel", "").split())


@pytest.mark.parametrize("number", range(len(hostile_html())))
def test_nothing_hostile_is_left(number: int) -> None:
    payload = hostile_html()[number]
    assert_harmless(clean_html(payload))
    assert_harmless(taken_in(letter("x", html=payload)).html)


def test_what_a_person_wrote_stays() -> None:
    cleaned = clean_html(
        '<p style="color: #c00; position: fixed">Ciao <a href="https://acme.example/x?a=1&b=2">qui</a></p>'
        '<table><tr><td bgcolor="#eee">1</td></tr></table><img src="cid:logo@acme" alt="logo">'
        '<img src="data:image/png;base64,iVBORw0KGgo=">'
    )
    assert 'style="color:#c00"' in cleaned.replace(": ", ":").replace(";", "")
    assert 'href="https://acme.example/x?a=1&amp;b=2"' in cleaned
    assert 'src="cid:logo@acme"' in cleaned and "data:image/png" in cleaned and "<table>" in cleaned
    assert_harmless(cleaned)


def test_html_larger_than_anyone_reads_is_left_out() -> None:
    assert clean_html("<p>x</p>" * CLEAN_MAX) == ""
    assert taken_in(letter("il testo resta", html="<p>x</p>" * 100_000)).text == "il testo resta"


def test_cleaning_twice_changes_nothing() -> None:
    for payload in hostile_html():
        once = clean_html(payload)
        assert _shape(clean_html(once)) == _shape(once)


def _shape(html: str) -> list[Any]:
    return [(str(e.tag), sorted(e.attrib.items()), e.text, e.tail) for e in _elements(html)]
