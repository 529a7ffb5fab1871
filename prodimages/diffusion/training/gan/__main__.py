"""``python -m prodimages.diffusion.training.gan pack | train | export``; each tells by --help."""

from __future__ import annotations

import argparse
from pathlib import Path

from prodimages.diffusion.training.gan.loop import Recipe


def main(arguments: list[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    given.run(given)


def _pack(given: argparse.Namespace) -> None:
    from prodimages.diffusion.training.gan.packing import pack

    photos = sorted(path for path in given.photos.rglob("*") if path.suffix in {".jpg", ".jpeg"})
    if given.without:
        names = tuple(given.without.read_text().split())
        photos = [path for path in photos if not path.name.startswith(names)]
    made = pack(
        photos,
        budget=int(given.megabytes * 2**20),
        drawings=given.drawings,
        fonts=given.fonts,
        seed=given.seed,
    )
    made.save(given.out)
    print(f"{len(made.ends)} crops of {len(photos)} photos, {given.out.stat().st_size} bytes")


def _train(given: argparse.Namespace) -> None:
    import torch

    from prodimages.diffusion.training.gan.loop import Training
    from prodimages.diffusion.training.gan.packing import Pack
    from prodimages.diffusion.training.gan.schedule import Schedule

    # Before anything else, so that the time to read the pack counts.
    schedule = Schedule(given.steps, given.seconds, given.pixel_share)
    if given.threads:
        torch.set_num_threads(given.threads)
    name = given.device or ("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
    recipe = Recipe(
        channels=given.channels,
        blocks=given.blocks,
        batch=given.batch,
        side=given.side,
        consistency=given.consistency,
        adversarial=given.adversarial,
        seed=given.seed,
    )
    half = given.half or device.type == "cuda"
    training = Training(
        Pack.load(given.pack),
        given.out,
        recipe,
        schedule,
        device=device,
        half=half,
        compiled=given.compile,
    )
    training.run(save_every=given.save_every, sheet_every=given.sheet_every)


def _export(given: argparse.Namespace) -> None:
    from prodimages.diffusion.training.gan.export import export
    from prodimages.diffusion.training.gan.players import load_generator

    generator = load_generator(given.weights, blend=given.blend)
    about = {"blend": str(given.blend), "license": "Apache-2.0"}
    print(export(generator, given.out, about=about), given.out.stat().st_size, "bytes")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gan", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _add_pack(commands.add_parser("pack", help="choose crops of photos, once"))
    _add_train(commands.add_parser("train", help="train on a pack, or go on with a training"))
    export = commands.add_parser("export", help="write the ONNX file that the enlarger runs")
    export.add_argument("weights", type=Path, help="weights.safetensors of a training")
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--blend", type=float, default=1.0, help="0: by pixels; 1: adversarial")
    export.set_defaults(run=_export)
    return parser


def _add_pack(pack: argparse.ArgumentParser) -> None:
    pack.add_argument("photos", type=Path, help="a folder of JPEGs")
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument("--megabytes", type=float, default=13.0)
    pack.add_argument("--drawings", type=int, default=360)
    pack.add_argument("--fonts", type=Path, help="a folder of TrueType files")
    pack.add_argument("--without", type=Path, help="a file of beginnings of names to leave out")
    pack.add_argument("--seed", type=int, default=7)
    pack.set_defaults(run=_pack)


def _add_train(train: argparse.ArgumentParser) -> None:
    recipe = Recipe()
    train.add_argument("pack", type=Path)
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--seconds", type=float, default=0.0, help="of the clock, saving included")
    train.add_argument("--steps", type=int, default=0)
    train.add_argument("--pixel-share", type=float, default=0.6)
    train.add_argument("--device", help="cuda where there is one, else cpu")
    train.add_argument("--half", action="store_true", help="bfloat16 on a CPU, too")
    train.add_argument("--compile", action="store_true")
    train.add_argument("--threads", type=int, default=0)
    train.add_argument("--save-every", type=float, default=20.0, help="seconds")
    train.add_argument("--sheet-every", type=float, default=20.0, help="seconds")
    for name in ("channels", "blocks", "batch", "side", "seed"):
        train.add_argument(f"--{name}", type=int, default=getattr(recipe, name))
    for name in ("consistency", "adversarial"):
        train.add_argument(f"--{name}", type=float, default=getattr(recipe, name))
    train.set_defaults(run=_train)


if __name__ == "__main__":
    main()
