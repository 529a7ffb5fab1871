from __future__ import annotations

import sys

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProdimagesConfig(AppConfig):
    name = "prodimages"
    label = "prodimages"
    verbose_name = _("Product pictures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from prodimages import checks, receivers, shopper_checks  # noqa: F401

        # Importing Celery costs a web process more than all of prodimages, so it is done
        # here only where the process has it already, as every worker does.
        if "celery" in sys.modules:
            from prodimages import worker

            worker.install()
