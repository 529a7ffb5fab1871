"""What the stages of a training left in its folder, as modules."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch

from prodimages.diffusion import layouts, shading
from prodimages.diffusion.training import checkpoints, parts
from prodimages.diffusion.training.devices import placed
from prodimages.diffusion.training.layout import layout_recipe
from prodimages.diffusion.training.loop import is_done
from prodimages.diffusion.training.recipe import Recipe


@dataclasses.dataclass(frozen=True)
class Results:
    recipe: Recipe
    folder: Path
    device: torch.device
    vocabulary: int

    def keep_autoencoder(self, trained: Any) -> None:
        trained.save_pretrained(self.folder / "autoencoder" / "trained")

    def autoencoder(self) -> Any:
        """As the first stage left it."""
        kind: Any = type(parts.autoencoder(self.recipe))
        trained = kind.from_pretrained(self.folder / "autoencoder" / "trained")
        return placed(trained, self.device).requires_grad_(False).eval()

    def textured(self) -> Any:
        """With the decoder of the last stage, where it is done."""
        trained = self.autoencoder()
        if is_done(self.folder, "texture"):
            trained.decoder.load_state_dict(self._average("texture"))
        return trained

    def trained(self) -> tuple[Any, Any]:
        """The averaged U-Net and text encoder of the second stage."""
        unet: Any = placed(parts.denoiser(self.recipe, guided=False), self.device)
        text: Any = parts.text_encoder(self.recipe, self.vocabulary).to(self.device)
        both = torch.nn.ModuleDict({"unet": unet, "text": text})
        both.load_state_dict(self._average("denoiser"))
        return unet.eval(), text.eval()

    def student(self) -> Any:
        unet: Any = parts.denoiser(self.recipe, guided=True)
        unet.load_state_dict(self._average("distillation"))
        return unet.eval()

    def painting(self) -> tuple[Any, Any]:
        """The U-Net that is shipped, the student's where there is one, and the text encoder."""
        unet, text = self.trained()
        if is_done(self.folder, "distillation"):
            unet = placed(self.student(), self.device)
        return unet, text

    def layout(self) -> Any:
        unet: Any = parts.denoiser(layout_recipe(self.recipe), guided=False)
        unet.load_state_dict(self._average("layout"))
        return unet.eval()

    def shading(self) -> Any:
        unet: Any = parts.shading(self.recipe)
        unet.load_state_dict(self._average("shading"))
        return unet.eval()

    def beside(self) -> dict[str, Any]:
        """The small networks that were trained, by the folder that each is written to."""
        made = {layouts.FOLDER: self.layout, shading.FOLDER: self.shading}
        return {name: of() for name, of in made.items() if is_done(self.folder, name)}

    def _average(self, name: str) -> dict[str, Any]:
        state = checkpoints.load(self.folder / name / "checkpoint.pt", self.device)
        assert state is not None
        average: dict[str, Any] = state["stage"]["average"]
        return average
