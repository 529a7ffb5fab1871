"""What a model's own runs compute with: the samples that 8 bits are fitted to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from prodimages.choices import Task
from prodimages.diffusion.openvino.call import Call
from prodimages.diffusion.openvino.modules import parts_of
from prodimages.diffusion.openvino.part import Part
from prodimages.diffusion.painter import Painter
from prodimages.diffusion.residency import of_this_process
from prodimages.engines.base import EnginePicture, GenerationRequest
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure

PROMPTS = (
    "product photograph on a light oak table, soft light from the left",
    "on white marble before a gray wall, bright daylight",
    "on a stone podium in a beige studio, long soft shadow",
    "on concrete, hard sunlight, palm leaf shadows on the wall",
    "on linen cloth by a window, warm morning light",
    "on a kitchen counter, tiled wall, blurred background",
    "on wet black slate, dark background, light from behind",
    "on sand at a beach, blue sky, low sun",
    "on a lawn in spring, cherry blossom petals",
    "on a wooden deck with autumn leaves, golden light",
    "on snow before pine trees, cold blue light",
    "on a red velvet cloth, candles, holiday mood",
    "on terrazzo, pastel pink wall, flat light",
    "on a bathroom shelf, steam, clean and bright",
    "浅色橡木桌面，柔和的左侧光线",
    "白色大理石台面，明亮的自然光",
)
HELD_OUT = (
    "on walnut before a green wall, window light",
    "on brushed steel in a dark studio, rim light",
    "on a picnic blanket, dappled shade",
    "on rough plaster, terracotta wall, evening sun",
    "on glass, sky blue gradient, reflections",
    "on a stack of books in a library, warm lamp",
    "on river pebbles, shallow water, daylight",
    "深色胡桃木桌面，窗边暖光",
)
"""Prompts that nothing is fitted to: pictures of them are compared."""
OnOne = Callable[[], None]


def denoiser_of(options: ModelOptions) -> Part:
    """Of the model in memory, which is loaded where it is not. Raises JobFailure."""
    with of_this_process.use(options) as model:
        return parts_of(next(iter(model.pipelines)))[0]


def samples(options: ModelOptions, count: int, on_one: OnOne) -> list[Call]:
    """``count`` calls of the denoiser while pictures of the prompts are painted.

    Raises JobFailure where a picture can't be painted.
    """
    part, found = denoiser_of(options), list[Call]()

    def keep(call: Call) -> None:
        if len(found) < count:
            found.append(call)
            on_one()

    part.on_call = keep
    try:
        for seed, prompt in enumerate(cycle(PROMPTS)):
            if len(found) >= count:
                break
            painted(options, prompt, seed)
    finally:
        part.on_call = None
    return found


def pictures(options: ModelOptions, count: int, on_one: OnOne) -> Iterator[EnginePicture]:
    """Of the prompts held out, each with the same seed whenever it is asked."""
    for seed, prompt in zip(range(count), cycle(HELD_OUT), strict=False):
        yield painted(options, prompt, 1000 + seed)
        on_one()


def painted(options: ModelOptions, prompt: str, seed: int) -> EnginePicture:
    """A square of the size that suits the model. Raises JobFailure."""
    side = options.preset.sides[0]
    request = GenerationRequest(
        task=Task.TEXT_TO_IMAGE, prompt=prompt, seed=seed, width=side, height=side
    )
    (made,) = Painter(options).paint(
        [request], on_progress=lambda done: None, is_canceled=lambda: False
    )
    if isinstance(made, JobFailure):
        raise made
    return made
