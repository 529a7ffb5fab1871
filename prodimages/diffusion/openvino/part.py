"""A module that runs in OpenVINO: converted when it is first called, and read from then on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from django.utils.translation import gettext as _

from prodimages.diffusion.devices import release_memory
from prodimages.diffusion.openvino.call import Call
from prodimages.diffusion.openvino.folder import Slot
from prodimages.diffusion.openvino.graph import Graph, converted
from prodimages.diffusion.weights import unavailable

logger = logging.getLogger(__name__)

Build = Callable[[], torch.nn.Module]
_SAFE = "f32"


class Part:
    """The graphs of one module: one for all sizes where its code allows, else one a size."""

    def __init__(
        self,
        build: Build,
        *,
        name: str,
        digest: str,
        any_size: bool,
        int8: bool = False,
        cut_to: int = 0,
    ) -> None:
        """``build`` loads the module of torch, which is freed again once it is converted.

        ``any_size``: nothing in its code is fixed by the sizes it is traced with, where the
        latent's sides are no multiples of ``cut_to``.
        """
        self.name = name
        self.int8 = int8
        self.precision = ""
        """Of its arithmetic; empty until it has run, or for what the CPU is quickest in."""
        self.on_call: Callable[[Call], None] | None = None
        """Is told of each call."""
        self._build = build
        self._digest = digest
        self._any_size = any_size
        self._cut_to = cut_to
        self._graphs: dict[str, Graph] = {}
        self._sizes: dict[str, int] = {}

    @property
    def bytes_held(self) -> int:
        """Of the weights of its graphs."""
        return sum(self._sizes.values())

    def slot(self, call: Call, *, int8: bool) -> Slot:
        sizes = "any size" if self._any_size else call.shapes
        what = f"{self.name} {call.names} {sizes}"
        return Slot(digest=self._digest, what=what, int8=int8)

    def run(self, call: Call) -> torch.Tensor:
        """Raises JobFailure (unavailable) where there is no quantized graph that was asked for."""
        if self.on_call is not None:
            self.on_call(call)
        slot = self.slot(call, int8=self.int8)
        graph = self._graphs.get(slot.what) or self._open(slot, call)
        return graph.run(list(call.tensors.values()))

    def make_safer(self) -> bool:
        """Compute in float32 from now on. False where it does already."""
        if self.precision == _SAFE:
            return False
        self.precision = _SAFE
        self._graphs.clear()
        return True

    def _open(self, slot: Slot, call: Call) -> Graph:
        fresh = slot.graph is None
        try:
            graph = self._read(slot, call)
        except RuntimeError:
            if fresh:
                raise
            logger.warning("The graph of %s is damaged; it is made anew.", self.name)
            slot.clear()
            graph = self._read(slot, call)
        self._graphs[slot.what], self._sizes[slot.what] = graph, slot.size
        return graph

    def _read(self, slot: Slot, call: Call) -> Graph:
        file = slot.graph
        if file is None and slot.int8:
            message = _(
                "The quantized model is not on this machine, or was made from other weights or by "
                "another OpenVINO. Make it with: python manage.py prodimages_models quantize"
            )
            raise unavailable(message)
        if file is None:
            logger.info("%s is converted for OpenVINO, once.", self.name)
            file = slot.put(self.convert(call), {"name": self.name})
            release_memory()
        return Graph(file, precision=self.precision)

    def replace(self, what: str, graph: Graph) -> None:
        """Run ``graph`` for the calls of the slot ``what``, until it is forgotten."""
        self._graphs[what] = graph

    def forget(self) -> None:
        """Read every graph anew when it is called next."""
        self._graphs.clear()

    def convert(self, call: Call) -> Any:
        """The graph of OpenVINO of the module of torch, as ``call`` calls it."""
        return converted(self._build(), _cut(call, self._cut_to) if self._any_size else call)


def _cut(call: Call, multiple: int) -> Call:
    """The call with a small latent whose sides are no multiples of what the module halves to,
    so that what is traced takes no size for granted.
    """
    sample = call.tensors.get("sample")
    if not multiple or sample is None:
        return call
    small = sample.new_zeros(*sample.shape[:2], 2 * multiple + 1, 2 * multiple + 3)
    return Call(tensors={**call.tensors, "sample": small}, constants=call.constants)
