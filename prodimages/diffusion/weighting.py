"""Lets a pipeline read weights of words in its prompts."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch

from prodimages.engines.pipelines import PIPELINES
from prodimages.engines.weighted import pieces, plain, weights_in

_PROMPTS = ("prompt", "negative_prompt")
"""In the order in which ``encode_prompt`` gives their embeddings."""


def attach(pipeline: Any) -> None:
    """Let ``encode_prompt`` honor weights, where the pipeline's class is one that can."""
    if not PIPELINES[type(pipeline).__name__].weights:
        return
    encode = pipeline.encode_prompt
    signature = inspect.signature(encode)

    @functools.wraps(encode)  # others look at its signature
    def weighted(*args: Any, **kwargs: Any) -> Any:
        given = dict(signature.bind(*args, **kwargs).arguments)
        wanted = {name: _listed(given.get(name)) for name in _PROMPTS}
        if not any(weights_in(text) for texts in wanted.values() for text in texts):
            return encode(**given)
        bare = {name: [plain(text) for text in texts] for name, texts in wanted.items() if texts}
        made = list(encode(**given | bare))
        for at, texts in enumerate(wanted.values()):
            if made[at] is not None and any(weights_in(text) for text in texts):
                made[at] = _scaled(pipeline, made[at], texts, _nothing(encode, given))
        return tuple(made)

    pipeline.encode_prompt = weighted


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _nothing(encode: Callable[..., Any], given: dict[str, Any]) -> torch.Tensor:
    """(1, tokens, features): what the encoders make of no words at all."""
    embeddings: torch.Tensor = encode(**given | {"prompt": [""], "negative_prompt": None})[0]
    return embeddings[:1]


def _scaled(
    pipeline: Any, embeddings: torch.Tensor, prompts: Sequence[str], nothing: torch.Tensor
) -> torch.Tensor:
    """Move each token's embedding away from that of no words, or towards it, by its weight.

    ``embeddings``: (prompts, tokens, features). The way of compel (Stewart 2023): unlike a mere
    product it leaves what every prompt has in common as it is.
    """
    tokenizer = getattr(pipeline, "tokenizer", None) or pipeline.tokenizer_2
    weights = torch.stack(
        [token_weights(tokenizer, prompt, embeddings.shape[1]) for prompt in prompts]
    )
    factor = weights.to(embeddings.device, embeddings.dtype)[..., None]
    return nothing + (embeddings - nothing) * factor


def token_weights(tokenizer: Any, prompt: str, tokens: int) -> torch.Tensor:
    """(tokens,) float32: the weight of each token of the prompt's plain words."""
    of_letters = [weight for text, weight in pieces(prompt) for _letter in text]
    spans = tokenizer(
        plain(prompt),
        padding="max_length",
        max_length=tokens,
        truncation=True,
        return_offsets_mapping=True,
    ).offset_mapping
    return torch.tensor([of_letters[begin] if end > begin else 1.0 for begin, end in spans])
