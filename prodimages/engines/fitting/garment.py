"""Where collar, shoulders, armpits, sleeves and hem of a top are, by its outline alone.

The photo shows the top from the front and plane-on, laid flat or hung, more or less upright.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure

_SIDE = 480
"""Longest side in pixels at which outlines are read."""
_JUMP = 0.045
"""Share of the width by which the outline jumps outward where a sleeve begins."""
STATIONS = (0.3, 0.55, 0.8, 1.0)
"""Shares of a sleeve's length at which its width is taken."""
_CREW = 0.40
"""How deep a crew neck's front is, as a share of its width."""
_TIP = 0.90
"""How far out the shoulder's end is, as a share of the armpits' distance from the middle."""

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sleeve:
    """One sleeve, straightened: stations along its axis, from the seam to the cuff."""

    upper: tuple[Point, ...]
    """The edge that begins at the shoulder's end."""
    lower: tuple[Point, ...]
    """The edge that begins at the armpit."""
    length: float
    """From the seam's middle to the cuff's."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marks:
    """Points in pixels of the garment's photo; pairs are left, right as seen in it."""

    collar: tuple[Point, Point]
    tips: tuple[Point, Point]
    slopes: tuple[Point, Point]
    """On the outline, half-way between a collar's end and the shoulder's."""
    armpits: tuple[Point, Point]
    hem: tuple[Point, Point]
    sides: tuple[tuple[Point, ...], tuple[Point, ...]]
    """Outline between armpit and hem, evenly spaced down."""
    neck_drop: float
    """From the line between the collar's ends down to the front's edge in the middle."""
    sleeves: tuple[Sleeve | None, Sleeve | None]

    @property
    def shoulder_width(self) -> float:
        """As wide as the wearer's shoulders: straps end nearer to the neck than sleeves begin."""
        if any(self.sleeves):
            return float(np.hypot(*np.subtract(self.tips[1], self.tips[0])))
        return _TIP * float(np.hypot(*np.subtract(self.armpits[1], self.armpits[0])))

    @property
    def length(self) -> float:
        return (self.hem[0][1] + self.hem[1][1] - self.tips[0][1] - self.tips[1][1]) / 2


def find_marks(rgb: np.ndarray, alpha: np.ndarray) -> Marks:
    """(H, W, 3) uint8 and (H, W) 0..1 of the garment alone.

    Raises JobFailure(GARMENT) in words where the outline is not that of a top.
    """
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.BOX))
    mask = _whole(small > 0.5)
    color = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
    found = _read(mask, color)
    factors = (width / size[0], height / size[1])
    return _scaled(found, factors)


def _whole(mask: np.ndarray) -> np.ndarray:
    labels, count = ndimage.label(mask)
    if count == 0:
        raise _refused(_("No garment was found in the product's photo."))
    sizes = ndimage.sum_labels(mask, labels, range(1, count + 1))
    return ndimage.binary_fill_holes(labels == 1 + int(np.argmax(sizes)))


