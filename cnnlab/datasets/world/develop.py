"""From the painted canvas to the picture: light, exposure, lens and sensor."""

from functools import lru_cache

import cv2
import numpy as np

from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import Bytes, Canvas
from cnnlab.datasets.world.looks import LIT
from cnnlab.datasets.world.patterns import spectral
from cnnlab.datasets.world.seeding import Rand, key

NOISE_SIDE = 512
RELIEF = 0.1  # deviation of the stored fine relief, as a share of the shade
NOISE_GREY = 32.0  # deviation of the stored noise, grey levels


@lru_cache(maxsize=1)
def _noise() -> Bytes:
    draws = np.random.Generator(np.random.PCG64(np.random.SeedSequence([key("noise")])))
    field = draws.standard_normal((NOISE_SIDE, NOISE_SIDE, 3), np.float32)
    field[..., :] += draws.standard_normal((NOISE_SIDE, NOISE_SIDE, 1), np.float32)
    return np.clip(128 + NOISE_GREY / np.sqrt(2) * field, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def _detail() -> Bytes:
    """Fine relief that every real surface has: shade factors about 128, falling off slowly."""
    return np.clip(LIT * (1 + RELIEF * spectral("detail", 1.3, cut=12.0)), 0, 255).astype(np.uint8)


def _crop(sheet: Bytes, rand: Rand, height: int, width: int) -> Bytes:
    """A random window of a periodic sheet."""
    if height > sheet.shape[0] or width > sheet.shape[1]:
        copies = (-(-height // sheet.shape[0]), -(-width // sheet.shape[1]))
        sheet = np.tile(sheet, copies + (1,) * (sheet.ndim - 2))
    y = rand.below(sheet.shape[0] - height + 1)
    x = rand.below(sheet.shape[1] - width + 1)
    return sheet[y : y + height, x : x + width]


def develop(canvas: Canvas, rand: Rand, bias: Bias, height: int, width: int) -> Bytes:
    """The finished picture (height, width, 3)."""
    colour = cv2.resize(canvas.colour, (width, height), interpolation=cv2.INTER_AREA)
    shade = cv2.resize(canvas.shade, (width, height), interpolation=cv2.INTER_AREA)
    spread = bias.gradient
    corners = np.array(
        [[rand.span(1 - spread, 1 + spread) for _ in range(2)] for _ in range(2)], np.float32
    )
    glow = cv2.resize((corners * 100).astype(np.uint8), (width, height))
    shade = cv2.multiply(shade, glow, scale=1 / 100)
    share = bias.relief / RELIEF
    stored = _crop(_detail(), rand, height, width)
    detail = cv2.addWeighted(stored, share, stored, 0, LIT * (1 - share))
    shade = cv2.multiply(shade, detail, scale=1 / LIT)
    picture = cv2.multiply(colour, cv2.merge((shade, shade, shade)), scale=1 / LIT)
    picture = cv2.LUT(picture, _exposure(rand, bias))
    sigma = rand.span(*bias.blur)
    if sigma > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    else:  # as cameras and thumbnails sharpen
        crisp = rand.span(*bias.crisp)
        soft = cv2.GaussianBlur(picture, (3, 3), 0)
        picture = cv2.addWeighted(picture, 1 + crisp, soft, -crisp, 0.0)
    level = rand.span(*bias.noise) / NOISE_GREY
    grain = _crop(_noise(), rand, height, width)
    return np.asarray(cv2.addWeighted(picture, 1.0, grain, level, -128.0 * level), np.uint8)


def _exposure(rand: Rand, bias: Bias) -> Bytes:
    """Table (1, 256, 3) of gamma and colour cast."""
    gamma = rand.span(*bias.gamma)
    cast = np.array([1 + rand.span(-bias.cast, bias.cast) for _ in range(3)])
    line = np.linspace(0, 1, 256) ** gamma
    return np.clip(line[None, :, None] * cast * 255, 0, 255).astype(np.uint8)
