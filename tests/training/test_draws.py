"""What chance decides for a batch: that of `Batches`, whole and in the parts of a group."""

import numpy as np
import pytest
import torch

from cnnlab.training.batches import Batches
from cnnlab.training.draws import Draws, cut

HOW = {"crop": 16, "batch": 12, "seed": 3}


def images(count: int = 30, side: int = 20) -> torch.Tensor:
    values = np.random.default_rng(0).integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    return torch.from_numpy(values)


@pytest.mark.parametrize("zoom", [0.0, 0.4])
def test_draws_are_those_of_batches(zoom: float) -> None:
    pixels, mean = images(), torch.rand(20, 20, 3)
    plain = Batches(pixels, torch.arange(30), mean, **HOW, zoom=zoom)
    draws = Draws(30, 20, **HOW, zoom=zoom)
    assert draws.per_epoch == plain.per_epoch == 2
    for i in (0, 1, 2, 7):
        wanted, labels = plain[i]
        assert np.array_equal(draws[i].rows, labels)
        given = cut(pixels, mean, draws[i], 16)
        torch.testing.assert_close(given, wanted, rtol=0, atol=0)
        assert given.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("zoom", [0.0, 0.4])
def test_the_parts_of_a_group_make_up_the_batch(zoom: float) -> None:
    pixels, mean = images(), torch.rand(20, 20, 3)
    draw = Draws(30, 20, **HOW, zoom=zoom)[5]
    parts = [draw.part(rank, 3) for rank in range(3)]
    assert np.array_equal(np.concatenate([part.rows for part in parts]), draw.rows)
    given = torch.cat([cut(pixels, mean, part, 16) for part in parts])
    torch.testing.assert_close(given, cut(pixels, mean, draw, 16), rtol=0, atol=0)


def test_a_group_that_does_not_divide_the_batch_is_refused() -> None:
    with pytest.raises(ValueError, match=r"5 processes do not divide a batch of 12; start 4 or 6,"):
        Draws(30, 20, **HOW)[0].part(0, 5)


def test_too_few_images_for_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="11 training images do not fill one batch of 12"):
        Draws(11, 20, **HOW)
