"""Lays a top over a person's trunk and arms: thin-plate splines between marks and joints."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.interpolate import LinearNDInterpolator, PchipInterpolator, RBFInterpolator

from prodimages.engines.fitting.garment import STATIONS, Marks, Sleeve
from prodimages.engines.fitting.person import Person, Point

_CELL = 6
"""Pixels between the points at which a spline is worked out; it is smooth in between."""
_BOXY = 1.14
"""How much wider than the body a top may hang."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fitted:
    """The garment on the person's canvas."""

    rgb: np.ndarray
    """(H, W, 3) float32 in 0..255; meaningful where ``alpha`` is over 0."""
    alpha: np.ndarray
    """(H, W) float32 in 0..1."""
    sleeves: np.ndarray
    """(H, W) float32: how much of ``alpha`` is sleeve, for the shade between arm and trunk."""
    opening: np.ndarray
    """(H, W) bool: between the collar's ends, above the front's edge: skin shows here."""
    scale: float
    """Canvas pixels per pixel of the garment's photo."""


@dataclasses.dataclass(frozen=True)
class _Frame:
    """The person's trunk as a coordinate system."""

    middle: float
    level: float
    span: float
    down: np.ndarray
    """Unit vector from between the shoulders to between the hips."""
    across: np.ndarray


def fit(garment: np.ndarray, alpha: np.ndarray, marks: Marks, person: Person) -> Fitted:
    """(h, w, 3) uint8 and (h, w) 0..1 of the garment, in its photo's pixels."""
    scale = person.span / marks.shoulder_width
    # The photo's pixels are averaged, not skipped, where the garment gets smaller.
    garment, alpha, marks, scale = _reduced(garment, alpha, marks, scale)
    shape = person.alpha.shape
    trunk = _trunk_pairs(marks, person, scale)
    color, cover = _warped(garment, _of_trunk(alpha, marks), trunk, shape)
    sleeved = np.zeros(shape, np.float32)
    for side in (0, 1):
        sleeve = marks.sleeves[side]
        if sleeve is None:
            continue
        strip = _sleeve_strip(marks, sleeve, side, person, scale, trunk)
        part = _of_sleeve(alpha, marks, side)
        sleeve_color, sleeve_cover = _along_strip(garment, part, strip, shape)
        color = color * (1 - sleeve_cover[..., None]) + sleeve_color * sleeve_cover[..., None]
        cover = np.maximum(cover, sleeve_cover)
        sleeved = np.maximum(sleeved, sleeve_cover)
    opening = _opening(marks, person, scale, trunk)
    cover = cover * (1 - _soft(opening)) * _under_roof(person)
    return Fitted(rgb=color, alpha=cover, sleeves=sleeved, opening=opening, scale=scale)


def _reduced(
    garment: np.ndarray, alpha: np.ndarray, marks: Marks, scale: float
) -> tuple[np.ndarray, np.ndarray, Marks, float]:
    color = garment.astype(np.float32)
    if scale >= 0.75:
        return color, alpha.astype(np.float32), marks, scale
    sigma = 0.42 / scale
    weight = ndimage.gaussian_filter(alpha.astype(np.float32), sigma)
    color = ndimage.gaussian_filter(color * alpha[..., None], (sigma, sigma, 0))
    color /= np.maximum(weight, 1e-3)[..., None]
    return color, weight, marks, scale


Pairs = tuple[np.ndarray, np.ndarray]
"""(N, 2) points in the garment's photo, and where they go on the canvas."""


def _frame(person: Person) -> _Frame:
    points = person.points
    shoulders = np.add(points["left_shoulder"], points["right_shoulder"]) / 2
    hips = np.add(points["left_hip"], points["right_hip"]) / 2
    down = hips - shoulders
    down = down / max(float(np.hypot(*down)), 1e-6)
    across = np.subtract(points["right_shoulder"], points["left_shoulder"])
    across = across / max(float(np.hypot(*across)), 1e-6)
    return _Frame(float(shoulders[0]), float(shoulders[1]), person.span, down, across)


