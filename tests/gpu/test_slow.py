"""What takes a card more than seconds; by its name it comes last."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from prodimages.choices import Task
from tests.diffusion.asking import ask, picture
from tests.gpu.likeness import assert_alike

pytestmark = pytest.mark.gpu
WORDS = Task.TEXT_TO_IMAGE


def test_a_lost_card_is_told_in_words(four):
    """In a process of its own, as an assertion on the device ends all work on it for good."""
    script = f"""
        import django; django.setup()
        import torch
        from prodimages.engines.diffusers import DiffusersEngine
        from tests.diffusion.asking import ask, generate, picture
        from tests.diffusion.conftest import options_for
        from prodimages.choices import Task
        options = options_for({str(four)!r}, "sd", DEVICE="cuda", DTYPE="float16")
        engine = DiffusersEngine("gpu", options)
        picture(engine, ask(Task.TEXT_TO_IMAGE))
        kind = type(engine._painter.model.pipeline("StableDiffusionPipeline"))
        def lost(self, **given):
            torch.zeros(1, device="cuda")[torch.tensor([5], device="cuda")]
            torch.cuda.synchronize()
        kind.__call__ = lost
        (failure,) = generate(engine, ask(Task.TEXT_TO_IMAGE))
        print(failure.retryable, failure)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert "True The graphics card failed" in done.stdout, done.stderr[-2000:]


def test_compiled_blocks_paint_nearly_the_same(engine_for, klein, tmp_path):
    plain = picture(engine_for(klein, "flux2-klein"), ask(WORDS)).rgb
    engine = engine_for(
        klein, "flux2-klein", COMPILE=True, COMPILE_CACHE=str(tmp_path), MAX_BATCH=2
    )
    assert_alike(picture(engine, ask(WORDS)).rgb, plain)
