"""The scenes that visitors of the demo may choose, each with a style that publishes itself."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from prodimages.models import StorefrontScene, Style

SCENES = (
    ("oak", gettext_noop("On oak"), "oak-table"),
    ("marble", gettext_noop("On marble"), "marble-table"),
    ("leaves", gettext_noop("In leaf shade"), "leaf-shadow"),
    ("garden", gettext_noop("In the garden"), "garden"),
    ("evening", gettext_noop("In the evening"), "evening"),
    ("snow", gettext_noop("In the snow"), "winter-snow"),
)
"""Word in the address, name for the visitor, and the shipped style that it is made by."""
PREFIX = "shoppers-"
SOFT = "soft-oak"
"""Slug of the style that the small diffusion model paints, to be seen beside the studio's."""
SOFT_PROMPT = "an oak table against a beige plaster wall, soft light from the left"


def seed_scenes() -> None:
    """Create what is missing. Shipped styles stay as they are: staff review their pictures."""
    for position, (slug, name, shipped) in enumerate(SCENES):
        if StorefrontScene.objects.filter(shop="local", slug=slug).exists():
            continue
        style = Style.objects.filter(shop="local", slug=PREFIX + shipped).first()
        StorefrontScene.objects.create(
            slug=slug, name=name, style=style or _trusted(shipped), position=position
        )


def seed_soft_style() -> None:
    """The scene of "Oak table", painted by nano; once, so that staff may change it."""
    shipped = Style.objects.get(shop="local", slug="oak-table")
    Style.objects.get_or_create(
        shop="local",
        slug=SOFT,
        defaults={
            "name": "Soft oak table (nano)",
            "task": shipped.task,
            "engine": "nano",
            "prompt": SOFT_PROMPT,
            "parameters": shipped.parameters,
            "position": shipped.position,
        },
    )


def _trusted(shipped: str) -> Style:
    """A copy whose pictures need no review to be shown, after the styles that staff choose."""
    style = Style.objects.get(shop="local", slug=shipped)
    style.pk, style._state.adding = None, True
    style.slug, style.name = PREFIX + shipped, f"{style.name} (shoppers)"
    style.requires_review, style.position = False, 900
    style.save()
    return style
