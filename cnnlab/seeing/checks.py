"""What the searches and measurements refuse, in one place and in one wording."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from cnnlab.seeing.chain import chain, shapes


def check_units(units: Tensor, count: int, tap: str) -> None:
    """Raise ValueError for no units at all, or for one that a tap with `count` does not have."""
    if not len(units):
        raise ValueError(f"no units of {tap} were asked for; it has 0 to {count - 1}")
    wrong = units[(units < 0) | (units >= count)]
    if len(wrong):
        raise ValueError(f"{tap} has units 0 to {count - 1}, no unit {int(wrong[0])}")


def check_finite(values: Tensor, tap: str) -> None:
    """Raise ValueError for activations that are NaN or infinite."""
    if not bool(torch.isfinite(values).all()):
        raise ValueError(f"activations of {tap} are not finite; the net or the images hold NaN")


def check_images(net: nn.Module, images: Tensor, taps: Iterable[str]) -> None:
    """Raise ValueError for no images, a tap that is not there, images too small for a unit of it.

    `images` is (N, 3, H, W).
    """
    if not len(images):
        raise ValueError("there are no images to look at")
    for tap in taps:
        shapes(chain(net, tap), tuple(images.shape[1:]))
