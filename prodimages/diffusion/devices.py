"""Which device and number format a model runs in."""

from __future__ import annotations

import gc
import logging

import torch
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.engines.presets import Preset
from prodimages.exceptions import JobFailure

logger = logging.getLogger(__name__)

DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def device_for(wanted: str) -> torch.device:
    """``auto`` takes the graphics card where there is one. Raises JobFailure (unavailable)."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
        if wanted == "cpu" and torch.version.cuda:  # torch was installed for a card
            logger.warning("No graphics card is used; pictures take minutes. %s", why_no_card())
    device = torch.device(wanted)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise unusable(why_no_card())
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise _absent(_("the graphics card %(number)s") % {"number": device.index})
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise _absent(_("a graphics card of Apple"))
    return device


def why_no_card() -> str:
    """What torch says when it is made to look for one, in words that say what to do."""
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
    except (RuntimeError, AssertionError) as error:
        words = str(error).lower()
    else:
        words = ""
    if "driver" in words and "old" in words:
        return _(
            "The driver of the graphics card is too old for this torch. Update the driver, or "
            "install torch's build for the CUDA version that it has."
        )
    if "not compiled" in words:
        return _("This torch is built for processors; install its build for CUDA.")
    return _(
        "The engine is set to run on a graphics card, and torch finds none on this machine. Does "
        "nvidia-smi, run as the worker's user, show one?"
    )


def unusable(words: str) -> JobFailure:
    return JobFailure(FailureKind.UNAVAILABLE, words)


def _absent(what: str) -> JobFailure:
    message = _("The engine is set to run on %(what)s, which this machine does not have.")
    return JobFailure(FailureKind.UNAVAILABLE, message % {"what": what})


def dtype_for(preset: Preset, device: torch.device) -> torch.dtype:
    """The preset's on a graphics card; half precision is many times slower on most CPUs."""
    if device.type == "cpu":
        return torch.float32
    if preset.dtype == "bfloat16" and device.type == "cuda" and not torch.cuda.is_bf16_supported():
        return torch.float16
    return DTYPES[preset.dtype]


def safer_than(dtype: torch.dtype) -> torch.dtype | None:
    """A format whose numbers overflow later; None where there is none."""
    return None if dtype == torch.float32 else torch.float32


def release_memory() -> None:
    """Give back what no tensor holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
