"""Transformations against slicing, flips and rotations by hand; distances against numpy."""

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing.invariance import invariance, transform, transform_amounts
from cnnlab.seeing.layers import activations

IMAGES = torch.rand(2, 3, 20, 20, generator=torch.Generator().manual_seed(0)) - 0.5


def test_a_shift_by_whole_pixels_is_slicing() -> None:
    down = transform(IMAGES, "shift", 3)
    torch.testing.assert_close(down[:, :, 3:], IMAGES[:, :, :-3], atol=1e-5, rtol=1e-5)
    assert float(down[:, :, :3].abs().max()) < 1e-5
    up = transform(IMAGES, "shift", -3)
    torch.testing.assert_close(up[:, :, :-3], IMAGES[:, :, 3:], atol=1e-5, rtol=1e-5)


def test_quarter_and_half_turns_are_exact() -> None:
    turned = transform(IMAGES, "rotation", 90)
    torch.testing.assert_close(turned, IMAGES.rot90(1, (2, 3)), atol=1e-5, rtol=1e-5)
    half = transform(IMAGES, "rotation", 180)
    torch.testing.assert_close(half, IMAGES.flip(2, 3), atol=1e-5, rtol=1e-5)


def test_a_scale_of_two_magnifies_the_centre() -> None:
    flat = torch.zeros(1, 3, 20, 20)
    flat[:, :, 8:12, 8:12] = 1.0
    big = transform(flat, "scale", 2.0)
    assert float(big[:, :, 7:13, 7:13].min()) == pytest.approx(1.0)
    assert float(big.sum()) == pytest.approx(4 * float(flat.sum()), rel=0.01)


@pytest.mark.parametrize(("kind", "none"), [("shift", 0), ("scale", 1), ("rotation", 0)])
def test_no_transformation_changes_nothing(kind: str, none: float) -> None:
    torch.testing.assert_close(transform(IMAGES, kind, none), IMAGES, atol=1e-5, rtol=1e-5)


def test_the_papers_ranges() -> None:
    shift = transform_amounts(224)["shift"]
    assert (shift.min(), shift.max(), 0 in shift) == (-60, 60, True)
    assert transform_amounts(56)["shift"].max() == 15
    assert transform_amounts(56)["scale"][[0, -1]].tolist() == [1.0, 1.8]
    assert transform_amounts(56)["rotation"][[0, -1]].tolist() == [0, 350]


def test_distances_and_probabilities_are_those_of_the_features() -> None:
    net = build(ZFNET.scaled(56, 0.1, 4), init="he").eval()
    x = torch.randn(3, 3, 56, 56) * 50
    labels = torch.tensor([0, 1, 3])
    found = invariance(net, x, labels, "shift", [0, 5])
    with torch.no_grad():
        a = activations(net, x, ["norm1", "relu7", "prob"])
        b = activations(net, transform(x, "shift", 5), ["norm1", "relu7", "prob"])
    for tap, stage in (("layer1", "norm1"), ("layer7", "relu7")):
        features = a[stage].flatten(1).numpy()
        expected = np.linalg.norm(b[stage].flatten(1).numpy() - features, axis=1)
        np.testing.assert_allclose(found.distance[tap][:, 1], expected, rtol=1e-4)
        np.testing.assert_allclose(found.distance[tap][:, 0], 0, atol=1e-2 * expected.max())
        pairs = [np.linalg.norm(features[i] - features[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
        assert found.between[tap] == pytest.approx(np.mean(pairs), rel=1e-4)
        np.testing.assert_allclose(found.relative(tap)[:, 1], expected / np.mean(pairs), rtol=1e-3)
    probability = b["prob"].numpy()[np.arange(3), labels.numpy()]
    np.testing.assert_allclose(found.probability[:, 1], probability, atol=1e-5)


def test_a_net_that_averages_everything_does_not_see_a_turn() -> None:
    conv = nn.Conv2d(3, 2, 1)
    pool = nn.Conv2d(2, 2, 20, bias=False)
    nn.init.constant_(pool.weight, 1.0)
    net = nn.Sequential(conv, nn.ReLU(), pool, nn.Flatten(), nn.Linear(2, 3)).eval()
    found = invariance(net, IMAGES, torch.tensor([0, 1]), "rotation", [90, 180], layers=("1", "2"))
    assert found.distance["1"].min() > 0.1
    assert found.distance["2"].max() < 1e-2


@pytest.mark.parametrize(
    ("kind", "amount", "like"),
    [
        ("shift", 5, {"translate": [0.0, 5.0]}),
        ("scale", 1.4, {"scale": 1.4}),
        ("rotation", 35, {"angle": -35.0}),
        ("rotation", 180, {"angle": 180.0}),
    ],
)
@pytest.mark.parametrize("shape", [(56, 56), (40, 64)])
def test_transformations_are_torchvisions(kind, amount, like, shape) -> None:
    x = 50 * torch.randn(2, 3, *shape, generator=torch.Generator().manual_seed(0))
    still = {"angle": 0.0, "translate": [0.0, 0.0], "scale": 1.0, "shear": [0.0, 0.0]}
    how = InterpolationMode.BILINEAR
    expected = functional.affine(x, **{**still, **like}, interpolation=how)  # pyright: ignore
    torch.testing.assert_close(transform(x, kind, amount), expected, atol=0.02, rtol=0)


def test_refusals() -> None:
    net = build(ZFNET.scaled(56, 0.1, 4)).eval()
    x, labels = torch.zeros(2, 3, 56, 56), torch.tensor([0, 1])
    with pytest.raises(ValueError, match="no transformation 'shear'; there are shift, scale"):
        invariance(net, x, labels, "shear", [1])
    with pytest.raises(ValueError, match="above 0, not 0"):
        transform(x, "scale", 0)
    with pytest.raises(ValueError, match="at least two images"):
        invariance(net, x[:1], labels[:1], "shift", [1])
    with pytest.raises(ValueError, match="no layer 'layer9'"):
        invariance(net, x, labels, "shift", [1], layers=("layer9",))
    with pytest.raises(ValueError, match="not finite"):
        invariance(net, x * torch.nan, labels, "shift", [1])
    with pytest.raises(ValueError, match=r"9, 9\).*too small; give images"):
        invariance(net, x[:, :, :9, :9], labels, "shift", [1])
    with pytest.raises(ValueError, match="classes 0 to 3, no class 4"):
        invariance(net, x, labels + 3, "shift", [1])
    with pytest.raises(ValueError, match="2 images have 1 labels"):
        invariance(net, x, labels[:1], "shift", [1])