def _trunk_pairs(marks: Marks, person: Person, scale: float) -> Pairs:
    frame = _frame(person)
    points = person.points
    source: list[Point] = []
    target: list[Point] = []

    def pair(mark: Point, place: Sequence[float]) -> None:
        source.append(mark)
        target.append((float(place[0]), float(place[1])))

    tips = [np.array(points["left_shoulder"]), np.array(points["right_shoulder"])]
    core = np.add(*marks.tips) / 2
    shoulders = (tips[0] + tips[1]) / 2
    neck = np.array(points["neck"])
    base = neck - frame.down * 0.10 * frame.span

    def on_slope(mark: Point, side: int, least: float, most: float) -> np.ndarray:
        """As far out on the shoulder's slope as ``mark`` is from the garment's middle."""
        out = float(np.clip(abs(mark[0] - core[0]) * scale, least * frame.span, most * frame.span))
        share = np.clip((out - 0.16 * frame.span) / (0.34 * frame.span), 0, 1)
        row = (base + (tips[side] - base) * share)[1]
        return np.array([neck[0] + (-1 if side == 0 else 1) * out, row])

    for side in (0, 1):
        place = tips[side]
        if marks.sleeves[side] is None:
            place = on_slope(marks.tips[side], side, 0.2, 0.5)
        pair(marks.tips[side], _on_outline(person, place))
    for side in (0, 1):
        place = on_slope(marks.collar[side], side, 0.13, 0.34)
        end = _on_outline(person, place)
        pair(marks.collar[side], end)
        half_way = _on_outline(person, (end + np.array(target[side])) / 2)
        pair(marks.slopes[side], half_way)
    length = marks.length * scale
    edges = _body_edges(person, frame)
    for side, sign in enumerate((-1, 1)):
        for mark in (marks.armpits[side], *marks.sides[side], marks.hem[side]):
            deep = float(mark[1] - core[1]) * scale
            at = shoulders + frame.down * deep
            half = abs(mark[0] - (marks.hem[0][0] + marks.hem[1][0]) / 2) * scale
            body = edges(at[1], sign)
            width = float(np.clip(half, 0.985 * body, _BOXY * body))
            if mark is marks.armpits[side]:
                width = min(width, 0.56 * frame.span)
            pair(mark, at + frame.across * sign * width)
    for share in (0.25, 0.6, 1.0):  # the middle line keeps a print upright
        mark = (
            core[0] + share * ((marks.hem[0][0] + marks.hem[1][0]) / 2 - core[0]),
            core[1] + share * marks.length,
        )
        pair(mark, shoulders + frame.down * share * length)
    return np.array(source), np.array(target)


def _on_outline(person: Person, place: np.ndarray) -> np.ndarray:
    """``place``, raised to the outline of the shoulders where that is near: cloth lies on them."""
    height, width = person.alpha.shape
    column = int(np.clip(round(float(place[0])), 0, width - 1))
    first = int(np.clip(place[1] - 0.16 * person.span, 0, height - 1))
    last = int(np.clip(place[1] + 0.05 * person.span, first + 1, height))
    run = (person.alpha[first:last, column] > 0.5) & ~person.protected[first:last, column]
    there = np.flatnonzero(run)
    if not there.size:
        return place
    return np.array([place[0], float(first + there[0]) - 0.01 * person.span])


def _body_edges(person: Person, frame: _Frame):  # type: ignore[no-untyped-def]
    """Half the trunk's width at a row, to one side: from the silhouette where the arms are off
    the body, else on the way from shoulder to hip.
    """
    points = person.points
    inside = person.alpha > 0.5
    height, width = inside.shape
    hip = (points["left_hip"][1] + points["right_hip"][1]) / 2
    middle_hip = (points["left_hip"][0] + points["right_hip"][0]) / 2

    def axis(row: float) -> float:
        share = (row - frame.level) / max(hip - frame.level, 1.0)
        return frame.middle + share * (middle_hip - frame.middle)

    tables = {}
    rows = np.arange(int(frame.level), int(min(hip + 0.35 * frame.span, height)))
    for sign, side in ((-1, "left"), (1, "right")):
        shoulder, at_hip = points[f"{side}_shoulder"], points[f"{side}_hip"]
        usual, seen = [], []
        for row in rows:
            share = (row - frame.level) / max(hip - frame.level, 1.0)
            start = abs(shoulder[0] - frame.middle) * 0.90
            waist = 1 - 0.07 * np.sin(np.pi * np.clip(share, 0, 1))
            plain = (start + (abs(at_hip[0] - middle_hip) - start) * min(share, 1.0)) * waist
            usual.append(plain)
            at = int(np.clip(round(axis(row)), 0, width - 1))
            mine = person.arms[row] == (1 if sign < 0 else 2)
            line = inside[row] & ~mine
            ahead = slice(at, None) if sign > 0 else slice(at, None, -1)
            beyond = np.flatnonzero(~line[ahead])
            reach = float(beyond[0]) if beyond.size else plain
            # Where the arm begins before the background does, it hides the body's edge.
            hidden = bool(beyond.size and mine[ahead][beyond[0]])
            good = not hidden and 0.72 * plain < reach < 1.3 * plain
            seen.append(reach if good else np.nan)
        usual_, seen_ = np.array(usual), np.array(seen)
        known = np.isfinite(seen_)
        ratio = np.ones(len(usual_))
        if known.any():  # between rows that were seen, as much wider than usual as those are
            places = np.arange(len(usual_))
            ratio = np.interp(places, places[known], seen_[known] / usual_[known])
        values = usual_ * ratio
        tables[sign] = (
            ndimage.gaussian_filter1d(
                ndimage.median_filter(values, max(3, round(0.12 * frame.span))), 0.04 * frame.span
            )
            if len(values)
            else usual_
        )

    def half(row: float, sign: int) -> float:
        table = tables[sign]
        if not len(table):
            return 0.45 * frame.span
        return float(table[int(np.clip(row - rows[0], 0, len(table) - 1))])

    return half


