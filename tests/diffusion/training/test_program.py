from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline
from PIL import Image

from prodimages.diffusion import layouts, shading
from prodimages.diffusion.training import bundles, checkpoints
from prodimages.diffusion.training.clocks import Clock
from prodimages.diffusion.training.distillation import DistillationStage, student_of
from prodimages.diffusion.training.export import DIGESTS, digests
from prodimages.diffusion.training.guidance import embedding, guided
from prodimages.diffusion.training.loop import Loop
from prodimages.diffusion.training.recipe import STAGES
from tests.diffusion.training.conftest import RECIPE, program_in


def weights(program, stage):
    file = program.order.out / stage / "checkpoint.pt"
    return checkpoints.load(file, torch.device("cpu"))["stage"]


def same(ours, theirs):
    if isinstance(ours, torch.Tensor):
        return torch.equal(ours, theirs)
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    return ours == theirs


class Killed(BaseException):
    pass


@pytest.mark.parametrize("stage", ["autoencoder", "denoiser", "layout", "shading"])
def test_a_killed_run_goes_on_to_the_same_weights(tmp_path, monkeypatch, stage):
    straight = program_in(tmp_path / "straight", steps=5)
    straight.run()
    killed = program_in(tmp_path / "killed", steps=5, save_every=0.0)
    one = Loop._one

    def dies(self, progress):
        one(self, progress)
        self._save()
        if self._stage.name == stage and self._step == 3:
            raise Killed

    monkeypatch.setattr(Loop, "_one", dies)
    with pytest.raises(Killed):
        killed.run()
    monkeypatch.setattr(Loop, "_one", one)
    program_in(tmp_path / "killed", steps=5).run()
    for name in STAGES:
        ours, theirs = weights(killed, name), weights(straight, name)
        assert same(ours["average"], theirs["average"])
        assert same(ours["learned"], theirs["learned"])


def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(tmp_path, monkeypatch):
    file = tmp_path / "checkpoint.pt"
    checkpoints.save(file, {"step": 1})

    def breaks(state, stream):
        stream.write(b"half of it")
        raise Killed

    monkeypatch.setattr(torch, "save", breaks)
    with pytest.raises(Killed):
        checkpoints.save(file, {"step": 2})
    assert checkpoints.load(file, torch.device("cpu")) == {"step": 1}


def test_a_run_keeps_to_its_time_and_counts_that_of_earlier_runs(tmp_path, monkeypatch):
    """By a clock that a step moves on by a second."""
    now = [0.0]
    monkeypatch.setattr("prodimages.diffusion.training.clocks.monotonic", lambda: now[0])
    one = Loop._one

    def ticks(self, progress):
        now[0] += 1.0
        one(self, progress)

    monkeypatch.setattr(Loop, "_one", ticks)
    program = program_in(tmp_path, stages=["autoencoder"])
    stage = program.autoencoder_stage()
    Loop(stage, Clock(seconds=5.0), tmp_path, print, sheets=False).run()
    assert weights_file(tmp_path)["step"] == 5
    Loop(stage, Clock(seconds=8.0), tmp_path, print, sheets=False).run()
    assert weights_file(tmp_path)["step"] == 8


def weights_file(folder):
    return checkpoints.load(folder / "autoencoder/checkpoint.pt", torch.device("cpu"))


def test_a_loss_that_is_no_number_starts_again_at_half_the_rate(tmp_path, monkeypatch):
    from prodimages.diffusion.training.autoencoder import AutoencoderStage

    learns, bad = AutoencoderStage.loss, [True]

    def diverges(self, step):
        return learns(self, step) * (float("nan") if bad and bad.pop() else 1.0)

    monkeypatch.setattr(AutoencoderStage, "loss", diverges)
    program = program_in(tmp_path, stages=["autoencoder"])
    program.run()
    assert weights(program, "autoencoder")["peak"] == RECIPE.autoencoder_rate / 2
    learned = weights(program, "autoencoder")["learned"]
    assert all(value.isfinite().all() for value in learned.values())


