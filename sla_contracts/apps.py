from django.apps import AppConfig


class SlaContractsConfig(AppConfig):
    name = "sla_contracts"
    default_auto_field = "django.db.models.BigAutoField"
