from __future__ import annotations

import pytest
import torch

from tests.diffusion import tiny


@pytest.fixture(scope="session", autouse=True)
def card():
    """The first card, by name; without one nothing of this folder says anything."""
    if not torch.cuda.is_available():
        pytest.skip("no graphics card with CUDA is at hand")
    return torch.cuda.get_device_name(0)


@pytest.fixture(scope="session")
def four(tmp_path_factory):
    return tiny.save(tiny.stable_diffusion(4), tmp_path_factory.mktemp("four"))
