"""Runs jobs in the test's own process, as a worker would."""

from __future__ import annotations

import contextlib

from prodimages.models import GenerationJob
from prodimages.services import execution

QUEUES = ["prodimages"]


def run(job: GenerationJob) -> GenerationJob:
    """Run one batch, and look at the job again."""
    execution.run_next(QUEUES)
    job.refresh_from_db()
    return job


def run_to_the_end(job: GenerationJob) -> GenerationJob:
    """Run batches until the job has ended; a retry is due at once in tests."""
    for _attempt in range(10):
        if run(job).is_finished:
            break
    return job


@contextlib.contextmanager
def before(monkeypatch, target: object, name: str, act):
    """Call ``act`` once, just before ``target.name`` is called for the first time."""
    original = getattr(target, name)
    done = []

    def wrapper(*args, **kwargs):
        if not done:
            done.append(True)
            act()
        return original(*args, **kwargs)

    monkeypatch.setattr(target, name, wrapper)
    yield
    assert done, f"{name} was never called"
    monkeypatch.setattr(target, name, original)