def _sleeve_strip(
    marks: Marks, sleeve: Sleeve, side: int, person: Person, scale: float, trunk: Pairs
) -> Strip:
    """The sleeve's stations, and those along the arm; it begins at the trunk's own seam."""
    sign = -1 if side == 0 else 1
    name = "left" if side == 0 else "right"
    points, span = person.points, person.span
    pit = trunk[1][_index_of(trunk[0], marks.armpits[side])]
    upper, lower = [np.array(marks.tips[side])], [np.array(marks.armpits[side])]
    outer_edge, inner_edge = [trunk[1][side]], [pit]
    joints = [points[f"{name}_{joint}"] for joint in ("shoulder", "elbow", "wrist")]
    bone = _bone(joints, inset=0.10 * span, sign=sign)
    length = min(sleeve.length * scale, bone.length)
    for index, share in enumerate(STATIONS):
        at, way = bone.at(share * length)
        outer = np.array([way[1], -way[0]])
        if outer[0] * sign < 0:
            outer = -outer
        measured = float(np.hypot(*np.subtract(sleeve.upper[index], sleeve.lower[index])))
        arm = span * np.interp(share * length / span, (0.0, 0.75, 1.6), (0.165, 0.125, 0.085))
        least = arm * 1.02
        half = float(np.clip(0.5 * measured * scale, least, 1.3 * arm))
        most = 1.2 * arm if share * length < 0.25 * span else 0.2 * span
        out = max(half, min(_old_half(person, at, outer, side), most))
        inner = max(half, min(_old_half(person, at, -outer, side), most))
        upper.append(np.array(sleeve.upper[index]))
        lower.append(np.array(sleeve.lower[index]))
        outer_edge.append(at + outer * out)
        inner_edge.append(at - outer * inner)
    source = np.stack([np.array(upper), np.array(lower)], axis=1)
    target = np.stack([np.array(outer_edge), np.array(inner_edge)], axis=1)
    return _extended(source), _extended(target)


Strip = tuple[np.ndarray, np.ndarray]
"""(N, 2, 2) both edges of a strip at its stations, in the photo and on the canvas."""


def _extended(edges: np.ndarray) -> np.ndarray:
    """A little beyond the last station, where the cloth's own edge ends."""
    last = edges[-1] + 0.4 * (edges[-1] - edges[-2])
    return np.concatenate([edges, last[None]])


