"""The two players: a generator that doubles a photo's pixels, and a discriminator of patches."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

SCALE = 2
_SHARPNESS = -0.5
"""Of the cubic: Keys' own value, which overshoots less than the -0.75 of many libraries."""


class Generator(nn.Module):
    """(N, 3, H, W) in 0..1 -> (N, 3, 2H, 2W), about 0..1; a million weights by default.

    Lim et al.: Enhanced Deep Residual Networks for Single Image Super-Resolution (2017):
    residual blocks without batch normalization, and the pixels spread out at the very end by
    Shi et al.: Real-Time Single Image and Video Super-Resolution Using an Efficient
    Sub-Pixel Convolutional Neural Network (2016). All it draws is added to a bicubic
    enlargement, and untrained it adds nothing.
    """

    def __init__(self, channels: int = 64, blocks: int = 13):
        super().__init__()
        self.head = nn.Conv2d(3, channels, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock(channels) for _block in range(blocks)))
        self.fuse = nn.Conv2d(channels, channels, 3, padding=1)
        self.tail = nn.Conv2d(channels, 3 * SCALE**2, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        assert self.tail.bias is not None
        nn.init.zeros_(self.tail.bias)
        self.cubic: torch.Tensor
        self.register_buffer("cubic", cubic_kernel(), persistent=False)

    def forward(self, photo: torch.Tensor) -> torch.Tensor:
        features = self.head(photo)
        drawn = self.tail(features + self.fuse(self.body(features)))
        padded = functional.pad(photo, (2, 2, 2, 2), mode="replicate")
        smooth = functional.conv2d(padded.float(), self.cubic)
        return functional.pixel_shuffle(smooth + drawn.float(), SCALE)

    @property
    def shape(self) -> dict[str, int]:
        """What ``Generator(**shape)`` needs to be another of the same form."""
        return {"channels": self.head.out_channels, "blocks": len(self.body)}


class ResidualBlock(nn.Module):
    """The second convolution begins small, so that a deep stack starts near the identity."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        changed: torch.Tensor = self.second(functional.relu(self.first(features)))
        return features + changed


class Discriminator(nn.Module):
    """(N, 3, H, W) in 0..1 -> (N, 1, H / 4, W / 4): the logit of "a photo" for each patch.

    Isola et al.: Image-to-Image Translation with Conditional Adversarial Networks (2017)
    judge patches; Miyato et al.: Spectral Normalization for Generative Adversarial Networks
    (2018) keep each layer's slope at one. A patch has 32 pixels a side: weave and edges are
    judged, never what the picture shows.
    """

    def __init__(self, channels: int = 64):
        super().__init__()
        self.layers = nn.Sequential(
            *_judging(3, channels, stride=1),
            *_judging(channels, channels, stride=2),
            *_judging(channels, 2 * channels, stride=1),
            *_judging(2 * channels, 2 * channels, stride=2),
            *_judging(2 * channels, 4 * channels, stride=1),
            spectral_norm(nn.Conv2d(4 * channels, 1, 3, padding=1)),
        )

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.layers(picture * 2 - 1)
        return logits


def _judging(given: int, channels: int, *, stride: int) -> tuple[nn.Module, nn.Module]:
    # A stride of two with a kernel of four looks at each pixel equally often: no checkerboard.
    size = 4 if stride == 2 else 3
    layer = nn.Conv2d(given, channels, size, stride=stride, padding=1)
    return spectral_norm(layer), nn.LeakyReLU(0.2)


def cubic_kernel() -> torch.Tensor:
    """(12, 3, 5, 5): each band's four pixels of a bicubic enlargement, as pixel_shuffle wants.

    Keys: Cubic Convolution Interpolation for Digital Image Processing (1981). The new pixels
    lie a quarter of an old one to the left and to the right of its center.
    """
    offsets = torch.arange(-2.0, 3.0)
    rows = torch.stack([_cubic(offsets + 0.25), _cubic(offsets - 0.25)])
    kernel = torch.zeros(3 * SCALE**2, 3, 5, 5)
    for band in range(3):
        for place in range(SCALE**2):
            down, right = divmod(place, SCALE)
            kernel[band * SCALE**2 + place, band] = torch.outer(rows[down], rows[right])
    return kernel


def _cubic(distance: torch.Tensor) -> torch.Tensor:
    x = distance.abs()
    near = (_SHARPNESS + 2) * x**3 - (_SHARPNESS + 3) * x**2 + 1
    far = _SHARPNESS * (x**3 - 5 * x**2 + 8 * x - 4)
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
