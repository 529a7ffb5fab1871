"""Prompt templates: names of product fields in braces, and nothing else.

``str.format`` would walk attributes and call ``__format__``; a template here may only
name a field, so that neither a product's text nor a staff member's template reaches
anything but the product's own words.
"""

from __future__ import annotations

import string
import unicodedata

from django.utils.translation import gettext as _

from prodimages.exceptions import RequestRefused
from prodimages.shops.base import ProductInfo

FIELDS = ("name", "description", "category", "color", "product_type", "sku", "tags")
MAX_VALUE = 200
MAX_PROMPT = 2000


def fields_of(template: str) -> list[str]:
    """The field names in ``template``. Raises RequestRefused for anything else in braces."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise RequestRefused.about(
            "prompt", _("The prompt's braces don't match; write {{ for a brace itself.")
        ) from error
    names = []
    for _text, name, spec, conversion in parts:
        if name is None:
            continue
        if name not in FIELDS or spec or conversion:
            raise RequestRefused.about(
                "prompt",
                _("The prompt names “{%(name)s}”, but a product has only: %(fields)s.")
                % {"name": name, "fields": ", ".join(FIELDS)},
            )
        names.append(name)
    return names


def clean(text: str) -> str:
    """One line without control characters."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(text.split())


def values_of(product: ProductInfo, color: str = "") -> dict[str, str]:
    """The product's fields as they enter a prompt: one line each, capped at MAX_VALUE.

    ``color`` stands in where the shop names none.
    """
    category = product.category.rsplit("/", 1)[-1]
    raw = {
        "name": product.name,
        "description": product.description,
        "category": category,
        "color": product.color or color,
        "product_type": product.product_type,
        "sku": product.sku,
        "tags": ", ".join(product.tags),
    }
    return {name: clean(value)[:MAX_VALUE] for name, value in raw.items()}


def render(template: str, product: ProductInfo, addition: str = "", *, color: str = "") -> str:
    """The prompt for ``product``. Raises RequestRefused for a bad template or too many words.

    ``color`` stands in where the shop names none.
    """
    fields_of(template)
    # A value is put in once and never read again as a template, so braces in it are plain text.
    prompt = clean(template.format_map(values_of(product, color)))
    if addition := clean(addition):
        prompt = f"{prompt}, {addition}" if prompt else addition
    if len(prompt) > MAX_PROMPT:
        raise RequestRefused.about(
            "prompt",
            _("The prompt has %(length)d characters; %(most)d are allowed.")
            % {"length": len(prompt), "most": MAX_PROMPT},
        )
    return prompt
