from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from prodimages.api.serializers.common import Link, Moment, Strict
from prodimages.choices import ImageState, Reason, SourceType
from prodimages.models import GeneratedImage

Address = extend_schema_field(OpenApiTypes.URI)(Link)


class ProductRef(serializers.Serializer):
    """A product as it was when its pictures were ordered; it outlives the product."""

    key = serializers.CharField(source="product_key", help_text="The product's key in its shop.")
    name = serializers.CharField(source="product_label")


class ImageBrief(serializers.Serializer):
    id = serializers.IntegerField()
    url = Address("image")
    index = serializers.IntegerField(help_text="0 to count - 1 within the generation.")
    state = serializers.ChoiceField(choices=ImageState.choices)
    file = Address("image-file", help_text="The private file; it needs the same authorization.")
    thumbnail = Address("image-thumbnail")


class Image(ImageBrief):
    generation = serializers.IntegerField(source="job_id")
    product = ProductRef(source="job")
    style = serializers.SerializerMethodField(help_text="Slug; null when the style was deleted.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    mime = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the file.")
    seed = serializers.IntegerField()
    source_type = serializers.ChoiceField(
        choices=SourceType.choices, help_text="IPTC DigitalSourceType."
    )
    passed = serializers.BooleanField(help_text="False: it can't be approved.")
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=Reason.choices),
        source="reason_list",
        help_text="What its checks found, the gravest first.",
    )
    created_at = Moment()
    reviewed_at = Moment(allow_null=True)
    reject_code = serializers.ChoiceField(choices=Reason.choices, allow_blank=True)
    reject_note = serializers.CharField(source="reject_reason", allow_blank=True)
    published_at = Moment(allow_null=True)
    published_ref = serializers.CharField(
        allow_blank=True, help_text="The shop's own reference to it."
    )
    publish_error = serializers.CharField(allow_blank=True)

    def get_style(self, image: Any) -> str | None:
        return image.job.style.slug if image.job.style else None


class Rejection(Strict):
    reason = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class Nothing(Strict):
    """No body, or an empty object."""


def images() -> Any:
    """Pictures with what ``Image`` shows of them, in a fixed number of queries."""
    return GeneratedImage.objects.select_related("job__style").defer(
        "job__plan", "engine_facts", "fidelity"
    )
