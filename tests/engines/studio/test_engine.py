from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from prodimages.choices import SourceType, Task
from prodimages.engines import EnginePicture, GenerationRequest, View
from prodimages.engines.studio import StudioEngine
from prodimages.engines.studio.scenes import SCENES
from prodimages.exceptions import JobCanceled
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
VIEWS = [View(elevation=12), View(elevation=75), View(support="wall")]


@pytest.mark.parametrize("family", SCENES)
def test_every_family_renders_at_odd_sizes(shoot: Shoot, family: str) -> None:
    for view, size in zip(VIEWS, [(641, 480), (333, 501), (401, 257)], strict=True):
        picture = shoot(product(*size), view=view, scene=family)
        assert picture.rgb.shape == (size[1], size[0], 3)
        assert picture.rgb.dtype == np.float32
        assert picture.rgb.min() >= 0
        assert picture.rgb.max() <= 1
        assert picture.rgb.std() > 0.004
        assert picture.source_type == SourceType.COMPOSITE_SYNTHETIC
        assert picture.metadata["scene"] == family


@pytest.mark.parametrize("elevation", [0, 3, 20, 34.9, 35.1, 49, 51, 90])
def test_every_elevation_renders(shoot: Shoot, elevation: float) -> None:
    picture = shoot(view=View(elevation=elevation), scene="marble-table")
    assert picture.rgb.min() >= 0
    assert picture.rgb.max() <= 1


@pytest.mark.parametrize("shape", ["cylinder", "box", "bridge"])
def test_a_white_packshot_is_exactly_white_away_from_its_shadow(shoot: Shoot, shape: str) -> None:
    picture = shoot(product(shape=shape), task=Task.PACKSHOT)
    border = [picture.rgb[0], picture.rgb[-1], picture.rgb[:, 0], picture.rgb[:, -1]]
    assert all((edge == 1).all() for edge in border)
    assert (picture.rgb[:120] == 1).all()
    assert (picture.rgb == 1).all(-1).mean() > 0.5
    assert picture.rgb[376:391, 144:336].min() < 0.9


def test_a_packshot_without_shadow_is_one_color(shoot: Shoot) -> None:
    picture = shoot(task=Task.PACKSHOT, color="#c8dae8", shadow="none")
    assert np.abs(picture.rgb * 255 - (0xC8, 0xDA, 0xE8)).max() < 1e-3


def test_a_hard_shadow_is_refused_to_a_packshot_in_words(shoot: Shoot) -> None:
    assert "shadow" in shoot(task=Task.PACKSHOT, shadow="hard").notices[0]


def test_without_shadow_the_product_leaves_no_trace(shoot: Shoot) -> None:
    here = shoot(scene="linen-table", shadow="none")
    there = shoot(product(shape="bridge"), scene="linen-table", shadow="none")
    assert np.array_equal(here.rgb, there.rgb)


def test_the_seed_decides_the_picture(shoot: Shoot) -> None:
    one, again, other = (shoot(scene="marble-table", seed=seed) for seed in (1, 1, 2))
    assert one.rgb.tobytes() == again.rgb.tobytes()
    assert np.abs(one.rgb - other.rgb).mean() > 0.005


def test_the_largest_seed_is_taken(shoot: Shoot) -> None:
    assert shoot(seed=2**63 - 1).seed == 2**63 - 1


_FRESH = """
import hashlib
from tests.engines.studio.products import product
from prodimages.engines import GenerationRequest
from prodimages.engines.studio import StudioEngine
request = GenerationRequest(task="background", prompt="", seed=3, width=240, height=240,
    product=product(240, 240), parameters={"scene": "oak-table"})
picture, = StudioEngine("s", {}).generate(
    [request], on_progress=lambda f: None, is_canceled=lambda: False)
print(hashlib.sha256(picture.rgb.tobytes()).hexdigest())
"""


def test_a_fresh_interpreter_gives_the_same_bytes(shoot: Shoot) -> None:
    here = shoot(product(240, 240), scene="oak-table", seed=3)
    there = subprocess.run(
        [sys.executable, "-c", _FRESH], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == hashlib.sha256(here.rgb.tobytes()).hexdigest()


def test_planning_needs_no_heavy_library() -> None:
    script = (
        "import sys, django.conf; django.conf.settings.configure(USE_I18N=False)\n"
        "from prodimages.engines.studio import StudioEngine\n"
        "import prodimages.engines.studio.styles\n"
        "engine = StudioEngine('s', {})\n"
        "engine.read_prompt('background', 'oak, 海滩'); engine.refuse({'scene': 'x'})\n"
        "print(sorted({'numpy', 'scipy', 'PIL', 'torch'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_cancellation_is_heeded() -> None:
    placed = product(64, 64)
    request = GenerationRequest(
        task=Task.BACKGROUND, prompt="", seed=1, width=64, height=64, product=placed
    )
    with pytest.raises(JobCanceled):
        StudioEngine("studio", {}).generate(
            [request], on_progress=lambda fraction: None, is_canceled=lambda: True
        )


def test_a_product_of_one_column_renders(shoot: Shoot) -> None:
    placed = product(120, 120, box=(0.5, 0.4, 0.508, 0.8), shape="box")
    assert shoot(placed, scene="oak-table").rgb.max() <= 1
