import logging

from django.apps import AppConfig
from django.conf import settings

log = logging.getLogger(__name__)


class ConfigConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Every process that rings a task must have the Celery application at hand, or it rings another broker.
        import config.celery  # noqa: F401

        if not settings.TENANT_ROLES:
            log.warning(
                "CENTRALITA_TENANT_ROLES is off: the database does not tell one shop from another; a mistake in the "
                "application can show one shop's data to another."
            )
