"""Hand the finished pictures to whoever keeps them, each one once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    from prodimages.pipeline.context import StepContext


class Store(Step):
    name: ClassVar[str] = "store"
    needs: ClassVar[frozenset[str]] = frozenset({"encoded", "generated", "fidelity"})
    gives: ClassVar[frozenset[str]] = frozenset({"stored"})
    each_picture: ClassVar[bool] = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        for index in context.indexes:
            context.stop_if_canceled()
            encoded = context["encoded"][index]
            generated = context["generated"][index]
            fidelity = context["fidelity"][index]
            context.pictures.save(
                index,
                encoded.content,
                encoded.thumbnail,
                details={
                    "width": encoded.width,
                    "height": encoded.height,
                    "mime": encoded.mime,
                    "digest": encoded.sha256,
                    "source_type": str(encoded.source_type),
                    "seed": generated.seed,
                    "fidelity": fidelity,
                    "passed": bool(fidelity["passed"]),
                    "notices": list(generated.notices),
                    "engine_facts": dict(generated.metadata),
                },
            )
        # Large arrays of pictures that are safe already would only hold memory.
        for name in ("encoded", "generated", "composed", "fidelity"):
            context.artifacts.pop(name, None)
