"""Measures weights on scenes that no training saw::

    python -m prodimages.diffusion.training.evaluation --weights FOLDER --data PACK ... --out DIR

writes ``report.json``, and sheets drawn by the seed. Needs the extra ``training``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from prodimages.diffusion.training.evaluation import layers, measures, sheets
from prodimages.diffusion.training.evaluation.questions import questions
from prodimages.diffusion.training.evaluation.references import learned
from prodimages.diffusion.training.evaluation.subject import Subject
from prodimages.diffusion.training.recipe import SIZES, Recipe
from prodimages.diffusion.training.scenes import Scenes
from prodimages.diffusion.training.sources import scenes_of

REFERENCES = 15
"""Renders that words are learned from, for each caption that is asked."""
PARTS = ("autoencoder", "loss", "distance", "captions", "shadow", "layers", "sheets")


def evaluate(
    weights: Path,
    data: list[str],
    out: Path,
    *,
    recipe: Recipe = SIZES["full"],
    seed: int = 4,
    count: int = 100,
    parts: tuple[str, ...] = PARTS,
) -> dict[str, Any]:
    """``count`` captions are asked, as many pictures compared, and half as many shadows."""
    out.mkdir(parents=True, exist_ok=True)
    scenes = scenes_of(data, recipe.side, 2, "held")
    subject = Subject(weights, scenes, seed)
    report: dict[str, Any] = {"held-out scenes": len(scenes), "seed": seed}
    for name in parts:
        started, computed = time.monotonic(), time.process_time()
        with tqdm(desc=name, unit="picture", file=sys.stderr) as shown:
            rng = np.random.default_rng(seed)
            train = partial(scenes_of, data, recipe.side, 2, "train")
            found = _part(name, subject, train, out, recipe, count, rng, shown.update)
        report[name] = found | {
            "seconds": round(time.monotonic() - started, 1),
            "processor seconds": round(time.process_time() - computed, 1),
        }
        text = json.dumps(report, indent=1, ensure_ascii=False)
        (out / "report.json").write_text(text + "\n", encoding="utf-8")
    return report


def _part(
    name: str,
    subject: Subject,
    train: Callable[[], Scenes],
    out: Path,
    recipe: Recipe,
    count: int,
    rng: np.random.Generator,
    tick: Callable[[int], Any],
) -> dict[str, Any]:
    match name:
        case "autoencoder":
            return measures.reconstruction(subject)
        case "loss":
            return measures.held_out_loss(subject, measures.recipe_for(subject, recipe))
        case "distance":
            most = min(count, len(subject.scenes) // 2)
            return measures.distance(subject, most, rng, tick)
        case "captions":
            told = learned(train(), REFERENCES * count, rng)
            words = {kind: one.words for kind, one in told.items()}
            asked = questions(subject.scenes, count, rng, words)
            return measures.followed(subject, asked, told, rng, tick)
        case "shadow":
            return measures.shadow(subject, max(2, count // 2), rng, tick)
        case "layers":
            return {"files": layers.draw(subject, out, max(2, count * 2 // 5), rng, tick)}
        case _:
            return {"files": [file.name for file in sheets.draw(subject, out, rng, tick)]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m prodimages.diffusion.training.evaluation")
    parser.add_argument("--weights", type=Path, required=True, help="a folder for diffusers")
    parser.add_argument("--data", nargs="+", required=True, help="packs of scenes, or toy[:COUNT]")
    parser.add_argument("--out", type=Path, required=True, help="folder for report and sheets")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--parts", default=",".join(PARTS))
    given = parser.parse_args()
    report = evaluate(
        given.weights,
        given.data,
        given.out,
        recipe=SIZES[given.size],
        seed=given.seed,
        count=given.count,
        parts=tuple(given.parts.split(",")),
    )
    print(json.dumps(report, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
