"""Image servers by name: what each takes beside OpenAI's own parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, kw_only=True)
class Server:
    """One kind of server behind ``/v1/images/generations`` and ``/v1/images/edits``."""

    name: str
    """For people."""
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Our word -> the field it is sent in; a word that is missing can't be sent."""
    mask: str = ""
    """How an edit's mask is sent: ``white`` (a field ``mask_image`` with a data URL, white is
    repainted), ``alpha`` (OpenAI's own, transparent is repainted) or nothing."""
    response_format: bool = True
    """Whether it has to be told to answer with the picture itself."""
    multiple: int = 16
    """Sides are rounded up to a multiple of this."""
    sizes: tuple[tuple[int, int], ...] = ()
    """The only sizes that it draws; any, where none are given."""


_DIFFUSION = {
    "seed": "seed",
    "steps": "num_inference_steps",
    "guidance": "guidance_scale",
    "true_cfg": "true_cfg_scale",
    "negative_prompt": "negative_prompt",
}

# Read in the servers' own documentation: vLLM-Omni's image generation and edit APIs,
# SGLang-Diffusion's OpenAI API, Aquiles-Image's README, OpenAI's images reference.
SERVERS: dict[str, Server] = {
    "vllm-omni": Server(name="vLLM-Omni", extra=_DIFFUSION, mask="white"),
    "sglang": Server(name="SGLang-Diffusion", extra=_DIFFUSION),
    "aquiles": Server(name="Aquiles-Image"),
    "openai": Server(
        name="OpenAI",
        extra={"quality": "quality"},
        mask="alpha",
        response_format=False,
        sizes=((1024, 1024), (1536, 1024), (1024, 1536)),
    ),
}
