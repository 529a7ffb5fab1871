"""Moving averages of weights (Polyak and Juditsky 1992; for diffusion, Ho et al. 2020)."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Average:
    """A copy of a module that follows it: a <- d a + (1 - d) w after each step."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).requires_grad_(False).eval()
        self.decay = decay
        self._source = module

    @torch.no_grad()
    def update(self, step: int) -> None:
        """``step`` counts from 0; a young average forgets faster: d = min(decay, (1+n)/(10+n))."""
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(
            list(self.module.parameters()),
            [parameter.detach() for parameter in self._source.parameters()],
            1 - decay,
        )
