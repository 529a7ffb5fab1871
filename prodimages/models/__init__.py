"""Rows: what was asked for, how it went, and what came of it."""

from prodimages.models.api_key import ApiKey, ApiSecret
from prodimages.models.budget import Budget, BudgetDay, BudgetHold
from prodimages.models.category_view import CategoryView
from prodimages.models.house_model import ModelPhoto
from prodimages.models.image import GeneratedImage
from prodimages.models.inbound import (
    DeliveryCount,
    InboundAttempt,
    InboundEvent,
    SigningKeys,
)
from prodimages.models.job import GenerationAttempt, GenerationJob
from prodimages.models.look import JobLook
from prodimages.models.photo import Cutout, SourcePhoto
from prodimages.models.product import ProductSettings
from prodimages.models.publication import Publication
from prodimages.models.rendition import Rendition, RenditionSet
from prodimages.models.shopper import (
    ShopperPhoto,
    TryOn,
    TryOnCount,
    TryOnQuota,
    TryOnSalt,
)
from prodimages.models.storefront import (
    StorefrontCount,
    StorefrontQuota,
    StorefrontScene,
    StorefrontVariant,
)
from prodimages.models.style import Style, StyleRule
from prodimages.models.submission import Submission
from prodimages.models.worker import WorkerHeartbeat

__all__ = [
    "ApiKey",
    "ApiSecret",
    "Budget",
    "BudgetDay",
    "BudgetHold",
    "CategoryView",
    "Cutout",
    "DeliveryCount",
    "GeneratedImage",
    "GenerationAttempt",
    "GenerationJob",
    "InboundAttempt",
    "InboundEvent",
    "JobLook",
    "ModelPhoto",
    "ProductSettings",
    "Publication",
    "Rendition",
    "RenditionSet",
    "ShopperPhoto",
    "SigningKeys",
    "SourcePhoto",
    "StorefrontCount",
    "StorefrontQuota",
    "StorefrontScene",
    "StorefrontVariant",
    "Style",
    "StyleRule",
    "Submission",
    "TryOn",
    "TryOnCount",
    "TryOnQuota",
    "TryOnSalt",
    "WorkerHeartbeat",
]
