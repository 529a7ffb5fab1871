from __future__ import annotations

import pytest

from tests.factories import make_job
from tests.services.running import run_to_the_end


@pytest.mark.django_db
def test_tells_where_the_product_is_in_the_picture_and_in_the_photo(flat):
    report = run_to_the_end(make_job()).images.get().fidelity
    # The ellipse of the photo of tests.factories.
    assert report["photo_box"] == pytest.approx([0.3, 0.25, 0.7, 0.8], abs=0.02)
    left, top, right, bottom = report["box"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    in_photo = (0.7 - 0.3) * 320 / ((0.8 - 0.25) * 240)
    assert (right - left) / (bottom - top) == pytest.approx(in_photo, rel=0.06)
