"""Frontal faces are counted; what else the cascade sees in folds and stripes is not."""

from __future__ import annotations

import numpy as np
import pytest

data = pytest.importorskip("skimage.data")

from prodimages.engines.fitting.faces import find_faces  # noqa: E402


def test_one_face_on_the_astronaut_and_where_it_is():
    (face,) = find_faces(data.astronaut())
    left, top, right, bottom = face
    assert left < 222 < right
    assert top < 115 < bottom


def test_none_on_a_cup():
    assert find_faces(data.coffee()) == []


def test_two_persons_are_two():
    astronaut = data.astronaut()
    assert len(find_faces(np.concatenate([astronaut[:, :340], astronaut[:, :340]], axis=1))) == 2
