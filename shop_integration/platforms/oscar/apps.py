from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from oscar.core.application import OscarDashboardConfig


class OscarPicturesConfig(OscarDashboardConfig):
    """An app of the site that also has pages of its own in Oscar's dashboard."""

    name = "shop_integration.platforms.oscar"
    label = "prodimages_oscar"
    namespace = "prodimages_oscar"
    verbose_name = _("product pictures")
    default_auto_field = "django.db.models.BigAutoField"
    # Anybody of the dashboard may knock; the page asks for its own permissions.
    default_permissions = (["is_staff"], ["partner.dashboard_access"])

    def ready(self) -> None:
        from shop_integration.platforms.oscar import receivers, views

        receivers.connect()
        self.product_view = views.ProductPicturesView

    def get_urls(self) -> Any:
        return self.post_process_urls(
            [path("products/<int:pk>/", self.product_view.as_view(), name="product")]
        )
