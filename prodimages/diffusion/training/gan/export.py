"""Writes a generator as ONNX, for any CPU without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from prodimages.diffusion.training.gan.networks import SCALE, Generator

OPSET = 17
INPUT, OUTPUT = "photo", "enlarged"
"""(1, 3, H, W) float32 in 0..1, any height and width -> (1, 3, 2H, 2W), about 0..1."""


def export(generator: Generator, path: Path, *, about: Mapping[str, str]) -> str:
    """Write the network, half precision on disk; returns the file's SHA-256.

    The graph is spelled out layer by layer, so that the file depends on the weights alone and
    not on the version of a tracer.
    """
    graph = _Graph(generator.cpu().eval().state_dict())
    features = graph.convolution(INPUT, "head")
    deep = features
    for block in range(len(generator.body)):
        inner = graph.node("Relu", graph.convolution(deep, f"body.{block}.first"))
        deep = graph.node("Add", deep, graph.convolution(inner, f"body.{block}.second"))
    fused = graph.node("Add", features, graph.convolution(deep, "fuse"))
    drawn = graph.convolution(fused, "tail")
    smooth = graph.smooth(generator.cubic)
    graph.node(
        "DepthToSpace", graph.node("Add", smooth, drawn), result=OUTPUT, blocksize=SCALE, mode="CRD"
    )
    content = graph.model(about).SerializeToString(deterministic=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


class _Graph:
    """Nodes one after the other; each method adds some and returns the name of what they give."""

    def __init__(self, weights: Mapping[str, torch.Tensor]):
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, kind: str, *given: str, result: str = "", **attributes: Any) -> str:
        result = result or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(given), [result], **attributes))
        return result

    def convolution(self, given: str, layer: str) -> str:
        names = [self._halved(f"{layer}.{part}") for part in ("weight", "bias")]
        size = self._weights[f"{layer}.weight"].shape[-1]
        return self.node("Conv", given, *names, kernel_shape=[size] * 2, pads=[size // 2] * 4)

    def smooth(self, kernel: torch.Tensor) -> str:
        """The bicubic enlargement, its border repeated as in training."""
        margin = kernel.shape[-1] // 2
        pads = np.array([0, 0, margin, margin, 0, 0, margin, margin], dtype=np.int64)
        self._constants += [
            numpy_helper.from_array(pads, "pads"),
            numpy_helper.from_array(kernel.cpu().numpy(), "cubic"),
        ]
        padded = self.node("Pad", INPUT, "pads", mode="edge")
        return self.node("Conv", padded, "cubic", kernel_shape=list(kernel.shape[-2:]))

    def model(self, about: Mapping[str, str]) -> onnx.ModelProto:
        shapes: dict[str, list[str | int | None]] = {
            INPUT: [1, 3, "height", "width"],
            OUTPUT: [1, 3, "twice the height", "twice the width"],
        }
        given, result = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name])
            for name in (INPUT, OUTPUT)
        )
        graph = helper.make_graph(
            self._nodes, "enlarge", [given], [result], initializer=self._constants
        )
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        helper.set_model_props(model, dict(about))
        onnx.checker.check_model(model, full_check=True)
        return model

    def _halved(self, name: str) -> str:
        values = self._weights[name].detach().cpu().numpy().astype(np.float16)
        self._constants.append(numpy_helper.from_array(values, f"{name}.half"))
        return self.node("Cast", f"{name}.half", result=name, to=TensorProto.FLOAT)