def test_a_student_is_its_teacher_until_it_learns_the_scale(trained):
    teacher, text = trained.results.trained()
    student = student_of(RECIPE, teacher)
    latents, time = torch.randn(2, 9, 4, 4), torch.tensor([300.0, 700.0])
    words = text(input_ids=trained.empty.repeat(2, 1))[0]
    condition = embedding(torch.tensor([1.0, 4.0]), RECIPE.guidance_width)
    with torch.no_grad():
        ours = student(latents, time, encoder_hidden_states=words, timestep_cond=condition).sample
        theirs = teacher(latents, time, encoder_hidden_states=words).sample
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_a_student_learns_its_teachers_guidance(trained):
    """On a toy: its error against the guided teacher falls to a fraction of the teacher's own."""
    teacher, text = trained.results.trained()
    torch.manual_seed(0)
    for block in teacher.modules():  # words that count, since four steps taught it none
        if type(block).__name__ == "Attention":
            torch.nn.init.normal_(block.to_out[0].weight, std=0.6)
    recipe = dataclasses.replace(RECIPE, distill_rate=4e-3, batch=16)
    stage = DistillationStage(
        recipe, torch.device("cpu"), teacher=teacher, text=text, empty=trained.empty,
        book=type("Book", (), {"batch": lambda self, step: a_batch(trained)})(),
    )  # fmt: skip

    losses = []
    for _ in range(60):
        stage.draws.manual_seed(1)  # always the same noise, times and scales
        loss = stage.loss(0)
        stage.optimizer.zero_grad()
        loss.backward()
        stage.optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 1e-3
    assert losses[-1] < 0.35 * losses[0]


def a_batch(program):
    from prodimages.diffusion.training.chapters import Book

    recipe = dataclasses.replace(program.recipe, batch=16)
    book = Book(recipe, program.train, program.results.autoencoder(), program.reader)
    return book.batch(0)


def test_guidance_of_the_sampler_takes_two_passes_or_one(trained):
    """A teacher is guided by hand, a student by its input."""
    from prodimages.diffusion.training.sampling import sample

    teacher, text = trained.results.trained()
    batch = a_batch(trained)[:2]
    calls = []
    teacher.register_forward_hook(lambda *given: calls.append(1))
    sample(teacher, text, batch, trained.empty, scale=3.0, steps=2, seed=0)
    assert len(calls) == 4
    student = trained.results.student()
    student.register_forward_hook(lambda *given: calls.append(1))
    sample(student, text, batch, trained.empty, scale=3.0, steps=2, seed=0)
    assert len(calls) == 6
    assert guided(torch.ones(1), torch.zeros(1), torch.tensor([3.0])).item() == 3


