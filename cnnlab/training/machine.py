"""What this machine computes with: device, threads, precision."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from cnnlab.artifacts.progress import share
from cnnlab.profiles import Recipe


def device() -> torch.device:
    """The first GPU, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def nets_at_once(workers: int) -> int:
    """How many nets to train at a time, where a profile has so many `workers` for CPUs.

    A net that is small enough for several at once leaves most of a GPU idle: there, each processor
    of this notebook feeds one. A net of the papers' size fills a GPU alone.

    >>> nets_at_once(1)
    1
    """
    return share() if workers > 1 and device().type == "cuda" else workers


def has_bf16() -> bool:
    """Whether oneDNN may compute bf16 products in hardware, so that mixed precision pays."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    hardware = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return hardware and torch.ops.mkldnn._is_mkldnn_bf16_supported()  # ONEDNN_MAX_CPU_ISA


def resolve_precision(recipe: Recipe) -> Recipe:
    """The recipe with `precision="auto"` replaced by what this machine will use.

    Raises ValueError for a precision other than auto, bf16 or fp32.

    >>> resolve_precision(Recipe(precision="fp32")).precision
    'fp32'
    """
    if recipe.precision not in ("auto", "bf16", "fp32"):
        raise ValueError(f"precision is 'auto', 'bf16' or 'fp32', not {recipe.precision!r}")
    if recipe.precision == "auto":
        return replace(recipe, precision="bf16" if has_bf16() else "fp32")
    return recipe


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute on `count` CPU threads inside the block (0: leave as is); sums depend on it."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
