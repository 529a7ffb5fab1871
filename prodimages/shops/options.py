"""A shop's OPTIONS: which there are, and secrets that come from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _

from prodimages.shops.platform import PlatformRefused


def text(options: Mapping[str, Any], name: str, default: str = "") -> str:
    """An option as text; ``{"env": "NAME"}`` is read from the environment at each use."""
    return _resolve(options.get(name, default))


def texts(options: Mapping[str, Any], name: str) -> list[str]:
    """An option that is one text or several, such as secrets while they are changed."""
    value = options.get(name, ())
    several = value if isinstance(value, list | tuple) else [value]
    return [found for item in several if (found := _resolve(item))]


def required(options: Mapping[str, Any], name: str, shop: str) -> str:
    """Raises PlatformRefused, which names the option, when it is not set."""
    if found := text(options, name):
        return found
    raise PlatformRefused(
        _("The shop “%(shop)s” has no option %(name)s.") % {"shop": shop, "name": name}
    )


def _resolve(value: Any) -> str:
    if isinstance(value, Mapping):
        return os.environ.get(str(value.get("env", "")), "").strip()
    return str(value or "")


def check_options(
    shop: str, options: Mapping[str, Any], needed: Sequence[str], known: Sequence[str]
) -> list[CheckMessage]:
    """What is missing, empty or unknown, with the name of the variable that is to be set."""
    unknown = sorted(set(options) - {*needed, *known})
    found: list[CheckMessage] = [
        Error(
            f'The shop "{shop}" has an option "{name}" that its backend doesn\'t know.',
            hint=f"It knows {', '.join(sorted({*needed, *known}))}.",
            id="prodimages.E042",
        )
        for name in unknown
    ]
    for name in needed:
        found += _check_needed(shop, name, options.get(name))
    return found


def _check_needed(shop: str, name: str, value: Any) -> list[CheckMessage]:
    several = value if isinstance(value, list | tuple) else [value]
    if any(_resolve(item) for item in several):
        return []
    variables = [
        str(item["env"]) for item in several if isinstance(item, Mapping) and "env" in item
    ]
    hint = (
        f"Set the environment variable {' or '.join(variables)}."
        if variables
        else f'Set it in PRODIMAGES["SHOPS"]["{shop}"]["OPTIONS"]; a secret is best '
        'named as {"env": "NAME_OF_A_VARIABLE"}.'
    )
    return [Error(f'The shop "{shop}" has no option "{name}".', hint=hint, id="prodimages.E041")]