@pytest.fixture(scope="module")
def pipeline(trained):
    pipeline = StableDiffusionInpaintPipeline.from_pretrained(
        trained.order.out / "nano", torch_dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def asked(pipeline, mask, **given):
    side = RECIPE.side
    return pipeline(
        "a red wall",
        image=Image.new("RGB", (side, side), (128, 128, 128)),
        mask_image=mask,
        num_inference_steps=2,
        guidance_scale=3.0,
        height=side,
        width=side,
        generator=torch.Generator().manual_seed(0),
        output_type="np",
        **given,
    ).images[0]


def test_the_stock_pipeline_paints_around_and_from_words_alone(pipeline):
    side = RECIPE.side
    whole = Image.new("L", (side, side), 255)
    part = Image.fromarray(np.tile(np.repeat([0, 255], side // 2).astype(np.uint8), (side, 1)))
    for mask in (whole, part):
        picture = asked(pipeline, mask)
        assert picture.shape == (side, side, 3)
        assert np.isfinite(picture).all()
    assert pipeline.vae_scale_factor == 8
    assert not pipeline.do_classifier_free_guidance


def test_the_stock_pipeline_gives_what_the_trainers_sampler_gives(pipeline, trained):
    from prodimages.diffusion.training.chapters import Latents
    from prodimages.diffusion.training.sampling import decoded, sample

    side = RECIPE.side
    theirs = asked(pipeline, Image.new("L", (side, side), 255))
    seen = pipeline.vae.encoder(torch.full((1, 3, side, side), 128 / 127.5 - 1) * 0)
    tokens = torch.from_numpy(trained.library.ids(["a red wall"])).long()
    given = Latents(
        torch.zeros(1, 4, side // 8, side // 8),
        torch.ones(1, 1, side // 8, side // 8),
        seen.detach() * pipeline.vae.config.scaling_factor,
        tokens,
    )
    latents = sample(
        pipeline.unet, pipeline.text_encoder, given, trained.empty, scale=3.0, steps=2, seed=0
    )
    ours = (decoded(pipeline.vae, latents)[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)
    np.testing.assert_allclose(theirs, ours.numpy(), atol=2e-3)


def test_the_stock_pipeline_is_stopped_by_its_callback(pipeline):
    steps = []

    def stop(pipe, step, time, given):
        steps.append(step)
        raise Killed

    side = RECIPE.side
    with pytest.raises(Killed):
        asked(pipeline, Image.new("L", (side, side), 255), callback_on_step_end=stop)
    assert steps == [0]
    assert asked(pipeline, Image.new("L", (side, side), 255)).shape == (side, side, 3)


def test_the_folder_is_half_precision_and_names_its_digests(trained):
    from safetensors import safe_open

    folder = trained.order.out / "nano"
    files = list(folder.rglob("*.safetensors"))
    assert len(files) == 5
    for file in files:
        with safe_open(file, "pt") as content:
            assert {content.get_tensor(key).dtype for key in content.keys()} == {torch.float16}  # noqa: SIM118
    assert json.loads((folder / DIGESTS).read_text()) == digests(folder)


def test_sheets_and_a_curve_are_drawn_while_it_runs(trained):
    for stage in STAGES:
        folder = trained.order.out / stage
        coarser = {"layout": layouts.COARSER, "shading": shading.COARSER}.get(stage, 1)
        assert Image.open(folder / "sheet-100.jpg").size[0] >= 2 * RECIPE.side // coarser
        assert (folder / "log.jsonl").read_text()


def test_a_teacher_is_written_where_its_student_failed(tmp_path, monkeypatch):
    said = []
    program = program_in(tmp_path, steps=1)
    program.say = said.append
    monkeypatch.setattr(DistillationStage, "loss", lambda self, step: 1 / 0)
    program.run()
    assert "ZeroDivisionError" in "".join(said)
    config = json.loads((tmp_path / "nano/unet/config.json").read_text())
    assert config["time_cond_proj_dim"] is None


def test_a_bundle_comes_back_whole_or_not_at_all(trained, tmp_path):
    folder = trained.order.out
    pieces = bundles.pack(folder, sorted((folder / "nano").rglob("*.json")), tmp_path, piece=1000)
    assert len(pieces) > 2
    bundles.unpack(tmp_path, tmp_path / "back")
    assert (tmp_path / "back/nano/model_index.json").is_file()
    pieces[1].unlink()
    with pytest.raises(ValueError, match="does not hold all"):
        bundles.unpack(tmp_path, tmp_path / "again")


def test_the_command_line_trains_from_nothing(tmp_path, monkeypatch, capsys):
    from prodimages.diffusion.training import __main__ as command
    from prodimages.diffusion.training import recipe

    monkeypatch.setitem(recipe.SIZES, "tiny", RECIPE)
    arguments = ["--data", "toy:12", "--out", str(tmp_path), "--steps", "2", "--size", "tiny"]
    monkeypatch.setattr("sys.argv", ["training", *arguments, "--device", "cpu", "--smoke"])
    command.main()
    assert "SMOKE FAILED" not in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["training", *arguments, "--device", "cpu"])
    command.main()
    assert (tmp_path / "nano/model_index.json").is_file()
    assert (tmp_path / "bundle/nano.zip.000").is_file()
