"""Weights that an autoencoder starts from: it can see colors before it has learned anything.

By torch's own weights each layer shrinks the signal, and by random ones of the right size (He
et al. 2015) the first pictures are worse than plain gray: either way the quickest gain is to
show gray, and with rectifiers alone what was turned off stays off. Here the first three
latents are the mean light, red-blue and green-magenta of each cell, and the decoder shows
these, so that there is something to lose (22 dB before the first step). Blocks start as the
identity (Goyal et al., "Accurate, Large Minibatch SGD", 2017); the other channels are random,
and free to learn.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models.unets.unet_2d_blocks import AutoencoderTinyBlock
from torch import Tensor, nn

LEAST_WIDTH = 6
"""Channels of either half: three opponent colors, each once up and once down."""
_OPPONENTS = ((4 / 3, 4 / 3, 4 / 3), (6.0, 0.0, -6.0), (-4.0, 8.0, -4.0))
"""Rows over red, green and blue in 0..1; about of variance 1 over pictures."""
_STIR = 0.2
"""How much of He's random weights is left in what passes a signal on."""
_HALF, _FAINT = 0.5, 0.1
"""And in what makes the fourth latent, and pictures."""


@torch.no_grad()
def set_first_weights(autoencoder: Any) -> None:
    """Of an AutoencoderTiny whose halves have ``LEAST_WIDTH`` channels or more."""
    for module in autoencoder.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in autoencoder.modules():
        if isinstance(module, AutoencoderTinyBlock):
            nn.init.zeros_(module.conv[-1].weight)
    into, *down, latents = _convolutions(autoencoder.encoder)
    first, *up, out = _convolutions(autoencoder.decoder)
    for layer in (*down, *up):
        _pass_on(layer)
    colors = torch.tensor(_OPPONENTS)
    _set(into, torch.eye(3), rows=3)
    latents.weight.mul_(_HALF)
    _set(latents, colors, rows=3)
    _bias(latents)[:3] = -0.5 * colors.sum(dim=1)
    # A rectifier lets one sign through, so that each latent needs two channels.
    both = torch.stack([torch.eye(3), -torch.eye(3)], dim=1).reshape(6, 3)
    _set(first, both, rows=6)
    out.weight.mul_(_FAINT)
    _set(out, torch.linalg.inv(colors) @ both.T, rows=3)
    _bias(out)[:] = 0.5


def _bias(layer: nn.Conv2d) -> Tensor:
    """Of a layer that has one: what ends either half of an AutoencoderTiny does."""
    assert layer.bias is not None
    return layer.bias


def _convolutions(half: Any) -> list[nn.Conv2d]:
    return [layer for layer in half.layers if isinstance(layer, nn.Conv2d)]


def _set(layer: nn.Conv2d, matrix: Tensor, rows: int) -> None:
    """The first rows take only the middle pixel of the first channels, by ``matrix``."""
    layer.weight[:rows] = 0
    layer.weight[:rows, : matrix.shape[1], 1, 1] = matrix


def _pass_on(layer: nn.Conv2d) -> None:
    """A mean of two by two pixels on the way down, a copy on the way up."""
    layer.weight.mul_(_STIR)
    layer.weight[:LEAST_WIDTH] = 0
    channel = torch.arange(layer.out_channels)
    if layer.stride[0] == 2:
        layer.weight[channel, channel, 1:, 1:] += 0.25
    else:
        layer.weight[channel, channel, 1, 1] += 1
