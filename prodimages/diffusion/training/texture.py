"""Last stage: a decoder that gives surfaces their grain.

The first stage compares pixels, whose mean is smooth, and a denoiser paints still smoother.
Linen came out as paper, and walnut as brown paint: of materials that renders tell, half were
lost on the way through the autoencoder alone. Here the decoder learns from pictures and from
paintings (``repainting``), half of each, by what a network sees in them:

- what it sees of a picture through the autoencoder is that of the picture, place by place
  (after Johnson et al., "Perceptual Losses", 2016);
- mean and deviation of what it sees over a crop are those of the scene, which is all that can
  be asked of a painting of the same words (after Huang and Belongie 2017);
- judges of what it sees, a small one a depth, can't tell them from scenes (Goodfellow et al.
  2014; on a fixed network's features after Sauer et al., "Projected GANs", 2021);
- pixels, and in blocks of 4 x 4 those of paintings, stay what they were.

The encoder does not learn: latents, and so the denoiser, stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from prodimages.diffusion.training.autoencoder import difference
from prodimages.diffusion.training.charts import save_grid
from prodimages.diffusion.training.crops import crops
from prodimages.diffusion.training.devices import placed
from prodimages.diffusion.training.gan.losses import discriminator_loss, generator_loss
from prodimages.diffusion.training.grain import judge, mean, statistics_apart
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.perception import Perception
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.repainting import COARSE, Samples, shown

_PIXELS, _BLOCKS = 0.5, 4.0
_SEEN = 1.0
_STATISTICS, _STATISTICS_OF_PAINTINGS = 1.0, 1.0
_JUDGED = 0.2
_JUDGES_RATE = 2e-4
_BETAS = (0.5, 0.99)


class TextureStage(Stage):
    """``decoder`` is that of the autoencoder; what it was is left alone."""

    name: ClassVar[str] = "texture"

    def __init__(
        self, recipe: Recipe, device: torch.device, *, decoder: nn.Module, samples: Samples
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.decoder = placed(decoder, device).requires_grad_(True).train()
        super().__init__(recipe, device, self.decoder, recipe.texture_rate)
        for group in self.optimizer.param_groups:
            group["betas"] = _BETAS
        self._samples = samples
        self._perception = Perception().to(device).fitted(shown(samples.pictures[:32]))
        self.judges = nn.ModuleList(map(judge, self._perception.widths)).to(device)
        self._judging = torch.optim.Adam(self.judges.parameters(), lr=_JUDGES_RATE, betas=_BETAS)

    @property
    def batch(self) -> int:
        return self.recipe.texture_batch

    def loss(self, step: int) -> Tensor:
        """The decoder's, after the judges have learned of the same batch."""
        half = max(1, self.batch // 2)
        given = crops(
            self._samples, half, self.recipe.texture_crop, self.recipe.latent_noise, self.draws
        )
        # Half as long on processors too; the gradients of so small a decoder bear it.
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            made = self.decoder(given.latents.contiguous(memory_format=torch.channels_last))
        made = made.float()
        with torch.no_grad():
            real = self._perception(given.scenes)
        seen = self._perception(made)
        self._judge(real, seen)
        seen_apart = [(a[:half] - b[:half]).abs().mean() for a, b in zip(real, seen, strict=True)]
        apart = statistics_apart(real, seen)
        told = [generator_loss(one(maps)) for one, maps in zip(self.judges, seen, strict=True)]
        return (
            _PIXELS * difference(made[:half], given.scenes[:half])
            + _BLOCKS * (F.avg_pool2d(made, COARSE) - given.blocks).abs().mean()
            + _SEEN * mean(seen_apart)
            + _STATISTICS * apart[:half].mean()
            + _STATISTICS_OF_PAINTINGS * apart[half:].mean()
            + _JUDGED * mean(told)
        )

    def _judge(self, real: list[Tensor], seen: list[Tensor]) -> None:
        losses = [
            discriminator_loss(one(theirs), one(ours.detach()))
            for one, theirs, ours in zip(self.judges, real, seen, strict=True)
        ]
        self._judging.zero_grad(set_to_none=True)
        mean(losses).backward()  # type: ignore[no-untyped-call]
        self._judging.step()

    @torch.no_grad()
    def sheet(self, file: Path) -> None:
        """Scenes and what the decoder makes of them, and of their paintings below."""
        samples = self._samples
        at = samples.painted[:8]
        decoder: Any = self.average.module
        rows = [
            shown(samples.pictures[at]),
            decoder(samples.latents[at]).clamp(-1, 1),
            decoder(samples.paintings[:8]).clamp(-1, 1),
        ]
        save_grid(file, torch.cat(rows), columns=len(at))

    def state(self) -> dict[str, Any]:
        judges = {"judges": self.judges.state_dict(), "judging": self._judging.state_dict()}
        return super().state() | judges

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.judges.load_state_dict(state["judges"])
        self._judging.load_state_dict(state["judging"])
