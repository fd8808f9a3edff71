"""How image power falls with spatial frequency, the first statistic of natural images."""

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 0.03, 0.35  # cycles per pixel that the line is fitted to


def spectrum_slope(images: NDArray[np.uint8]) -> float:
    """Slope of log power against log frequency over images (N, H, W) or (N, H, W, 3).

    Photographs measure about -2. Power is averaged over images and directions, after removing the
    mean and windowing. Raises ValueError for arrays of another shape or images under 16 pixels.

    >>> noise = np.random.default_rng(0).integers(0, 256, (20, 32, 32), dtype=np.uint8)
    >>> abs(spectrum_slope(noise)) < 0.2
    True
    """
    if images.ndim not in (3, 4) or min(images.shape[1:3]) < 16:
        raise ValueError(f"need images (N, H, W) or (N, H, W, 3) of 16 px or more: {images.shape}")
    grey = images.astype(np.float64)
    if grey.ndim == 4:
        grey = grey.mean(-1)
    height, width = grey.shape[1:]
    window = np.hanning(height)[:, None] * np.hanning(width)[None, :]
    grey = (grey - grey.mean((1, 2), keepdims=True)) * window
    power = (np.abs(np.fft.rfft2(grey)) ** 2).mean(0)  # (H, W // 2 + 1)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    edges = np.geomspace(max(LOWEST, 2.0 / min(height, width)), HIGHEST, 13)
    ring = np.digitize(radius, edges)
    points = [
        (np.log(radius[ring == i].mean()), np.log(power[ring == i].mean()))
        for i in range(1, len(edges))
        if (ring == i).any()
    ]
    x, y = np.array(points).T
    return float(np.polyfit(x, y, 1)[0])
