"""The diffusion engine on a graphics card: ``python -m benchmarks.card --out FOLDER``.

Jobs go from the claim to the stored picture, at 1024 pixels and four steps of a model of FLUX.2
klein 4B's size with random weights, whose cut-outs are stored. First one after another with the
pipeline as diffusers' documentation has it, then as a worker makes them. The most important
parts come first, and each writes what it found; after ``--seconds`` the program ends wherever
it is. ``--size tiny`` tries it out without a card.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FOLDER = Path(tempfile.mkdtemp(prefix="prodimages-card-"))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "benchmarks.card_settings",
    "PRODIMAGES_VAR": str(_FOLDER / "var"),
    "PRODIMAGES_DEMO": "1",
    "HF_HUB_OFFLINE": "1",
}

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

import shop_integration.project.celery  # noqa: E402, F401  (the broker in memory)
from benchmarks import card_jobs as jobs  # noqa: E402
from benchmarks.card_report import Report  # noqa: E402
from benchmarks.card_watch import CardWatch  # noqa: E402
from prodimages.diffusion import acceleration, loading, running  # noqa: E402
from prodimages.diffusion.model import Model  # noqa: E402
from prodimages.diffusion.residency import of_this_process  # noqa: E402
from prodimages.engines import hands  # noqa: E402
from prodimages.engines.diffusers import DiffusersEngine  # noqa: E402
from prodimages.engines.model_options import ModelOptions  # noqa: E402

STEPS = 4
_SPENT = 8
"""Jobs at the start of a run that don't count."""


