"""Every number that the training depends on, in one place."""

from __future__ import annotations

import dataclasses

STAGES = ("autoencoder", "denoiser", "distillation", "layout", "shading", "texture")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """Of the shipped weights, where nothing else is said."""

    seed: int = 4
    side: int = 256
    """Pixels of a square picture."""

    vocabulary: int = 1536
    context: int = 64
    """Tokens of a prompt, with those that mark its start and end."""
    text_width: int = 192
    text_layers: int = 4
    text_heads: int = 4
    encoder_width: int = 48
    decoder_width: int = 64
    channels: tuple[int, ...] = (128, 160, 160)
    """Of the denoiser, from the finest grid to the coarsest."""
    layers: int = 2
    head_width: int = 32
    groups: int = 32
    guidance_width: int = 256
    """Of the embedding of the guidance scale (``time_cond_proj_dim``)."""

    autoencoder_batch: int = 64
    autoencoder_crop: int = 128
    autoencoder_rate: float = 1e-3
    latent_noise: float = 0.15
    """Standard deviation, at most, of what is added to latents while the decoder learns."""

    batch: int = 256
    """On an H100, a step of 128 took as long: launching its kernels is what takes the time."""
    rate: float = 8e-4
    warmup: float = 0.03
    """Share of a stage over which the rate rises."""
    decay: float = 0.999
    """Of the moving average of the weights."""
    weight_decay: float = 0.01
    clip: float = 1.0
    unconditional: float = 0.1
    """Share of samples without their caption, for classifier-free guidance."""
    uniform: float = 0.3
    """Share of times that are drawn uniformly, not by the logit-normal."""
    shift: float = 6.0
    """Of the times that are drawn, toward high noise."""
    chapter: int = 16384
    """Samples that are rendered and encoded at once."""
    chapter_steps: int = 400
    """Steps after which new ones are."""

    distill_rate: float = 3e-4
    guidance: tuple[float, float] = (1.0, 6.0)
    """Scales that the student learns."""

    layout_channels: tuple[int, ...] = (24, 32)
    """Of the denoiser of layouts; as large as 45 MB in all leave room for."""
    layout_head_width: int = 8
    layout_groups: int = 8
    layout_batch: int = 256
    layout_rate: float = 3e-3
    layout_shift: float = 1.5
    """A quarter of ``shift``: noise hides sixteen times less where cells are so few."""
    layout_chapter: int = 16384
    layout_chapter_steps: int = 1200

    shading_channels: tuple[int, ...] = (8, 16, 16)
    """Of the U-Net of shadows; as large as 45 MB in all leave room for."""
    shading_head_width: int = 8
    shading_groups: int = 8
    shading_batch: int = 32
    shading_rate: float = 2e-3
    shading_chapter: int = 4096
    shading_chapter_steps: int = 768

    texture_scenes: int = 2048
    """Scenes that the decoder learns grain from."""
    texture_painted: int = 640
    """How many of them are painted again."""
    texture_batch: int = 10
    """Crops, half of them of scenes and half of paintings."""
    texture_crop: int = 128
    texture_rate: float = 3e-4

    steps: int = 8
    """Of the sampler."""
    shown_guidance: float = 3.0
    """What sample sheets and the preset use."""
    shares: tuple[float, ...] = (0.15, 0.55, 0.11, 0.06, 0.06, 0.07)
    """Of the time, for each of ``STAGES``."""


TINY = Recipe(
    side=64,
    vocabulary=600,
    context=32,
    text_width=32,
    text_layers=1,
    text_heads=2,
    encoder_width=8,
    decoder_width=8,
    channels=(16, 32),
    layers=1,
    head_width=16,
    groups=8,
    guidance_width=32,
    autoencoder_batch=8,
    autoencoder_crop=32,
    batch=8,
    chapter=64,
    chapter_steps=16,
    layout_channels=(8, 16),
    layout_head_width=8,
    layout_groups=4,
    layout_batch=8,
    layout_chapter=64,
    layout_chapter_steps=16,
    shading_channels=(8, 8),
    shading_groups=4,
    shading_batch=8,
    shading_chapter=64,
    shading_chapter_steps=16,
    texture_scenes=32,
    texture_painted=8,
    texture_batch=4,
    texture_crop=64,
)
"""For tests, and to try the program on any machine in a minute."""

SMALL = dataclasses.replace(
    TINY,
    side=128,
    context=64,
    vocabulary=1024,
    text_width=96,
    text_layers=2,
    encoder_width=24,
    decoder_width=24,
    channels=(32, 64, 96),
    autoencoder_batch=8,
    autoencoder_crop=64,
    batch=16,
    chapter=1024,
    chapter_steps=128,
    layout_channels=(16, 32),
    layout_batch=16,
    layout_chapter=1024,
    layout_chapter_steps=512,
    shading_batch=16,
    shading_chapter=1024,
    shading_chapter_steps=192,
    texture_scenes=128,
    texture_painted=32,
    texture_crop=128,
)
"""For some minutes on a CPU."""

SIZES = {"full": Recipe(), "small": SMALL, "tiny": TINY}
