"""What the eye sees in filters, measured: dead, dominant, extreme and aliased (ECCV 4.1, Fig. 6).

Frequencies are in cycles per pixel, 0 to 0.5 along an axis. F filters of C x k x k weights.
"""

import torch
from torch import Tensor

GRID = 64  # points of the transforms: filters are padded to it with zeros
LOW = 0.6  # cycles per filter: below is a blob of one colour, whatever the filter's size
HIGH = 0.3  # cycles per pixel: above is near the pixel grid
DEAD = 0.1  # of the median filter's strength


def power(x: Tensor) -> Tensor:
    """Power spectrum of images or filters (F, C, h, w) summed over channels: (F, GRID, GRID).

    A filter's mean counts as its lowest frequency. Raises ValueError above GRID pixels.
    """
    if max(x.shape[2:]) > GRID:
        raise ValueError(f"spectra are taken of at most {GRID} px, not {tuple(x.shape[2:])}")
    return torch.fft.fft2(x.float(), s=(GRID, GRID)).abs().square().sum(dim=1)


def radius() -> Tensor:
    """Distance from zero of every frequency of `power`: (GRID, GRID)."""
    f = torch.fft.fftfreq(GRID)
    return (f[:, None].square() + f.square()).sqrt()


def beyond(x: Tensor, limit: float) -> Tensor:
    """Share of the power of x (F, C, h, w) whose frequency along an axis exceeds `limit`: (F,).

    With `limit` = 1 / (2 stride) that is what a grid of that stride cannot carry and folds over.
    """
    f = torch.fft.fftfreq(GRID).abs()
    outside = torch.maximum(f[:, None], f) > limit
    spectrum = power(x)
    return _share(spectrum * outside, spectrum)


def bands(x: Tensor, low: float = LOW, high: float = HIGH) -> Tensor:
    """Shares of the power of x (F, C, h, w) in the low, the middle and the high band: (F, 3).

    `low` is in cycles per filter, since a flat filter's spectrum is the wider the smaller it is.
    """
    spectrum, r, low = power(x), radius(), low / max(x.shape[2:])
    parts = (r < low, (r >= low) & (r <= high), r > high)
    return torch.stack([_share(spectrum * part, spectrum) for part in parts], dim=1)


def extreme(x: Tensor, low: float = LOW, high: float = HIGH) -> Tensor:
    """Filters (F, C, h, w) with most of their power outside of the middle band: (F,) bool."""
    return bands(x, low, high)[:, 1] < 0.5


def rms(weight: Tensor) -> Tensor:
    """Root mean square of each filter (F, C, k, k): (F,)."""
    return weight.square().mean(dim=(1, 2, 3)).sqrt()


def dead(strength: Tensor) -> Tensor:
    """Filters whose strength (F,) is under a tenth of the median's: (F,) bool."""
    return strength < DEAD * strength.median()


def dominance(strength: Tensor) -> float:
    """Strongest filter over the median: 1 where all are alike."""
    return float(strength.max() / strength.median().clamp_min(1e-12))


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return part.sum(dim=(1, 2)) / whole.sum(dim=(1, 2)).clamp_min(1e-20)


def profile(x: Tensor, bins: int = 24) -> tuple[Tensor, Tensor]:
    """Frequencies up to 0.5 and the share of the power of x (F, C, h, w) in a ring around each.

    Both are (bins,). Every picture weighs the same; diagonal frequencies above 0.5 are left out.
    """
    spectrum = power(x)
    share = (spectrum / spectrum.sum(dim=(1, 2), keepdim=True).clamp_min(1e-20)).mean(dim=0)
    ring = (radius() * 2 * bins).long().clamp_max(bins)  # the corners are one ring more
    total = torch.zeros(bins + 1).scatter_add_(0, ring.flatten(), share.flatten())[:bins]
    return (torch.arange(bins) + 0.5) / (2 * bins), total / total.sum()
