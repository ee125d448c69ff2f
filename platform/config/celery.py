"""The Celery application: ``celery -A config.celery worker``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# What would be checked was checked before the database was migrated.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("centralita", task_cls="config.declared:DeclaredTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
