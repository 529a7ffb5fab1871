"""The rules by which a model paints around a product."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from prodimages.choices import FailureKind
from prodimages.diffusion import enlarging, grown
from prodimages.diffusion.grown import MOST_SPILL, spill_by_color, spill_by_cutout
from prodimages.diffusion.masks import reduced, shown, snapped
from prodimages.diffusion.sizes import painted_size
from prodimages.diffusion.strength import exact_strength
from prodimages.diffusion.surround import blended
from prodimages.diffusion.tasks.background import Background, canvas_of
from prodimages.engines.presets import PRESETS
from prodimages.exceptions import JobFailure
from tests.diffusion.asking import ask, generate, picture, placed


def test_a_strap_a_pixel_wide_survives_the_grid():
    keep = np.zeros((256, 256), bool)
    keep[40:200, 77] = True
    small = reduced(keep, (64, 64))
    assert small[10:50, 19].all()
    cells = snapped(small, 8)
    assert cells[10:50, 16:24].all()
    assert cells.sum() == 8 * 8 * len({row // 8 for row in range(10, 50)})


def test_what_is_kept_is_whole_cells_and_never_less_than_was_asked():
    random = np.random.default_rng(0)
    keep = random.random((64, 96)) > 0.999
    cells = snapped(keep, 16)
    assert (cells >= keep).all()
    blocks = cells.reshape(4, 16, 6, 16)
    assert (blocks.all(axis=(1, 3)) == blocks.any(axis=(1, 3))).all()


@pytest.mark.parametrize("floors", [True, False])
def test_strength_means_whole_steps_in_either_way_of_counting(floors):
    for steps in range(1, 151):
        for kept in range(1, steps + 1):
            strength = exact_strength(kept, steps, floors=floors)
            assert 0 < strength <= 1
            if floors:
                run = min(int(steps * strength), steps)
            else:
                run = steps - int(max(steps - min(steps * strength, steps), 0))
            assert run == kept
    with pytest.raises(ValueError, match="0 of 4"):
        exact_strength(0, 4, floors=floors)


@pytest.mark.parametrize(
    "size, painted",
    [
        ((1024, 1024), (1024, 1024)),
        ((1000, 750), (992, 752)),
        ((2000, 1500), (1184, 880)),
        ((256, 256), (512, 512)),
        ((4096, 512), (2848, 368)),
    ],
)
def test_the_painted_size_suits_the_model_and_keeps_the_shape(size, painted):
    preset = PRESETS["flux2-klein-4b"]
    found = painted_size(*size, preset)
    assert found == painted
    assert found[0] % 16 == found[1] % 16 == 0
    assert found[0] * found[1] <= preset.sides[1] ** 2
    assert found[0] / found[1] == pytest.approx(size[0] / size[1], rel=0.035)


def test_sides_in_the_settings_that_are_no_multiples_are_rounded_to_some():
    preset = dataclasses.replace(PRESETS["flux2-klein-4b"], sides=(100, 100))
    assert painted_size(777, 777, preset) == (96, 96)


def test_the_canvas_is_never_the_photo_and_the_product_is_kept_whole():
    draft, canvas, keep = canvas_of(ask())
    product = placed()
    solid = product.alpha == 1
    assert (np.asarray(canvas)[solid] == product.rgb[solid]).all()
    assert keep[product.alpha > 0].all()
    assert not keep[:3].any()
    assert draft.shape == (64, 64, 3)
    neutral = canvas_of(ask(parameters={"canvas": "neutral"}))[0]
    assert (neutral == 0.5).all()


def test_a_style_chooses_the_scene_that_the_model_starts_from():
    plain = canvas_of(ask())[0]
    dark = canvas_of(ask(prompt="a mug", parameters={"scene": "sweep", "color": "#102030"}))[0]
    assert dark.mean() < plain.mean() - 0.2


@pytest.mark.parametrize("family, weights", [("sd-inpaint", "nine"), ("sd", "four")])
def test_the_model_is_given_a_hard_mask_on_its_grid(engine_for, request, family, weights):
    engine = engine_for(request.getfixturevalue(weights), family)
    picture(engine, ask())
    model = engine._painter.model
    brief = Background().brief(ask(), model)
    mask = np.asarray(brief.mask)
    assert set(np.unique(mask)) == {0, 255}
    assert (mask[placed().alpha > 0] == 0).all()
    sampled = torch.nn.functional.interpolate(torch.tensor(mask[None, None] / 255.0), size=(8, 8))
    assert set(np.unique(sampled.numpy())) == {0.0, 1.0}
    assert (np.repeat(np.repeat(sampled[0, 0].numpy(), 8, 0), 8, 1) * 255 == mask).all()


def test_the_ring_takes_the_tone_of_what_was_painted_and_keeps_the_shadow():
    scene = np.full((64, 64, 3), 0.8, np.float32)
    scene[40:44, 20:44] = 0.5  # a shadow at the foot
    painted = np.full((64, 64, 3), 0.4, np.float32)
    keep = np.zeros((64, 64), bool)
    keep[16:48, 16:48] = True
    painted[keep] = (0.9, 0.1, 0.1)  # the product, as the model decoded it
    result = blended(painted, scene, keep, reach=4.0)
    assert (result[~keep] == painted[~keep]).all()
    assert np.abs(result[17:40, 17:47] - 0.4).max() < 0.02
    assert np.abs(result[41:43, 24:40] - 0.1).max() < 0.02
    assert (blended(painted, scene, np.zeros_like(keep), 4.0) == painted).all()
    assert (blended(painted, scene, np.ones_like(keep), 4.0) == scene).all()


def test_a_product_that_grew_is_noticed_and_an_honest_scene_is_not():
    product = placed(128)
    draft = np.full((128, 128, 3), 0.85, np.float32)
    honest = draft.copy()
    honest[product.alpha > 0] = np.array((180, 40, 40)) / 255
    keep = product.alpha > 0
    assert spill_by_color(honest, draft, product.alpha, keep) < 0.02
    larger = honest.copy()
    larger[60:104, 26:102] = np.array((180, 40, 40)) / 255
    assert spill_by_color(larger, draft, product.alpha, keep) > MOST_SPILL


def test_what_is_hidden_under_the_kept_ring_is_no_growth(monkeypatch):
    """A decoder softens the product's rim there, and no one sees it."""
    product = placed(128)
    draft = np.full((128, 128, 3), 0.85, np.float32)
    keep = snapped(product.alpha > 0, 16)
    soft = draft.copy()
    soft[keep] = np.array((180, 40, 40)) / 255
    assert spill_by_color(soft, draft, product.alpha, keep) == 0
    assert spill_by_color(soft, draft, product.alpha, product.alpha > 0) > MOST_SPILL
    monkeypatch.setattr(grown, "cutout_backend", lambda: _Found(keep))
    assert spill_by_cutout(soft, product.alpha, keep) == 0
    assert spill_by_cutout(soft, product.alpha, product.alpha > 0) > MOST_SPILL


