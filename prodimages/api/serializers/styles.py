from __future__ import annotations

from rest_framework import serializers

from prodimages.choices import Task
from prodimages.models.style import ASPECTS, PICTURE_FORMATS


class StyleSerializer(serializers.Serializer):
    slug = serializers.SlugField(help_text="What an order names.")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    task = serializers.ChoiceField(choices=Task.choices)
    engine = serializers.CharField()
    size = serializers.IntegerField(help_text="Longest side in pixels.")
    aspect = serializers.ChoiceField(choices=[(aspect, aspect) for aspect in ASPECTS])
    format = serializers.ChoiceField(choices=PICTURE_FORMATS)
    requires_review = serializers.BooleanField()

    class Meta:
        ref_name = "Style"
