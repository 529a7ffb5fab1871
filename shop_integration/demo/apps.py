from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "shop_integration.demo"
    label = "prodimages_demo"
    verbose_name = _("Demo shop")
