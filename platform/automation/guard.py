"""Another brand's name, address or case number in a text that is about to leave. Pure.

Everything known of all clients is put into one dictionary by its first word, so that a check costs the length of the
text, however many clients there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WORD = re.compile(rf"[\w\u0300-\u036f{_INVISIBLE}]+")
_HOST = re.compile(r"(?<![\w-])(?:[\w-]+\.)+[\w-]{2,}", re.UNICODE)
_ADDRESS = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]{2,}", re.UNICODE)
_CASE = re.compile(r"(?<![\w-])([A-Za-z0-9]{2})-[0-9]{4,}(?![\w-])")
_STRIP = dict.fromkeys(map(ord, _INVISIBLE))
LEAST_LETTERS = 3
# Why it is no mistake: a word of this client's own, the customer named it, an ordinary word.
REASONS = ("own_word", "customer_said", "common_word")


@dataclass(frozen=True, slots=True)
class Brand:
    """What one client is known by."""

    owner: str
    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Letters ``start`` to ``end`` of the text name another brand. kind: name, address or case."""

    start: int
    end: int
    kind: str
    owners: frozenset[str] = frozenset()


@dataclass(slots=True)
class Brands:
    """All clients' names, hosts, addresses and marks; each with whose they are."""

    names: dict[str, list[tuple[tuple[str, ...], set[str]]]] = field(default_factory=dict)
    hosts: dict[str, set[str]] = field(default_factory=dict)
    addresses: dict[str, set[str]] = field(default_factory=dict)
    marks: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, clients: Iterable[Brand]) -> Brands:
        made = cls()
        for client in clients:
            for name in client.names:
                made._learn_name(name, client.owner)
            for table, terms in ((made.hosts, client.hosts), (made.addresses, client.addresses)):
                for term in terms:
                    table.setdefault(_plain(term), set()).add(client.owner)
            if client.mark:
                made.marks.setdefault(client.mark.upper(), set()).add(client.owner)
        return made

    def find(self, text: str, owner: str) -> list[Found]:
        """What in the text belongs to others and not to ``owner``, in order; the longest where two overlap.

        What is also the owner's, or lies within something of the owner's, is nobody else's.
        """
        hits = [*self._named(text), *self._addressed(text), *self._numbered(text)]
        own = [hit for hit in hits if owner in hit.owners]
        others = [hit for hit in hits if owner not in hit.owners and not any(_overlap(hit, mine) for mine in own)]
        kept: list[Found] = []
        for hit in sorted(others, key=lambda one: (one.start - one.end, one.start)):
            if not any(_overlap(hit, other) for other in kept):
                kept.append(hit)
        return sorted(kept, key=lambda one: one.start)

    def _learn_name(self, name: str, owner: str) -> None:
        words = tuple(word for word, _, _ in _words(name))
        if sum(map(len, words)) < LEAST_LETTERS:
            return
        known = self.names.setdefault(words[0], [])
        for term, owners in known:
            if term == words:
                owners.add(owner)
                return
        known.append((words, {owner}))

    def _named(self, text: str) -> Iterator[Found]:
        words = list(_words(text))
        for place, (first, start, _) in enumerate(words):
            for key in {first, _singular(first)}:
                for term, owners in self.names.get(key, ()):
                    last = place + len(term) - 1
                    said = tuple(word for word, _, _ in words[place : last + 1])
                    if said == term or (said and (*said[:-1], _singular(said[-1])) == term):
                        yield Found(start, words[last][2], "name", frozenset(owners))

    def _addressed(self, text: str) -> Iterator[Found]:
        for found in _ADDRESS.finditer(text):
            if owners := self.addresses.get(_plain(found.group())):
                yield Found(found.start(), found.end(), "address", frozenset(owners))
        for found in _HOST.finditer(text):
            host = _plain(found.group())
            while "." in host:
                if owners := self.hosts.get(host):
                    yield Found(found.start(), found.end(), "address", frozenset(owners))
                    break
                host = host.partition(".")[2]

    def _numbered(self, text: str) -> Iterator[Found]:
        for found in _CASE.finditer(text):
            if owners := self.marks.get(found.group(1).upper()):
                yield Found(found.start(), found.end(), "case", frozenset(owners))


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for found in _WORD.finditer(text):
        if word := _plain(found.group()):
            yield word, found.start(), found.end()


def _plain(word: str) -> str:
    """Without accents, capitals and letters of no width."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.translate(_STRIP)).casefold()
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _singular(word: str) -> str:
    """A name in the genitive is the name: "Northlights Rückgabe"."""
    return word[:-1] if word.endswith("s") else word


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end