class Bench:
    """The parts, in the order in which they run, on one set of weights."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.asked = options
        self.is_tiny = options.size == "tiny"
        self.side = 64 if self.is_tiny else 1024
        self.picture = 256 if self.is_tiny else 1024
        self.device = torch.device(options.device)
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        self.report = Report(options.out, options.seconds)
        self.pipeline: Any = None
        self.goods: list[Any] = []
        self.style: Any = None
        self.plain_job = self.plain_pipeline = self.bare_job = 0.0
        self.engine_seconds: dict[str, float] = {}
        self.best_batch = 4

    def run(self) -> None:
        def part(name: str, run: Callable[[], None], *, needs: float) -> bool:
            if name in self.asked.without:
                return False
            return self.report.part(name, run, needs=needs)

        tests = self.start_tests()  # while libraries are loaded, and the card has nothing to do
        ready = threading.Thread(target=lambda: part("set up", self.set_up, needs=10))
        ready.start()
        if not part("build the model", self.build, needs=15):
            return
        ready.join()
        self.finish_tests(tests, seconds=min(20.0, self.report.left - 115))
        part("plain pipeline", self.plain, needs=8)
        part("serial jobs", self.serial, needs=15)
        part("attention", self.attention, needs=20)
        part("overlapping jobs", self.overlapping, needs=20)
        part("compiled", self.compiled, needs=45)
        part("overlapping jobs, compiled", self.overlapping_compiled, needs=18)
        part("batches", self.batches, needs=12)
        part("eight bits", self.eight_bits, needs=35)
        part("denoiser of SDXL", self.xl, needs=10)
        self.finish_tests(tests, seconds=self.report.left - 3)

    def set_up(self) -> None:
        try:
            self._set_up()
        finally:
            connections.close_all()

    def _set_up(self) -> None:
        (_FOLDER / "var" / "static").mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)

        facts = self.report.facts
        facts["torch"] = f"{torch.__version__}, {hands.share()} threads beside it"
        facts["model"] = self.asked.size
        if self.device.type == "cuda":
            facts["card"] = torch.cuda.get_device_name(0)
            facts["driver"] = _first_line("nvidia-smi", "--query-gpu=driver_version")
        facts["load at the start"] = os.getloadavg()[0]
        self.goods = jobs.products(4)
        with jobs.settings_for(jobs.Serial, self.options()):
            jobs.store_cutouts(self.goods)
            self.style = jobs.style_for("card", self.picture)

    def options(self, **more: Any) -> dict[str, Any]:
        """OPTIONS of the engine; the weights are made up instead of being read from PATH."""
        given = {
            "PRESET": "flux2-klein-4b",
            "PATH": "random",
            "STEPS": STEPS,
            "SIDES": [self.side, self.side],
            "DEVICE": self.device.type,
            "MAX_BATCH": 1,
        }
        return given | more

    def build(self) -> None:
        from benchmarks import card_models

        began = time.perf_counter()
        make = card_models.klein_tiny if self.is_tiny else card_models.klein_4b
        self.pipeline = make(self.device, self.dtype)
        self.settle()
        self.report.row("weights made on the device", time.perf_counter() - began, "s")
        self.memory("after the weights were made")
        size = card_models.gigabytes(self.pipeline)
        self.report.row("weights", size, "GB", note="denoiser, text encoder and decoder")
        of_this_process.expected = lambda options: 0
        of_this_process.load = self.load

    def load(self, options: ModelOptions, *, make_room: Any = None) -> Model:
        """In the place of ``loading.load``: the same parts for every engine of this benchmark."""
        kind = type(self.pipeline)
        pipeline = kind(**self.pipeline.components, is_distilled=True)
        if options.max_batch > 1 or options.compile:
            return loading.ready(pipeline, options, revision="random")
        pipeline.set_progress_bar_config(disable=True)
        model = Model(pipeline, options, device=self.device, dtype=self.dtype, revision="random")
        del pipeline.encode_prompt  # as diffusers has it
        return model

    def settle(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def memory(self, when: str) -> None:
        if self.device.type == "cuda":
            now, most = torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated()
            self.report.row(f"memory {when}", now / 2**30, "GiB", note=f"peak {most / 2**30:.1f}")
            torch.cuda.reset_peak_memory_stats()

    # Pipelines alone

    def given(self, count: int) -> dict[str, Any]:
        from PIL import Image

        random = np.random.default_rng(1)
        side = self.side
        small = Image.fromarray(random.integers(0, 255, (16, 16, 3), np.uint8))
        image = small.resize((side, side), Image.Resampling.BICUBIC)
        mask = Image.new("L", (side, side), 255)
        mask.paste(0, (side // 4, side // 4, 3 * side // 4, 3 * side // 4))
        return {
            "prompt": [jobs.PROMPT] * count,
            "image": [image] * count,
            "mask_image": [mask] * count,
            "strength": 1.0,
            "num_inference_steps": STEPS,
            "guidance_scale": 1.0,
            "generator": [torch.Generator("cpu").manual_seed(seed) for seed in range(count)],
            "output_type": "np",
            "width": side,
            "height": side,
        }

    def call(self, pipeline: Any, count: int) -> np.ndarray:
        images = pipeline(**self.given(count)).images
        self.settle()
        return np.asarray(images)

    def pace(self, pipeline: Any, count: int, *, runs: int = 3, spent: int = 1) -> float:
        """Seconds a picture: the median of the runs after those that are spent."""
        for _run in range(spent):
            self.call(pipeline, count)
        taken = []
        for _run in range(runs):
            began = time.perf_counter()
            self.call(pipeline, count)
            taken.append((time.perf_counter() - began) / count)
        return float(np.median(taken))

    def plain(self) -> None:
        pipeline = self.pipeline
        pipeline.set_progress_bar_config(disable=True)
        self.plain_pipeline = self.pace(pipeline, 1, runs=5, spent=2)
        self.report.row(
            "plain pipeline, bf16, one at a time",
            self.plain_pipeline,
            "s a picture",
            note=f"inpainting at {self.side} px, {STEPS} steps",
        )
        for name, seconds in self.by_part(pipeline).items():
            self.report.row(f"of which {name}", seconds, "s")

    def by_part(self, pipeline: Any) -> dict[str, float]:
        """Seconds that each part takes in one call, the device settled after each."""
        spent: dict[str, float] = {}
        undo = []
        for owner, method, name in (
            (pipeline.text_encoder, "forward", "text encoder"),
            (pipeline.vae, "encode", "encoder of pictures"),
            (pipeline.transformer, "forward", "denoiser"),
            (pipeline.vae, "decode", "decoder of pictures"),
        ):
            original = getattr(owner, method)

            def timed(*args: Any, _run: Any = original, _name: str = name, **more: Any) -> Any:
                self.settle()
                began = time.perf_counter()
                made = _run(*args, **more)
                self.settle()
                spent[_name] = spent.get(_name, 0.0) + time.perf_counter() - began
                return made

            setattr(owner, method, timed)
            undo.append((owner, method))
        try:
            self.call(pipeline, 1)
        finally:
            for owner, method in undo:
                delattr(owner, method)
        return spent

    def batches(self) -> None:
        """What batches of other sizes give, not compiled."""
        pipeline = self.remembering()
        torch.compiler.set_stance("force_eager")
        try:
            for count in (4, 2, 8, 1):
                if self.report.left < 4 + 3 * count * self.plain_pipeline:
                    continue
                self.batch_row(f"batch of {count}", self.pace(pipeline, count, runs=2))
        finally:
            torch.compiler.set_stance("default")

    def attention(self) -> None:
        """The faster of two ways to compute it is used from here on."""
        with jobs.settings_for(DiffusersEngine, self.options(MAX_BATCH=2)):
            acceleration.accelerate(self.pipeline, self.parsed(MAX_BATCH=2), self.device)
        pipeline = self.remembering()
        found = {"native": self.pace(pipeline, 1, runs=2)}
        self.batch_row("one at a time", found["native"])
        if self.device.type != "cuda":
            return
        acceleration._attend(pipeline.transformer, "cudnn")
        try:
            found["cudnn"] = self.pace(pipeline, 1, runs=2)
            self.batch_row("one at a time, attention by cudnn", found["cudnn"])
        finally:
            best = min(found, key=lambda name: found[name])
            self.report.facts["attention from here on"] = best
            if best == "native":
                pipeline.transformer.set_attention_backend("native")

    def remembering(self) -> Any:
        """The pipeline as the engine has it, with remembered prompts."""
        from prodimages.diffusion.embeddings import PromptMemory

        pipeline = type(self.pipeline)(**self.pipeline.components, is_distilled=True)
        pipeline.set_progress_bar_config(disable=True)
        PromptMemory().attach(pipeline)
        return pipeline

    def batch_row(self, what: str, seconds: float) -> None:
        self.engine_seconds[what] = seconds
        self.report.row(
            f"engine's pipeline, {what}",
            seconds,
            "s a picture",
            baseline=self.plain_pipeline,
            baseline_is="plain pipeline",
        )

    def parsed(self, **more: Any) -> ModelOptions:
        read, _faults = ModelOptions.parse(self.options(**more))
        assert read is not None
        return read

    def compiled(self) -> None:
        began = time.perf_counter()
        acceleration.compile_blocks(self.pipeline.transformer, str(_FOLDER / "compiled"))
        pipeline = self.remembering()
        count = self.best_batch
        self.call(pipeline, count)
        self.report.row(
            "first call, compiling its blocks", time.perf_counter() - began, "s", note="no cache"
        )
        self.batch_row(f"batch of {count}, compiled", self.pace(pipeline, count, runs=2, spent=0))

    # Whole jobs

    def serial(self) -> None:
        with jobs.settings_for(jobs.Serial, self.options()):
            keys = jobs.order(self.style, self.goods, 12, seed=1000)
            jobs.work(min(15.0, self.report.left - 90))
            jobs.withdraw()
            done = jobs.ended(keys)
        rate, _begin, _end = jobs.pace(done, 2)
        self.plain_job = rate
        taken = jobs.seconds_of(done[2:])
        after = sum(taken[name] for name in ("compose", "mark", "store"))
        self.bare_job = 1 / (self.plain_pipeline + after) if self.plain_pipeline else 0.0
        self.report.row(
            "jobs one after another, plain pipeline",
            rate,
            "pictures/s",
            note=f"{len(done) - 2} jobs; seconds by step: {jobs.steps_of(done[2:])}",
        )
        self.report.facts["load after the serial jobs"] = os.getloadavg()[0]

    def overlapping(self) -> None:
        self.jobs_at_pace(
            DiffusersEngine, "as a worker makes them, not compiled", seconds=self.asked.short
        )

    def overlapping_compiled(self) -> None:
        """Leaves the last parts their time, but takes no less than is worth it."""
        seconds = max(12.0, min(self.asked.stint, self.report.left - self.asked.spare))
        self.jobs_at_pace(DiffusersEngine, "as a worker makes them, compiled", seconds=seconds)

    def jobs_at_pace(self, engine: type[DiffusersEngine], what: str, *, seconds: float) -> None:
        if self.is_tiny and engine is DiffusersEngine:
            engine = jobs.Overlapping
        turns: list[tuple[float, float]] = []
        paint = running.paint

        def timed(*args: Any) -> Any:
            began = time.time()
            try:
                return paint(*args)
            finally:
                turns.append((began, time.time()))

        running.paint = timed
        watch = CardWatch(_FOLDER / "watch.json")
        options = self.options(MAX_BATCH=self.best_batch, ATTENTION="auto")
        try:
            with watch, jobs.settings_for(engine, options):
                keys = jobs.order(self.style, self.goods, self.asked.jobs, seed=5000)
                clock = threading.Timer(seconds, jobs.withdraw)
                clock.start()
                jobs.work(seconds)
                clock.cancel()
                clock.join()
                jobs.withdraw()
                time.sleep(0.3)
            self.memory("after these jobs")
            done = jobs.ended(keys)
        finally:
            running.paint = paint
        self.tell_pace(what, done, turns, watch)

    def tell_pace(
        self, what: str, done: list[Any], turns: list[tuple[float, float]], watch: CardWatch
    ) -> None:
        skipped = min(_SPENT, len(done) // 2)
        rate, begin, end = jobs.pace(done, skipped)
        self.report.row(
            f"jobs {what}",
            rate,
            "pictures/s",
            target=1.8 * self.plain_job or None,
            higher_is_better=True,
            baseline=self.plain_job or None,
            baseline_is="jobs one after another, plain pipeline",
            note=f"{len(done)} jobs, batches of {self.best_batch}; seconds by step: "
            f"{jobs.steps_of(done[skipped:])}",
        )
        if self.plain_job:
            self.report.row(
                "times as fast as the serial job",
                rate / self.plain_job,
                "x",
                target=1.8,
                higher_is_better=True,
            )
        if self.bare_job:
            self.report.row(
                "times as fast as plain pipeline, compose, encode and store alone",
                rate / self.bare_job,
                "x",
                note="without canvas, shadow, checks and reading of photos, which these jobs have",
            )
        # The end of the last batch has nothing left to overlap with: until its last turn.
        last = max((stop for _start, stop in turns), default=end)
        busy = watch.between(begin, last)
        if busy:
            self.report.row(
                "card busy over these jobs",
                busy["busy"],
                "%",
                target=90,
                higher_is_better=True,
                least=busy["least"],
                note=f"mean of {busy['samples']:.0f} readings of the driver",
            )
            self.report.row("memory of the card in use", busy["memory_gib"], "GiB")
        inside = sum(min(stop, last) - max(start, begin) for start, stop in turns if stop > begin)
        self.report.row("share of the time in the pipeline", 100 * inside / (last - begin), "%")

    # What else

    def eight_bits(self) -> None:
        sys.path.append("/tmp/ao")
        before = self.call(self.remembering(), 1)
        torch._dynamo.reset()
        acceleration.quantize(self.pipeline.transformer, "fp8")
        pipeline = self.remembering()
        difference = np.abs(self.call(pipeline, 1) - before).mean() * 255
        self.report.row(
            "fp8 against bf16, mean difference", float(difference), "of 255", note="random weights"
        )
        count = self.best_batch
        self.batch_row(f"batch of {count}, compiled, fp8", self.pace(pipeline, count, runs=2))

    def xl(self) -> None:
        if self.device.type != "cuda":
            return
        from benchmarks import card_models

        unet = card_models.xl_unet(self.device, torch.float16)
        unet.to(memory_format=torch.channels_last)
        inputs = {
            "sample": torch.randn(4, 4, 128, 128, device=self.device, dtype=torch.float16),
            "timestep": 500,
            "encoder_hidden_states": torch.randn(
                4, 77, 2048, device=self.device, dtype=torch.float16
            ),
            "added_cond_kwargs": {
                "text_embeds": torch.randn(4, 1280, device=self.device, dtype=torch.float16),
                "time_ids": torch.zeros(4, 6, device=self.device, dtype=torch.float16),
            },
        }
        with torch.no_grad():
            for _run in range(2):
                unet(**inputs)
            self.settle()
            began = time.perf_counter()
            for _run in range(4):
                unet(**inputs)
            self.settle()
        seconds = (time.perf_counter() - began) / 16
        self.report.row(
            "SDXL's denoiser at 1024 px, one step",
            seconds,
            "s a picture",
            note="fp16, batches of 4",
        )

    def start_tests(self) -> subprocess.Popen[bytes] | None:
        if self.asked.no_tests:
            return None
        log = (self.asked.out / "gpu-tests.txt").open("wb")
        command = [
            *(sys.executable, "-m", "pytest", "tests/gpu", "-q", "-p", "no:cacheprovider"),
            *("--durations=8", "-o", "addopts=", "-rs"),
        ]
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.card_settings"},
        )

    def finish_tests(self, tests: subprocess.Popen[bytes] | None, *, seconds: float) -> None:
        if tests is None or "tests/gpu" in self.report.facts:
            return
        try:
            code = tests.wait(timeout=max(0.5, seconds))
        except subprocess.TimeoutExpired:
            if self.report.left > 20:
                return  # once more at the end
            tests.terminate()
            code = None
        text = (self.asked.out / "gpu-tests.txt").read_text(errors="replace")
        self.report.facts["tests/gpu"] = (
            "not ended in time"
            if code is None
            else (text.strip().splitlines() or ["no output"])[-1]
        )
        self.report.write()


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(
            [*command, "--format=csv,noheader"], capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return (done.stdout.splitlines() or ["unknown"])[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder for what is found")
    parser.add_argument("--seconds", type=float, default=175, help="after which it has ended")
    parser.add_argument("--size", choices=("klein-4b", "tiny"), default="klein-4b")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--jobs", type=int, default=200, help="most jobs that overlap")
    parser.add_argument("--short", type=float, default=16, help="seconds for those not compiled")
    parser.add_argument("--stint", type=float, default=60, help="seconds for those compiled")
    parser.add_argument("--spare", type=float, default=22, help="seconds kept for what follows")
    parser.add_argument("--without", nargs="*", default=[], help="names of parts to leave out")
    parser.add_argument("--no-tests", action="store_true", help="leave tests/gpu out")
    bench = Bench(parser.parse_args())

    def give_up() -> None:
        bench.report.facts["ended"] = "by the clock, in mid-run"
        bench.report.write()
        print("\n".join(bench.report.lines()), flush=True)
        print((bench.asked.out / "card.md").read_text(), flush=True)
        os._exit(0)

    clock = threading.Timer(bench.report.left, give_up)
    clock.daemon = True
    clock.start()
    try:
        bench.run()
    finally:
        bench.report.write()
        print((bench.asked.out / "card.md").read_text(), flush=True)
        sys.stdout.flush()
        os._exit(0)  # what still hangs must not hold up the card


if __name__ == "__main__":
    main()
