"""Receptive fields against brute force: change one pixel, see which units notice."""

import pytest
import torch
from torch import nn

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ALEXNET, CAFFENET, ZFNET, NetSpec
from cnnlab.seeing.chain import ReceptiveField, receptive_field


def seen_rows(net: nn.Module, y: int, side: int) -> set[int]:
    """Rows of a square input whose change moves the unit in row y, middle column, of the output."""
    x = torch.rand(1, 3, side, side, dtype=torch.float64)
    before = net(x)
    middle = before.shape[3] // 2
    noticed = set()
    for row in range(side):
        changed = x.clone()
        changed[:, :, row] += 10.0
        if not torch.equal(net(changed)[0, :, y, middle], before[0, :, y, middle]):
            noticed.add(row)
    return noticed


@pytest.mark.parametrize("y", [0, 2, 4])
@pytest.mark.parametrize(
    "layers",
    [
        [
            nn.Conv2d(3, 4, 5, stride=2, padding=2),
            nn.AvgPool2d(3, 2),
            nn.Conv2d(4, 2, 3, padding=1),
        ],
        [nn.Conv2d(3, 2, 3, dilation=2), nn.Conv2d(2, 2, 4, stride=3)],
        [nn.Conv2d(3, 2, 7, stride=2, padding=3), nn.AvgPool2d(2, 2), nn.Conv2d(2, 2, 1)],
    ],
)
def test_against_changing_every_row(layers: list[nn.Module], y: int) -> None:
    torch.manual_seed(0)
    brute = nn.Sequential(*layers).double()
    # averages notice every pixel, where a maximum notices one: the geometry is the same
    same = [
        nn.MaxPool2d(layer.kernel_size, layer.stride) if isinstance(layer, nn.AvgPool2d) else layer
        for layer in layers
    ]
    low, high = receptive_field(nn.Sequential(*same), str(len(layers) - 1)).span(y, 45)
    assert seen_rows(brute, y, 45) == set(range(low, high))


def test_alexnet_by_hand() -> None:
    # conv1 11/4, pool 3/2: 11 + 2 * 4; conv2 5: + 4 * 8; pool: + 2 * 8; 3x3: + 2 * 16
    expected = {"conv1": 11, "pool1": 19, "conv2": 51, "pool2": 67, "conv3": 99, "conv4": 131}
    expected |= {"conv5": 163, "pool5": 195}
    found = {layer: receptive_field(CAFFENET, layer) for layer in expected}
    assert {tap: f.size for tap, f in found.items()} == expected
    assert found["pool5"].stride == 32


def test_spec_and_net_agree_and_padding_shifts_the_start() -> None:
    spec = ZFNET.scaled(56, 0.1, 5)
    assert receptive_field(spec, "layer5") == receptive_field(build(spec), "pool5")
    assert receptive_field(ALEXNET, "conv1") == ReceptiveField(size=11, stride=4, start=-2)
    assert receptive_field(ALEXNET, "conv1").span(0, 224) == (0, 9)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="fc6 sees the whole image"):
        receptive_field(ZFNET, "fc6")
    with pytest.raises(ValueError, match="no layer 'conv6'"):
        receptive_field(ZFNET, "conv6")
    with pytest.raises(ValueError, match="no layer '3' in this net; it has 0"):
        receptive_field(nn.Sequential(nn.Conv2d(3, 3, 3)), "3")


def test_specs_of_any_width_have_one_geometry() -> None:
    narrow: NetSpec = ZFNET.with_fc(8)
    assert receptive_field(narrow, "pool5") == receptive_field(ZFNET, "pool5")
