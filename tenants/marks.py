"""The two letters of a shop, with which its case numbers begin: those of no other shop, as far as there are any."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase, digits

from django.db import connection

from kernel.errors import Refusal
from tenants.models import Tenant


def settle(*, mark: str, name: str) -> str:
    """The mark that is asked for, or, if none is, a free one that resembles the name; Refusal taken 409.

    Held until the transaction ends, so that two shops made at once do not get the same. With more shops than marks a
    mark names several, and a search by case number looks into each.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tenants.marks'))")
    taken = set(Tenant.objects.exclude(status=Tenant.Status.DELETED).values_list("mark", flat=True))
    alike = list(_alike(name))
    free = next((each for each in alike if each not in taken), None)
    if not mark:
        return free or alike[0]
    if mark in taken and free is not None:
        reason = f"The cases of another shop begin with “{mark}”; “{free}” is free."
        raise Refusal("taken", 409, "The shop was not made: its mark is taken.", fields={"mark": reason})
    return mark


def _alike(name: str) -> Iterator[str]:
    """All marks: the initials, the first letter with one of the others, the first with any, any."""
    plain = unicodedata.normalize("NFKD", name).upper()
    wanted = ascii_uppercase + digits
    words = "".join(each if each in wanted else " " for each in plain if each.isascii()).split()
    letters = "".join(words) or "X"
    first = next((letter for letter in letters if letter in ascii_uppercase), "X")
    if len(words) > 1:
        yield words[0][0] + words[1][0]
    yield from (first + other for other in letters[1:])
    yield from (first + other for other in wanted)
    yield from map("".join, product(wanted, repeat=2))
