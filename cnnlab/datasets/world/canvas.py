"""Painting recorded parts: colour and shade at twice the final size, masks when asked for."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnlab.datasets.world.looks import FINISHES, LIT, Look, Table, Tint, ramp, tinted
from cnnlab.datasets.world.pen import Part, Pen
from cnnlab.datasets.world.texture import tile

Bytes = NDArray[np.uint8]
FIXED = 4  # fractional bits of the coordinates handed to OpenCV
OVERSAMPLING = 2


class Place(NamedTuple):
    """Where an object lies on the canvas: points @ matrix + offset, in canvas px."""

    matrix: NDArray[np.float64]  # (2, 2)
    offset: tuple[float, float]
    size: float  # px per object unit


class Light(NamedTuple):
    """Direction towards the light (unit length) and how dark cast shadows are, 0 to 1."""

    x: float
    y: float
    shadow: float


def place(
    pen: Pen,
    centre: tuple[float, float],
    extent: float,
    *,
    turn: float = 0.0,
    flip: bool = False,
    squeeze: float = 1.0,
    lean: float = 0.0,
) -> Place:
    """Placement that puts the object's extent at `centre`, `extent` px on its longer side.

    `squeeze` narrows it (a turn in depth), `lean` shears it.
    """
    cos, sin = math.cos(turn), math.sin(turn)
    wide = -squeeze if flip else squeeze
    matrix = np.array(((wide * cos, wide * sin), (-sin + lean * cos, cos + lean * sin)))
    points = np.concatenate([part.points for part in pen.parts if part.mode != "decal"]) @ matrix
    low, high = points.min(0), points.max(0)
    size = extent / max(float((high - low).max()), 1e-6)
    middle = (low + high) * (0.5 * size)
    offset = (centre[0] - float(middle[0]), centre[1] - float(middle[1]))
    return Place(matrix * size, offset, size)


def stand(
    pen: Pen, x: float, foot: float, tall: float, *, flip: bool = False, turn: float = 0.0
) -> Place:
    """Placement that stands the object on the point (x, foot), `tall` px high."""
    cos, sin = math.cos(turn), math.sin(turn)
    wide = -1.0 if flip else 1.0
    matrix = np.array(((wide * cos, wide * sin), (-sin, cos)))
    points = np.concatenate([part.points for part in pen.parts if part.mode != "decal"]) @ matrix
    low, high = points.min(0), points.max(0)
    size = tall / max(float(high[1] - low[1]), 1e-6)
    offset = (x - size * float(low[0] + high[0]) / 2, foot - size * float(high[1]))
    return Place(matrix * size, offset, size)


def extent(pen: Pen, spot: Place) -> tuple[float, float, float, float]:
    """Bounds x1, y1, x2, y2 of a placed object in canvas px, parts off the canvas included."""
    points = np.concatenate([part.points for part in pen.parts if part.mode != "decal"])
    points = points @ spot.matrix + spot.offset
    (x1, y1), (x2, y2) = points.min(0).tolist(), points.max(0).tolist()
    return x1, y1, x2, y2


class Canvas:
    """A picture being painted: `colour` (H, W, 3) and `shade` (H, W), at twice the final size."""

    __slots__ = ("colour", "height", "shade", "shift", "side", "width")

    def __init__(self, height: int, width: int, shift: tuple[int, int]) -> None:
        self.height, self.width = height, width
        self.colour: Bytes = np.empty((height, width, 3), np.uint8)
        self.shade: Bytes = np.full((height, width), LIT, np.uint8)
        self.side = 256 if max(height, width) <= 192 else 512 if max(height, width) <= 448 else 1024
        room = self.side - max(height, width)
        self.shift = (shift[0] % room, shift[1] % room)  # where textures start, per picture

    def texture(
        self, look: Look, length: float, angle: float, box: tuple[int, int, int, int]
    ) -> Bytes:
        """Grey texture of a look over the box (x0, y0, x1, y1) of the canvas."""
        x0, y0, x1, y1 = box
        grey = tile(look.texture, length, angle, self.side)
        sx, sy = self.shift
        return grey[sy + y0 : sy + y1, sx + x0 : sx + x1]

    def paint(self, pen: Pen, at: Place, light: Light, tint: Tint) -> None:
        """Paint the parts from back to front."""
        parts = pen.parts
        if not parts:
            return
        counts = [len(part.points) for part in parts]
        points = np.concatenate([part.points for part in parts]) @ at.matrix + at.offset
        fixed = np.rint(points * (1 << FIXED)).astype(np.int32)
        starts = np.cumsum([0, *counts[:-1]])
        low = (np.minimum.reduceat(fixed, starts) >> FIXED).tolist()
        high = ((np.maximum.reduceat(fixed, starts) >> FIXED) + 1).tolist()
        thick = _thickness(points, starts, counts)
        turn = math.atan2(at.matrix[0, 1], at.matrix[0, 0])
        tables: dict[int, Table] = {}
        solid: tuple[Bytes, tuple[int, int, int, int]] | None = None
        begin = 0
        for index, part in enumerate(parts):
            outline = fixed[begin : begin + counts[index]]
            begin += counts[index]
            mode = part.mode
            if mode == "line":
                width = max(1, round(part.amount * at.size))
                colour = tinted(part.look.colour, tint)
                cv2.polylines(self.colour, [outline], False, colour, width, cv2.LINE_AA, FIXED)
                continue
            if mode == "flat":
                colour = tinted(part.look.colour, tint)
                cv2.fillPoly(self.colour, [outline], colour, cv2.LINE_AA, FIXED)
                continue
            box = (
                max(0, low[index][0]),
                max(0, low[index][1]),
                min(self.width, high[index][0] + 1),
                min(self.height, high[index][1] + 1),
            )
            if mode == "decal":
                if solid is None:
                    continue
                under, frame = solid
                x0, y0 = max(box[0], frame[0]), max(box[1], frame[1])
                x1, y1 = min(box[2], frame[2]), min(box[3], frame[3])
                if x0 >= x1 or y0 >= y1:
                    continue
                box = (x0, y0, x1, y1)
                mask = self._mask(outline, box)
                fx, fy = frame[0], frame[1]
                cv2.bitwise_and(mask, under[y0 - fy : y1 - fy, x0 - fx : x1 - fx], mask)
            else:
                if box[0] >= box[2] or box[1] >= box[3]:
                    solid = None
                    continue
                mask = self._mask(outline, box)
                solid = (mask, box)
                self._shade(part, outline, box, mask, thick[index], light)
            look = part.look
            table = tables.get(id(look))
            if table is None:
                table = tables[id(look)] = ramp(look, tint)
            grey = self.texture(look, look.grain * at.size, look.angle + turn, box)
            x0, y0, x1, y1 = box
            cv2.copyTo(cv2.applyColorMap(grey, table), mask, self.colour[y0:y1, x0:x1])

    @staticmethod
    def _mask(outline: NDArray[np.int32], box: tuple[int, int, int, int]) -> Bytes:
        mask = np.zeros((box[3] - box[1], box[2] - box[0]), np.uint8)
        offset = (-box[0] << FIXED, -box[1] << FIXED)
        cv2.fillPoly(mask, [outline + offset], (255,), cv2.LINE_8, FIXED)
        return mask

    def _shade(
        self,
        part: Part,
        outline: NDArray[np.int32],
        box: tuple[int, int, int, int],
        mask: Bytes,
        thickness: float,
        light: Light,
    ) -> None:
        """Write the solid's own shade, after the soft shadow it throws on what lies behind."""
        x0, y0, x1, y1 = box
        if part.casts and light.shadow > 0:
            reach = min(max(1, int(0.35 * thickness)), 8)
            wide = (
                max(0, x0 - reach),
                max(0, y0 - reach),
                min(self.width, x1 + 2 * reach),
                min(self.height, y1 + 2 * reach),
            )
            away = (int(-light.x * reach * (1 << FIXED)), int(-light.y * reach * (1 << FIXED)))
            dark = cv2.blur(self._mask(outline + away, wide), (2 * reach + 1, 2 * reach + 1))
            dark = cv2.addWeighted(dark, -light.shadow, dark, 0.0, 255.0)
            behind = self.shade[wide[1] : wide[3], wide[0] : wide[2]]
            cv2.multiply(behind, dark, behind, scale=1 / 255)
        kernel = int(part.amount * thickness)
        own = self.shade[y0:y1, x0:x1]
        if kernel < 2:
            cv2.copyTo(np.full(mask.shape, FINISHES[part.look.finish][190], np.uint8), mask, own)
            return
        reach = kernel * 0.42
        towards = (int(light.x * reach * (1 << FIXED)), int(light.y * reach * (1 << FIXED)))
        lit = self._mask(outline + towards, box)
        lit = cv2.blur(lit, (kernel, kernel), borderType=cv2.BORDER_REPLICATE)
        half = kernel // 2 + 1
        lit = cv2.blur(lit, (half, half), borderType=cv2.BORDER_REPLICATE)
        cv2.copyTo(cv2.LUT(lit, FINISHES[part.look.finish]), mask, own)

    def stamp(self, pen: Pen, at: Place) -> Bytes:
        """Silhouette of the object on the canvas: (height, width) uint8, 255 inside."""
        mask = np.zeros((self.height, self.width), np.uint8)
        for part in pen.parts:
            if part.mode == "decal":
                continue
            points = part.points @ at.matrix + at.offset
            fixed = np.rint(points * (1 << FIXED)).astype(np.int32)
            if part.mode == "line":
                width = max(1, round(part.amount * at.size))
                cv2.polylines(mask, [fixed], False, (255,), width, cv2.LINE_8, FIXED)
            else:
                cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_8, FIXED)
        return mask


def _thickness(points: NDArray[np.float64], starts: NDArray[np.int64], counts: list[int]) -> list:
    """Width of each closed outline, as twice its area over its perimeter (px)."""
    following = np.roll(points, -1, axis=0)
    ends = starts + counts - 1
    following[ends] = points[starts]
    cross = points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]
    step = following - points
    length = np.hypot(step[:, 0], step[:, 1])
    area = np.abs(np.add.reduceat(cross, starts))
    return (area / np.maximum(np.add.reduceat(length, starts), 1e-6)).tolist()