class _Found:
    def __init__(self, alpha):
        self._alpha = alpha.astype(np.float32)

    def alpha(self, picture):
        return self._alpha


def test_the_cell_beside_the_product_is_seen_only_where_nothing_is_enlarged():
    painted = np.ones((32, 48), bool)
    painted[8:16, 16:24] = False
    assert (shown(painted, 8, (48, 32)) == painted).all()
    seen = shown(painted, 8, (192, 128))
    assert (~seen[0:96, 32:128]).all()
    assert seen[96:].all()
    assert seen[:, :32].all()
    assert seen[:, 128:].all()
    wide = np.zeros((32, 48), bool)
    wide[:, :16] = True
    assert (shown(wide, 8, (96, 64)) == wide.repeat(2, 0).repeat(2, 1)).all()


def test_where_the_scene_has_the_products_color_anyway_nothing_is_concluded():
    product = placed(128, color=(217, 217, 217))
    draft = np.full((128, 128, 3), 217 / 255, np.float32)
    assert spill_by_color(draft, draft, product.alpha, product.alpha > 0) == 0


@pytest.fixture
def judged(engine_for, nine, monkeypatch):
    """An engine whose tries get the faults that are given, in order."""
    engine = engine_for(nine, "sd-inpaint")

    def with_faults(*faults):
        left = list(faults)
        monkeypatch.setattr(Background, "fault", lambda *args: left.pop(0))
        return engine

    return with_faults


def test_a_grown_product_is_tried_again_with_another_seed(judged):
    made = picture(judged(0.5, 0.01), ask())
    assert made.seed == 7
    assert made.metadata["painted_seed"] != 7
    assert made.metadata["tries"] == 2
    assert made.checks == []


def test_tries_are_bounded_and_the_best_is_kept_with_a_word_to_staff(judged):
    made = picture(judged(0.5, 0.3, 0.4), ask())
    assert made.metadata["tries"] == 3
    assert [check["value"] for check in made.checks] == [0.3]
    assert "larger than it is" in made.checks[0]["message"]
    assert picture(judged(0.5), ask(parameters={"retries": 0})).metadata["tries"] == 1


def test_a_moved_product_is_of_no_use(judged):
    (failure,) = generate(judged(2.0, 3.0, 4.0), ask())
    assert isinstance(failure, JobFailure)
    assert "moved the product" in str(failure)


def test_the_cut_out_backend_can_judge_instead_of_the_colors(engine_for, nine, settings):
    settings.PRODIMAGES = {"CUTOUT": {"BACKEND": "prodimages.testing.InstantCutout"}}
    engine = engine_for(nine, "sd-inpaint", GROWN_CHECK="cutout")
    # The instant cut-out finds the middle half, which is twice as much as there is.
    made = picture(engine, ask(parameters={"retries": 0}))
    assert [check["code"] for check in made.checks] == ["grown"]


def test_a_product_that_fills_the_picture_leaves_nothing_to_paint(engine_for, nine):
    product = placed()
    product.alpha[:] = 1
    (failure,) = generate(engine_for(nine, "sd-inpaint"), ask(product=product))
    assert isinstance(failure, JobFailure)
    assert "Place it smaller" in str(failure)


def test_an_empty_cut_out_leaves_nothing_to_paint_around(engine_for, nine):
    product = placed()
    product.alpha[:] = 0
    (failure,) = generate(engine_for(nine, "sd-inpaint"), ask(product=product))
    assert isinstance(failure, JobFailure)
    assert failure.kind == FailureKind.NO_PRODUCT


def test_a_picture_is_painted_in_the_models_size_and_brought_to_its_own(engine_for, nine):
    made = picture(engine_for(nine, "sd-inpaint"), ask(side=100))
    assert made.rgb.shape == (100, 100, 3)
    assert made.metadata["painted"] == [64, 64]
    assert enlarging.enlarged(np.ones((8, 8, 3), np.float32), (8, 8)).shape == (8, 8, 3)
