from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest

from prodimages.choices import FailureKind
from prodimages.cutouts import u2netp
from prodimages.cutouts.refinement.confidence import assess
from prodimages.cutouts.refinement.doubt import doubt_of
from prodimages.cutouts.refinement.refine import refine
from prodimages.cutouts.registry import cutout_backend
from prodimages.cutouts.u2netp import U2NetpCutout
from prodimages.exceptions import JobFailure
from tests.cutouts.scenes import background, mug, overlap, photo, product_colors
from tests.testapp.cutouts import DarkIsProduct


def refused(backend):
    with pytest.raises(JobFailure) as failure:
        backend.alpha(np.zeros((80, 80, 3), dtype=np.uint8))
    assert failure.value.kind == FailureKind.UNAVAILABLE
    assert str(failure.value) == backend.problem()
    return str(failure.value)


@pytest.fixture(scope="module")
def installed():
    """u2netp with its real weights; they come with the cpu extra."""
    backend = U2NetpCutout({})
    assert backend.problem() == ""
    return backend


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
def test_finds_a_product(installed):
    true = mug()
    rgb = photo(true, product_colors((0.75, 0.2, 0.15)), background("gray"))
    alpha = installed.alpha(rgb)
    assert alpha.shape == true.shape
    assert (alpha.min(), alpha.max()) >= (0.0, 0.9)
    assert overlap(alpha, true) > 0.95


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
def test_the_mean_overlap_with_the_truth_before_plain_and_textured_grounds(installed):
    """A mug with a handle in four looks before five grounds, its shadow on each of them."""
    true, navy = mug(), (0.12, 0.16, 0.4)
    looks = [product_colors(color) for color in ((0.75, 0.2, 0.15), (0.93, 0.93, 0.92), navy)]
    looks.append(product_colors(navy, stripes=True))
    scores = []
    for colors in looks:
        for kind in ("white", "gray", "brick", "grass", "gravel"):
            rgb = photo(true, colors, background(kind))
            scores.append(overlap(refine(rgb, installed.alpha(rgb)), true))
    assert np.mean(scores) > 0.985
    assert np.median(scores) > 0.995
    assert min(scores) > 0.85


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
def test_stripes_that_nothing_sets_off_from_the_ground_are_doubted(installed):
    striped = product_colors((0.12, 0.16, 0.4), stripes=True)
    rgb = photo(mug(), striped, background("white"))
    coarse = installed.alpha(rgb)
    confidence, reasons = assess(rgb, refine(rgb, coarse), doubt_of(rgb, coarse))
    assert confidence < 0.5
    assert reasons


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
def test_a_mirrored_photo_has_the_mirrored_alpha(installed):
    rgb = photo(mug(), product_colors((0.75, 0.2, 0.15)), background("grass"))
    mirrored = installed.alpha(np.ascontiguousarray(rgb[:, ::-1]))[:, ::-1]
    assert np.abs(mirrored - installed.alpha(rgb)).max() < 0.02


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
def test_the_package_with_the_weights_is_not_imported(installed):
    code = (
        "import sys; from django.conf import settings; settings.configure(USE_I18N=False);"
        "from prodimages.cutouts.u2netp import U2NetpCutout; b = U2NetpCutout({});"
        "assert not {'numpy', 'onnxruntime'} & set(sys.modules);"
        "import numpy; b.alpha(numpy.zeros((80, 80, 3), 'uint8'));"
        "assert 'onnxruntime' in sys.modules; assert 'rembg' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_weights_name_the_extra_and_the_option(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(u2netp.metadata, "files", missing)
    words = refused(U2NetpCutout({}))
    assert "prodimages[cpu]" in words
    assert "MODEL_PATH" in words


def test_missing_onnxruntime_names_the_extra(monkeypatch):
    monkeypatch.setattr(u2netp, "_has_onnxruntime", lambda: False)
    assert "prodimages[cpu]" in refused(U2NetpCutout({}))


def test_a_missing_file_is_said(tmp_path):
    assert "MODEL_PATH" in refused(U2NetpCutout({"MODEL_PATH": tmp_path / "none.onnx"}))


def test_a_wrong_digest_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"other weights")
    assert "SHA-256" in refused(U2NetpCutout({"MODEL_PATH": path}))


def test_a_file_that_is_no_model_is_refused(tmp_path):
    import hashlib

    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    digest = hashlib.sha256(b"no model").hexdigest()
    backend = U2NetpCutout({"MODEL_PATH": path, "SHA256": digest})
    with pytest.raises(JobFailure, match="can't be loaded") as failure:
        backend.alpha(np.zeros((80, 80, 3), dtype=np.uint8))
    assert failure.value.kind == FailureKind.UNAVAILABLE


def test_the_key_names_the_weights():
    assert U2NetpCutout({}).key != U2NetpCutout({"SHA256": "ab" * 32}).key


def test_unknown_options_are_an_error_of_the_checks():
    assert U2NetpCutout({}).check() == []
    (error,) = U2NetpCutout({"MODELPATH": "x"}).check()
    assert "MODELPATH" in error.msg


def test_one_instance_a_process_until_settings_change(settings):
    settings.PRODIMAGES = {"CUTOUT": {"BACKEND": "tests.testapp.cutouts.DarkIsProduct"}}
    first = cutout_backend()
    assert isinstance(first, DarkIsProduct)
    assert cutout_backend() is first
    settings.PRODIMAGES = {"CUTOUT": {"BACKEND": "prodimages.cutouts.u2netp.U2NetpCutout"}}
    assert isinstance(cutout_backend(), U2NetpCutout)
