"""Looks for everything in a cut-out that may not be the product."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.choices import Extra
from prodimages.cutouts.proposals import clip, hand, hanger, opening, stand, sticker, tag
from prodimages.cutouts.proposals.base import LEAST_CONFIDENCE, Box, Proposal
from prodimages.cutouts.proposals.scene import Candidate, Scene, scene_of
from prodimages.cutouts.proposals.stored import NO_NOTES, Noted, Notes
from prodimages.cutouts.refinement.ground import ground_within

_DETECTORS: dict[Extra, Callable[[Scene], list[Candidate]]] = {
    Extra.HANGER: hanger.find,
    Extra.CLIP: clip.find,
    Extra.HAND: hand.find,
    Extra.STAND: stand.find,
    Extra.TAG: tag.find,
    Extra.STICKER: sticker.find,
    Extra.OPENING: opening.find,
}
_MOST_PIECES = 12
"""More findings than this are a pattern and no things."""
_FINE_SIDE, _FINE_REACH = 1536, 4
"""Longest side in pixels at which the edge of an opening is looked for, and how far around it."""
_STILL_THERE = 0.8
"""Share of an opening that has to be seen at that size too."""
_RIM, _HALO = 3, 4
"""Pixels at working size: of the product, and further out of what is but half there."""


def find_proposals(rgb: np.ndarray, alpha: np.ndarray) -> list[Proposal]:
    """(H, W, 3) uint8 and (H, W) in 0..1 -> proposals, the surest first; none overlap."""
    scene = scene_of(rgb, alpha)
    if not scene.product.any():
        return []
    found = [
        (candidate, kind) for kind, detect in _DETECTORS.items() for candidate in detect(scene)
    ]
    found = [pair for pair in found if pair[0].confidence >= LEAST_CONFIDENCE]
    if len(found) > _MOST_PIECES:
        return []
    found.sort(key=lambda pair: -pair[0].confidence)
    taken = np.zeros_like(scene.product)
    proposals = []
    for candidate, kind in found:
        if not (taken & candidate.mask).any():
            mask = _with_rim(scene, candidate.mask) & ~taken
            taken |= mask
            proposals.append(_proposal(kind, candidate.confidence, mask))
    return proposals


def notes_on(rgb: np.ndarray, alpha: np.ndarray) -> Notes:
    """``find_proposals`` in the form that is kept with the alpha."""
    proposals = find_proposals(rgb, alpha)
    if not proposals:
        return NO_NOTES
    masks = _finer(rgb, alpha, proposals)
    levels = np.zeros(masks[0].shape, dtype=np.uint8)
    found = []
    for number, (proposal, mask) in enumerate(zip(proposals, masks, strict=True), start=1):
        levels[mask] = number
        found.append(
            Noted(
                number=number,
                kind=proposal.kind,
                confidence=proposal.confidence,
                box=proposal.box,
            )
        )
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG")
    return Notes(found=tuple(found), map=file.getvalue())


def _finer(rgb: np.ndarray, alpha: np.ndarray, proposals: list[Proposal]) -> list[np.ndarray]:
    """Their masks, of one size: a finer one where an opening leaves an edge of the product."""
    if not any(proposal.kind == Extra.OPENING for proposal in proposals):
        return [proposal.mask for proposal in proposals]
    fine = scene_of(rgb, alpha, _FINE_SIDE)
    size, edges = fine.alpha.shape[::-1], ground_within(fine.rgb, fine.alpha)
    found = []
    for proposal in proposals:
        mask = np.asarray(Image.fromarray(proposal.mask).resize(size, Image.Resampling.NEAREST))
        near = edges & ndimage.binary_dilation(mask, iterations=_FINE_REACH)
        is_there = np.count_nonzero(near) > _STILL_THERE * np.count_nonzero(mask)
        found.append(near if proposal.kind == Extra.OPENING and is_there else mask)
    return found


def _with_rim(scene: Scene, mask: np.ndarray) -> np.ndarray:
    """The part with its soft rim, which would stay behind as a halo, but not of the body."""
    near = ndimage.binary_dilation(mask, iterations=_RIM)
    soft = ndimage.binary_dilation(near, iterations=_HALO) & ~scene.product
    body = ndimage.binary_dilation(scene.body.mask, iterations=2)  # which has a soft rim, too
    return mask | (near & ~scene.body.mask) | (soft & ~body)


def _proposal(kind: Extra, confidence: float, mask: np.ndarray) -> Proposal:
    return Proposal(
        kind=kind, confidence=round(min(confidence, 0.99), 2), box=_box(mask), mask=mask
    )


def _box(mask: np.ndarray) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    height, width = mask.shape
    left, right = int(columns[0]) / width, int(columns[-1] + 1) / width
    top, bottom = int(rows[0]) / height, int(rows[-1] + 1) / height
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)
