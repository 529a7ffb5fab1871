from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from prodimages.diffusion.training import flow, parts, schedules
from prodimages.diffusion.training.averages import Average
from prodimages.diffusion.training.guidance import embedding, guided, without_captions


def test_the_forward_process_ends_at_the_picture_and_at_the_noise():
    clean, noise = torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2)
    noisy = flow.noised(clean, noise, torch.tensor([0.0, 0.25, 1.0]))
    assert torch.equal(noisy[0], clean[0])
    torch.testing.assert_close(noisy[1], 0.75 * clean[1] + 0.25 * noise[1])
    assert torch.equal(noisy[2], noise[2])


def test_the_velocity_is_the_derivative_and_leads_back_to_the_picture():
    clean, noise = torch.randn(2, 4, 2, 2).double(), torch.randn(2, 4, 2, 2).double()
    time, step = torch.tensor([0.3, 0.7]).double(), 1e-6
    ahead, behind = (flow.noised(clean, noise, time + by) for by in (step, -step))
    velocity = flow.velocity(clean, noise)
    torch.testing.assert_close((ahead - behind) / (2 * step), velocity, atol=1e-6, rtol=1e-6)
    noisy = flow.noised(clean, noise, time)
    torch.testing.assert_close(flow.clean_from(noisy, velocity, time), clean)


def test_the_loss_of_a_zero_prediction_is_the_variance_of_the_velocity():
    clean, noise = torch.randn(64, 4, 8, 8), torch.randn(64, 4, 8, 8)
    assert flow.flow_loss(flow.velocity(clean, noise), clean, noise) == 0
    assert float(flow.flow_loss(torch.zeros_like(clean), clean, noise)) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("uniform", "middle"), [(0.0, 0.7272), (1.0, 0.5), (0.5, (0.7272 + 0.5) / 2)]
)
def test_times_are_drawn_from_the_mixture(uniform, middle):
    """The logistic of a standard normal lies in 0.25..0.75 with probability 0.7280."""
    draws = torch.Generator().manual_seed(0)
    times = flow.draw_times(200_000, draws, uniform=uniform, shift=1.0, device=torch.device("cpu"))
    assert times.min() >= 0
    assert times.max() <= flow.LATEST
    share = ((times > 0.25) & (times < 0.75)).float().mean()
    assert float(share) == pytest.approx(middle, abs=0.005)


def test_shifted_times_keep_the_ends_and_favor_noise():
    times = torch.linspace(0, 1, 11)
    torch.testing.assert_close(flow.shifted(times, 1.0), times)
    later = flow.shifted(times, 6.0)
    torch.testing.assert_close(later[[0, -1]], times[[0, -1]])
    assert (later[1:-1] > times[1:-1]).all()
    assert float(later[5]) == pytest.approx(6 / 7)


def test_a_shift_draws_what_the_color_of_a_wall_is_decided_in():
    """Times past 0.95: the logistic of a standard normal is with probability 0.0016, and past
    19 / (19 + 6), which a shift of 6 takes there, with 0.1245.
    """
    drawn = {
        shift: flow.draw_times(
            200_000,
            torch.Generator().manual_seed(0),
            uniform=0.0,
            shift=shift,
            device=torch.device("cpu"),
        )
        for shift in (1.0, 6.0)
    }
    shares = {shift: float((times > 0.95).float().mean()) for shift, times in drawn.items()}
    assert shares[1.0] == pytest.approx(0.0016, abs=0.0005)
    assert shares[6.0] == pytest.approx(0.1245, abs=0.008)


def test_even_times_are_not_shifted():
    """What is decided last, at low noise, is learned too."""
    draws = torch.Generator().manual_seed(0)
    times = flow.draw_times(100_000, draws, uniform=1.0, shift=6.0, device=torch.device("cpu"))
    assert float((times < 0.5).float().mean()) == pytest.approx(0.5, abs=0.01)


def test_the_sampler_walks_the_paths_that_are_learned():
    """With the true velocity of one picture it arrives at that picture, in any number of steps."""
    clean = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(0))
    latents = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(1))
    scheduler = parts.scheduler()
    scheduler.set_timesteps(8)
    for index, time in enumerate(scheduler.timesteps):
        sigma = scheduler.sigmas[index]
        assert float(time) / flow.TIMESTEPS == pytest.approx(float(sigma), abs=1e-3)
        noise = (latents - (1 - sigma) * clean) / sigma
        latents = scheduler.step(flow.velocity(clean, noise), time, latents).prev_sample
    torch.testing.assert_close(latents, clean, atol=1e-4, rtol=1e-3)


def test_guidance_goes_from_the_unconditional_through_the_conditional():
    conditional, unconditional = torch.randn(3, 4, 2, 2), torch.randn(3, 4, 2, 2)
    mixed = guided(conditional, unconditional, torch.tensor([0.0, 1.0, 3.0]))
    torch.testing.assert_close(mixed[0], unconditional[0])
    torch.testing.assert_close(mixed[1], conditional[1])
    torch.testing.assert_close(mixed[2], 3 * conditional[2] - 2 * unconditional[2])


def test_the_scale_is_embedded_as_the_pipeline_does():
    from diffusers import StableDiffusionInpaintPipeline

    scales = torch.tensor([1.0, 2.5, 7.0])
    theirs = StableDiffusionInpaintPipeline.get_guidance_scale_embedding(
        None, scales - 1, embedding_dim=32
    )
    torch.testing.assert_close(embedding(scales, 32), theirs, atol=2e-4, rtol=1e-4)


def test_captions_are_dropped_at_the_given_share():
    tokens, empty = torch.full((10_000, 3), 7), torch.tensor([0, 1, 1])
    draws = torch.rand(10_000, generator=torch.Generator().manual_seed(0))
    left = without_captions(tokens, empty, 0.1, draws)
    dropped = (left == empty).all(dim=1)
    assert float(dropped.float().mean()) == pytest.approx(0.1, abs=0.01)
    assert torch.equal(left[~dropped], tokens[~dropped])


def test_an_average_follows_by_its_closed_form():
    module = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.ones_(module.weight)
    average = Average(module, decay=0.5)
    expected = 1.0
    for step in range(6):
        torch.nn.init.constant_(module.weight, float(step))
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert float(average.module.weight.detach()) == pytest.approx(expected)
    assert not average.module.weight.requires_grad


def test_the_rate_rises_and_falls_to_nothing():
    at = [schedules.rate(progress, 0.1) for progress in np.linspace(0, 1, 101)]
    assert at[10] == pytest.approx(1)
    assert at[5] == pytest.approx(0.5)
    assert at[-1] == pytest.approx(0)
    assert all(after < before for before, after in itertools.pairwise(at[10:]))
