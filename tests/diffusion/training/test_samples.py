"""What the denoiser learns from is what the pipeline will feed it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from prodimages.diffusion.training import light, parts, toy, views
from prodimages.diffusion.training.autoencoder import difference, moments, psnr
from prodimages.diffusion.training.chapters import Book, encoded
from prodimages.diffusion.training.dyes import dyes
from prodimages.diffusion.training.export import pipeline_of
from prodimages.diffusion.training.frames import frames, latent_mask
from prodimages.diffusion.training.reading import Library, Reader
from prodimages.diffusion.training.sources import behind
from prodimages.diffusion.training.tokens import tokenizer
from tests.diffusion.training.conftest import CPU, RECIPE

SIDE = RECIPE.side


@pytest.fixture(scope="module")
def scenes():
    return toy.scenes(12, SIDE, seed=3)


def shown(scenes, kind, **changes):
    at = np.nonzero(scenes.has_product)[0][:2]
    given = {name: np.full(len(at), value) for name, value in changes.items()}
    return dataclasses.replace(views.plain(at, kind), **given)


def test_plain_views_are_the_render_itself(scenes):
    view = shown(scenes, views.Kind.PICTURED)
    scene = view.scene[0]
    linear = light.radiance(scenes.light[scene, 1], scenes.scale[scene, 1]).sum(dim=0)
    expected = light.srgb(light.tone(linear)) * 2 - 1
    torch.testing.assert_close(frames(scenes, view).picture[0], expected, atol=1e-4, rtol=1e-4)


def test_a_flipped_view_is_its_mirror_image(scenes):
    straight = frames(scenes, shown(scenes, views.Kind.AROUND))
    flipped = frames(scenes, shown(scenes, views.Kind.AROUND, flipped=True))
    torch.testing.assert_close(flipped.picture, straight.picture.flip(-1), atol=1e-4, rtol=1e-4)
    assert torch.equal(flipped.mask, straight.mask.flip(-1))


def test_warm_light_is_redder_and_no_brighter(scenes):
    gains = light.gains(torch.tensor([-1.0, 0.0, 1.0]), torch.ones(3), torch.ones(3))
    luminance = (gains * torch.tensor([0.2126, 0.7152, 0.0722])).sum(-1)
    torch.testing.assert_close(luminance, torch.ones(3, 2))
    ratio = gains[:, 0, 0] / gains[:, 0, 2]
    assert ratio[0] < 1
    assert ratio[1] == 1
    assert ratio[2] > 1.3
    assert 1 < gains[2, 1, 0] / gains[2, 1, 2] < ratio[2]


def test_toned_pictures_are_untoned_exactly():
    picture = np.random.default_rng(0).integers(0, 252, (8, 8, 3)).astype(np.uint8)
    again = light.srgb(light.tone(torch.from_numpy(light.untoned(picture))))
    np.testing.assert_allclose(again.numpy() * 255, picture, atol=0.1)


def test_a_dyed_region_has_the_color_that_its_caption_names(scenes, library):
    at = next(
        i for i, facts in enumerate(scenes.facts)
        if facts["product"] and scenes.dyes.counts[scenes.dyes.worn[i, 1]]
    )  # fmt: skip
    dyes, worn = scenes.dyes, scenes.dyes.worn[at]
    new = int(dyes.choices[worn[1], 0])
    view = dataclasses.replace(
        views.plain(np.array([at]), views.Kind.PICTURED), dyed=np.array([[-1, new, -1]])
    )
    before = frames(scenes, views.plain(np.array([at]), views.Kind.PICTURED)).picture[0]
    after = frames(scenes, view).picture[0]
    inner = torch.nn.functional.avg_pool2d(
        (scenes.regions[at, 1] == 2)[None].float(), 3, 1, 1, count_include_pad=False
    )[0]
    assert torch.equal(after[:, inner == 0], before[:, inner == 0])
    linear = dyes.albedos[new] / dyes.albedos[worn[1]]
    lamps = light.radiance(scenes.light[at, 1], scenes.scale[at, 1]).sum(dim=0)
    expected = light.srgb(light.tone(lamps * torch.from_numpy(linear)[:, None, None])) * 2 - 1
    torch.testing.assert_close(after[:, inner == 1], expected[:, inner == 1], atol=1e-3, rtol=1e-3)
    assert dyes.names[new] in _english(library, view)


def _english(library, view):
    """Words of a view over several captions."""
    return " ".join(" ".join(library.captions(view, seed)) for seed in range(12))


def test_colors_are_changed_by_little_and_never_in_finished_pictures(scenes):
    drawn = views.draw(
        scenes.has_product, scenes.weights, 400, np.random.default_rng(0), scenes.dyes
    )
    gains = scenes.dyes.gains(drawn.scene, drawn.dyed)
    assert 1 / 3.001 < gains.min() < 1 < gains.max() < 3.001
    assert (gains[drawn.dyed[:, 0] < 0, 1] == 1).all()
    assert 0.1 < (drawn.dyed >= 0).mean() < 0.5
    finished = dyes([facts | {"source": "studio"} for facts in scenes.facts], scenes.palette)
    assert (finished.worn == -1).all()


def test_a_sheet_behind_a_product_goes_on_as_beside_it():
    regions = np.full((8, 8), 2, np.uint8)
    regions[4:] = 1
    regions[2:6, 3:5] = 3
    expected = np.full((8, 8), 2, np.uint8)
    expected[4:] = 1
    np.testing.assert_array_equal(behind(regions), expected)


def test_whole_pictures_are_painted_whole(scenes):
    for kind in (views.Kind.PICTURED, views.Kind.EMPTY):
        seen = frames(scenes, shown(scenes, kind))
        assert (seen.mask == 1).all()
        assert (seen.seen == 0).all()


def test_all_of_the_product_is_kept_by_whole_cells(scenes):
    view = shown(scenes, views.Kind.AROUND)
    seen = frames(scenes, view)
    covered = scenes.mask[torch.from_numpy(view.scene)][:, None] > 127
    assert (seen.mask[covered] == 0).all()
    cells = seen.mask.unfold(2, 8, 8).unfold(3, 8, 8)
    assert torch.equal(cells.amax(dim=(-1, -2)), cells.amin(dim=(-1, -2)))
    torch.testing.assert_close(
        seen.seen.where(covered, 0), seen.picture.where(covered, torch.tensor(0.0))
    )


def test_what_is_seen_around_a_product_need_not_be_true(scenes):
    gray = frames(scenes, shown(scenes, views.Kind.AROUND, ring=views.Ring.GRAY))
    true = frames(scenes, shown(scenes, views.Kind.AROUND, ring=views.Ring.TRUE))
    kept = true.mask.expand(-1, 3, -1, -1) == 0
    torch.testing.assert_close(true.seen[kept], true.picture[kept])
    assert not torch.equal(gray.seen, true.seen)
    assert torch.equal(gray.picture, true.picture)


def test_the_pipeline_feeds_what_was_learned(scenes):
    """Mask and masked latents of the stock pipeline equal those of a training sample."""
    torch.manual_seed(0)
    vae = parts.autoencoder(RECIPE)
    vae.register_to_config(scaling_factor=1.7)
    words = tokenizer(["a red table"], 560, RECIPE.context)
    pipeline = pipeline_of(
        autoencoder=vae,
        text=parts.text_encoder(RECIPE, len(words)),
        tokenizer=words,
        unet=parts.denoiser(RECIPE, guided=True),
    )
    seen = frames(scenes, shown(scenes, views.Kind.AROUND))
    ours = encoded(vae, seen, torch.zeros(2, 1))
    for number in range(2):
        picture, mask = seen.seen[number], seen.mask[number, 0]
        pixels = ((picture.permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
        given = pipeline.image_processor.preprocess(Image.fromarray(pixels))
        masks = pipeline.mask_processor.preprocess(Image.fromarray((mask * 255).byte().numpy()))
        theirs_mask, theirs = pipeline.prepare_mask_latents(
            masks, given * (masks < 0.5), 1, SIDE, SIDE, torch.float32, CPU, None, False
        )
        assert torch.equal(theirs_mask[0], ours.mask[number].float())
        torch.testing.assert_close(theirs[0], ours.seen[number].float(), atol=0.02, rtol=0.02)


def test_masks_are_sampled_at_the_first_pixel_of_a_cell():
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., 8, 8] = 1
    assert latent_mask(mask).flatten().tolist() == [0, 0, 0, 1]


def test_an_untrained_autoencoder_shows_the_colors_of_each_cell(scenes):
    """By torch's own weights its decoder shows 0.003 of contrast, and soon is dead."""
    torch.manual_seed(0)
    vae = parts.autoencoder(dataclasses.replace(RECIPE, encoder_width=16, decoder_width=16))
    plain = torch.tensor([0.8, -0.2, 0.1])[None, :, None, None].expand(1, 3, 32, 32)
    latents = vae.encoder(plain)
    rebuilt = vae.decoder(latents)[..., 12:20, 12:20]
    torch.testing.assert_close(rebuilt.mean(dim=(2, 3)), plain.mean(dim=(2, 3)), atol=0.2, rtol=0)
    picture = frames(scenes, shown(scenes, views.Kind.PICTURED)).picture
    assert psnr(vae.decoder(vae.encoder(picture)), picture).min() > 15


