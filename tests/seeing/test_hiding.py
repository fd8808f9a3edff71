"""What lies under a square, on a mask and in a projection, held against doing it by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cnnlab.datasets import world
from cnnlab.datasets.packed import Packed
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing.deconvnet import deconvnet, project, strongest
from cnnlab.seeing.hiding import (
    correlations,
    map_projections,
    object_masks,
)
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.occlusion import OcclusionMaps, occlusion


def maps(size: int = 3, side: int = 8) -> OcclusionMaps:
    """Maps of two pictures whose square moves by 2 px; values count up."""
    starts = np.arange(0, side - size + 1, 2)
    grid = np.arange(2 * len(starts) ** 2, dtype=float).reshape(2, len(starts), len(starts))
    ones = np.ones(2)
    return OcclusionMaps(
        activation=grid, probability=1 - grid / 100, label=grid.astype(int), unit=np.zeros(2, int),
        clear_activation=50 * ones, clear_probability=ones, clear_label=ones.astype(int),
        top=starts, left=starts, size=size,
    )  # fmt: skip


def test_the_mean_under_every_square() -> None:
    found, values = maps(), np.random.default_rng(0).normal(size=(2, 8, 8))
    under = found.under_square(values)
    assert under.shape == (2, 3, 3)
    for r, y in enumerate(found.top):
        for c, x in enumerate(found.left):
            expected = values[:, y : y + 3, x : x + 3].mean(axis=(1, 2))
            np.testing.assert_allclose(under[:, r, c], expected)


def test_on_and_off_by_hand() -> None:
    one = replace(  # a square of one pixel that comes to the left column only
        maps(), probability=1 - np.array([[[1.0], [3.0]]] * 2), top=np.arange(2),
        left=np.arange(1), size=1,
    )  # fmt: skip
    masks = np.array([[[True, True], [False, False]], [[False] * 2] * 2])
    on, off = one.drop_on_and_off(masks)
    assert (on[0], off[0]) == (1.0, 3.0)
    assert np.isnan(on[1]) and np.isnan(off[1])  # nothing is on an empty mask


def test_deepest_takes_each_class_and_each_map_once_while_it_can() -> None:
    probability = np.ones((5, 3, 3))
    probability[:, 1, 1] = [0.5, 0.1, 0.2, 0.9, 0.3]
    clear, unit = np.ones(5), np.array([8, 8, 9, 8, 8])
    deep = replace(maps(), probability=probability, clear_probability=clear, unit=unit)
    assert deep.deepest([7, 7, 3, 5, 4], 2).tolist() == [1, 2]
    assert deep.deepest([7, 7, 3, 5, 4], 4).tolist() == [1, 2, 4, 3]  # map 8 again, no label again
    assert deep.deepest([7, 7, 7, 7, 7], 4).tolist() == [1]
    unit = np.array([8, 8, 9, 5, 8])
    assert replace(deep, unit=unit).deepest([7, 7, 3, 5, 4], 3).tolist() == [1, 2, 3]


def test_energy_is_the_projection_squared() -> None:
    net = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()
    x = torch.randn(2, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 60
    found = occlusion(net, x, torch.tensor([0, 1]), size=16, stride=40)
    units = strongest(net, x, "pool5", found.unit.tolist())
    whole = project(net, x, "pool5", units).full(56, 56)
    torch.testing.assert_close(deconvnet(net, x, "layer5", found.unit), whole)
    images = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3), dtype=np.uint8)
    crops = CentreCrops(torch.full((64, 64, 3), 120.0), 56)
    projections = map_projections(net, x, found, images, crops)
    assert projections.shape == (2, 4, 3, 56, 56)
    torch.testing.assert_close(projections[:, 0], whole)


def test_masks_are_cut_like_the_pictures() -> None:
    picture = world.scene("imagenet", "val", 5, size=64, classes=20)
    assert np.array_equal(world.image("imagenet", "val", 5, size=64, classes=20), picture.image)
    packed = SimpleNamespace(
        source="world", role="imagenet", split="val",
        images=np.zeros((9, 64, 64, 3), np.uint8), classes=("c",) * 20,
    )  # fmt: skip
    (mask,) = object_masks(packed, np.array([5]), 56)  # pyright: ignore[reportArgumentType]
    assert np.array_equal(mask, picture.instances[0].mask[4:60, 4:60])
    assert mask.any()


def test_photographs_have_no_masks() -> None:
    photos = Packed(np.zeros((2, 64, 64, 3), np.uint8), np.zeros(2, int), ("a",), "imagenet",
                    "val", "tiny-imagenet", "")  # fmt: skip
    assert not object_masks(photos, np.array([0, 1]), 56).any()


def test_correlation_of_each_picture() -> None:
    a = np.arange(8.0).reshape(2, 2, 2)
    found = correlations(a, np.stack([a[0] * 3, -a[1]]))
    assert found.tolist() == pytest.approx([1, -1])
