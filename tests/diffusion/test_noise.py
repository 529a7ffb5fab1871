"""A seed gives the same noise in every number format, whatever torch makes of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from prodimages.choices import Task
from prodimages.diffusion import loading, noise
from tests.diffusion.asking import ask, picture

WORDS = Task.TEXT_TO_IMAGE


@pytest.fixture
def older_torch(monkeypatch):
    """Draws in the format that is asked for, which gives another stream in each."""
    draw = torch.randn

    def randn(*shape, generator=None, dtype=None, **options):
        if dtype in (torch.bfloat16, torch.float16):
            draw((17,), generator=generator)
        return draw(*shape, generator=generator, dtype=dtype, **options)

    monkeypatch.setattr(torch, "randn", randn)


@pytest.mark.parametrize("family", ["sd", "flux2-klein"])
@pytest.mark.parametrize("task", [WORDS, Task.BACKGROUND])
def test_a_seed_paints_the_same_in_sixteen_bits(
    engine_for, four, klein, family, task, monkeypatch, older_torch
):
    pictures = []
    for dtype in (torch.float32, torch.bfloat16):
        monkeypatch.setattr(loading, "dtype_for", lambda preset, device, dtype=dtype: dtype)
        engine = engine_for({"sd": four, "flux2-klein": klein}[family], family)
        pictures.append(picture(engine, ask(task, parameters={"retries": 0})).rgb)
        engine.close()
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.01


def test_the_format_asked_for_is_the_format_given(older_torch):
    def drawn(dtype):
        one = torch.Generator().manual_seed(3)
        return noise.randn_tensor((1, 4, 8, 8), generator=one, dtype=dtype)

    assert drawn(torch.bfloat16).dtype == torch.bfloat16
    assert torch.equal(drawn(torch.bfloat16), drawn(torch.float32).bfloat16())
    assert drawn(torch.float64).dtype == torch.float64
    assert drawn(None).dtype == torch.float32


def test_each_of_a_batch_draws_from_its_own_seed(older_torch):
    def several(*seeds):
        ones = [torch.Generator().manual_seed(seed) for seed in seeds]
        return noise.randn_tensor((len(seeds), 4, 8, 8), generator=ones, dtype=torch.float16)

    assert torch.equal(several(1, 2)[1:], several(2))
