"""Steps that are not computed: what the last one added is taken again where little would change.

Three ways to tell that. ``first-block`` computes the first block and compares what it adds with
the step before (FirstBlockCache of diffusers, after TeaCache, Liu et al. 2024); ``magnitude``
knows from runs of the same weights by which factor each step's residual grows, and skips while the
error that this lets expect stays small (MagCache, Ma et al. 2025); ``cache-dit`` is the package of
that name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from prodimages.diffusion.weights import unavailable
from prodimages.engines.model_options import ModelOptions

Begin = Callable[[int, int], None]
"""Called before each call of the pipeline: steps of its schedule, and how many of them it runs."""

MOST_UNCACHED = 8
"""Steps of a preset up to which a cache gains nothing: its first step can't be skipped."""
_KEPT_SHARE = 0.2
"""Of the steps, the first: they decide what goes where, and are always computed."""
_HALVED = frozenset({"Flux2Transformer2DModel"})
"""Denoisers whose text and picture join half-way, which FirstBlockCache of diffusers 0.42 breaks
on.
"""


def as_usual(steps: int, kept: int) -> None:
    """Nothing has to be done before a call."""


def cache_steps(denoiser: Any, options: ModelOptions) -> Begin:
    """Raises JobFailure (unavailable) in words."""
    kinds = {"first-block": _first_block, "magnitude": _magnitude, "cache-dit": _cache_dit}
    return kinds[options.step_cache_kind](denoiser, options)


def _first_block(denoiser: Any, options: ModelOptions) -> Begin:
    from diffusers import FirstBlockCacheConfig

    if not hasattr(denoiser, "enable_cache") or type(denoiser).__name__ in _HALVED:
        raise _unable(denoiser)
    kind: Any = FirstBlockCacheConfig
    denoiser.enable_cache(kind(threshold=options.step_cache))

    def begin(steps: int, kept: int) -> None:
        # A call that was canceled never came to where diffusers forgets its steps.
        denoiser._reset_stateful_cache()

    return begin


def _magnitude(denoiser: Any, options: ModelOptions) -> Begin:
    from diffusers import MagCacheConfig
    from diffusers.hooks.mag_cache import nearest_interp

    if not hasattr(denoiser, "enable_cache"):
        raise _unable(denoiser)
    kind: Any = MagCacheConfig
    ratios, steps = list(options.step_ratios), options.preset.steps
    config = kind(
        threshold=options.step_cache,
        retention_ratio=_KEPT_SHARE,
        num_inference_steps=steps,
        mag_ratios=ratios,
    )
    whole = config.mag_ratios
    denoiser.enable_cache(config)

    def begin(steps: int, kept: int) -> None:
        """A picture that keeps something of its canvas runs the last of the steps alone."""
        denoiser._reset_stateful_cache()
        config.num_inference_steps = kept
        config.mag_ratios = nearest_interp(whole, steps)[steps - kept :]

    return begin


def _cache_dit(denoiser: Any, options: ModelOptions) -> Begin:
    try:
        library: Any = import_module("cache_dit")
    except ImportError as error:
        message = _("STEP_CACHE_KIND “cache-dit” needs the package cache-dit on the workers.")
        raise unavailable(message) from error
    steps = options.preset.steps
    settings = library.DBCacheConfig(
        Fn_compute_blocks=1,
        max_warmup_steps=max(1, round(_KEPT_SHARE * steps)),
        residual_diff_threshold=options.step_cache,
        num_inference_steps=steps,
    )
    try:
        library.enable_cache(denoiser, cache_config=settings)
    except (AssertionError, ValueError, RuntimeError, TypeError) as error:
        raise _unable(denoiser) from error

    def begin(steps: int, kept: int) -> None:
        library.refresh_context(denoiser, num_inference_steps=kept)

    return begin


def _unable(denoiser: Any) -> Exception:
    message = _("STEP_CACHE: a denoiser of the kind %(kind)s can't skip steps.")
    return unavailable(message % {"kind": type(denoiser).__name__})


def measured(denoiser: Any, steps: int, paint: Callable[[], None]) -> list[float]:
    """The factor by which each step's residual is larger than that of the step before it.

    ``paint`` paints some pictures of ``steps`` steps with ``denoiser``. The mean over all of
    them, and over the passes with and without the prompt. Raises JobFailure (unavailable).
    """
    from diffusers import MagCacheConfig
    from diffusers.hooks.mag_cache import MagCacheHeadHook, MagCacheState

    if not hasattr(denoiser, "enable_cache"):
        raise _unable(denoiser)
    runs: list[list[float]] = []

    class Kept(MagCacheState):
        """Hands its numbers over when the pipeline's call ends."""

        def reset(self) -> None:
            runs.append(self.calibration_ratios)
            super().reset()  # type: ignore[no-untyped-call]

    kind: Any = MagCacheConfig
    # One step more than there are, as the numbers are printed and forgotten after the last.
    denoiser.enable_cache(kind(calibrate=True, num_inference_steps=steps + 1))
    try:
        for module in denoiser.modules():
            hooks = getattr(module, "_diffusers_hook", None)
            for hook in hooks.hooks.values() if hooks else ():
                if isinstance(hook, MagCacheHeadHook):
                    states: Any = hook.state_manager
                    states._state_cls = Kept
        paint()
    finally:
        denoiser.disable_cache()
    return _mean([run for run in runs if len(run) == steps], denoiser)


def _mean(runs: Sequence[Sequence[float]], denoiser: Any) -> list[float]:
    if not runs:
        raise _unable(denoiser)
    return [round(sum(step) / len(runs), 5) for step in zip(*runs, strict=True)]
