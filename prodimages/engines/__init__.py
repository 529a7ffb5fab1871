"""Engines make pictures; this room is free to import without any heavy library."""

from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    PlacedProduct,
    PromptReading,
    View,
)

__all__ = [
    "Engine",
    "EnginePicture",
    "GenerationRequest",
    "PlacedProduct",
    "PromptReading",
    "View",
]
