"""Base patterns of the textures: fur, wood, stripes, foliage, bricks and the like."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from cnnlab.datasets.world.seeding import key

SIDE = 512  # px of a base tile, which is periodic
LENGTH = 64.0  # px of a base tile taken by one period, spot or hair clump
Grey = NDArray[np.uint8]
Field = NDArray[np.float64]


def _generator(name: str) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([key("texture", name)])))


def spectral(name: str, slope: float, stretch: float = 1.0, cut: float = 0.0) -> Field:
    """Periodic Gaussian field of unit variance whose power falls as frequency ** -slope.

    `stretch` > 1 draws it out along x; frequencies under `cut` (cycles per tile) are damped.
    """
    fy = np.fft.fftfreq(SIDE)[:, None] * SIDE
    fx = np.fft.rfftfreq(SIDE)[None, :] * SIDE
    radius = np.hypot(fx * stretch, fy)
    amplitude = np.where(radius > 0, np.maximum(radius, 0.5) ** (-slope / 2), 0.0)
    if cut:
        amplitude *= 1.0 - np.exp(-((radius / cut) ** 4))
    white = np.fft.rfft2(_generator(name).standard_normal((SIDE, SIDE)))
    field = np.fft.irfft2(white * amplitude, s=(SIDE, SIDE))
    return (field - field.mean()) / field.std()


def _grey(field: Field, gain: float = 50.0) -> Grey:
    return np.clip(128.0 + gain * field, 0, 255).astype(np.uint8)


def _grid() -> tuple[Field, Field]:
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64) / LENGTH
    return x, y


def _cloud() -> Grey:
    return _grey(spectral("cloud", 2.0))


def _mottle() -> Grey:
    return _grey(spectral("mottle", 1.7, cut=3.0))


def _fur() -> Grey:
    hair = spectral("fur", 1.5, stretch=6.0, cut=14.0)
    clump = spectral("clump", 2.0, stretch=2.5, cut=4.0)
    return _grey(0.8 * hair + 0.6 * clump, 46)


def _curl() -> Grey:
    field = spectral("curl", 3.2, cut=9.0)
    return _grey(np.sin(3.4 * field), 70)


def _wood() -> Grey:
    _, y = _grid()
    warp = spectral("wood", 3.0, stretch=5.0)
    streak = spectral("grain", 1.2, stretch=12.0, cut=10.0)
    return _grey(0.75 * np.sin(2 * np.pi * (y + 0.55 * warp)) + 0.55 * streak, 48)


def _stripes() -> Grey:
    _, y = _grid()
    warp = spectral("stripes", 3.2)
    return _grey(np.tanh(2.6 * np.sin(2 * np.pi * (y + 0.22 * warp))), 115)


def _bands() -> Grey:
    _, y = _grid()
    return _grey(np.tanh(4.0 * np.sin(2 * np.pi * y)), 120)


def _splats(name: str, count: int, radius: float, squash: float, soft: bool) -> Field:
    """Periodic field of random grey ellipses laid over each other."""
    draws = _generator(name)
    tile = np.full((SIDE, SIDE), 40, np.uint8)
    for x, y, r, turn, value in zip(
        draws.random(count) * SIDE,
        draws.random(count) * SIDE,
        radius * draws.uniform(0.6, 1.3, count),
        draws.random(count) * 180,
        draws.uniform(40, 255, count) if soft else np.full(count, 255.0),
        strict=True,
    ):
        for dx in (-SIDE, 0, SIDE):
            for dy in (-SIDE, 0, SIDE):
                centre = (int(x + dx), int(y + dy))
                if -60 < centre[0] < SIDE + 60 and -60 < centre[1] < SIDE + 60:
                    axes = (int(r), max(1, int(r * squash)))
                    cv2.ellipse(tile, centre, axes, turn, 0, 360, (float(value),), -1, cv2.LINE_AA)
    return tile.astype(np.float64)


def _foliage() -> Grey:
    leaves = _splats("foliage", 900, 22, 0.45, True)
    return _grey((leaves - leaves.mean()) / leaves.std() + 0.5 * spectral("shade", 2.4), 42)


def _gravel() -> Grey:
    stones = _splats("gravel", 800, 17, 0.75, True)
    return _grey((stones - stones.mean()) / stones.std() + 0.4 * spectral("stones", 2.2), 40)


def _grass() -> Grey:
    blades = _splats("grass", 2200, 26, 0.12, True)
    return _grey((blades - blades.mean()) / blades.std() + 0.5 * spectral("lawn", 2.2), 40)


def _dots() -> Grey:
    x, y = _grid()
    row = np.floor(y)
    dx = (x + 0.5 * (row % 2)) % 1.0 - 0.5
    dy = y % 1.0 - 0.5
    return _grey(np.tanh(9.0 * (0.29 - np.hypot(dx, dy))), 120)


def _spots() -> Grey:
    spots = _splats("spots", 110, 15, 0.8, False)
    soft = cv2.GaussianBlur(np.clip(spots, 15, 250).astype(np.uint8), (0, 0), 2.0)
    return np.asarray(soft, np.uint8)


def _rosettes() -> Grey:
    field = spectral("rosettes", 1.0, cut=7.0)
    smooth = cv2.GaussianBlur(np.tile(field, (3, 3)), (0, 0), 9)[SIDE : 2 * SIDE, SIDE : 2 * SIDE]
    smooth /= smooth.std()
    return _grey(np.tanh(6.0 * (0.45 - np.abs(smooth - 0.9))), 115)


def _patches() -> Grey:
    return _grey(np.tanh(5.0 * (spectral("patches", 4.2, cut=2.0) - 0.1)), 118)


def _giraffe() -> Grey:
    draws = _generator("giraffe")
    cells = draws.random((72, 2)) * SIDE
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    near = np.full((2, SIDE, SIDE), 1e9)
    for cx, cy in cells:
        dx = np.abs(x - cx)
        dy = np.abs(y - cy)
        gap = np.hypot(np.minimum(dx, SIDE - dx), np.minimum(dy, SIDE - dy))
        near[1] = np.minimum(near[1], np.maximum(near[0], gap))
        near[0] = np.minimum(near[0], gap)
    return _grey(np.tanh(0.35 * (near[1] - near[0] - 9)), 110)


def _checks() -> Grey:
    x, y = _grid()
    return _grey(np.tanh(6 * np.sin(2 * np.pi * x) * np.sin(2 * np.pi * y)), 115)


def _courses(width: float, height: float, joint: float, name: str) -> Grey:
    """Rows of bricks, planks or slates with per-brick grey and dark joints."""
    x, y = _grid()
    row = np.floor(y / height)
    along = x / width + 0.5 * (row % 2)
    column = np.floor(along) % round(SIDE / LENGTH / width)
    shade = _generator(name).uniform(-0.7, 0.7, (64, 64))[
        row.astype(int) % round(SIDE / LENGTH / height), column.astype(int)
    ]
    edge = np.minimum(np.minimum(along % 1.0, 1 - along % 1.0) * width, y % height)
    gap = np.where(edge < joint, -2.0, 0.45)
    return _grey(shade + gap + 0.35 * spectral(name, 1.6), 42)


def _scales() -> Grey:
    x, y = _grid()
    y = y * 2
    row = np.floor(y)
    dx = (x * 2 + 0.5 * (row % 2)) % 1.0 - 0.5
    dy = y % 1.0
    return _grey(np.clip(1.1 - 2.2 * np.hypot(dx, dy * 0.8), -1, 1) + 0.2 * spectral("sc", 2.0), 70)


def _knit() -> Grey:
    x, y = _grid()
    weave = np.sin(8 * np.pi * x) * np.sin(8 * np.pi * y)
    return _grey(0.6 * weave + 0.6 * spectral("knit", 2.0), 45)


def _water() -> Grey:
    return _grey(spectral("water", 1.8, stretch=0.16, cut=2.0).T, 48)


def _brushed() -> Grey:
    return _grey(spectral("brushed", 1.4, stretch=20.0, cut=4.0), 40)


def _ribs() -> Grey:
    _, y = _grid()
    return _grey(np.sin(4 * np.pi * y) + 0.25 * spectral("ribs", 2.0), 60)


def _crumb() -> Grey:
    pores = spectral("crumb", 1.0, cut=18.0)
    return _grey(np.where(pores > 1.2, -2.2, 0.3) + 0.5 * spectral("crust", 2.4), 40)


PATTERNS: Mapping[str, tuple[Callable[[], Grey], bool]] = MappingProxyType(
    {  # name: (maker, has a direction)
        "cloud": (_cloud, False),
        "mottle": (_mottle, False),
        "fur": (_fur, True),
        "curl": (_curl, False),
        "wood": (_wood, True),
        "stripes": (_stripes, True),
        "bands": (_bands, True),
        "foliage": (_foliage, False),
        "gravel": (_gravel, False),
        "grass": (_grass, False),
        "dots": (_dots, False),
        "spots": (_spots, False),
        "rosettes": (_rosettes, False),
        "patches": (_patches, False),
        "giraffe": (_giraffe, False),
        "checks": (_checks, True),
        "bricks": (lambda: _courses(0.5, 0.25, 0.03, "bricks"), False),
        "planks": (lambda: _courses(4.0, 0.5, 0.03, "planks"), True),
        "tiles": (lambda: _courses(1.0, 1.0, 0.04, "tiles"), True),
        "scales": (_scales, True),
        "knit": (_knit, False),
        "water": (_water, False),
        "brushed": (_brushed, True),
        "ribs": (_ribs, True),
        "crumb": (_crumb, False),
    }
)
