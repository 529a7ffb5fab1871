"""What a trained nano is held to, one number after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from prodimages.diffusion.training import views
from prodimages.diffusion.training.autoencoder import psnr
from prodimages.diffusion.training.evaluation import shadows, wording
from prodimages.diffusion.training.evaluation.features import features
from prodimages.diffusion.training.evaluation.frechet import frechet
from prodimages.diffusion.training.evaluation.questions import Question
from prodimages.diffusion.training.evaluation.references import SECOND, Learned
from prodimages.diffusion.training.evaluation.subject import Pixels, Subject, linear, plain
from prodimages.diffusion.training.frames import frames
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.showing import Showcase

SHADOW_STEPS = 6
"""Of eight: how much of an empty scene is painted again around a product that was put on it."""
Report = dict[str, Any]


@torch.no_grad()
def reconstruction(subject: Subject) -> Report:
    """Mean PSNR in dB of held-out scenes through the autoencoder and back."""
    at = np.arange(min(64, len(subject.scenes)))
    shown = frames(subject.scenes, views.plain(at, views.Kind.AROUND)).picture
    vae = subject.pipeline.vae
    found = [psnr(vae.decoder(vae.encoder(one[None])), one[None]) for one in shown]
    return {"autoencoder PSNR, dB": float(torch.cat(found).mean()), "of": len(at)}


def held_out_loss(subject: Subject, recipe: Recipe) -> Report:
    """Of flow matching, at fixed times and noise, as the training reports it."""
    pipeline = subject.pipeline
    library = subject.library
    empty = torch.from_numpy(library.ids([""])[0]).long()
    showcase = Showcase(recipe, subject.scenes, library, pipeline.vae, empty)
    return {"held-out loss": showcase.loss(pipeline.unet, pipeline.text_encoder)}


def distance(subject: Subject, count: int, rng: np.random.Generator, tick: Any) -> Report:
    """Frechet distance of paintings to renders, and of renders to others, at equal count."""
    order = rng.permutation(len(subject.scenes))
    ours, theirs = order[:count], order[count : 2 * count]
    prompts = captions(subject, ours)
    real = features(plain(subject.scenes, theirs))
    painted = features(subject.painted(prompts, on_done=tick))
    return {
        "Frechet distance": frechet(painted, real),
        "floor, renders of the same captions": frechet(features(plain(subject.scenes, ours)), real),
        "of": [len(ours), len(theirs)],
    }


def captions(subject: Subject, at: Sequence[int] | np.ndarray) -> list[str]:
    """Of empty scenes."""
    shown = views.plain(np.asarray(at), views.Kind.EMPTY)
    return subject.library.captions(shown, subject.seed)


def followed(
    subject: Subject,
    asked: Sequence[Question],
    told: Learned,
    rng: np.random.Generator,
    tick: Any,
) -> Report:
    """How often paintings are nearest to renders of their own caption, with two controls."""
    painted = subject.painted([one.caption for one in asked], on_done=tick)
    # Each gets the painting of another question of its kind.
    others = _others([one.kind for one in asked], rng)
    return {
        "paintings": _table(painted, asked, told),
        "true renders": _table(np.stack([one.truth for one in asked]), asked, told),
        "paintings of other captions": _table(painted[others], asked, told),
    }


def _table(pictures: Pixels, asked: Sequence[Question], told: Learned) -> Report:
    found: Report = {}
    second: Report = {}  # not counted again among all
    for kind in dict.fromkeys(one.kind for one in asked):
        some = [one for one in asked if one.kind == kind]
        shown = pictures[[number for number, one in enumerate(asked) if one.kind == kind]]
        hits = (
            wording.by_words(shown, some, told, kind)
            if kind in told
            else wording.by_colors(shown, some)
        )
        chance = round(float(np.mean([1 / one.captions for one in some])), 3)
        found[kind] = {"right": sum(hits), "of": len(some), "chance": chance}
        if (again := SECOND.get(kind, "")) in told:
            hits = wording.by_words(shown, some, told, again)
            second[again] = {"right": sum(hits), "of": len(some), "chance": chance}
    total = sum(one["of"] for one in found.values())
    chance = sum(one["chance"] * one["of"] for one in found.values()) / max(total, 1)
    right_of_all = sum(one["right"] for one in found.values())
    return {
        **found,
        "all": {"right": right_of_all, "of": total, "chance": round(chance, 3)},
        **second,
    }


def _others(kinds: Sequence[str], rng: np.random.Generator) -> np.ndarray:
    """(n,) for each the number of another one of its kind."""
    result = np.arange(len(kinds))
    for kind in set(kinds):
        at = np.flatnonzero([one == kind for one in kinds])
        order = rng.permutation(at)
        result[order] = np.roll(order, 1)
    return result


def shadow(subject: Subject, count: int, rng: np.random.Generator, tick: Any) -> Report:
    """Where paintings darken an empty render around a product that was put on it, against what
    the path tracer says; the control has the outline and the product of another scene.
    """
    scenes = subject.scenes
    is_traced = np.asarray([facts.get("source") != "studio" for facts in scenes.facts])
    traced = np.flatnonzero(scenes.has_product & is_traced)
    chosen = rng.permutation(traced)[:count]
    without, with_product = plain(scenes, chosen), plain(scenes, chosen, views.Kind.PICTURED)
    covers = scenes.mask[chosen].numpy() / 255.0
    prompts = captions(subject, chosen)
    kept = np.stack([_snapped(one > 0.02) for one in covers])
    truth = [
        shadows.shadow_of(*pair)
        for pair in zip(linear(with_product), linear(without), kept, strict=True)
    ]
    found: Report = {"of": len(chosen)}
    empty = subject.painted(prompts, canvases=without, kept_steps=SHADOW_STEPS, on_done=tick)
    for name, source in (
        ("own outline", np.arange(len(chosen))),
        ("outline of another scene", np.roll(np.arange(len(chosen)), 1)),
    ):
        cover = covers[source][..., None]
        canvases = np.rint(without * (1 - cover) + with_product[source] * cover).astype(np.uint8)
        painted = subject.painted(
            prompts,
            canvases=canvases,
            masks=~kept[source],
            covers=covers[source],
            kept_steps=SHADOW_STEPS,
            on_done=tick,
        )
        ours = [
            shadows.shadow_of(*pair)
            for pair in zip(linear(painted), linear(empty), kept[source], strict=True)
        ]
        found[name] = _compared(ours, truth, covers)
    return found


def _compared(ours: Any, theirs: Any, covers: np.ndarray) -> Report:
    overlaps = [shadows.overlap(*pair) for pair in zip(ours, theirs, strict=True)]
    errors = [
        shadows.angle_error(shadows.direction(one, cover), shadows.direction(other, cover))
        for one, other, cover in zip(ours, theirs, covers, strict=True)
    ]
    known = [error for error in errors if error is not None]
    return {
        "IoU": float(np.mean(overlaps)),
        "angle error, degrees, median": float(np.median(known)) if known else None,
        "with a shadow": len(known),
    }


def _snapped(kept: np.ndarray) -> np.ndarray:
    from prodimages.diffusion.masks import snapped

    return snapped(kept, 8)


def recipe_for(subject: Subject, recipe: Recipe) -> Recipe:
    """Of the size that the scenes have."""
    return dataclasses.replace(recipe, side=subject.side, seed=subject.seed)
