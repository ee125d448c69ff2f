"""Loaded by ``tests.faults.settings`` where ``FAULTS_PLANT`` or ``FAULTS_FAILPOINT`` is set."""

import os

from django.apps import AppConfig


class PlantingConfig(AppConfig):
    name = "tests.faults.planting"
    label = "planting"

    def ready(self) -> None:
        from tests.faults.failpoints import arm
        from tests.faults.planting.bugs import plant_all

        if os.environ.get("FAULTS_PLANT"):
            plant_all()
        if point := os.environ.get("FAULTS_FAILPOINT"):
            arm(point)
