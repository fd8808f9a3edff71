"""The faults of a net whose filters were made to have them, and spectra that are known."""

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import ALEXNET, ZFNET, NetSpec
from cnnlab.seeing import diagnosis
from cnnlab.seeing.inputs import CentreCrops

DEAD, EXTREME = "dead filters (%)", "extreme filters (%)"
MIDDLE, GRIDDED = "power in the middle band (%)", "layer 2 at its grid (dB)"


def faulty(stripes: float = 0.0) -> ConvNet:
    """A net with a dead, a flat and a striped filter in layer 1, all others one edge."""
    net = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()
    weight = net.layers.get_parameter("conv1.weight")
    edge = torch.cos(torch.arange(7.0) * 2 * np.pi / 7).expand(3, 7, 7) / 100
    with torch.no_grad():
        weight[:] = edge
        weight[0] = 0
        weight[1] = 0.01
        weight[2] = 0.01 * (-1.0) ** torch.arange(7)
        net.layers.get_parameter("conv1.bias").zero_()
    return net


def test_dead_flat_and_striped_filters_are_counted() -> None:
    net = faulty()
    x = torch.rand(4, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 200
    second = torch.randn(2 * 9, 3, 20, 20, generator=torch.Generator().manual_seed(1))
    faults = diagnosis.measure_faults(net, second, second, x, coarse=4)
    count = len(diagnosis.layer1_filters(net))
    assert np.flatnonzero(faults[DEAD]).tolist() == [0]
    # nothing is in the middle band of a filter of zeros either
    assert np.flatnonzero(faults[EXTREME]).tolist() == [0, 1, 2]
    assert faults[MIDDLE].shape == (count,)
    assert faults[GRIDDED].shape == (2,)


def gridded(grid: int, count: int = 18, side: int = 39) -> Tensor:
    """Noise (count, 1, side, side) with every `grid`-th row and column drawn stronger."""
    noise = 0.5 + torch.randn(count, 1, side, side, generator=torch.Generator().manual_seed(2))
    lines = torch.ones(side)
    lines[::grid] = 2
    return noise * lines[:, None] * lines


@pytest.mark.parametrize(("spec", "grid"), [(ZFNET, 2), (ALEXNET, 4)], ids=["zfnet", "alexnet"])
def test_layer_two_is_judged_by_its_own_grid(spec: NetSpec, grid: int) -> None:
    net = build(spec.scaled(56, 0.1, 5))  # layer 1's stride times pooling's, halved at 56 px
    pictures, x = gridded(grid), torch.zeros(1, 3, 56, 56)
    faults = diagnosis.measure_faults(net, pictures, pictures, x, coarse=8)
    np.testing.assert_array_equal(faults[GRIDDED], diagnosis.grid_excess(pictures, grid))
    eight = diagnosis.grid_excess(pictures, 8)
    np.testing.assert_array_equal(faults["layer 2 at a grid of 8 px (dB)"], eight)


def test_a_grid_stands_out_at_its_own_harmonics_alone() -> None:
    for grid in (2, 4):
        assert (diagnosis.grid_excess(gridded(grid), grid) > 1.5).all()
    plain = gridded(64, count=90)
    for grid in (2, 4, 8):
        assert abs(diagnosis.grid_excess(plain, grid).mean()) < 0.5
    # what repeats every 2 px has no line at 1/4 cycle: less stands out at a grid of 4
    two = gridded(2)
    assert diagnosis.grid_excess(two, 4).mean() < diagnosis.grid_excess(two, 2).mean() - 1


def test_a_map_without_projections_has_no_grid_and_counts_for_nothing() -> None:
    pictures = gridded(4)
    pictures[9:] = 0
    excess = diagnosis.grid_excess(pictures, 4)
    assert excess[0] == pytest.approx(diagnosis.grid_excess(pictures[:9], 4)[0])
    assert np.isnan(excess[1])
    mean, _ = diagnosis.fault_table({"ZFNet": {GRIDDED: excess}, "other": {GRIDDED: excess[:1]}})
    assert (mean["value"], mean["n"]) == (excess[0], 1)


def test_a_grid_that_no_transform_can_show_is_refused() -> None:
    with pytest.raises(ValueError, match="a grid of 6 px does not divide 128"):
        diagnosis.grid_excess(torch.zeros(9, 1, 20, 20), 6)


def test_the_spectrum_of_white_noise_rises_with_the_area_of_its_rings() -> None:
    noise = torch.randn(60, 1, 39, 39, generator=torch.Generator().manual_seed(3))
    frequency, share = diagnosis.spectrum(noise)
    density = share / frequency
    assert float((density / density.mean() - 1).abs().max()) < 0.15  # no comb of the binning


def test_drawn_are_nine_projections_of_each_map() -> None:
    images = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), dtype=np.uint8)
    mean = torch.full((64, 64, 3), 120.0)
    pixels = diagnosis.layer2_projections(
        build(ZFNET.scaled(56, 0.1, 5), init="he"), images, CentreCrops(mean, 56), 3, 0
    )
    assert pixels.shape[:2] == (27, 3)
    assert float(pixels.abs().max()) > 0


