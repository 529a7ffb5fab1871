"""What a model's text encoders read of a prompt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from prodimages.engines.pipelines import PIPELINES
from prodimages.engines.weighted import plain

_SHOWN = 120
_ENDLESS = 10**6
"""Tokenizers without a limit of their own name an astronomic one."""


def cut_notices(pipeline: Any, prompt: str) -> list[str]:
    """Words for staff about what each text encoder does not read of ``prompt``; most read all."""
    found = []
    prompt = plain(prompt)
    for name, tokenizer, limit in _encoders(pipeline):
        if cut := cut_words(tokenizer, prompt, limit):
            shown = cut if len(cut) <= _SHOWN else f"{cut[:_SHOWN]}…"
            message = _("The model reads %(limit)d tokens of a prompt; not read: “%(cut)s”.")
            notice = message % {"limit": limit, "cut": shown}
            if name != "tokenizer":
                notice = _("%(notice)s (second text encoder)") % {"notice": notice}
            found.append(notice)
    return found


def cut_words(tokenizer: Any, prompt: str, limit: int) -> str:
    """The end of ``prompt`` that is over ``limit`` tokens; empty when all of it fits."""

    def fits(length: int) -> bool:
        return len(tokenizer(prompt[:length], truncation=False).input_ids) <= limit

    if fits(len(prompt)):
        return ""
    least, most = 0, len(prompt)
    while least + 1 < most:  # the longest beginning that fits
        middle = (least + most) // 2
        least, most = (middle, most) if fits(middle) else (least, middle)
    space = prompt.rfind(" ", 0, least + 1)
    return prompt[space + 1 if space > 0 else least :].strip()


def _encoders(pipeline: Any) -> Iterator[tuple[str, Any, int]]:
    """Component name, tokenizer and most tokens of each text encoder."""
    most = PIPELINES[type(pipeline).__name__].tokens
    for name in ("tokenizer", "tokenizer_2"):
        tokenizer = getattr(pipeline, name, None)
        if tokenizer is not None:
            own = int(getattr(tokenizer, "model_max_length", _ENDLESS))
            yield name, tokenizer, min(own, most) if own < _ENDLESS else most
