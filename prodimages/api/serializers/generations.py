from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from prodimages.api.serializers.common import Moment, Strict
from prodimages.api.serializers.images import Address, ImageBrief, ProductRef
from prodimages.choices import FailureKind, JobState
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.pipeline.overrides import BOUNDS, LIGHTS
from prodimages.pipeline.steps.generate import MAX_SEED
from prodimages.services.prompts import MAX_PROMPT

MOST_PRODUCTS = 1000
LONGEST_SIDE = 65_535
"""Pixels of a JPEG's side; the limit of the settings is lower, and refuses in its own words."""


class Placement(Strict):
    """Where the product stands, over what the style says; null leaves a value to the style."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            name: serializers.FloatField(
                min_value=least, max_value=most, required=False, allow_null=True
            )
            for name, (least, most) in BOUNDS.items()
        }
        fields["light"] = serializers.ChoiceField(choices=LIGHTS, required=False, allow_null=True)
        return fields


class Wishes(Strict):
    """What an order for one product and one for many have in common."""

    count = serializers.IntegerField(
        min_value=1, default=1, help_text="Pictures of each; MAX_COUNT of the settings at most."
    )
    seed = serializers.IntegerField(
        min_value=0,
        max_value=MAX_SEED,
        allow_null=True,
        default=None,
        help_text="The same seed makes the same picture; null draws one.",
    )
    prompt = serializers.CharField(
        max_length=MAX_PROMPT, allow_blank=True, default="", help_text="Added to the style's words."
    )
    size = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_SIDE,
        allow_null=True,
        default=None,
        help_text="Longest side, over the style's; MAX_SIZE of the settings at most.",
    )
    overrides = Placement(allow_null=True, default=None)


class GenerationOrder(Wishes):
    product = serializers.CharField(max_length=200, help_text="SKU or key in the shop.")
    style = serializers.SlugField(max_length=80)


class BulkOrder(Wishes):
    products = serializers.ListField(
        child=serializers.CharField(max_length=200),
        min_length=1,
        max_length=MOST_PRODUCTS,
        help_text="SKUs or keys in the shop, 1,000 at most.",
    )
    style = serializers.SlugField(
        max_length=80,
        allow_null=True,
        default=None,
        help_text="Null lets the style rules choose, product by product.",
    )
    proof = serializers.BooleanField(
        default=False, help_text="Make the first few only, and hold the rest for somebody's yes."
    )


class Failure(serializers.Serializer):
    kind = serializers.ChoiceField(choices=FailureKind.choices, allow_blank=True)
    detail = serializers.CharField()


class Generation(serializers.Serializer):
    id = serializers.IntegerField()
    url = Address("generation")
    submission = serializers.IntegerField(source="submission_id")
    state = serializers.ChoiceField(choices=JobState.choices)
    cancel_requested = serializers.BooleanField()
    product = ProductRef(source="*")
    style = serializers.SerializerMethodField(help_text="Slug; null when the style was deleted.")
    chosen_by = serializers.CharField(help_text="The rule that chose the style, if one did.")
    count = serializers.IntegerField(help_text="Pictures ordered.")
    made = serializers.SerializerMethodField(help_text="Pictures there are.")
    seed = serializers.IntegerField()
    progress = serializers.FloatField(min_value=0, max_value=1)
    stage = serializers.CharField(help_text="The step that runs now.")
    notices = serializers.ListField(child=serializers.CharField())
    error = serializers.SerializerMethodField()
    images = ImageBrief(many=True)
    created_at = Moment()
    started_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)

    def get_style(self, job: GenerationJob) -> str | None:
        return job.style.slug if job.style else None

    def get_made(self, job: GenerationJob) -> int:
        return len(job.images.all())

    def get_error(self, job: GenerationJob) -> Failure(allow_null=True):  # type: ignore[valid-type]
        return {"kind": job.error_kind, "detail": job.error} if job.error else None


class BulkResult(serializers.Serializer):
    product = serializers.CharField(help_text="As it was ordered.")
    generations = serializers.ListField(child=serializers.IntegerField())
    error = serializers.CharField(allow_null=True, help_text="Why it got none.")


class BulkAnswer(serializers.Serializer):
    submission = serializers.IntegerField()
    generations = serializers.IntegerField(help_text="How many were ordered.")
    held = serializers.IntegerField(help_text="How many of them wait for somebody's yes.")
    url = serializers.URLField(help_text="The list of them.")
    results = BulkResult(many=True)


def generations() -> Any:
    """Jobs with what ``Generation`` shows of them, in a fixed number of queries."""
    briefs = GeneratedImage.objects.only("job_id", "index", "state").order_by("index")
    return (
        GenerationJob.objects.select_related("style")
        .prefetch_related(Prefetch("images", briefs))
        .defer("plan")
    )
