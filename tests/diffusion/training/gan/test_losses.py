"""The losses do what Goodfellow et al. (2014) prove of them, on toys whose answer is known."""

from __future__ import annotations

import math
from functools import cache

import pytest
import torch
from torch import nn

from prodimages.diffusion.training.gan import losses

UNDECIDED = 2 * math.log(2)
PHOTOS, DRAWINGS = -1.0, 1.0
"""Means of two bells of deviation 1: then p / (p + q) is sigmoid(-2x)."""


def judge(inputs: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, 32), nn.Tanh(), nn.Linear(32, 1))


@cache
def trained_judge(steps: int = 500) -> tuple[nn.Module, list[float]]:
    torch.manual_seed(3)
    judging, history = judge(), []
    real, drawn = torch.randn(8192, 1) + PHOTOS, torch.randn(8192, 1) + DRAWINGS
    optimizer = torch.optim.Adam(judging.parameters(), lr=1e-2)
    for _step in range(steps):
        loss = losses.discriminator_loss(judging(real), judging(drawn))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(float(loss.detach()))
    return judging, history


def test_who_cannot_tell_loses_two_log_two():
    nothing = torch.zeros(4, 1, 8, 8)
    assert float(losses.discriminator_loss(nothing, nothing)) == pytest.approx(UNDECIDED)
    assert float(losses.generator_loss(nothing)) == pytest.approx(math.log(2))


def test_they_are_the_formulas_with_probabilities():
    real, drawn = torch.tensor([1.5, -0.3]), torch.tensor([-2.0, 0.7])
    wanted = -torch.log(real.sigmoid()).mean() - torch.log(1 - drawn.sigmoid()).mean()
    torch.testing.assert_close(losses.discriminator_loss(real, drawn), wanted)
    torch.testing.assert_close(losses.generator_loss(drawn), -torch.log(drawn.sigmoid()).mean())
    saturating = torch.log(1 - drawn.sigmoid()).mean()
    torch.testing.assert_close(losses.saturating_generator_loss(drawn), saturating)


def test_they_stay_numbers_where_probabilities_would_not():
    far = torch.tensor([200.0], dtype=torch.bfloat16)
    assert float(losses.discriminator_loss(far, -far)) == 0
    assert float(losses.generator_loss(-far)) == 200


def test_the_best_discriminator_is_p_over_p_plus_q():
    judging, history = trained_judge()
    places = torch.linspace(-2, 2, 9)[:, None]
    found = judging(places).sigmoid().detach()
    best = (-2 * places).sigmoid()
    assert float((found - best).abs().max()) < 0.05
    assert history[0] > history[-1]


def test_its_loss_falls_to_two_log_two_minus_two_jensen_shannon():
    x = torch.linspace(-9, 9, 4001)
    p, q = (torch.exp(-((x - mean) ** 2) / 2) / math.sqrt(2 * math.pi) for mean in (-1, 1))
    middle = (p + q) / 2
    divergence = float(torch.trapezoid(p * (p / middle).log() + q * (q / middle).log(), x)) / 2
    _judging, history = trained_judge()
    assert history[-1] == pytest.approx(UNDECIDED - 2 * divergence, abs=0.02)


def test_the_generator_is_pushed_towards_photos_hardest_where_it_is_seen_through():
    logits = torch.tensor([-8.0, 0.0, 8.0], requires_grad=True)
    slopes = torch.autograd.grad(losses.generator_loss(logits) * 3, logits)[0]
    assert (slopes < 0).all()  # a higher logit is a smaller loss
    torch.testing.assert_close(slopes, -torch.sigmoid(-logits.detach()))
    flat = torch.autograd.grad(losses.saturating_generator_loss(logits) * 3, logits)[0]
    assert (flat < 0).all()
    assert abs(slopes[0]) > 0.99
    assert abs(flat[0]) < 0.001


def test_a_step_of_the_generator_moves_what_it_draws_to_where_photos_are():
    judging, _history = trained_judge()
    shift = torch.zeros(1, requires_grad=True)
    drawn = torch.randn(256, 1, generator=torch.Generator().manual_seed(1)) + DRAWINGS + shift
    losses.generator_loss(judging(drawn)).backward()
    assert shift.grad is not None
    assert float(shift.grad) > 0  # down the slope is to the left, where photos are


def test_the_game_ends_where_neither_can_do_better():
    torch.manual_seed(5)
    goal = torch.tensor([1.5, -1.0])
    place, judging = nn.Parameter(torch.tensor([-1.5, 1.0])), judge(2)
    draws = torch.optim.Adam([place], lr=2e-2, betas=(0.5, 0.999))
    judges = torch.optim.Adam(judging.parameters(), lr=1e-2, betas=(0.5, 0.999))
    told = []
    average = place.detach().clone()
    for _step in range(600):
        real, drawn = torch.randn(512, 2) + goal, torch.randn(512, 2) + place
        judged = losses.discriminator_loss(judging(real), judging(drawn.detach()))
        judges.zero_grad()
        judged.backward()
        judges.step()
        drawing = losses.generator_loss(judging(drawn))
        draws.zero_grad()
        drawing.backward()
        draws.step()
        average.lerp_(place.detach(), 0.02)
        told.append(float(judged.detach()))
    assert min(told[:150]) < 0.8  # at first the drawings are seen through
    assert sum(told[-100:]) / 100 == pytest.approx(UNDECIDED, abs=0.06)
    assert float((average - goal).norm()) < 0.3


def test_consistency_asks_for_the_photo_scaled_back():
    small = torch.rand(2, 3, 8, 8)
    large = small.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert float(losses.consistency_loss(large, small)) == pytest.approx(0, abs=1e-7)
    finer = torch.tensor([0.1, -0.1]).repeat(8)  # what cancels within each pixel is free
    assert float(losses.consistency_loss(large + finer, small)) == pytest.approx(0, abs=1e-6)
    assert float(losses.consistency_loss(large + 0.1, small)) == pytest.approx(0.1, abs=1e-6)
