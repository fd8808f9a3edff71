"""What chance decides for a batch, a function of (seed, i) alone, apart from any pixels.

`Batches` draws the same numbers in the same order. Alone they cost little, so that batches can be
read ahead, or split over the processes of a group, and stay the same batches.

N images of S x S pixels; B of them in a batch, b in a process's part of it; crops of P x P pixels.
"""

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab.training.batches import all_crops


@dataclass(frozen=True, eq=False)
class Draw:
    """The images of one batch, where their crops lie, and which of them are mirrored."""

    rows: np.ndarray  # (B,) of the images
    y: np.ndarray  # (B,) upper left corners of the crops, px; whole numbers without zoom
    x: np.ndarray
    side: np.ndarray  # (B,) of the crops, px; P without zoom
    mirrored: np.ndarray  # (B,) bool

    def part(self, rank: int, size: int) -> "Draw":
        """The part of process `rank` of `size`, in order: the parts make up the batch.

        Raises ValueError for a size that does not divide the batch, with those next to it that do.
        """
        count = len(self.rows)
        if count % size:
            fitting = [n for n in range(1, count + 1) if count % n == 0]
            near = sorted(fitting, key=lambda n: abs(n - size))[:2]
            raise ValueError(
                f"{size} processes do not divide a batch of {count}; start "
                f"{' or '.join(map(str, sorted(near)))}, or change the batch of the recipe"
            )
        own = slice(rank * count // size, (rank + 1) * count // size)
        return Draw(*(getattr(self, field.name)[own] for field in fields(self)))


@dataclass(frozen=True)
class Draws:
    """The draws of one batch after another, by number, those of `Batches` with the same settings.

    Raises ValueError for images that do not fill one batch.

    >>> draws = Draws(count=8, pixels=64, crop=56, batch=4, seed=0)
    >>> sorted([*draws[0].rows.tolist(), *draws[1].rows.tolist()])
    [0, 1, 2, 3, 4, 5, 6, 7]
    """

    count: int  # N
    pixels: int  # S
    crop: int  # P
    batch: int  # B
    seed: int
    zoom: float = 0.0  # as of `Batches`

    def __post_init__(self) -> None:
        if self.count < self.batch:
            raise ValueError(
                f"{self.count} training images do not fill one batch of {self.batch}; "
                "use more images or a smaller batch"
            )

    @property
    def per_epoch(self) -> int:
        """Whole batches in an epoch; the remainder of the shuffled order is left out."""
        return self.count // self.batch

    def __getitem__(self, i: int) -> Draw:
        """What chance decides for batch i."""
        epoch, number = divmod(i, self.per_epoch)
        rows = _order(self.seed, epoch, self.count)[number * self.batch :][: self.batch]
        rng = np.random.default_rng([self.seed, 2, i])
        if self.zoom:
            side = rng.uniform((1 - self.zoom) * self.crop, self.pixels, self.batch)
            y, x = rng.uniform(0, self.pixels - side, (2, self.batch))
        else:
            side = np.full(self.batch, self.crop)
            y, x = rng.integers(0, self.pixels - self.crop + 1, (2, self.batch))
        return Draw(rows, y, x, side, rng.random(self.batch) < 0.5)


@lru_cache(maxsize=2)  # read ahead, a batch may be of the next epoch: 64 ms each for 1.28 M images
def _order(seed: int, epoch: int, count: int) -> np.ndarray:
    return np.random.default_rng([seed, 1, epoch]).permutation(count)


def cut(images: Tensor, mean: Tensor, draw: Draw, crop: int) -> Tensor:
    """The crops of a draw minus their mean, mirrored: (b, 3, P, P), channels-last.

    `draw.rows` count `images` (N, S, S, 3) uint8, which lie beside `mean` (S, S, 3) on any device.

    >>> draw = Draws(count=8, pixels=64, crop=56, batch=4, seed=0)[0].part(1, 2)
    >>> cut(torch.zeros(8, 64, 64, 3, dtype=torch.uint8), torch.zeros(64, 64, 3), draw, 56).shape
    torch.Size([2, 3, 56, 56])
    """
    device = images.device
    rows, mirrored = (torch.from_numpy(some).to(device) for some in (draw.rows, draw.mirrored))
    if draw.side.dtype.kind == "f":
        pixels = _zoomed(images[rows].float() - mean, draw, crop)  # (b, P, P, 3)
    else:
        y, x = torch.from_numpy(np.stack([draw.y, draw.x])).to(device)
        pixels = all_crops(images, crop)[rows, y, x].float()
        pixels.sub_(all_crops(mean[None], crop)[0][y, x])
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    return pixels.permute(0, 3, 1, 2)


def _zoomed(pixels: Tensor, draw: Draw, crop: int) -> Tensor:
    """Crops of any side of images (b, S, S, 3), scaled to (b, P, P, 3)."""
    whole, count = pixels.shape[1], len(pixels)
    affine = np.zeros((count, 2, 3), np.float32)  # from [-1, 1] in the crop to the image
    affine[:, 0, 0] = affine[:, 1, 1] = draw.side / whole
    affine[:, 0, 2] = (2 * draw.x + draw.side) / whole - 1
    affine[:, 1, 2] = (2 * draw.y + draw.side) / whole - 1
    at = torch.from_numpy(affine).to(pixels.device)
    grid = F.affine_grid(at, [count, 3, crop, crop], align_corners=False)
    pixels = pixels.permute(0, 3, 1, 2)
    pixels = F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    return pixels.permute(0, 2, 3, 1).contiguous()
