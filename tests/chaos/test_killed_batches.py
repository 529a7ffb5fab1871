"""A process dies with several batches on its conveyor: nothing is lost, nothing comes twice."""

from __future__ import annotations

import pytest

from prodimages.choices import JobState
from prodimages.models import GeneratedImage, GenerationJob
from tests.chaos.site import ended, eventually, referenced_files, sweep_everything
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("whole", [True, False], ids=["worker", "child"])
@pytest.mark.parametrize("point", ["store", "written"])
def test_batches_in_flight_are_made_once_by_the_next(conveying, point, whole):
    conveying.hold(point)
    worker = conveying.start_worker()
    product, style = make_product(), make_style()
    jobs = [make_job(product, style, count=2, seed=seed) for seed in range(6)]
    conveying.reached(point)
    running = GenerationJob.objects.filter(state=JobState.RUNNING)
    eventually(lambda: running.count() > 2, "a second batch beside the first")
    in_flight = set(running.values_list("pk", flat=True))
    if whole:
        conveying.kill(worker)
    else:
        conveying.kill_at(point)
    conveying.let_go(point)
    if whole:
        conveying.start_worker()
    for job in jobs:
        assert ended(job).state == JobState.SUCCEEDED, job.error
        assert sorted(job.images.values_list("index", flat=True)) == [0, 1]
    assert GeneratedImage.objects.count() == 12
    begun_twice = {job.pk for job in jobs if job.attempts.count() == 2}
    assert begun_twice >= in_flight
    assert max(job.attempts.count() for job in jobs) == 2
    sweep_everything()
    assert conveying.files() == referenced_files()