def _along_strip(
    color: np.ndarray, alpha: np.ndarray, strip: Strip, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Each canvas pixel of the strip looks up the photo by its place along and across."""
    source, target = (_mesh(edges) for edges in strip)
    height, width = shape
    outline = np.concatenate([target[:, 0], target[::-1, -1]])
    area = Image.new("L", (width, height))
    ImageDraw.Draw(area).polygon([tuple(map(float, point)) for point in outline], fill=1)
    y, x = np.nonzero(np.asarray(area))
    result = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    if not len(x):
        return result, cover
    look = LinearNDInterpolator(target.reshape(-1, 2), source.reshape(-1, 2))
    at = look(np.stack([x, y], axis=1).astype(float))
    known = np.isfinite(at[:, 0])
    x, y, at = x[known], y[known], at[known]
    sample = [at[:, 1], at[:, 0]]
    cover[y, x] = np.clip(
        ndimage.map_coordinates(alpha, sample, order=1, mode="constant", cval=0.0), 0, 1
    )
    for channel in range(3):
        result[y, x, channel] = ndimage.map_coordinates(
            color[..., channel], sample, order=1, mode="nearest"
        )
    return result, cover


def _mesh(edges: np.ndarray) -> np.ndarray:
    """(M, K, 2) points between the edges and a little beyond, on curves through the stations."""
    stations = np.arange(len(edges))
    fine = np.linspace(0, len(edges) - 1, 8 * (len(edges) - 1) + 1)
    curve = PchipInterpolator(stations, edges.reshape(len(edges), -1))(fine).reshape(-1, 2, 2)
    across = np.linspace(-0.14, 1.14, 9)[None, :, None]
    return curve[:, :1] * (1 - across) + curve[:, 1:] * across


def _old_half(person: Person, at: np.ndarray, outer: np.ndarray, side: int) -> float:
    """Half the width of the old sleeve here, so that none of it looks out at the sides."""
    height, width = person.alpha.shape
    mine = person.old & (person.arms == side + 1)
    most = 0.19 * person.span
    steps = np.arange(0, most, 1.0)
    x = np.clip(np.rint(at[0] + outer[0] * steps), 0, width - 1).astype(int)
    y = np.clip(np.rint(at[1] + outer[1] * steps), 0, height - 1).astype(int)
    there = mine[y, x]
    return float(steps[np.flatnonzero(there)[-1]] + 1.5) if there.any() else 0.0


@dataclasses.dataclass(frozen=True)
class _Bone:
    path: np.ndarray
    """(N, 2) points along the arm, a pixel apart."""

    @property
    def length(self) -> float:
        return float(len(self.path) - 1)

    def at(self, way: float) -> tuple[np.ndarray, np.ndarray]:
        """The point so many pixels down the arm, and the direction there."""
        index = int(np.clip(round(way), 0, len(self.path) - 1))
        before, after = max(index - 6, 0), min(index + 6, len(self.path) - 1)
        step = self.path[after] - self.path[before]
        return self.path[index], step / max(float(np.hypot(*step)), 1e-6)


def _bone(joints: Sequence[Point], *, inset: float, sign: int) -> _Bone:
    """From the shoulder's middle by the elbow to the wrist, rounded at the elbow."""
    shoulder, elbow, wrist = (np.array(joint, float) for joint in joints)
    way = elbow - shoulder
    way /= max(float(np.hypot(*way)), 1e-6)
    start = shoulder + np.array([-sign * inset * 0.55, inset * 0.55])
    beyond = wrist + (wrist - elbow) * 0.08
    corner = np.concatenate([np.linspace(start, elbow, 60)[:-1], np.linspace(elbow, beyond, 60)])
    smooth = ndimage.gaussian_filter1d(corner, 5.0, axis=0, mode="nearest")
    steps = np.hypot(*np.diff(smooth, axis=0).T)
    run = np.concatenate([[0], np.cumsum(steps)])
    stations = np.arange(0, run[-1], 1.0)
    return _Bone(np.stack([np.interp(stations, run, smooth[:, axis]) for axis in (0, 1)], axis=1))


def _index_of(source: np.ndarray, mark: Point) -> int:
    return int(np.argmin(np.hypot(*(source - np.array(mark)).T)))


def _of_trunk(alpha: np.ndarray, marks: Marks) -> np.ndarray:
    """The garment without its sleeves, with a soft end a little beyond the seams."""
    part = alpha.astype(np.float32)
    for side in (0, 1):
        if marks.sleeves[side] is not None:
            part = part * _beyond_seam(alpha.shape, marks, side, outside=False)
    return part


def _of_sleeve(alpha: np.ndarray, marks: Marks, side: int) -> np.ndarray:
    return alpha.astype(np.float32) * _beyond_seam(alpha.shape, marks, side, outside=True)


def _beyond_seam(shape: tuple[int, ...], marks: Marks, side: int, *, outside: bool) -> np.ndarray:
    """1 to one side of the line through shoulder end and armpit, 0 to the other; both parts
    overlap at the seam, so that no gap opens where they are bent apart.
    """
    sign = -1 if side == 0 else 1
    (tx, ty), (px, py) = marks.tips[side], marks.armpits[side]
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    length = max(float(np.hypot(px - tx, py - ty)), 1e-6)
    distance = ((x - tx) * (py - ty) - (y - ty) * (px - tx)) * sign / length
    # None at the armpit, where what laps over would stick out below the sleeve.
    up = np.clip(((x - px) * (tx - px) + (y - py) * (ty - py)) / length**2, 0, 1)
    lap = 0.09 * length * np.clip(2 * up, 0, 1)
    soft = max(1.0, 0.02 * length)
    if outside:
        return np.clip((distance + lap) / soft, 0, 1) * _on_side(x, marks, side)
    inside = np.clip((lap - distance) / soft, 0, 1)
    # Under the armpit the trunk ends where its side does, whatever the sleeve does beyond it.
    rows = [py, *(mark[1] for mark in marks.sides[side]), marks.hem[side][1]]
    columns = [px, *(mark[0] for mark in marks.sides[side]), marks.hem[side][0]]
    edge = np.interp(y, rows, columns)
    margin = 0.03 * abs(marks.hem[1][0] - marks.hem[0][0])
    trunk = np.clip((margin - (x - edge) * sign) / soft, 0, 1)
    return np.where(y > py, np.where(_on_side(x, marks, side) > 0, trunk, 1.0), inside).astype(
        np.float32
    )


def _on_side(x: np.ndarray, marks: Marks, side: int) -> np.ndarray:
    middle = (marks.armpits[0][0] + marks.armpits[1][0]) / 2
    return ((x - middle) * (-1 if side == 0 else 1) > 0).astype(np.float32)


def _warped(
    color: np.ndarray, alpha: np.ndarray, pairs: Pairs, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Each canvas pixel looks up the photo through the spline from ``pairs``."""
    source, target = pairs
    height, width = shape
    low = np.maximum(target.min(axis=0) - 0.25 * np.ptp(target, axis=0), 0)
    high = np.minimum(target.max(axis=0) + 0.25 * np.ptp(target, axis=0), (width - 1, height - 1))
    result = np.zeros((height, width, 3), np.float32)
    cover = np.zeros((height, width), np.float32)
    left, top = (int(v) for v in low)
    right, bottom = (int(v) + 1 for v in high)
    if right - left < 2 or bottom - top < 2:
        return result, cover
    spline = RBFInterpolator(target, source, kernel="thin_plate_spline", smoothing=1.0)
    columns = np.arange(left, right + _CELL, _CELL, dtype=float)
    rows = np.arange(top, bottom + _CELL, _CELL, dtype=float)
    grid = np.stack(np.meshgrid(columns, rows), axis=-1)
    coarse = spline(grid.reshape(-1, 2)).reshape(*grid.shape[:2], 2)
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    at = [(y - top) / _CELL, (x - left) / _CELL]
    map_x, map_y = (
        ndimage.map_coordinates(coarse[..., axis], at, order=1, mode="nearest") for axis in (0, 1)
    )
    sample = [map_y, map_x]
    box = (slice(top, bottom), slice(left, right))
    cover[box] = np.clip(
        ndimage.map_coordinates(alpha, sample, order=1, mode="constant", cval=0.0), 0, 1
    )
    for channel in range(3):
        result[(*box, channel)] = ndimage.map_coordinates(
            color[..., channel], sample, order=1, mode="nearest"
        )
    return result, cover


def _opening(marks: Marks, person: Person, scale: float, trunk: Pairs) -> np.ndarray:
    """The half ellipse below the collar's ends, and all that lies above it between them."""
    span = person.span
    ends = [trunk[1][_index_of(trunk[0], mark)] for mark in marks.collar]
    height, width = person.alpha.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    (ax, ay), (bx, by) = ends
    half = max((bx - ax) / 2, 1.0)
    drop = float(np.clip(marks.neck_drop * scale, 0.10 * span, 0.62 * span))
    across = (x - (ax + bx) / 2) / (half * 0.97)
    base = ay + (by - ay) * (x - ax) / max(bx - ax, 1.0)
    depth = drop * np.sqrt(np.clip(1 - across**2, 0, 1))
    # Above the collar's ends it is as narrow as the neck.
    rise = np.clip((base - y) / (0.12 * span), 0, 1)
    wide = 1 + (min(0.17 * span / half, 1) - 1) * rise
    return (np.abs(across) < wide) & (y < base + depth) & (y > base - 0.9 * span)


def _under_roof(person: Person) -> np.ndarray:
    """0 above the outline of the shoulders, where a spline may throw the end of a strap."""
    height, width = person.alpha.shape
    own = (person.alpha > 0.5) & ~person.protected
    roof = np.where(own.any(axis=0), own.argmax(axis=0), 0).astype(np.float32)
    roof = ndimage.median_filter(roof, max(3, round(0.05 * person.span)))
    points, span = person.points, person.span
    columns = np.arange(width)
    on_slope = np.abs(columns - points["neck"][0]) > 0.24 * span
    on_slope &= columns > points["left_shoulder"][0] - 0.02 * span
    on_slope &= columns < points["right_shoulder"][0] + 0.02 * span
    roof = np.where(on_slope, roof - 0.03 * span, 0)
    rows = np.arange(height, dtype=np.float32)[:, None]
    return np.clip(rows - roof[None] + 0.5, 0, 1).astype(np.float32)


def _soft(mask: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter(mask.astype(np.float32), 0.8)