@pytest.fixture(scope="module")
def library(scenes):
    texts = [toy.caption(f, np.random.default_rng(0), warmth=0, brightness=0) for f in scenes.facts]
    words = tokenizer(texts, RECIPE.vocabulary, RECIPE.context)
    return Library(
        scenes.facts,
        scenes.caption,
        scenes.mirrored,
        scenes.dyes,
        words.backend_tokenizer.to_str(),
        RECIPE.context,
    )


def test_captions_say_what_the_view_shows(scenes, library):
    at = next(i for i, f in enumerate(scenes.facts) if f["product"] and f["light_side"] == "left")
    many = dataclasses.replace(
        views.plain(np.full(40, at), views.Kind.EMPTY), flipped=np.full(40, True)
    )
    for words in library.captions(many, seed=0):
        assert "ball" not in words
        assert "right" in words or "右" in words
    warm = dataclasses.replace(
        views.plain(np.full(40, at), views.Kind.AROUND), warmth=np.full(40, 0.9)
    )
    said = library.captions(warm, seed=0)
    assert any("warm light" in words for words in said)
    assert any("ball" in words for words in said)


def test_tokens_are_those_of_the_stock_tokenizer(library, scenes):
    from transformers import CLIPTokenizer

    texts = ["a red wall, a blue table", "红色背景", "", "nonsense ß😀 " * 30]
    words = tokenizer(["a red wall", "红色背景"] * 3, RECIPE.vocabulary, RECIPE.context)
    assert isinstance(words, CLIPTokenizer)
    reading = dataclasses.replace(library, tokenizer=words.backend_tokenizer.to_str())
    theirs = words(
        texts, padding="max_length", max_length=RECIPE.context, truncation=True, return_tensors="np"
    )
    np.testing.assert_array_equal(reading.ids(texts), theirs.input_ids)
    assert len(words("a red wall").input_ids) == 5
    assert "red wall" in words.decode(words(texts[0]).input_ids)
    assert "红" in words.decode(words(texts[1]).input_ids, skip_special_tokens=True)


