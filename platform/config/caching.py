"""Django's own cache and storages: what of them is in use, and the refusal of all else."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage

from kernel.access import Undeclared

# Only the libraries of signing in count in the cache: of people, at no shop. Ours keep nothing there.
_IN_USE = ("allauth", "axes")


def name_key(key: str, key_prefix: str, version: int) -> str:
    """The name of a cache entry. Django's default is the same for all tenants; here an unknown user is refused."""
    if not key.startswith(_IN_USE):
        raise Undeclared("the cache is the same for all shops: keep it in rows, or declare the key (config.caching)")
    return f"people:{version}:{key}"


class NoStorage(Storage):
    """Files are kept by ``conversations.attachments``, in a folder for each schema; nothing goes through here."""

    def exists(self, name: str) -> bool:
        return False

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise Undeclared("files are kept by conversations.attachments")

    def _save(self, name: str, content: Any) -> str:
        raise Undeclared("files are kept by conversations.attachments")
