"""Step ``correct``: takes the photo's cast, falloff and spill out of the product's colors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.background import Background
    from prodimages.imaging.correction import Correction
    from prodimages.imaging.measure import Measured
    from prodimages.imaging.types import Cutout, PreparedPhoto

AUTO, OFF, GRAY_POINT = "auto", "off", "gray point"
DEFAULT_COLOR_SHIFT = 6.0
"""Most that a correction nobody asked for may change the product by, CIEDE2000."""


class Correct(Step):
    """Parameters: ``correction`` (``auto``, the default, or ``off``) and ``most_color_shift``
    (CIEDE2000, default 6), the bound on what ``auto`` may do to the product.

    What staff chose for the photo (``context.corrections``) counts more: ``mode``, and
    ``gray``, a point in fractions of the photo that is gray in truth.

    Gives a JSON-serializable record; the colors of ``cutout`` are replaced. What ``auto``
    would do is measured also when it is off, so that staff can compare.
    """

    name = "correct"
    version = 2
    needs = frozenset({"prepared", "cutout"})
    gives = frozenset({"corrected"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.imaging.background import survey
        from prodimages.imaging.correction import shift

        prepared, cutout = context["prepared"], context["cutout"]
        bound = float(parameters.get("most_color_shift", DEFAULT_COLOR_SHIFT))
        seen = None if prepared.alpha is not None else survey(prepared.rgb, cutout.alpha)
        mode, found = _choose(context, parameters, bound, seen)
        foreground, spill = _corrected(prepared, cutout, found, bound if mode == AUTO else None)
        mean, p95 = shift(cutout.foreground, foreground, cutout.alpha)
        applied = mode != OFF and (not found.is_identity or spill > 0)
        colors = foreground if applied else cutout.foreground
        photo = prepared.rgb if prepared.alpha is None else None
        measured = _measured(cutout, colors, found if applied else None, seen, photo)
        context["corrected"] = {
            "mode": mode,
            "applied": applied,
            "found": found.as_json(),
            "spill_pixels": spill,
            "delta_e_mean": round(mean, 3),
            "delta_e_p95": round(p95, 3),
            "bound": bound if mode == AUTO else None,
            "measured": measured.as_json(),
        }
        context["cutout"] = dataclasses.replace(cutout, foreground=colors, measured=measured)
        context.advance(1.0)


def _choose(
    context: StepContext,
    parameters: Mapping[str, Any],
    bound: float,
    seen: Background | None,
) -> tuple[str, Correction]:
    """What to do, and the correction that it means (or would, where it is off)."""
    from prodimages.imaging.correction import Correction, estimate_by, from_gray_point

    prepared, cutout = context["prepared"], context["cutout"]
    mode = context.corrections.get("mode") or parameters.get("correction", AUTO)
    gray = context.corrections.get("gray")
    if mode == AUTO and gray:
        try:
            return GRAY_POINT, from_gray_point(prepared.rgb, float(gray[0]), float(gray[1]))
        except ValueError:
            context.notices.append(
                _("The gray point is too dark or too bright to tell a color; it was not used.")
            )
    if prepared.alpha is not None:
        return mode, Correction()  # cut out before: no background is left to judge by
    is_flat = _is_flat(context)
    found = estimate_by(seen, prepared.rgb, cutout.alpha, is_flat=is_flat, most_delta_e=bound)
    return mode, found


def _is_flat(context: StepContext) -> bool:
    """Whether the background lies in the product's plane, and in the same light."""
    from prodimages.engines.base import View
    from prodimages.pipeline.planner import stands

    return not stands(View(**context.plan.view))


def _corrected(
    prepared: PreparedPhoto, cutout: Cutout, found: Correction, bound: float | None
) -> tuple[np.ndarray, int]:
    """The product's new colors, and how many pixels lost spill."""
    import numpy as np

    from prodimages.imaging.correction import apply, shift
    from prodimages.imaging.spill import suppress_spill

    if prepared.alpha is not None:
        return apply(found, cutout.foreground), 0
    clean = suppress_spill(cutout.foreground, prepared.rgb, cutout.alpha)
    red, green, blue = np.moveaxis(
        clean != cutout.foreground, -1, 0
    )  # any() takes ten times as long
    pixels = int(np.count_nonzero(red | green | blue))
    result = apply(found, clean)
    if pixels and bound is not None and shift(cutout.foreground, result, cutout.alpha)[1] > bound:
        return apply(found, cutout.foreground), 0
    return result, pixels


def _measured(
    cutout: Cutout,
    colors: np.ndarray,
    applied: Correction | None,
    seen: Background | None,
    photo: np.ndarray | None,
) -> Measured:
    """Of the product as it goes on; the light's color is that which the correction leaves."""
    from prodimages.imaging.correction import trusted_gray
    from prodimages.imaging.measure import measure

    light = trusted_gray(seen)
    if light is not None and applied is not None:
        red, green, blue = (c * g for c, g in zip(light.rgb, applied.gains, strict=True))
        light = dataclasses.replace(light, rgb=(red, green, blue))
    return measure(colors, cutout.alpha, light, photo=photo)
