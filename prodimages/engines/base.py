"""The contract between the pipeline and whatever makes pictures."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from prodimages.choices import SourceType, Task
from prodimages.exceptions import JobFailure
from prodimages.imaging.types import PlacedProduct as PlacedProduct

if TYPE_CHECKING:
    import numpy as np
    from django.core.checks import CheckMessage

    from prodimages.engines.fitting import Fitting

OnProgress = Callable[[float], None]
IsCanceled = Callable[[], bool]


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """From where the product was photographed, and what holds it up."""

    elevation: float = 12.0
    """Camera elevation above the ground plane in degrees: 0 from the side, 90 from above."""
    support: str = "surface"
    """``surface`` (stands or lies on something), ``wall`` (hangs before it) or ``none``."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class TryOn:
    """The pictures of a try-on."""

    person: np.ndarray
    """(H, W, 3) uint8 sRGB, in the size of the picture that is wanted."""
    garment: np.ndarray
    """(h, w, 3) uint8 sRGB, of any size."""
    region: np.ndarray
    """(H, W) bool: where the garment goes; the person's own pixels stay everywhere else."""
    fitting: Fitting | None = None
    """The garment laid over the person by geometry, for the engine that needs no model."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """One picture that is wanted."""

    task: Task
    prompt: str
    negative_prompt: str = ""
    seed: int
    """0 .. 2**63 - 1; the same request and seed give the same picture on one machine."""
    width: int
    height: int
    """Size of the picture in pixels."""
    product: PlacedProduct | None = None
    """For the task ``upscale`` the whole photo, at its own size and solid all over."""
    try_on: TryOn | None = None
    """For the task ``try_on`` only, which has no placed product."""
    view: View = dataclasses.field(default_factory=View)
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The engine's own parameters, as the plan froze them."""
    fixed: frozenset[str] = frozenset()
    """Names of parameters that staff set by hand: the prompt's words don't overrule them."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class EnginePicture:
    """What an engine made for one request."""

    rgb: np.ndarray
    """(H, W, 3) float32 in 0..1, sRGB-encoded; the product itself is composited later."""
    seed: int
    source_type: SourceType
    """How the picture with the product composited in must be marked."""
    notices: Sequence[str] = ()
    """Words for staff: what could not be honored in this picture."""
    checks: Sequence[Mapping[str, Any]] = ()
    """What to look at in this picture: ``code`` (``light`` is known), ``message`` in words and
    ``value``, a number that tells how much."""
    metadata: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Facts kept with the picture, JSON-serialisable."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PromptReading:
    """How an engine understood a prompt, before anything is generated."""

    understood: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    ignored: Sequence[str] = ()
    """Words of the prompt that the engine can't honor, in the prompt's order."""


OnLook = Callable[[GenerationRequest, bytes], None]


class Engine(ABC):
    """One instance a process, made from ``PRODIMAGES["ENGINES"][alias]``.

    A subclass imports without numpy, torch or any other heavy library, since web
    processes load it to plan and to check; it imports those inside its methods.
    """

    tasks: ClassVar[frozenset[Task]] = frozenset()
    """The tasks that this engine can do."""
    version: ClassVar[str] = "1"
    """Raised whenever the same plan would give another picture."""
    max_batch: ClassVar[int] = 1
    """How many requests one call of ``generate`` may take."""
    shared_parameters: ClassVar[frozenset[str]] = frozenset()
    """Parameters that all requests of one call have alike; jobs that differ in them are not
    claimed together.
    """
    overlaps: ClassVar[bool] = False
    """Whether several threads may call ``generate`` at once, and gain by it: the engine lets them
    take turns at its device (``engines.turns``), and other batches' work goes on meanwhile.
    """
    deterministic: ClassVar[bool] = False
    """Whether the same request gives the same bytes on the same machine."""
    warms_up: ClassVar[bool] = False
    """Whether each process of a worker that serves this engine calls ``warm_up`` as it starts."""
    compiles: ClassVar[bool] = False
    """Whether ``warm_up`` leaves something on the disk that later processes start sooner by."""
    generates_canvas: ClassVar[bool] = True
    """Whether the engine paints around a placed product (as against editing a photo)."""
    previews: ClassVar[bool] = False
    """Whether a picture of 512 pixels is so quick and light that a web process may make it."""
    sends_pictures: ClassVar[bool] = False
    """Whether pictures leave this machine, which shoppers must be told of theirs."""
    shows_looks: ClassVar[bool] = False
    """Whether ``generate`` takes ``on_look``: called with a request and a JPEG file of at most
    256 pixels of how far its picture is, every two seconds or more rarely.
    """

    def __init__(self, alias: str, options: Mapping[str, Any]):
        self.alias = alias
        self.options = dict(options)

    @property
    def is_warm(self) -> bool | None:
        """Whether the model is in this process's memory; None where there is none to load.

        A process prefers jobs of its warm engines for a while, so it must cost nothing to ask.
        """
        return None

    @abstractmethod
    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> Sequence[EnginePicture | JobFailure]:
        """Make one picture a request, in order.

        An engine that takes several requests at once gives a JobFailure in the place of
        the one that could not be made, so that its neighbors keep theirs.

        ``on_progress`` takes the fraction done, 0..1. ``is_canceled`` is asked between
        units of work. Raises JobCanceled when it said yes, and JobFailure when the
        engine can't serve the request.
        """

    def warm_up(self) -> None:  # noqa: B027  (most engines have nothing to load)
        """Load what the first picture would wait for. Raises JobFailure as ``generate`` does."""

    def read_prompt(self, task: Task, prompt: str) -> PromptReading:
        """What of ``prompt`` this engine will honor; cheap, and free of heavy imports."""
        return PromptReading()

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        """Reasons, in words, why a plan's parameters can't be served; empty when they can."""
        return []

    def problems(self, request: GenerationRequest) -> dict[str, list[str]]:
        """Reasons why a whole wish can't be served, by field (prompt, negative_prompt,
        parameters, size); asked while planning, when no product is placed yet.
        """
        return {}

    def calm(self, task: Task, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Parameters to fix so that a scene has little that could show in a polished product;
        empty when it is calm already, or when the engine has no say in it.
        """
        return {}

    def model_info(self) -> dict[str, Any]:
        """What the plan records of the model: name, revision, licence."""
        return {}

    def check(self) -> list[CheckMessage]:
        """System check messages for this engine's options."""
        return []

    def close(self) -> None:  # noqa: B027  (most engines hold nothing)
        """Free what the engine holds."""
