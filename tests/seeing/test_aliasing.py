"""Spectral measures of filters whose spectra are known."""

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnlab.seeing import aliasing as spectra


def wave(frequency: float, size: int = 48) -> Tensor:
    """A vertical grating of `frequency` cycles per pixel: (1, 1, size, size)."""
    x = torch.arange(size) * (2 * np.pi * frequency)
    return torch.cos(x).expand(1, 1, size, size)


@pytest.mark.parametrize(("frequency", "band"), [(0.0, 0), (0.15, 1), (0.45, 2)])
def test_a_grating_lies_in_its_band(frequency: float, band: int) -> None:
    low = 0.06 * 48  # cycles over the grating's 48 px
    shares = spectra.bands(wave(frequency), low)[0]
    assert float(shares[band]) > 0.9
    assert float(shares.sum()) == pytest.approx(1.0)
    assert bool(spectra.extreme(wave(frequency), low)) == (band != 1)


@pytest.mark.parametrize("size", [5, 7, 11])
def test_a_blob_is_low_and_an_edge_is_not_whatever_the_size(size: int) -> None:
    x = torch.arange(size) - (size - 1) / 2
    blob = torch.exp(-(x[:, None] ** 2 + x**2) / (2 * (size / 4) ** 2))
    edge = torch.sign(x) * blob
    checks = (-1.0) ** (x[:, None] + x).round()
    for filter, low, extreme in ((torch.ones(size, size), True, True), (blob, True, True),
                                 (edge, False, False), (checks, False, True)):  # fmt: skip
        shares = spectra.bands(filter[None, None])[0]
        assert bool(shares[0] > 0.5) == low
        assert bool(spectra.extreme(filter[None, None])) == extreme


def test_power_is_that_of_the_weights() -> None:
    x = torch.randn(3, 2, 7, 7)  # Parseval
    total = spectra.power(x).sum(dim=(1, 2)) / spectra.GRID**2
    torch.testing.assert_close(total, x.square().sum(dim=(1, 2, 3)))


def test_what_a_grid_cannot_carry() -> None:
    for stride in (2, 4):
        limit = 1 / (2 * stride)
        assert float(spectra.beyond(wave(limit * 0.6), limit)) < 0.05
        assert float(spectra.beyond(wave(limit * 1.5), limit)) > 0.95
    assert float(spectra.beyond(torch.randn(1, 3, 9, 9), 0.5)) == 0


def test_a_repeated_grid_shows_as_aliasing() -> None:
    smooth = wave(1 / 16, 32)
    gridded = smooth.clone()
    gridded[:, :, :, ::4] *= 3  # a stride of 4 drawn into the picture
    a, b = (float(spectra.beyond(x, 1 / 8)) for x in (smooth, gridded))
    assert b > a + 0.2


def test_strength_dead_and_dominant_by_hand() -> None:
    weight = torch.ones(5, 3, 2, 2) * torch.tensor([1.0, 1, 1, 0.05, 4])[:, None, None, None]
    strength = spectra.rms(weight)
    torch.testing.assert_close(strength, torch.tensor([1.0, 1, 1, 0.05, 4]))
    assert spectra.dead(strength).tolist() == [False, False, False, True, False]
    assert spectra.dominance(strength) == pytest.approx(4)


def test_too_large_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 64 px"):
        spectra.power(torch.zeros(1, 3, 65, 65))
