"""Celery of the reference project: a worker runs ``celery -A shop_integration.project``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")

app = Celery("prodimages_project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