def _read(mask: np.ndarray, color: np.ndarray) -> Marks:
    rows = np.flatnonzero(mask.any(axis=1))
    top, bottom = int(rows[0]), int(rows[-1])
    tall = bottom - top + 1
    columns = np.flatnonzero(mask.any(axis=0))
    wide = columns[-1] - columns[0] + 1
    if tall < 0.45 * wide:
        raise _refused(
            _("The garment lies on its side or is folded; a photo of it upright is needed.")
        )
    middle = _middle(mask, top, bottom)
    left, right = _body_edges(mask, middle, top, bottom)
    at_hem = _hem_row(left, right, top, bottom)
    pits = tuple(
        _armpit(edge, sign, middle, top, at_hem, right[at_hem] - left[at_hem])
        for edge, sign in ((left, -1), (right, 1))
    )
    if _is_trousers(mask, middle, at_hem, tall):
        raise _refused(_("This looks like trousers; only tops can be tried on so far."))
    armpits, has_sleeves = _both(pits, left, right, middle, top, at_hem)
    half = (armpits[1][0] - armpits[0][0]) / 2
    middle = (armpits[0][0] + armpits[1][0]) / 2
    if half < 0.08 * wide or half < 0.1 * tall:
        raise _refused(
            _("The garment's body can't be told from its sleeves; spread them in the photo.")
        )
    roof = np.where(mask.any(axis=0), mask.argmax(axis=0), bottom)
    tips = tuple(
        _on_roof(roof, middle + sign * _TIP * half)
        if has_sleeves[side]
        else _strap_end(roof, middle, half, sign, at_hem - top)
        for side, sign in enumerate((-1, 1))
    )
    collar = _collar(roof, middle, half, tips)
    hem = ((float(left[at_hem]), float(at_hem)), (float(right[at_hem]), float(at_hem)))
    length = at_hem - (tips[0][1] + tips[1][1]) / 2
    if length > 4.2 * half:
        raise _refused(
            _("The garment is longer than a top; dresses and coats can't be tried on so far.")
        )
    sides = tuple(_side(edge, armpits[side][1], at_hem) for side, edge in enumerate((left, right)))
    sleeves = tuple(
        _sleeve(mask, tips[side], armpits[side], sign) if has_sleeves[side] else None
        for side, sign in enumerate((-1, 1))
    )
    _refuse_folded(sleeves, half)
    return Marks(
        collar=collar,
        tips=tips,
        slopes=tuple(
            _on_roof(roof, (end[0] + tip[0]) / 2) for end, tip in zip(collar, tips, strict=True)
        ),
        armpits=armpits,
        hem=hem,
        sides=sides,
        neck_drop=_neck_drop(mask, color, collar),
        sleeves=sleeves,
    )


