"""Settings of the tests: scratch servers, cheap passwords, a Valkey database for each worker."""

from __future__ import annotations

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, LOGGING, VALKEY_URL

SECRET_KEY = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
# A test's own transaction stands idle while a browser or another process works.
if "IDLE_TRANSACTION_SECONDS" not in os.environ:
    DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=15min"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _valkey_of_worker(url: str) -> str:
    """Each xdist worker its own database number: gw0 → 1, gw1 → 2 …."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return url
    head, _, tail = url.rpartition("/")
    base = f"{head}/" if tail.isdigit() else f"{url}/"
    return f"{base}{int(worker.removeprefix('gw')) % 14 + 1}"


VALKEY_URL = _valkey_of_worker(VALKEY_URL)
CELERY_BROKER_URL = VALKEY_URL
# Rows of a rolled-back test are invisible to other threads; the live stack's processes take in by themselves.
INBOUND_INLINE = os.environ.get("INBOUND_INLINE", "0") == "1"
# Tests knock often, from one address; those of the rates set their own.
RATE_FACTOR = 1000
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
LOGGING = {**LOGGING, "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")}}
