"""The reference project without its pages: what a worker on a graphics card needs, no more."""

from shop_integration.project.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "prodimages",
    "shop_integration.catalogue",
]
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict[str, object]] = []
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
