"""A background by the diffusion model inside the package, as a warm worker makes it."""

from __future__ import annotations

from benchmarks.photos import photographed_product
from benchmarks.pictures import make, steps_of
from benchmarks.result import Row, median_row
from prodimages.choices import Task
from prodimages.models import Cutout, Style

SIZE = 1024
TARGET = 4.0
_PROMPT = "an oak table against a beige plaster wall, soft light from the left"


def measure(runs: int) -> list[Row]:
    product = photographed_product()
    table = Style.objects.get(slug="oak-table")
    style = Style.objects.create(
        slug="soft-oak",
        name="Soft oak table",
        task=Task.BACKGROUND,
        engine="nano",
        prompt=_PROMPT,
        parameters=table.parameters,
    )
    make(product, style, SIZE)  # loads the libraries and the weights
    made, samples = [], []
    for _run in range(runs + 2):
        Cutout.objects.all().delete()
        job, seconds = make(product, style, SIZE)
        made.append(job)
        samples.append(seconds)
    return [
        median_row(
            f"nano: background at {SIZE} px, warm, the cut-out with it",
            samples,
            target=TARGET,
            note=steps_of(made),
        )
    ]
