"""The faults of a net whose filters were made to have them."""

import numpy as np
import pytest
import torch

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import ALEXNET, ZFNET
from cnnlab.seeing import diagnosis as faults
from cnnlab.seeing.inputs import CentreCrops


def made(stripes: float = 0.0) -> ConvNet:
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
    net = made()
    x = torch.rand(4, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 200
    second = torch.randn(2 * 9, 3, 20, 20, generator=torch.Generator().manual_seed(1))
    found = faults.faults(net, faults.first(net), second, x)
    count = len(faults.first(net))
    assert np.flatnonzero(found[faults.DEAD]).tolist() == [0]
    # nothing is in the middle band of a filter of zeros either
    assert np.flatnonzero(found[faults.EXTREME]).tolist() == [0, 1, 2]
    assert found[faults.MIDDLE].shape == (count,)
    assert found[faults.ALIASED].shape == (2,)


def test_layer_two_is_judged_by_its_own_grid() -> None:
    for spec, pixels in ((ZFNET, 4), (ALEXNET, 8)):  # layer 1's stride, times pooling's
        assert faults.step(build(spec.scaled(56, 0.1, 5))) == pixels // 2  # halved at 56 px
    net = made()
    limit = 1 / (2 * faults.step(net))
    x = 9 * torch.rand(2, 3, 56, 56)
    waves = [torch.cos(torch.arange(48) * 2 * np.pi * f).expand(9, 3, 48, 48)
             for f in (0.5 * limit, 1.6 * limit)]  # fmt: skip
    coarse, fine = faults.faults(net, faults.first(net), torch.cat(waves), x)[faults.ALIASED]
    assert coarse < 10 and fine > 90


def test_drawn_are_nine_projections_of_each_map() -> None:
    images = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), dtype=np.uint8)
    mean = torch.full((64, 64, 3), 120.0)
    pixels = faults.drawn(
        build(ZFNET.scaled(56, 0.1, 5), init="he"), images, CentreCrops(mean, 56), 3, 0
    )
    assert pixels.shape[:2] == (27, 3)
    assert float(pixels.abs().max()) > 0


def test_cells_hold_every_fault_and_the_difference() -> None:
    one = {faults.DEAD: np.array([0.0, 0, 100, 100]), faults.MIDDLE: np.array([10.0, 20, 30, 40])}
    two = {faults.DEAD: np.zeros(4), faults.MIDDLE: np.array([30.0, 40, 50, 60])}
    rows = {(c["row"], c["column"]): c for c in faults.cells({"AlexNet": one, "ZFNet": two})}
    assert len(rows) == 6
    minus = rows[faults.MIDDLE, "AlexNet minus ZFNet"]
    assert minus["value"] == pytest.approx(-20)
    assert minus["low"] < -20 < minus["high"]
    assert rows[faults.DEAD, "AlexNet"]["value"] == 50
    assert len(faults.cells({"ZFNet": two})) == 2  # nothing to subtract
