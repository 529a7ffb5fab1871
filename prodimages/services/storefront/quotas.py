"""How many pictures shoppers may have made: counted in the database, exactly, before an order."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from prodimages.conf import settings
from prodimages.exceptions import BudgetSpent
from prodimages.models import StorefrontQuota
from prodimages.services.budget_days import resets_at, today


def take(shop: str, product: Any) -> None:
    """Count one more picture of today, for the product and for its shop.

    In the transaction that writes the job, so that one which is refused costs nothing. Raises
    BudgetSpent. The shop's row, for which all others wait, is taken last.
    """
    _take(shop, f"product:{shop}:{product}", settings.STOREFRONT_PRODUCT_PICTURES)
    _take(shop, f"shop:{shop}", settings.STOREFRONT_SHOP_PICTURES)


def _take(shop: str, holder: str, most: int) -> None:
    row, _made = StorefrontQuota.objects.get_or_create(day=today(shop), holder=holder[:200])
    room = StorefrontQuota.objects.filter(pk=row.pk, used__lt=most)
    if not room.update(used=F("used") + 1):
        text = _("Shoppers had all the pictures made today that they may.")
        raise BudgetSpent(text, resets_at=resets_at(shop))
