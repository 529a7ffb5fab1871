"""Everything that a training changes, and how it gets through a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from prodimages.diffusion.training.gan.networks import Discriminator, Generator

Network = TypeVar("Network", bound=nn.Module)
_DECAY = 0.999
PIXEL, ADVERSARIAL = "pixel", "adversarial"
"""The two generators that a training gives: before the discriminator joined, and after."""


class Players:
    """Generator, its moving average, discriminator, their optimizers and the dice."""

    def __init__(self, *, channels: int, blocks: int, seed: int, device: torch.device):
        torch.manual_seed(seed)
        self.device = device
        self.generator = _on(Generator(channels, blocks), device)
        self.average = _on(Generator(channels, blocks), device).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        self.discriminator = _on(Discriminator(channels), device)
        self.dice = torch.Generator(device).manual_seed(seed)
        # By pixels alone a larger rate is stable; the game takes the classic values of Radford
        # et al.: Unsupervised Representation Learning with Deep Convolutional GANs (2016).
        draws, judges = self.generator.parameters(), self.discriminator.parameters()
        self.optimizers = {
            PIXEL: torch.optim.Adam(draws, lr=5e-4, betas=(0.9, 0.99)),
            ADVERSARIAL: torch.optim.Adam(self.generator.parameters(), lr=2e-4, betas=(0.5, 0.999)),
            "discriminator": torch.optim.Adam(judges, lr=2e-4, betas=(0.5, 0.999)),
        }
        self._rates = {name: each.defaults["lr"] for name, each in self.optimizers.items()}
        self.by_pixels: dict[str, torch.Tensor] = {}
        """The average's weights when the discriminator joined; empty before."""
        self.step = 0
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []

    def set_rate(self, factor: float) -> None:
        for name, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group["lr"] = self._rates[name] * factor

    @torch.no_grad()
    def follow(self) -> None:
        """The average takes a step; early on it follows faster."""
        weight = 1 - min(_DECAY, (1 + self.step) / (10 + self.step))
        targets: list[torch.Tensor] = list(self.average.parameters())
        sources: list[torch.Tensor] = list(self.generator.parameters())
        torch._foreach_lerp_(targets, sources, weight)

    def let_discriminator_join(self) -> None:
        """From here on by the average: it is the better start, and is kept."""
        self.by_pixels = {name: each.clone() for name, each in self.average.state_dict().items()}
        self.generator.load_state_dict(self.by_pixels)

    @property
    def finite(self) -> bool:
        """Whether all weights are numbers."""
        return all(bool(each.isfinite().all()) for each in self.average.parameters())

    def save(self, path: Path) -> None:
        """Whole or not at all: a kill leaves the file before."""
        state = {
            "shape": self.generator.shape,
            "generator": self.generator.state_dict(),
            "average": self.average.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "by_pixels": self.by_pixels,
            "optimizers": {name: each.state_dict() for name, each in self.optimizers.items()},
            "dice": self.dice.get_state(),
            "numbers": {"step": self.step, "seconds": self.seconds},
            "history": self.history,
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Raises ValueError for the checkpoint of a network of another form."""
        state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        if state["shape"] != self.generator.shape:
            raise ValueError(f"{path} holds a generator of the form {state['shape']}.")
        self.generator.load_state_dict(state["generator"])
        self.average.load_state_dict(state["average"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.by_pixels = state["by_pixels"]
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        self.dice.set_state(state["dice"].cpu())
        self.step, self.seconds = state["numbers"]["step"], state["numbers"]["seconds"]
        self.history = state["history"]

    def save_weights(self, path: Path) -> None:
        """Both generators in half precision, for ``load_generator``."""
        now = self.average.state_dict()
        kept = {PIXEL: self.by_pixels or now}
        if self.by_pixels:
            kept[ADVERSARIAL] = now
        tensors = {
            f"{kind}.{name}": tensor.detach().half().cpu().contiguous()
            for kind, state in kept.items()
            for name, tensor in state.items()
        }
        shape = {name: str(value) for name, value in self.generator.shape.items()}
        part = path.with_suffix(".part")
        save_file(tensors, part, metadata={**shape, "steps": str(self.step)})
        part.replace(path)


def load_generator(path: Path, *, blend: float = 1.0) -> Generator:
    """Of a file by ``save_weights``: 0 is the one by pixels, 1 the adversarial one.

    Wang et al.: ESRGAN (2018), section 3.4: weights between two related networks give
    pictures between theirs, so how much the game may draw is chosen after training.
    Raises ValueError where there is no adversarial one yet and ``blend`` asks for it.
    """
    tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
    pixel, game = (_under(tensors, kind) for kind in (PIXEL, ADVERSARIAL))
    if blend and not game:
        raise ValueError(f"{path} holds no adversarial generator yet.")
    weights = {name: torch.lerp(pixel[name], game.get(name, pixel[name]), blend) for name in pixel}
    blocks = sum(name.endswith(".first.weight") for name in weights)
    generator = Generator(len(weights["head.bias"]), blocks)
    generator.load_state_dict(weights)
    return generator.eval()


def _under(tensors: dict[str, torch.Tensor], kind: str) -> dict[str, torch.Tensor]:
    start = f"{kind}."
    return {name.removeprefix(start): t for name, t in tensors.items() if name.startswith(start)}


def _on(network: Network, device: torch.device) -> Network:
    network = network.to(device)
    if device.type == "cuda":  # whose convolutions are written for this layout
        for parameter in network.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
