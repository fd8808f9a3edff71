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
MIDDLE, ALIASED = "power in the middle band (%)", "layer-2 power beyond the grid (%)"


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
    filters = diagnosis.layer1_filters(net)
    faults = diagnosis.measure_faults(net, filters, second, second, x)
    count = len(filters)
    assert np.flatnonzero(faults[DEAD]).tolist() == [0]
    # nothing is in the middle band of a filter of zeros either
    assert np.flatnonzero(faults[EXTREME]).tolist() == [0, 1, 2]
    assert faults[MIDDLE].shape == (count,)
    assert faults[ALIASED].shape == (2,)


@pytest.mark.parametrize(("spec", "grid"), [(ZFNET, 4), (ALEXNET, 8)], ids=["zfnet", "alexnet"])
def test_layer_two_is_judged_by_its_own_grid(spec: NetSpec, grid: int) -> None:
    net = build(spec.scaled(56, 0.1, 5))
    limit = 1 / (2 * grid / 2)  # layer 1's stride times pooling's, halved at 56 px
    waves = [
        torch.cos(torch.arange(48) * 2 * np.pi * f).expand(9, 3, 48, 48)
        for f in (0.5 * limit, 0.9 * limit, 1.1 * limit, 1.6 * limit)
    ]
    coarse, below, above, fine = diagnosis.beyond_grid(net, torch.cat(waves))
    assert coarse < 10 and fine > 90
    assert below < 50 < above  # on either side of this very limit


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


def test_what_a_grid_cannot_carry() -> None:
    for stride in (2, 4):
        limit = 1 / (2 * stride)
        assert float(diagnosis.beyond(wave(limit * 0.6), limit)) < 0.05
        assert float(diagnosis.beyond(wave(limit * 1.5), limit)) > 0.95
    assert float(diagnosis.beyond(torch.randn(1, 3, 9, 9), 0.5)) == 0


def test_a_repeated_grid_shows_as_aliasing() -> None:
    smooth = wave(1 / 16, 32)
    gridded = smooth.clone()
    gridded[:, :, :, ::4] *= 3  # a stride of 4 drawn into the picture
    a, b = (float(diagnosis.beyond(x, 1 / 8)) for x in (smooth, gridded))
    assert b > a + 0.2


def test_too_large_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 64 px"):
        diagnosis.power(torch.zeros(1, 3, 65, 65))
