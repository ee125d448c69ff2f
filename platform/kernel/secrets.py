"""Secrets that must be read again (a mailbox's password): encrypted in their column, with keys that can be changed.

Fernet (AES-128-CBC and HMAC-SHA256). The first of ``SECRETS_KEYS`` encrypts, all of them decrypt; without any, a key
derived from ``SECRET_KEY``, and from ``SECRET_KEY_FALLBACKS`` for what is older. ``manage.py renew_secrets`` writes
everything anew with the first.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_MARK = "fernet:"
_PURPOSE = b"centralita secrets in columns"


class Unreadable(Exception):
    """None of the keys opens this: its key is gone, or the value was changed."""


def seal(secret: str) -> str:
    """What may be stored for ``secret``; empty stays empty."""
    return _MARK + _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(stored: str) -> str:
    """The secret behind a stored value; raises Unreadable."""
    if not stored:
        return ""
    if not is_sealed(stored):
        raise Unreadable("this was not encrypted by us")
    try:
        return _box().decrypt(stored.removeprefix(_MARK).encode()).decode()
    except InvalidToken as error:
        raise Unreadable("none of the keys opens this") from error


def is_sealed(stored: str) -> bool:
    return stored.startswith(_MARK)


def _box() -> MultiFernet:
    derived = [_derived(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return _of((*settings.SECRETS_KEYS, *derived))


@lru_cache(maxsize=8)
def _of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=32)
def _derived(secret_key: str) -> str:
    """HKDF-SHA256 (RFC 5869): a key for this purpose and no other."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return base64.urlsafe_b64encode(key).decode()
