"""Outlines of parts as arrays of points (N, 2), x to the right and y down, in object units."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@lru_cache(maxsize=64)
def _circle(count: int) -> Points:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


@lru_cache(maxsize=256)
def _spline(count: int, closed: bool, steps: int) -> Points:
    """Matrix that turns `count` control points into points of a Catmull-Rom curve through them."""
    pieces = count if closed else count - 1
    t = np.arange(steps) / steps
    weights = 0.5 * np.stack(
        [-(t**3) + 2 * t**2 - t, 3 * t**3 - 5 * t**2 + 2, -3 * t**3 + 4 * t**2 + t, t**3 - t**2], 1
    )
    matrix = np.zeros((pieces * steps + (not closed), count))
    for piece in range(pieces):
        for corner in range(4):
            index = piece + corner - 1
            index = index % count if closed else min(max(index, 0), count - 1)
            matrix[piece * steps : (piece + 1) * steps, index] += weights[:, corner]
    if not closed:
        matrix[-1, -1] = 1.0
    return matrix


def poly(*xy: float) -> Points:
    """Straight-edged outline x0, y0, x1, y1, ..."""
    return np.array(xy, np.float64).reshape(-1, 2)


def blob(*xy: float, steps: int = 4) -> Points:
    """Smooth closed outline through the points x0, y0, x1, y1, ..."""
    corners = np.array(xy, np.float64).reshape(-1, 2)
    return _spline(len(corners), True, steps) @ corners


def curve(*xy: float, steps: int = 5) -> Points:
    """Smooth open line through the points."""
    corners = np.array(xy, np.float64).reshape(-1, 2)
    return _spline(len(corners), False, steps) @ corners


def oval(x: float, y: float, rx: float, ry: float = 0.0, turn: float = 0.0, n: int = 20) -> Points:
    """Ellipse about (x, y), turned by `turn` radians; one radius makes a circle."""
    points = _circle(n) * (rx, ry or rx)
    if turn:
        cos, sin = math.cos(turn), math.sin(turn)
        points = points @ ((cos, sin), (-sin, cos))
    return np.add(points, (x, y))


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0.0) -> Points:
    """Rectangle, with corners rounded by radius `r`."""
    if not r:
        return np.array(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), np.float64)
    r = min(r, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    ring = _circle(12) * r
    corners = ((x1 - r, y1 - r), (x0 + r, y1 - r), (x0 + r, y0 + r), (x1 - r, y0 + r))
    quarter = np.repeat(np.arange(4), 4)
    step = np.array((0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 0))
    return ring[step] + np.array(corners)[quarter]


def tube(line: Points, *widths: float) -> Points:
    """Outline of a limb along a line of points, its widths spread evenly from start to end."""
    ahead = np.empty_like(line)
    ahead[1:-1] = line[2:] - line[:-2]
    ahead[0] = line[1] - line[0]
    ahead[-1] = line[-1] - line[-2]
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    width = widths[0] if len(widths) == 1 else _spread(len(line), len(widths)) @ widths
    side = ahead[:, ::-1] * (-0.5, 0.5) * np.reshape(width, (-1, 1))
    left, right = line + side, line - side
    tip = line[-1:] + ahead[-1:] * (0.5 * widths[-1])
    tail = line[:1] - ahead[:1] * (0.5 * widths[0])
    return np.concatenate((left, tip, right[::-1], tail))


@lru_cache(maxsize=128)
def _spread(count: int, stops: int) -> Points:
    at = np.linspace(0, stops - 1, count)
    low = np.minimum(at.astype(int), stops - 2)
    matrix = np.zeros((count, stops))
    matrix[np.arange(count), low] = 1 - (at - low)
    matrix[np.arange(count), low + 1] += at - low
    return matrix


def limb(x0: float, y0: float, x1: float, y1: float, w0: float, w1: float) -> Points:
    """Straight tapered limb with round ends."""
    angle = math.atan2(y1 - y0, x1 - x0)
    ring = _circle(12)
    cos, sin = math.cos(angle), math.sin(angle)
    start = ring[3:10] * (w0 / 2)
    end = np.concatenate((ring[9:], ring[:4])) * (w1 / 2) + (math.hypot(x1 - x0, y1 - y0), 0)
    return np.concatenate((start, end)) @ ((cos, sin), (-sin, cos)) + (x0, y0)


def lathe(x: float, *yr: float, smooth: bool = True) -> Points:
    """Outline turned about the vertical axis at `x` from a profile y0, r0, y1, r1, ..."""
    profile = np.array(yr, np.float64).reshape(-1, 2)
    if smooth:
        profile = _spline(len(profile), False, 4) @ profile
    right = profile[:, ::-1] + (x, 0)
    left = profile[::-1, ::-1] * (-1, 1) + (x, 0)
    return np.concatenate((right, left))


def star(x: float, y: float, outer: float, inner: float, tips: int, turn: float = 0.0) -> Points:
    """Star with the given number of tips."""
    points = _circle(2 * tips) * np.where(np.arange(2 * tips) % 2, inner, outer)[:, None]
    cos, sin = math.cos(turn), math.sin(turn)
    return points @ ((cos, sin), (-sin, cos)) + (x, y)


def fan(x: float, y: float, r: float, a0: float, a1: float, n: int = 10) -> Points:
    """Sector of a disc between two angles (radians, clockwise from +x)."""
    angle = np.linspace(a0, a1, n)
    rim = np.stack([np.cos(angle), np.sin(angle)], 1) * r
    return np.add(np.concatenate((rim, np.zeros((1, 2)))), (x, y))


def arc(x: float, y: float, rx: float, ry: float, a0: float, a1: float, n: int = 10) -> Points:
    """Open line along part of an ellipse."""
    angle = np.linspace(a0, a1, n)
    return np.stack([np.cos(angle) * rx + x, np.sin(angle) * ry + y], 1)


def petal(x: float, y: float, angle: float, length: float, width: float) -> Points:
    """Pointed leaf or petal from (x, y) along `angle`."""
    side = width / 2
    shape = _spline(4, True, 4) @ np.array(
        ((0, 0), (length * 0.55, -side), (length, 0), (length * 0.55, side)), np.float64
    )
    cos, sin = math.cos(angle), math.sin(angle)
    return shape @ ((cos, sin), (-sin, cos)) + (x, y)


def mirror(points: Points) -> Points:
    """The outline reflected about x = 0."""
    return points * (-1, 1)


def turned(points: Points, angle: float, x: float = 0.0, y: float = 0.0) -> Points:
    """The outline turned by `angle` radians about (x, y)."""
    cos, sin = math.cos(angle), math.sin(angle)
    return (points - (x, y)) @ ((cos, sin), (-sin, cos)) + (x, y)


def joined(parts: Sequence[Points]) -> Points:
    """Several lines after each other."""
    return np.concatenate(parts)