def test_a_step_sees_the_same_samples_whenever_it_comes(scenes, library):
    torch.manual_seed(0)
    vae = parts.autoencoder(RECIPE)

    def book():
        return Book(RECIPE, scenes, vae, Reader(library, 0))

    straight = book()
    for step in range(7):
        expected = straight.batch(step)
    resumed = book().batch(6)
    assert torch.equal(resumed.clean, expected.clean)
    assert torch.equal(resumed.tokens, expected.tokens)
    assert not torch.equal(straight.batch(0).clean, expected.clean)


@pytest.mark.slow
def test_other_processes_read_the_same_words(scenes, library):
    drawn = views.draw(scenes.has_product, scenes.weights, 20, np.random.default_rng(0))
    here, there = Reader(library, 0), Reader(library, 2)
    try:
        ours = np.concatenate([part() for part in here.submit(drawn, 5)])
        theirs = np.concatenate([part() for part in there.submit(drawn, 5)])
    finally:
        there.close()
    np.testing.assert_array_equal(ours, theirs)


def test_the_losses_of_the_autoencoder():
    picture = torch.rand(2, 3, 16, 16)
    assert difference(picture, picture) == 0
    assert float(difference(picture + 0.1, picture)) == pytest.approx(0.1 + 2 * 0.01, abs=1e-5)
    white = torch.randn(64, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    every = torch.ones(64, dtype=torch.bool)
    assert float(moments(white, every)) < 1e-3
    assert float(moments(white + 0.5, every)) == pytest.approx(0.25, abs=0.02)
    assert float(moments(3 * white, every)) == pytest.approx(4 * 64 / 16, rel=0.05)
    half = torch.arange(64) < 32
    torch.testing.assert_close(moments(white, half), moments(white[:32], every[:32]))
    assert moments(white, ~every).isfinite()
    assert psnr(picture * 0 + 0.2, picture * 0).tolist() == pytest.approx([20, 20])
