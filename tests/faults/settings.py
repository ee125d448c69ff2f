"""Settings of the processes under load: the product's own, less the limits that clients on one machine would hit."""

from __future__ import annotations

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, LOGGING, RATES_PER_MINUTE, SHARED_APPS

# All shoppers come from one address on the net.
RATES_PER_MINUTE = dict.fromkeys(RATES_PER_MINUTE, 10000000)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {**LOGGING, "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")}}
EMAIL_TIMEOUT = 5

if os.environ.get("FAULTS_PLANT") or os.environ.get("FAULTS_FAILPOINT"):
    # Planted bugs for the checker's self-proof, and places at which a process kills itself.
    SHARED_APPS = [*SHARED_APPS, "tests.faults.planting"]
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.planting"]
