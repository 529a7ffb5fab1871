"""The narrow window through which a step sees its job: no models, no queue."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from prodimages.exceptions import JobCanceled

if TYPE_CHECKING:
    from prodimages.cutouts.proposals.base import Box
    from prodimages.engines.base import Engine
    from prodimages.pipeline.spec import Plan


class CutoutStore(Protocol):
    """Where cut-outs are kept, once for each photo and backend version."""

    def load(self, key: str) -> bytes | None:
        """The stored alpha (8-bit grey PNG) for this photo under ``key``, or None."""

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        """Keep ``alpha_png``; a copy that another worker stored first is kept instead."""

    def chosen(self) -> tuple[str, bytes] | None:
        """Key and alpha of the version that staff approved; it overrules every backend."""

    def kept_extras(self) -> Sequence[tuple[str, Box]]:
        """What staff said belongs to the product: kinds of extras, and where they are."""


class NoCutouts:
    """The CutoutStore of a job without a photo."""

    def load(self, key: str) -> bytes | None:
        return None

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        raise LookupError("A job without a photo has no cut-outs.")

    def chosen(self) -> tuple[str, bytes] | None:
        return None

    def kept_extras(self) -> Sequence[tuple[str, Box]]:
        return ()


class PersonSource(Protocol):
    """Who wears the product in a try-on: a shopper, or a house model."""

    is_shopper: bool
    """Whether nobody of the shop has looked at the photo."""
    landmarks: Mapping[str, Any]
    """``imaging.pose`` names -> places in shares; empty where they are still to be found."""
    faces: int | None
    """Frontal faces in the photo; None where nobody has counted them."""
    is_front: bool | None
    """Whether somebody says that the photo is from the front; None where nobody was asked."""

    def read(self) -> bytes:
        """The photo's bytes. Raises JobFailure when they are gone."""

    def found(self, landmarks: Mapping[str, Any], *, faces: int) -> None:
        """Keep landmarks that nobody has looked at yet."""

    def painted(self) -> bytes | None:
        """The marks of ``imaging.regions`` that staff painted, or None."""

    def marked(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        """Keep the marks that were found, for somebody to look at."""

    def edits(self) -> bytes | None:
        """Marks of ``imaging.regions``: what a shopper put into the region or took out, or None."""

    def outlined(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        """Keep the region that was found, for a shopper to look at and to paint."""


def _no_photo() -> bytes:
    raise LookupError("The plan of this job has no photo to read.")


class PictureSink(Protocol):
    """Where finished pictures go; writes nothing once the lease is lost."""

    def missing_indexes(self) -> list[int]:
        """Which of the job's pictures (0 .. count - 1) are still to be made."""

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        """Store picture ``index`` once. Raises LeaseLost or JobFailure (storage)."""


@dataclasses.dataclass(kw_only=True)
class StepContext:
    plan: Plan
    engine: Engine
    pictures: PictureSink
    report: Callable[[str, float], None]
    """``report(stage, fraction of the job)``; steps call ``advance`` instead."""
    is_canceled: Callable[[], bool]
    show: Callable[[bytes], None] = lambda picture: None
    """``show(JPEG file)`` of how far a picture is, for staff; a newer one takes its place."""
    read_photo: Callable[[], bytes] = _no_photo
    """The photo's bytes as they were uploaded. Raises JobFailure when they are gone; a plan
    that needs no photo has none to read.
    """
    cutouts: CutoutStore = dataclasses.field(default_factory=NoCutouts)
    indexes: list[int] = dataclasses.field(default_factory=list)
    """The job's pictures that are being made now; per-picture artifacts are dicts by index."""
    artifacts: dict[str, Any] = dataclasses.field(default_factory=dict)
    person: PersonSource | None = None
    """For the task ``try_on`` only."""
    corrections: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What staff chose for the photo's colors: ``mode`` and ``gray``; see ``steps.correct``."""
    stops_for_staff: bool = True
    """Whether staff can look at what is doubtful; where nobody can, doubt is but a notice."""
    notices: list[str] = dataclasses.field(default_factory=list)
    """Words for staff about the job as a whole."""
    stage: str = ""
    span: tuple[float, float] = (0.0, 1.0)
    """Where in the job's progress the running step begins, and how much of it it is."""

    def advance(self, fraction: float) -> None:
        """Report that ``fraction`` (0..1) of the running step is done; cheap to call often."""
        begin, length = self.span
        self.report(self.stage, begin + length * min(max(fraction, 0.0), 1.0))

    def __getitem__(self, name: str) -> Any:
        return self.artifacts[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.artifacts[name] = value

    def stop_if_canceled(self) -> None:
        """Raises JobCanceled when somebody canceled the job."""
        if self.is_canceled():
            raise JobCanceled
