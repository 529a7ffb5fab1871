from __future__ import annotations

import numpy as np
import pytest

from prodimages.diffusion.enlarging import as_fine, enlarged, with_grain


def test_grain_is_of_the_wished_strength_and_the_same_again():
    gray = np.full((200, 200, 3), 0.5, np.float32)
    grained = with_grain(gray, 0.02, seed=3)
    assert grained.std() == pytest.approx(0.02, rel=0.02)
    assert grained.mean() == pytest.approx(0.5, abs=1e-3)
    assert (grained == grained[..., :1]).all()
    np.testing.assert_array_equal(grained, with_grain(gray, 0.02, seed=3))
    assert not np.array_equal(grained, with_grain(gray, 0.02, seed=4))


def test_black_and_white_stay_clean():
    for value in (0.0, 1.0):
        plain = np.full((50, 50, 3), value, np.float32)
        np.testing.assert_array_equal(with_grain(plain, 0.05, seed=1), plain)


def test_a_draft_is_no_finer_than_what_was_enlarged():
    checks = np.indices((64, 64)).sum(axis=0)[..., None].repeat(3, axis=2) % 2
    draft = checks.astype(np.float32)
    assert as_fine(draft, 1.0) is draft
    assert as_fine(draft, 4.0).std() < 0.01
    grain = np.tile(np.sin(np.arange(128) / 2)[:, None, None], (1, 64, 3)).astype(np.float32)
    assert as_fine(grain, 4.0)[32:-32].std() < 0.01  # lines every 12 pixels, which nano can't draw
    assert as_fine(grain, 2.0)[32:-32].std() > 0.5  # a model of 512 pixels can
    ramp = np.tile(np.linspace(0, 1, 128, dtype=np.float32)[None, :, None], (128, 1, 3))
    np.testing.assert_allclose(as_fine(ramp, 4.0)[:, 32:-32], ramp[:, 32:-32], atol=1e-4)


def test_a_picture_is_enlarged_smoothly_and_only_where_sizes_differ():
    ramp = np.tile(np.linspace(0, 1, 32, dtype=np.float32)[None, :, None], (32, 1, 3))
    large = enlarged(ramp, (128, 128))
    assert large.shape == (128, 128, 3)
    assert (np.diff(large[64, 8:-8, 0]) >= -1e-6).all()
    assert enlarged(ramp, (32, 32)) is ramp
    assert enlarged(ramp, (128, 64)).shape == (64, 128, 3)
