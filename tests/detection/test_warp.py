"""Windows for a net: both fast forms equal the plain one, at borders and for odd boxes too."""

import numpy as np
import pytest
import torch
from rectangles import some_boxes

from cnnlab.detection import plain_warp, warp
from cnnlab.detection.fast.warp import batched_warp, pasted_warp

GREY = np.array([100.0, 110.4, 120.0])
CPU = torch.device("cpu")


def scenes(low: int = 50, high: int = 205) -> tuple[list[np.ndarray], np.ndarray]:
    """Noise and ramps of several shapes, with boxes inside, at borders, of one pixel."""
    rng = np.random.default_rng(0)
    images, boxes = [], []
    for height, width in [(40, 60), (30, 31), (90, 33)]:
        image = rng.integers(low, high, (height, width, 3)).astype(np.uint8)
        image[:, : width // 2] = 60 + np.arange(height)[:, None, None]
        ends = [[1, 1, width, height], [1, 1, 1, 1], [width, height, width, height]]
        thin = [[1, 3, width, 3], [4, 1, 4, height]]
        every = np.concatenate([ends, thin, some_boxes(rng, 30, min(height, width))])
        images += [image] * len(every)
        boxes.append(every)
    return images, np.concatenate(boxes)


@pytest.mark.parametrize("pixels", [28, 56])
def test_fast_windows_equal_plain_ones(pixels: int) -> None:
    images, boxes = scenes()
    expected = plain_warp(images, boxes, pixels, GREY)
    assert torch.equal(pasted_warp(images, boxes, pixels, GREY), expected)
    apart = (batched_warp(images, boxes, pixels, GREY, CPU).float() - expected).abs()
    assert apart.max() <= 2 and apart.mean() < 0.2
    images, boxes = scenes(0, 256)  # the worst: Pillow cuts off beyond black and white, twice
    apart = batched_warp(images, boxes, pixels, GREY, CPU).float()
    assert (apart - plain_warp(images, boxes, pixels, GREY)).abs().mean() < 0.5


def test_windows_of_large_pictures_equal_plain_ones() -> None:
    """Pillow takes means of whole pixels first where a box is over three times its window."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (260, 410, 3)).astype(np.uint8)
    boxes = np.concatenate([[[1, 1, 410, 260]], some_boxes(rng, 150, 260)])
    expected = plain_warp([image] * 151, boxes, 28, GREY)
    assert torch.equal(pasted_warp([image] * 151, boxes, 28, GREY), expected)
    apart = batched_warp([image] * 151, boxes, 28, GREY, CPU).float() - expected
    assert apart.abs().mean() < 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_windows_on_a_gpu_equal_plain_ones() -> None:
    images, boxes = scenes()
    apart = (
        warp(images, boxes, 56, GREY).cpu().float() - plain_warp(images, boxes, 56, GREY)
    ).abs()
    assert apart.max() <= 2 and apart.mean() < 0.2


def test_nothing_is_left_of_a_mean_image_beyond_the_border() -> None:
    mean = np.random.default_rng(1).integers(90, 160, (28, 28, 3)).astype(float)
    image = np.full((20, 20, 3), 255, np.uint8)
    box = np.array([[1, 1, 20, 20]])
    expected = torch.from_numpy(mean).permute(2, 0, 1)
    for x in (warp([image], box, 28, mean), batched_warp([image], box, 28, mean, CPU)):
        margin = round(28 * 16 / 227)
        left = x[0] - expected
        assert (left[:, :margin] == 0).all() and (left[:, :, -margin:] == 0).all()
        assert (x[0, :, margin:-margin, margin:-margin] == 255).all()


def test_no_windows_are_no_error_and_odd_ones_are() -> None:
    image = np.zeros((6, 8, 3), np.uint8)
    for shape in (plain_warp, warp):
        assert shape([], np.zeros((0, 4)), 28, GREY).shape == (0, 3, 28, 28)
        with pytest.raises(ValueError, match=r"box \[5, 1, 4, 3\] holds no pixel"):
            shape([image], np.array([[5, 1, 4, 3]]), 28, GREY)
        with pytest.raises(ValueError, match="does not lie in its picture of 6 x 8 pixels"):
            shape([image], np.array([[3, 1, 9, 3]]), 28, GREY)
        with pytest.raises(ValueError, match="1 images and 2 boxes do not pair"):
            shape([image], np.array([[1, 1, 2, 2]] * 2), 28, GREY)
    assert batched_warp([], np.zeros((0, 4)), 28, GREY, CPU).shape == (0, 3, 28, 28)
    assert warp([image[:1, :1]], np.array([[1, 1, 1, 1]]), 28, GREY).shape == (1, 3, 28, 28)
