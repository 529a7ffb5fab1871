from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from prodimages.choices import JobState
from prodimages.models import GenerationJob, Submission
from prodimages.services.execution import run_next
from tests.factories import make_product, make_style, photo_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "mug.png"
    path.write_bytes(photo_bytes())
    return path


@pytest.fixture
def style(flat):
    return make_style(slug="plain")


def generate(*args):
    out = io.StringIO()
    said = io.StringIO()
    call_command("prodimages_generate", *[str(arg) for arg in args], stdout=out, stderr=said)
    return out.getvalue() if "--json" in args else out.getvalue() + said.getvalue()


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_file_becomes_a_picture_without_any_row(style, photo, tmp_path, suffix):
    output = tmp_path / f"out.{suffix}"
    said = generate("--image", photo, "--style", "plain", "--output", output, "--size", 300)
    with Image.open(output) as image:
        assert image.size == (300, 300)
        assert image.format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix]
    assert str(output) in said
    assert not GenerationJob.objects.exists()


def test_json_tells_all_about_the_picture(style, photo, tmp_path):
    output = tmp_path / "out.png"
    said = generate(
        *("--image", photo, "--style", "plain", "--output", output),
        *("--prompt", "unicorn", "--seed", 5, "--json"),
    )
    facts = json.loads(said)
    assert facts["seed"] == 5
    assert facts["plan"]["prompt"] == "mug on a table, unicorn"
    assert facts["notices"] == ["Not honored by this engine: unicorn."]
    assert facts["fidelity"]["passed"]


def test_the_same_seed_gives_the_same_bytes(style, photo, tmp_path):
    for name in ("a.jpg", "b.jpg"):
        output = tmp_path / name
        generate("--image", photo, "--style", "plain", "--output", output, "--seed", 3)
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"--style": "nobody"}, "no style “nobody”"),
        ({"--image": "gone.jpg"}, "can't be read"),
        ({"--output": "picture.gif"}, "--output with .jpg"),
        ({"--output": "nowhere/picture.jpg"}, "no folder nowhere"),
        ({"--size": "12"}, "256 to 4096"),
        ({"--seed": "-4"}, "whole number"),
        ({"--prompt": "x" * 3000}, "characters"),
    ],
)
def test_a_bad_wish_is_told_in_words_and_writes_nothing(style, photo, tmp_path, change, words):
    options = {"--image": photo, "--style": "plain", "--output": tmp_path / "out.jpg"} | change
    with pytest.raises(CommandError, match=words):
        generate(*[part for pair in options.items() for part in pair])
    assert list(tmp_path.glob("*")) == [photo]


def test_a_photo_that_can_not_be_used_is_told_in_words(style, photo, tmp_path):
    photo.write_bytes(b"<svg/>")
    with pytest.raises(CommandError, match="SVG"):
        generate("--image", photo, "--style", "plain", "--output", tmp_path / "out.jpg")
    assert not (tmp_path / "out.jpg").exists()


def test_a_product_is_found_by_sku_or_key_and_queued(style):
    product = make_product(sku="MUG-9")
    generate("--product", "MUG-9", "--product", product.pk, "--style", "plain")
    assert GenerationJob.objects.filter(product=product).count() == 2
    assert Submission.objects.get().source == "command"


def test_an_unknown_product_is_told(style):
    with pytest.raises(CommandError, match="no product “nothing”"):
        generate("--product", "nothing", "--style", "plain")


def test_a_missing_worker_is_told(style):
    said = generate("--product", make_product().pk, "--style", "plain")
    assert "No worker takes jobs" in said


@pytest.mark.django_db(transaction=True)
def test_wait_ends_with_the_jobs(style, monkeypatch):
    """The worker's part is done in the waiting loop's pause."""
    monkeypatch.setattr(
        "prodimages.management.commands.prodimages_generate.time.sleep",
        lambda seconds: run_next(["prodimages"]),
    )
    said = json.loads(
        generate("--product", make_product().pk, "--style", "plain", "--wait", "--json")
    )
    assert [row["state"] for row in said] == [JobState.SUCCEEDED]
    assert len(said[0]["pictures"]) == 1


@pytest.mark.django_db(transaction=True)
def test_wait_fails_when_a_job_does(flat, monkeypatch):
    style = make_style(slug="failing", parameters={"fail": "engine"})
    monkeypatch.setattr(
        "prodimages.management.commands.prodimages_generate.time.sleep",
        lambda seconds: run_next(["prodimages"]),
    )
    with pytest.raises(CommandError, match="Not every job"):
        generate("--product", make_product().pk, "--style", style.slug, "--wait")
