"""Third stage: a student that takes the guidance scale as an input gives in one pass what its
teacher gives in two (Meng et al., "On Distillation of Guided Diffusion Models", 2023, stage 1).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from prodimages.diffusion.training import flow, parts
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.devices import autocast, placed
from prodimages.diffusion.training.guidance import embedding, guided
from prodimages.diffusion.training.predicting import BookStage, Say
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase


class DistillationStage(BookStage):
    """The text encoder stays as it is."""

    name: ClassVar[str] = "distillation"

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        *,
        teacher: Any,
        text: Any,
        book: Book,
        empty: Tensor,
        showcase: Showcase | None = None,
        say: Say = print,
    ) -> None:
        self.student: Any = placed(student_of(recipe, teacher), device)
        super().__init__(
            recipe,
            device,
            self.student,
            recipe.distill_rate,
            book=book,
            empty=empty,
            showcase=showcase,
            say=say,
        )
        self._teacher = teacher.requires_grad_(False).eval()
        self._text = text.requires_grad_(False).eval()

    def loss(self, step: int) -> Tensor:
        batch = self._book.batch(step)
        count, draws = len(batch.clean), self.draws
        times = flow.draw_times(
            count, draws, uniform=0.5, shift=self.recipe.shift, device=self.device
        )
        noise = torch.randn(batch.clean.shape, generator=draws, device=self.device)
        least, most = self.recipe.guidance
        scales = least + (most - least) * torch.rand(count, generator=draws, device=self.device)
        noisy = flow.noised(batch.clean, noise, times)
        entered = torch.cat([noisy, batch.mask, batch.seen], dim=1)
        words, target = self._target(entered, times, batch.tokens, scales)
        with autocast(self.device):
            predicted = self.student(
                entered,
                times * flow.TIMESTEPS,
                encoder_hidden_states=words,
                timestep_cond=embedding(scales, self.recipe.guidance_width),
                return_dict=False,
            )[0]
        error: Tensor = predicted.float() - target
        return error.square().mean()

    @torch.no_grad()
    def _target(
        self, entered: Tensor, times: Tensor, tokens: Tensor, scales: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The words' states, and what the teacher predicts with guidance."""
        with autocast(self.device):
            words = self._text(input_ids=tokens)[0]
            no_words = self._text(input_ids=self._empty[None])[0].expand_as(words)
            both = self._teacher(
                torch.cat([entered, entered]),
                torch.cat([times, times]) * flow.TIMESTEPS,
                encoder_hidden_states=torch.cat([words, no_words]),
                return_dict=False,
            )[0].float()
        conditional, unconditional = both.chunk(2)
        return words, guided(conditional, unconditional, scales)

    def sheet(self, file: Path) -> None:
        if self._showcase is not None:
            student: Any = self.average.module
            loss = self._showcase.loss(student, self._text)
            self._say(f"{self.name}: held-out loss without guidance {loss:.5f}")
            self._showcase.draw(file, student, self._text)


def student_of(recipe: Recipe, teacher: Any) -> Any:
    """A copy of the teacher that at first does not heed the scale."""
    student = parts.denoiser(recipe, guided=True)
    absent, unknown = student.load_state_dict(teacher.state_dict(), strict=False)
    assert absent == ["time_embedding.cond_proj.weight"]
    assert not unknown
    torch.nn.init.zeros_(student.time_embedding.cond_proj.weight)
    return student
