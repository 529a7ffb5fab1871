"""Pictures by diffusion models on this machine; free of torch, which workers load.

In the settings::

    "ENGINES": {
        "diffusion": {
            "BACKEND": "prodimages.engines.diffusers.DiffusersEngine",
            "QUEUE": "gpu",
            "OPTIONS": {
                "PRESET": "flux2-klein-4b",
                "REVISIONS": {"black-forest-labs/FLUX.2-klein-4B": "<40 hexadecimal digits>"},
            },
        },
    }

A style's parameters::

    steps      denoising steps
    guidance   how closely the prompt is followed; over 1 only where the model was not distilled
    strength   over 0 up to 1: how much of the canvas is repainted, in whole steps
    canvas     studio (the studio's scene of the same prompt) or neutral (gray)
    reference  name of a picture of the option REFERENCES
    lora       name of a LoRA of the option LORAS
    retries    0 to 4: other seeds that are tried when the product's outline has grown

and, on the studio's canvas, all parameters of the studio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, Task
from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnLook,
    OnProgress,
    PromptReading,
)
from prodimages.engines.model_options import ModelOptions
from prodimages.engines.model_parameters import parameter_problems, request_problems
from prodimages.engines.option_values import Fault
from prodimages.engines.pipelines import traits_of
from prodimages.engines.weighted import weights_in
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    from prodimages.diffusion.painter import Painter

# By name, since the room of torch lies above this one.
_PAINTER = "prodimages.diffusion.painter.Painter"


class DiffusersEngine(Engine):
    """One model on this machine, for all tasks that its family of pipelines can do."""

    version: ClassVar[str] = "1"
    shows_looks: ClassVar[bool] = True
    shared_parameters: ClassVar[frozenset[str]] = frozenset(
        {"steps", "guidance", "strength", "reference", "lora"}
    )

    def __init__(self, alias: str, options: Mapping[str, Any]):
        super().__init__(alias, options)
        self._set, self._faults = ModelOptions.parse(options)
        self._painter: Painter | None = None

    @property
    def tasks(self) -> frozenset[Task]:  # type: ignore[override]  # the preset's own
        return frozenset(self._set.preset.tasks) if self._set else frozenset()

    @property
    def max_batch(self) -> int:  # type: ignore[override]
        return self._set.max_batch if self._set else 1

    @property
    def deterministic(self) -> bool:  # type: ignore[override]
        """On the CPU, one at a time; a graphics card adds in an order of its own."""
        return bool(self._set and self._set.preset.device == "cpu" and self.max_batch == 1)

    @property
    def overlaps(self) -> bool:  # type: ignore[override]
        """Wherever something else than the processor paints."""
        return bool(self._set and self._set.preset.device != "cpu" and self._has_a_card())

    def _has_a_card(self) -> bool:
        """Whether ``auto`` may be one: known once the model is loaded."""
        model = self._painter.model if self._painter is not None else None
        return model is None or model.device.type != "cpu"

    @property
    def warms_up(self) -> bool:  # type: ignore[override]
        return bool(self._set and self._set.warm_up)

    @property
    def compiles(self) -> bool:  # type: ignore[override]
        return bool(self._set and self._set.compile and self._set.compile_cache)

    @property
    def is_warm(self) -> bool:
        return self._painter is not None and self._painter.model is not None

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
        on_look: OnLook | None = None,
    ) -> list[EnginePicture | JobFailure]:
        """One picture a request, those that can share a call of the model together.

        A cancel is heard after the step that runs. Raises JobFailure (unavailable) when
        the settings are wrong or the weights are not there.
        """
        return self._able().paint(
            requests, on_progress=on_progress, is_canceled=is_canceled, on_look=on_look
        )

    def warm_up(self) -> None:
        self._able().warm_up()

    def _able(self) -> Painter:
        """Raises JobFailure (unavailable) when the settings are wrong."""
        if self._set is None or self._faults:
            words = " ".join(fault.message for fault in self._faults)
            message = _("The settings of the engine “%(engine)s” are wrong: %(faults)s")
            raise JobFailure(
                FailureKind.UNAVAILABLE, message % {"engine": self.alias, "faults": words}
            )
        # Read once: threads may get here together, and to make two would harm nothing.
        painter: Painter = self._painter or import_string(_PAINTER)(self._set)
        self._painter = painter
        return painter

    def read_prompt(self, task: Task, prompt: str) -> PromptReading:
        """A model may honor any word; of weights, what its class doesn't read is told."""
        if self._set is None or task not in self._set.preset.tasks:
            return PromptReading()
        reads = traits_of(self._set.preset.parts, task).weights
        return PromptReading(ignored=[] if reads else weights_in(prompt))

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        if self._set is None:
            return [fault.message for fault in self._faults]
        return parameter_problems(self._set, request)

    def problems(self, request: GenerationRequest) -> dict[str, list[str]]:
        if self._faults:
            return {"engine": [fault.message for fault in self._faults]}
        return {} if self._set is None else request_problems(self._set, request)

    def model_info(self) -> dict[str, Any]:
        if self._set is None:
            return {}
        preset = self._set.preset
        return {
            "name": preset.title if self._set.path else preset.hub_id or preset.title,
            "revision": self._set.revision,
            "license": preset.license,
            "preset": self._set.preset_name,
            "commercial": preset.commercial,
        }

    def check(self) -> list[CheckMessage]:
        return [self._message(fault) for fault in self._faults]

    def _message(self, fault: Fault) -> CheckMessage:
        where = f'PRODIMAGES["ENGINES"]["{self.alias}"]: '
        return Error(where + fault.message, hint=fault.hint, id=fault.id)

    def close(self) -> None:
        """Forget the model; the next picture loads it again."""
        if self._painter is not None:
            self._painter.close()
            self._painter = None
