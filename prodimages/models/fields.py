"""The link to the host's product, and where private files lie."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.storage import private_storage

validate_shop_slug = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]{0,49}\Z",
    _("A shop's name is lower-case letters, digits, “-” and “_”, 50 at most."),
)


def product_model_name() -> str:
    """``PRODIMAGES_PRODUCT_MODEL``. Raises ImproperlyConfigured when it is not set."""
    name = getattr(django_settings, "PRODIMAGES_PRODUCT_MODEL", "")
    if not isinstance(name, str) or name.count(".") != 1:
        raise ImproperlyConfigured(
            "Set PRODIMAGES_PRODUCT_MODEL to your product model as 'app_label.ModelName'."
        )
    return name


def product_key(**kwargs: Any) -> models.ForeignKey[Any, Any]:
    """A real foreign key to the shop's product; deleting the product keeps our row."""
    options: dict[str, Any] = {
        "to": product_model_name(),
        "null": True,
        "blank": True,
        "on_delete": models.SET_NULL,
        "related_name": "+",
        "verbose_name": _("product"),
    }
    return models.ForeignKey(**(options | kwargs))


def shop_field() -> models.CharField[Any, Any]:
    return models.CharField(
        _("shop"), max_length=50, default="local", validators=[validate_shop_slug]
    )


def private_file(label: Any, **kwargs: Any) -> models.FileField:
    return models.FileField(label, storage=private_storage, max_length=255, **kwargs)
