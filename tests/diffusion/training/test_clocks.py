"""How a training's time is shared."""

from __future__ import annotations

from prodimages.diffusion.training.clocks import share


def test_what_time_is_left_is_shared_among_stages_that_are_still_to_come():
    shares = {"autoencoder": 0.2, "denoiser": 0.6, "layout": 0.2}
    assert share(100, "denoiser", shares, {"autoencoder", "denoiser", "layout"}) == 75
    assert share(100, "denoiser", shares, {"denoiser"}) == 100
    assert share(-5, "layout", shares, {"layout"}) == 1
