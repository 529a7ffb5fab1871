"""The admin: from ticked products to reviewed pictures.

A shop's own product admin takes ``GenerateImagesMixin``; everything else registers
itself with Django's default admin site.
"""

from prodimages.admin.api_keys import ApiKeyAdmin
from prodimages.admin.budgets import BudgetAdmin
from prodimages.admin.events import DeliveryCountAdmin, InboundEventAdmin
from prodimages.admin.generate import GenerateImagesMixin
from prodimages.admin.house_models import ModelPhotoAdmin, TryOnCountAdmin
from prodimages.admin.images import GeneratedImageAdmin
from prodimages.admin.jobs import GenerationJobAdmin
from prodimages.admin.photos import SourcePhotoAdmin
from prodimages.admin.publications import PublicationAdmin
from prodimages.admin.storefront import StorefrontSceneAdmin, StorefrontVariantAdmin
from prodimages.admin.styles import (
    CategoryViewAdmin,
    ProductSettingsAdmin,
    StyleAdmin,
    StyleRuleAdmin,
)
from prodimages.admin.workers import WorkerHeartbeatAdmin

__all__ = [
    "ApiKeyAdmin",
    "BudgetAdmin",
    "CategoryViewAdmin",
    "DeliveryCountAdmin",
    "GenerateImagesMixin",
    "GeneratedImageAdmin",
    "GenerationJobAdmin",
    "InboundEventAdmin",
    "ModelPhotoAdmin",
    "ProductSettingsAdmin",
    "PublicationAdmin",
    "SourcePhotoAdmin",
    "StorefrontSceneAdmin",
    "StorefrontVariantAdmin",
    "StyleAdmin",
    "StyleRuleAdmin",
    "TryOnCountAdmin",
    "WorkerHeartbeatAdmin",
]
