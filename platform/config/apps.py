from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Every process that rings a task must have the Celery application at hand, or it rings another broker.
        import config.celery  # noqa: F401
