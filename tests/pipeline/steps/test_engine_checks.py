from __future__ import annotations

import dataclasses

import pytest

from tests.factories import make_job
from tests.services.running import run_to_the_end
from tests.testapp import engines


@pytest.mark.django_db
def test_an_engine_s_check_of_a_picture_joins_the_others(flat, monkeypatch):
    check = {"code": "light", "message": "Lit from elsewhere.", "value": 2.0}
    make = engines.EnginePicture
    monkeypatch.setattr(
        engines, "EnginePicture", lambda **parts: dataclasses.replace(make(**parts), checks=[check])
    )
    image = run_to_the_end(make_job()).images.get()
    assert check in image.fidelity["checks"]
    assert "light" in image.reason_list