def test_cells_hold_every_fault_and_the_difference() -> None:
    one = {DEAD: np.array([0.0, 0, 100, 100]), MIDDLE: np.array([10.0, 20, 30, 40])}
    two = {DEAD: np.zeros(4), MIDDLE: np.array([30.0, 40, 50, 60])}
    rows = {
        (c["row"], c["column"]): c for c in diagnosis.fault_table({"AlexNet": one, "ZFNet": two})
    }
    assert len(rows) == 6
    minus = rows[MIDDLE, "AlexNet minus ZFNet"]
    assert minus["value"] == pytest.approx(-20)
    assert minus["low"] < -20 < minus["high"]
    assert rows[DEAD, "AlexNet"]["value"] == 50
    none = diagnosis.fault_table({"AlexNet": {DEAD: np.zeros(24)}, "ZFNet": {DEAD: np.zeros(24)}})
    assert none[2]["low"] == -none[2]["high"] < -10  # none of 24 filters leaves much open
    assert none[2]["n"] == 24
    assert len(diagnosis.fault_table({"ZFNet": two})) == 2  # nothing to subtract


def wave(frequency: float, size: int = 48) -> Tensor:
    """A vertical grating of `frequency` cycles per pixel: (1, 1, size, size)."""
    x = torch.arange(size) * (2 * np.pi * frequency)
    return torch.cos(x).expand(1, 1, size, size)


@pytest.mark.parametrize(("frequency", "band"), [(0.0, 0), (0.15, 1), (0.45, 2)])
def test_a_grating_lies_in_its_band(frequency: float, band: int) -> None:
    low = 0.06 * 48  # cycles over the grating's 48 px
    shares = diagnosis.bands(wave(frequency), low)[0]
    assert float(shares[band]) > 0.9
    assert float(shares.sum()) == pytest.approx(1.0)
    assert bool(shares[1] < 0.5) == (band != 1)


@pytest.mark.parametrize("size", [5, 7, 11])
def test_a_blob_is_low_and_an_edge_is_not_whatever_the_size(size: int) -> None:
    x = torch.arange(size) - (size - 1) / 2
    blob = torch.exp(-(x[:, None] ** 2 + x**2) / (2 * (size / 4) ** 2))
    edge = torch.sign(x) * blob
    checks = (-1.0) ** (x[:, None] + x).round()
    for filter, low, extreme in ((torch.ones(size, size), True, True), (blob, True, True),
                                 (edge, False, False), (checks, False, True)):  # fmt: skip
        shares = diagnosis.bands(filter[None, None])[0]
        assert bool(shares[0] > 0.5) == low
        assert bool(shares[1] < 0.5) == extreme


def test_power_is_that_of_the_weights() -> None:
    x = torch.randn(3, 2, 7, 7)  # Parseval
    total = diagnosis.power(x).sum(dim=(1, 2)) / diagnosis.GRID**2
    torch.testing.assert_close(total, x.square().sum(dim=(1, 2, 3)))


def test_too_large_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 128 px"):
        diagnosis.power(torch.zeros(1, 3, 129, 129))
