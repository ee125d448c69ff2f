"""Loaded by ``tests.faults.settings`` where ``FAULTS_PLANT`` names the file that says which bug is on."""

from django.apps import AppConfig


class PlantingConfig(AppConfig):
    name = "tests.faults.planting"
    label = "planting"

    def ready(self) -> None:
        from tests.faults.planting.bugs import plant_all

        plant_all()