def _middle(mask: np.ndarray, top: int, bottom: int) -> float:
    """Of the body: where most of the lower half is."""
    low = mask[top + (bottom - top) // 2 : bottom - (bottom - top) // 12]
    weights = low.sum(axis=0).astype(float)
    deep = weights > 0.8 * weights.max()
    return float(np.flatnonzero(deep).mean())


def _body_edges(
    mask: np.ndarray, middle: float, top: int, bottom: int
) -> tuple[np.ndarray, np.ndarray]:
    """First and last column, by row, of the run of the mask that the middle is in."""
    height, width = mask.shape
    at = round(middle)
    left, right = np.full(height, at), np.full(height, at)
    for row in range(top, bottom + 1):
        line = mask[row]
        if not line[at]:
            near = np.flatnonzero(line)
            if not near.size:
                continue
            start = int(near[np.argmin(np.abs(near - at))])
        else:
            start = at
        empty_left = np.flatnonzero(~line[:start])
        empty_right = np.flatnonzero(~line[start:])
        left[row] = empty_left[-1] + 1 if empty_left.size else 0
        right[row] = start + empty_right[0] - 1 if empty_right.size else width - 1
    return left, right


def _hem_row(left: np.ndarray, right: np.ndarray, top: int, bottom: int) -> int:
    """The lowest row at which the body still has nearly its full width."""
    low = slice(top + int(0.6 * (bottom - top)), bottom + 1)
    wide = right[low] - left[low]
    enough = np.flatnonzero(wide > 0.85 * np.percentile(wide, 75))
    return int(low.start + enough[-1])


def _armpit(
    edge: np.ndarray, sign: int, middle: float, top: int, hem: int, width: float
) -> Point | None:
    """Where, on the way up from the hem, the outline jumps outward; None where it does not."""
    tall = hem - top
    reach = max(2, round(0.02 * tall))
    for row in range(hem - round(0.12 * tall), top + round(0.06 * tall), -1):
        before = float(np.median(edge[row : row + 4 * reach])) * sign
        if edge[row - reach] * sign - before > _JUMP * width + 0.5 * reach:
            return float(np.median(edge[row : row + 2 * reach])), float(row - reach // 2)
    return None


def _is_trousers(mask: np.ndarray, middle: float, hem: int, tall: int) -> bool:
    """A gap in the middle that reaches far up from the hem."""
    at = round(middle)
    low = mask[hem - round(0.45 * tall) : hem + 1, max(at - 2, 0) : at + 3]
    return bool((~low.any(axis=1)).mean() > 0.5)


def _both(
    pits: tuple[Point | None, ...],
    left: np.ndarray,
    right: np.ndarray,
    middle: float,
    top: int,
    hem: int,
) -> tuple[tuple[Point, Point], tuple[bool, bool]]:
    """Both armpits: one that was not seen mirrors the other; without any the garment has no
    sleeves, and its armholes end where it is widest in its upper part.
    """
    first, second = pits
    if first and second:
        if abs(first[1] - second[1]) > 0.25 * (hem - top):  # the upper one was a fold
            low = max(first, second, key=lambda pit: pit[1])
            first = second = None
            if low[0] < middle:
                first = low
            else:
                second = low
        else:
            return (first, second), (True, True)
    if first or second:
        seen = first or second
        assert seen is not None
        row = round(seen[1])
        core = (left[hem] + right[hem]) / 2
        mirrored = (2 * core - seen[0], float(row))
        return (seen, mirrored) if first else (mirrored, seen), (True, True)
    upper = slice(top + round(0.16 * (hem - top)), top + round(0.5 * (hem - top)))
    wide = (right - left)[upper]
    row = int(upper.start + np.argmax(wide > 0.96 * wide.max()))
    return ((float(left[row]), float(row)), (float(right[row]), float(row))), (False, False)


def _strap_end(roof: np.ndarray, middle: float, half: float, sign: int, tall: int) -> Point:
    """The outer end of what lies on the shoulder: the outermost column that is nearly highest."""
    columns = np.round(middle + sign * np.arange(0.2 * half, 0.95 * half)).astype(int)
    columns = columns[(columns >= 0) & (columns < len(roof))]
    high = roof[columns] <= roof[columns].min() + 0.05 * tall
    return _on_roof(roof, float(columns[np.flatnonzero(high)[-1]]))


def _on_roof(roof: np.ndarray, x: float) -> Point:
    at = int(np.clip(round(x), 1, len(roof) - 2))
    return float(at), float(np.median(roof[at - 1 : at + 2]))


def _collar(
    roof: np.ndarray, middle: float, half: float, tips: tuple[Point, ...]
) -> tuple[Point, Point]:
    """The ends of the neck's opening: the peaks of the outline to both sides of the middle."""
    found = []
    for sign, tip in zip((-1, 1), tips, strict=True):
        near, far = sorted((middle + sign * 0.16 * half, middle + sign * 0.52 * half))
        span = np.arange(int(np.ceil(near)), int(np.floor(far)) + 1)
        span = span[(span >= 0) & (span < len(roof))]
        at = int(span[np.argmin(roof[span])])
        expected = middle + sign * 0.36 * half
        if abs(at - (middle + sign * 0.16 * half)) < 0.05 * half:  # a hood or a standing collar
            at = round(expected)
        point = (float(at), float(roof[at]))
        # A hood rises far over the shoulders, where no collar is.
        rise = tip[1] - point[1]
        if rise > 0.55 * half:
            point = (expected, tip[1] - 0.3 * half)
        found.append(point)
    return found[0], found[1]


def _neck_drop(mask: np.ndarray, color: np.ndarray, collar: tuple[Point, Point]) -> float:
    """Of the half ellipses that hang from the collar's ends, the one along the clearest edge.

    The strip of the back that shows above the front's edge is as deep as a crew neck's where no
    edge is found.
    """
    (ax, ay), (bx, by) = collar
    across = bx - ax
    light = color.astype(float).mean(axis=-1)
    light = np.where(mask, light, 255.0)
    smooth = ndimage.gaussian_filter(light, 0.8)
    down = np.abs(ndimage.sobel(smooth, axis=0)) + 0.5 * np.abs(ndimage.sobel(smooth, axis=1))
    angle = np.linspace(np.pi * 0.12, np.pi * 0.88, 48)
    x = (ax + bx) / 2 - across / 2 * np.cos(angle)
    base = ay + (by - ay) * (x - ax) / max(across, 1.0)
    drops = np.arange(0.16, 0.95, 0.02) * across
    scores = np.array(
        [
            np.median(ndimage.map_coordinates(down, [base + drop * np.sin(angle), x], order=1))
            for drop in drops
        ]
    )
    # The back's collar and the rib's own seam are edges as well; a crew neck's is likelier.
    likely = 0.12 + np.exp(-(((drops / across - _CREW) / 0.16) ** 2))
    best = int(np.argmax(np.sqrt(scores) * likely))
    is_clear = scores[best] > 1.3 * float(np.median(scores)) + 3
    return float(drops[best]) if is_clear else _CREW * across


def _side(edge: np.ndarray, start: float, hem: int) -> tuple[Point, ...]:
    rows = np.linspace(start, hem, 6)[1:-1]
    smooth = ndimage.median_filter(edge.astype(float), 7)
    return tuple((float(smooth[int(row)]), float(row)) for row in rows)


def _sleeve(mask: np.ndarray, tip: Point, armpit: Point, sign: int) -> Sleeve | None:
    """Cross-sections of what lies beyond the line from the shoulder's end to the armpit."""
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width]
    (tx, ty), (px, py) = tip, armpit
    outward = ((x - tx) * (py - ty) - (y - ty) * (px - tx)) * sign
    part = mask & (outward > 0) & ((x - (tx + px) / 2) * sign > -0.02 * width)
    labels, count = ndimage.label(part)
    if not count:
        return None
    sizes = ndimage.sum_labels(part, labels, range(1, count + 1))
    part = labels == 1 + int(np.argmax(sizes))
    if part.sum() < 0.002 * mask.sum():
        return None
    seam = np.array([(tx + px) / 2, (ty + py) / 2])
    points = np.argwhere(part)[:, ::-1].astype(float)
    axis = points.mean(axis=0) - seam
    for _again in range(3):  # the far end says more of the direction than the seam's corner
        axis /= max(float(np.hypot(*axis)), 1e-6)
        along = (points - seam) @ axis
        far = points[along > np.percentile(along, 80)].mean(axis=0)
        axis = far - seam
    axis /= max(float(np.hypot(*axis)), 1e-6)
    normal = np.array([-axis[1], axis[0]])
    if normal @ (np.array([tx, ty]) - seam) < 0:
        normal = -normal  # toward the upper edge
    along, across = (points - seam) @ axis, (points - seam) @ normal
    length = float(np.percentile(along, 97))
    upper, lower = [], []
    for share in STATIONS:
        near = np.abs(along - share * length) < 0.06 * length + 1.5
        high, low = _extent(across[near])
        at = seam + axis * share * length
        upper.append(tuple(map(float, at + normal * high)))
        lower.append(tuple(map(float, at + normal * low)))
    return Sleeve(upper=tuple(upper), lower=tuple(lower), length=length)


def _refuse_folded(sleeves: tuple[Sleeve | None, ...], half: float) -> None:
    """Sleeves of one garment are alike; where they are not, one is folded or lies under it."""
    lengths = [sleeve.length if sleeve else 0.0 for sleeve in sleeves]
    if max(lengths) > 0.5 * half and min(lengths) < 0.55 * max(lengths):
        raise _refused(
            _("One sleeve is folded or hidden in the product's photo; both must be spread out.")
        )


def _extent(across: np.ndarray) -> tuple[float, float]:
    if not across.size:
        return 1.0, -1.0
    return float(np.percentile(across, 98)), float(np.percentile(across, 2))


def _scaled(marks: Marks, factors: tuple[float, float]) -> Marks:
    def at(value: object) -> object:
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], float):
            return ((value[0] + 0.5) * factors[0] - 0.5, (value[1] + 0.5) * factors[1] - 0.5)
        if isinstance(value, tuple):
            return tuple(at(part) for part in value)
        if isinstance(value, Sleeve):
            return Sleeve(
                upper=at(value.upper), lower=at(value.lower), length=value.length * factors[0]
            )
        return value * factors[1] if isinstance(value, float) else value

    values = {field.name: getattr(marks, field.name) for field in dataclasses.fields(marks)}
    return Marks(**{name: at(value) for name, value in values.items()})


def _refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.GARMENT, message)
