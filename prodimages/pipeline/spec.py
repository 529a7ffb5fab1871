"""What a step is, and the frozen plan that names the steps of a job."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from prodimages.engines.hands import spread

if TYPE_CHECKING:
    from prodimages.pipeline.context import StepContext

PREPARE = "prepare"
"""The step that reads the photo; a chain without it takes none."""


class Step(ABC):
    """One stage of making a picture. Stateless: one instance serves every job.

    A step reads the artifacts that it names in ``needs`` from the context and sets
    those in ``gives``. It imports heavy libraries inside its methods, because the
    planner loads steps in web processes.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Raised whenever the same input would give another output."""
    needs: ClassVar[frozenset[str]] = frozenset()
    gives: ClassVar[frozenset[str]] = frozenset()
    each_picture: ClassVar[bool] = False
    """False: once a job. True: again for every handful of pictures (``context.indexes``)."""
    deadline: ClassVar[float] = 120.0
    """Seconds after which the supervisor ends the process that runs the step."""

    @abstractmethod
    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        """Do the step for one job. Raises JobFailure in words, or JobCanceled."""

    def run_batch(
        self, contexts: Sequence[StepContext], parameters: Sequence[Mapping[str, Any]]
    ) -> list[Exception | None]:
        """Do the step for jobs that run together; one error, or None, for each of them."""

        def outcome(own: tuple[StepContext, Mapping[str, Any]]) -> Exception | None:
            try:
                self.run(*own)
            except Exception as error:  # a neighbour must not be harmed by it
                return error
            return None

        return spread(outcome, zip(contexts, parameters, strict=True))


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlannedStep:
    name: str
    version: int
    parameters: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that decides what a job's pictures look like, but the photo's bytes."""

    FORMAT: ClassVar[int] = 1

    task: str
    engine: str
    engine_version: str
    model: Mapping[str, Any]
    prompt: str
    negative_prompt: str
    seed: int
    count: int
    width: int
    height: int
    steps: Sequence[PlannedStep]
    style: Mapping[str, Any]
    """slug and name of the style, as they were."""
    view: Mapping[str, Any]
    product: Mapping[str, Any]
    """What of the product the picture depends on: category, surface, width_cm, or else length_cm,
    what the longer side of such goods measures as a rule."""
    notices: Sequence[str] = ()
    """Words that the engine will not honor, and other things staff should know."""
    packages: Mapping[str, str] = dataclasses.field(default_factory=dict)
    placement: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What staff set by hand, over the style: see ``overrides.Overrides``."""
    alike: str = ""
    """A digest of what all pictures of one call of the engine have alike; empty for nothing."""
    locked: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The engine's parameters kept from another picture; the prompt does not change them."""

    def as_json(self) -> dict[str, Any]:
        # Not dataclasses.asdict, which copies every value in depth: half the cost of an order.
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        steps = [{**vars(step), "parameters": dict(step.parameters)} for step in self.steps]
        return {"format": self.FORMAT, **values, "steps": steps}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Raises ValueError for a plan of another format."""
        if data.get("format") != cls.FORMAT:
            raise ValueError(f"plan format {data.get('format')!r} is not {cls.FORMAT}")
        values = {key: value for key, value in data.items() if key != "format"}
        values["steps"] = [PlannedStep(**step) for step in values["steps"]]
        return cls(**values)

    @property
    def needs_photo(self) -> bool:
        return any(step.name == PREPARE for step in self.steps)

    @property
    def batch_key(self) -> str:
        """Jobs with the same key can share one call of the engine."""
        key = f"{self.engine}:{self.task}:{self.width}x{self.height}"
        return f"{key}:{self.alike}" if self.alike else key
