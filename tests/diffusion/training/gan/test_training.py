from __future__ import annotations

import hashlib
import os
import signal
import time

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from prodimages.diffusion.training.gan.__main__ import main
from prodimages.diffusion.training.gan.loop import CHECKPOINT, WEIGHTS, Training
from prodimages.diffusion.training.gan.players import Players, load_generator
from prodimages.diffusion.training.gan.schedule import Schedule
from tests.diffusion.training.gan.toys import TINY, save_photos, toy_pack, training


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return toy_pack(tmp_path_factory.mktemp("pack"))


def test_after_a_kill_it_goes_on_to_the_same_weights(made, tmp_path, monkeypatch):
    training(made, tmp_path / "whole").run()
    whole = load_file(tmp_path / "whole" / WEIGHTS)
    follow, steps = Players.follow, []

    def killed(self: Players) -> None:
        steps.append(self.step)
        if len(steps) == 5:
            raise KeyboardInterrupt
        follow(self)

    with monkeypatch.context() as patched:
        patched.setattr(Players, "follow", killed)
        with pytest.raises(KeyboardInterrupt):
            training(made, tmp_path / "pieces").run(save_every=0)
    (tmp_path / "pieces" / "checkpoint.part").write_bytes(b"half of a checkpoint")
    rest = training(made, tmp_path / "pieces")
    assert rest.players.step == 4
    rest.run()
    pieces = load_file(tmp_path / "pieces" / WEIGHTS)
    assert whole.keys() == pieces.keys()
    assert all(torch.equal(whole[name], pieces[name]) for name in whole)


def test_told_to_stop_it_saves_first(made, tmp_path, monkeypatch):
    follow = Players.follow

    def told(self: Players) -> None:
        follow(self)
        if self.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Players, "follow", told)
    training(made, tmp_path, steps=50).run()
    again = training(made, tmp_path, steps=50)
    assert again.players.step == 2


def test_it_leaves_a_sheet_curves_and_both_generators(made, tmp_path):
    training(made, tmp_path).run()
    for name in ("sheet.jpg", "curves.jpg"):
        with Image.open(tmp_path / name) as image:
            assert min(image.size) >= 200
    by_pixels, by_game = (load_generator(tmp_path / WEIGHTS, blend=blend) for blend in (0, 1))
    pairs = zip(by_pixels.parameters(), by_game.parameters(), strict=True)
    assert any(not torch.equal(first, second) for first, second in pairs)
    history = training(made, tmp_path).players.history
    assert {"bicubic", "psnr", "back", "pixel"} <= {name for row in history for name in row}


def test_a_few_hundred_steps_beat_bicubic(made, tmp_path):
    schedule = Schedule(steps=200, pixel_share=1.0)
    work = Training(made, tmp_path, TINY, schedule, device=torch.device("cpu"))
    work.run()
    first, last = work.players.history[0], work.players.history[-1]
    assert first["psnr"] == pytest.approx(first["bicubic"], abs=0.01)
    assert last["psnr"] > last["bicubic"] + 0.05


def test_it_is_done_on_time(made, tmp_path):
    began = time.monotonic()
    schedule = Schedule(seconds=6.0)
    Training(made, tmp_path, TINY, schedule, device=torch.device("cpu")).run()
    assert time.monotonic() - began < 12  # a second over on a machine that does nothing else
    assert (tmp_path / WEIGHTS).is_file()


def test_weights_that_are_no_numbers_are_not_saved(made, tmp_path):
    work = training(made, tmp_path)
    work.run()
    before = (tmp_path / CHECKPOINT).read_bytes()
    with torch.no_grad():
        work.players.average.tail.weight[0, 0, 0, 0] = torch.nan
    with pytest.raises(FloatingPointError, match="no numbers"):
        work._save()
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_a_checkpoint_of_another_form_is_refused(made, tmp_path):
    training(made, tmp_path).run()
    other = Players(channels=16, blocks=1, seed=1, device=torch.device("cpu"))
    with pytest.raises(ValueError, match="form"):
        other.load(tmp_path / CHECKPOINT)


def test_the_rate_falls_twice_and_time_counts_over_pieces():
    schedule = Schedule(steps=100, pixel_share=0.5)
    rates = [schedule.rate(step / 100) for step in range(100)]
    assert rates[0] < 0.1
    assert rates[2] > 0.9
    assert rates[49] < 0.02
    assert rates[53] > 0.9
    assert rates[99] < 0.02
    assert Schedule(seconds=10, spent=8).progress(0) == pytest.approx(0.8, abs=0.05)
    with pytest.raises(ValueError, match="steps or of seconds"):
        Schedule()
    with pytest.raises(ValueError, match="from 0 to 1"):
        Schedule(steps=1, pixel_share=2)


def test_the_commands_lead_from_photos_to_a_file_that_runs(tmp_path, capsys):
    save_photos(tmp_path / "photos", 24)
    (tmp_path / "without.txt").write_text("photo-0\nphoto-1.\n")
    pack, out = str(tmp_path / "pack.npz"), tmp_path / "out"
    photos, without = str(tmp_path / "photos"), str(tmp_path / "without.txt")
    size = ("--megabytes", "0.4", "--drawings", "6")
    main(["pack", photos, "--out", pack, *size, "--without", without])
    assert "of 22 photos" in capsys.readouterr().out
    schedule = ("--steps", "2", "--pixel-share", "0.5", "--device", "cpu")
    form = ("--channels", "8", "--blocks", "1", "--batch", "2", "--side", "32")
    main(["train", pack, "--out", str(out), *schedule, *form])
    network = tmp_path / "network.onnx"
    main(["export", str(out / WEIGHTS), "--blend", "0.5", "--out", str(network)])
    digest = capsys.readouterr().out.split()[-3]
    assert digest == hashlib.sha256(network.read_bytes()).hexdigest()
    assert network.stat().st_size > 1000
