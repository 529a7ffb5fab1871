"""What the players want, in the words of Goodfellow et al.: Generative Adversarial Nets (2014).

The game is ``min over G, max over D of E_x[log D(x)] + E_z[log(1 - D(G(z)))]``. Here x is a
crop of a photo and z a smaller, worse copy of one. D gives logits, so that
``log D = -softplus(-logit)`` and ``log(1 - D) = -softplus(logit)`` lose no digits.
"""

from __future__ import annotations

import torch
from torch.nn import functional

from prodimages.diffusion.training.gan.networks import SCALE


def discriminator_loss(real: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
    """``-mean log D(x) - mean log(1 - D(G(z)))``: binary cross-entropy, over all patches.

    Logits of any shape -> a scalar. It is 2 log 2 for a D that can't tell (D = 1/2
    everywhere), which is its best where both densities agree; for densities p of photos and
    q of drawings its best is D = p / (p + q).
    """
    return functional.softplus(-real.float()).mean() + functional.softplus(drawn.float()).mean()


def generator_loss(drawn: torch.Tensor) -> torch.Tensor:
    """``-mean log D(G(z))``, the non-saturating form of section 3 of the paper.

    Its slope for a logit is -sigmoid(-logit): steepest where D is sure of a drawing, where
    ``log(1 - D(G(z)))`` would be flat. log 2 for a D that can't tell.
    """
    return functional.softplus(-drawn.float()).mean()


def saturating_generator_loss(drawn: torch.Tensor) -> torch.Tensor:
    """``mean log(1 - D(G(z)))``, as the game is written; kept to show why it isn't used."""
    return -functional.softplus(drawn.float()).mean()


def pixel_loss(drawn: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference: the median of what the photo may have been, hence soft."""
    return functional.l1_loss(drawn, photo)


def consistency_loss(drawn: torch.Tensor, small: torch.Tensor) -> torch.Tensor:
    """``mean |down(G(z)) - z|``: scaled back by area, a drawing has to be what G was given.

    Irani, Peleg: Improving Resolution by Image Registration (1991), as a penalty. What D
    likes may then change only what is finer than the pixels of z.
    """
    return functional.l1_loss(functional.avg_pool2d(drawn, SCALE), small)
