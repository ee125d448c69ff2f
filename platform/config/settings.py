"""Settings. Everything that differs between machines comes from the environment (see docs/operations.md)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kombu import Queue

from config.enum_names import ENUM_NAMES

ROOT = Path(__file__).resolve().parents[2]


# A transaction that stands idle longer holds its locks for nobody: PostgreSQL ends it. 0 never does.
IDLE_TRANSACTION_SECONDS = int(os.environ.get("IDLE_TRANSACTION_SECONDS", "60"))


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "kernel.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        # One empty statement per request: what a restart of the database cut off is replaced, not handed to a person.
        "CONN_HEALTH_CHECKS": True,
        # For kernel.statements, which are prepared and look rows up by index: one plan for all values. The ORM binds
        # at the client and keeps no plans.
        "OPTIONS": {
            "prepare_threshold": 5,
            "options": "-c plan_cache_mode=force_generic_plan"
            f" -c idle_in_transaction_session_timeout={IDLE_TRANSACTION_SECONDS * 1000}",
            # A host that fell silent is noticed: else a half-open connection holds its thread for a quarter of an hour.
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        },
    }


SECRET_KEY = os.environ.get("SECRET_KEY", "")
# Older keys by commas, while what they signed or encrypted is still in use.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
# Fernet keys by commas, the newest first; empty: derived from SECRET_KEY.
SECRETS_KEYS = [key for key in os.environ.get("SECRETS_KEYS", "").split(",") if key]
DEBUG = os.environ.get("DEBUG", "") == "1"
DOMAIN = os.environ.get("CENTRALITA_DOMAIN", "localhost")
PORT = os.environ.get("PORT", "8000")
SCHEME = os.environ.get("CENTRALITA_SCHEME", "http")
DESK_HOST = f"desk.{DOMAIN}"
FILES_HOST = f"files.{DOMAIN}"
FILE_LINK_SECONDS = 300
ALLOWED_HOSTS = ["*"]  # HostMiddleware answers 404 to every host it does not know.
VALKEY_URL = os.environ.get("VALKEY_URL", "redis://127.0.0.1:6379/0")

DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql://localhost/centralita"))}
# The web process keeps a pool (a connection opened per request costs most of a request); processes that
# live in one thread (worker, dispatcher, commands) keep one connection instead.
if os.environ.get("CENTRALITA_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": int(os.environ["CENTRALITA_POOL"]),
        "max_lifetime": 600,
        # A caller is told to come again rather than left hanging; and a pool that gives up early on a database that
        # is away asks it anew with the next caller, instead of waiting out a back-off after it is back.
        "timeout": 3,
        "reconnect_timeout": 3,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

SHARED_APPS = [
    "channels",
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "config",
    "kernel",
    "tenants",
    "people",
    "routing",
    "sla_contracts",
    "billing",
    "desk",
]
TENANT_APPS = ["customers", "carriers", "automation", "conversations", "quality"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
PUBLIC_SCHEMA_NAME = "public"
# Off, the database no longer tells one client from another, and only the application does.
TENANT_ROLES = os.environ.get("CENTRALITA_TENANT_ROLES", "on").lower() not in ("off", "0", "no")

MIDDLEWARE = [
    "config.headers.SecurityHeaders",
    "config.hosts.HostMiddleware",
    "config.release.ReleaseConnection",
    "config.limits.RequestLimits",
    "config.embedding.ForeignPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.declared.RequireDeclared",
    "axes.middleware.AxesMiddleware",
    "people.second_factor.RequireSecondFactor",
]
ROOT_URLCONF = "config.urls_desk"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "people.sign_in.DoorBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Centralita"
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute off
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "people.sign_in.username_of"
AXES_LOCKOUT_CALLABLE = "people.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
# A whole floor signs in from one address. Wrong passwords are counted by axes; "login_failed" counts wrong codes.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_tried": "300/m/ip",
    "login_failed": "10/15m/key",
    "reset_password": "20/m/ip,3/15m/key",
    "reset_password_from_key": "30/m/ip",
}

# Days that a new member of staff may work without two-step sign-in; "off" never asks. Off unless people come by https.
_GRACE = os.environ.get("STAFF_TOTP_GRACE_DAYS", "7" if SCHEME == "https" else "off")
STAFF_TOTP_GRACE_DAYS = None if _GRACE == "off" else int(_GRACE)
STAFF_MAIL_FROM = os.environ.get("STAFF_MAIL_FROM", f"Centralita <no-reply@{DESK_HOST}>")
SESSION_ENGINE = "people.session_store"
# A session ends when nothing was asked for so long, and at the end of a shift in any case.
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES", "120"))
SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "12"))
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
if SCHEME == "https":
    # Taken by browsers over TLS alone, from this very host, and for it alone.
    SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SCHEME == "https"
CSRF_COOKIE_SAMESITE = "Lax"
# No trusted origins beside a request's own host: a shop's page may not act at the desk.
if SCHEME == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "config.answers.without_csrf"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = Path(os.environ.get("CENTRALITA_MEDIA", ROOT / ".run" / "media"))
# Backups and, beside them, the file of erasures that a restore reads.
BACKUPS_ROOT = Path(os.environ.get("CENTRALITA_BACKUPS", ROOT / ".run" / "backups"))
FRONTEND_DIST = ROOT / "frontend" / "dist"
# One request: a body of JSON, or a form with all of its files.
JSON_MAX_BYTES = 1024 * 1024
UPLOAD_MAX_BYTES = 30 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = JSON_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = 30
MESSAGE_MAX_CHARS = 20_000
ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
ATTACHMENTS_MAX = 10
MAIL_MAX_BYTES = 25 * 1024 * 1024

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "carriers.email_smtp.Backend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 15

# ``scheme://host:port`` of servers that are not public and may be asked all the same (to try things out), by commas.
OUTGOING_LOCAL_ORIGINS = [origin for origin in os.environ.get("OUTGOING_LOCAL_ORIGINS", "").split(",") if origin]

# The sender of invoices. The defaults are the demo's.
BPO_NAME = os.environ.get("BPO_NAME", "Centralita Contact Services S.L.")
BPO_TAX_ID = os.environ.get("BPO_TAX_ID", "ESB00000000")
BPO_ADDRESS = os.environ.get("BPO_ADDRESS", "Calle de la Centralita 1\n28001 Madrid\nEspaña").replace("\\n", "\n")
BPO_COUNTRY = os.environ.get("BPO_COUNTRY", "ES")
BPO_EMAIL = os.environ.get("BPO_EMAIL", "billing@bpo.example")
BPO_IBAN = os.environ.get("BPO_IBAN", "ES00 0000 0000 0000 0000 0000")
BPO_TIME_ZONE = os.environ.get("BPO_TIME_ZONE", "Europe/Madrid")
BPO_PAYMENT_DAYS = int(os.environ.get("BPO_PAYMENT_DAYS", "30"))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["people.access.Declared"],
    "DEFAULT_RENDERER_CLASSES": ["config.rendering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.parsing.JsonParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS tells nothing of a view
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.rendering.on_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Centralita",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "config.caching.name_key",
    }
}
STORAGES = {name: {"BACKEND": "config.caching.NoStorage"} for name in ("default", "staticfiles")}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "config.caching.name_key",
    }
}
STORAGES = {name: {"BACKEND": "config.caching.NoStorage"} for name in ("default", "staticfiles")}

CELERY_BROKER_URL = VALKEY_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Workers take from both in turn: what a backlog rings for does not stand before mails, clocks and sweeps.
CELERY_TASK_QUEUES = (Queue("celery"), Queue("inbound"))
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {"conversations.take_in": {"queue": "inbound"}}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever
# A few dispatcher entries, never one per tenant: each finds the tenants with something to do.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-receipts": {"task": "conversations.sweep_receipts", "schedule": 5.0},
    "sweep-outbound": {"task": "conversations.sweep_outbound", "schedule": 5.0},
    "sweep-clocks": {"task": "sla_contracts.sweep_clocks", "schedule": 2.0, "options": {"expires": 10}},
    "price-queues": {"task": "sla_contracts.price_queues", "schedule": 60.0},
    "measure-work": {"task": "routing.measure", "schedule": 3600.0},
    "poll-mailboxes": {"task": "carriers.poll_mailboxes", "schedule": 20.0},
    "play-what-ifs": {"task": "desk.play_what_ifs", "schedule": 30.0},
    "send-reports": {"task": "desk.send_reports", "schedule": 60.0, "options": {"expires": 60}},
    "finish-erasures": {"task": "desk.finish_erasures", "schedule": 60.0},
    "sweep-approvals": {"task": "conversations.sweep_approvals", "schedule": 15.0},
    "post-invitations": {"task": "people.post_invitations", "schedule": 20.0},
    "release-evaluations": {"task": "quality.release_due", "schedule": 60.0},
    "draw-samples": {"task": "quality.draw_samples", "schedule": 3600.0},
    "collect-usage": {"task": "billing.collect_usage", "schedule": 60.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "mail.log": {"level": "WARNING"},  # aiosmtpd writes down who sends to whom
        "axes": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
INBOUND_INLINE = os.environ.get("INBOUND_INLINE", "1") == "1"
# Which waiting work goes first: index, due, priority or fifo (routing.engine.policies).
ROUTING_POLICY = os.environ.get("ROUTING_POLICY", "index")
# Threads that take webhooks in; each keeps a connection.
WEBHOOK_THREADS = int(os.environ.get("WEBHOOK_THREADS", "4"))
# How often a minute one shopper (by token), one member of staff or one address on the net may knock at a door of one
# shop (or of the desk); ``_shop``: all addresses together. kernel.throttle says what happens while Valkey is away.
RATES_PER_MINUTE = {
    "widget_session": 60,
    "widget_session_shop": 3000,
    "widget_message": 60,
    "widget_message_ip": 600,
    "widget_message_ip_shop": 6000,
    "widget_typing": 120,
    "widget_promise": 6,
    "widget_promise_ip": 60,
    "widget_promise_ip_shop": 600,
    "upload": 60,
    "form": 30,
    "form_shop": 600,
    "case_link": 60,
    "file": 300,
    "sign_in": 300,
    "approval_link": 60,
    "password_reset": 10,
    "invitation": 30,
    "search": 120,
}
# For load tests from one address: so many times the rates above.
RATE_FACTOR = int(os.environ.get("CENTRALITA_RATE_FACTOR", "1"))
# Proxies of ours in front of the web process: the caller's address is what the outermost of them saw.
TRUSTED_PROXIES = int(os.environ.get("CENTRALITA_PROXIES", "0"))
