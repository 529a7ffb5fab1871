"""The reference project: a Django site with a catalogue and prodimages in it."""

from shop_integration.project.celery import app as celery_app

__all__ = ["celery_app"]
