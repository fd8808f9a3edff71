"""From the painted canvas to the picture: light, exposure, lens and sensor."""

from functools import lru_cache

import cv2
import numpy as np

from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import Bytes, Canvas
from cnnlab.datasets.world.looks import LIT
from cnnlab.datasets.world.seeding import Rand, key

NOISE_SIDE = 512
NOISE_GREY = 32.0  # deviation of the stored noise, grey levels


@lru_cache(maxsize=1)
def _noise() -> Bytes:
    draws = np.random.Generator(np.random.PCG64(np.random.SeedSequence([key("noise")])))
    field = draws.standard_normal((NOISE_SIDE, NOISE_SIDE, 3), np.float32)
    field[..., :] += draws.standard_normal((NOISE_SIDE, NOISE_SIDE, 1), np.float32)
    return np.clip(128 + NOISE_GREY / np.sqrt(2) * field, 0, 255).astype(np.uint8)


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
    picture = cv2.multiply(colour, cv2.merge((shade, shade, shade)), scale=1 / LIT)
    picture = cv2.LUT(picture, _exposure(rand, bias))
    sigma = rand.span(*bias.blur) * max(height, width) / 64
    if sigma > 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    level = rand.span(*bias.noise) / NOISE_GREY
    x = rand.below(NOISE_SIDE - width) if width < NOISE_SIDE else 0
    y = rand.below(NOISE_SIDE - height) if height < NOISE_SIDE else 0
    grain = _noise()[y : y + height, x : x + width]
    if grain.shape != picture.shape:
        grain = np.resize(_noise(), picture.shape)
    return cv2.addWeighted(picture, 1.0, grain, level, -128.0 * level)


def _exposure(rand: Rand, bias: Bias) -> Bytes:
    """Table (1, 256, 3) of gamma and colour cast."""
    gamma = rand.span(*bias.gamma)
    cast = np.array([1 + rand.span(-bias.cast, bias.cast) for _ in range(3)])
    line = np.linspace(0, 1, 256) ** gamma
    return np.clip(line[None, :, None] * cast * 255, 0, 255).astype(np.uint8)
