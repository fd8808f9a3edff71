"""Random crops and mirror images of a whole batch at once (ZF 3.1), from uint8 images in memory.

N images of S x S pixels; B of them in a batch; crops of P x P pixels.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True, eq=False)
class Images:
    """Images (N, S, S, 3) uint8 with labels (N,)."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Batches:
    """Batches of one epoch after another; batch i is a function of (seed, i) alone.

    `images` (N, S, S, 3) uint8 and `mean` (S, S, 3) may lie on a GPU; batches then do so too.

    >>> pictures = Images(np.zeros((8, 64, 64, 3), np.uint8), np.arange(8))
    >>> Batches.of(pictures, crop=56, batch=4, seed=0)[0][0].shape
    torch.Size([4, 3, 56, 56])
    """

    images: Tensor
    labels: Tensor  # (N,)
    mean: Tensor  # per-pixel mean of the training set, [0, 255]
    crop: int
    batch: int
    seed: int
    zoom: float = 0.0  # crops have sides from (1 - zoom) * P to S, scaled to P; 0: all have P

    @classmethod
    def of(
        cls,
        data: Images,
        mean: Tensor | None = None,
        device: torch.device | str = "cpu",
        **how: Any,
    ) -> "Batches":
        """Batches of images, or of a packed set, minus their own mean image if none is given."""
        mean = mean_image(data.images) if mean is None else mean
        images, labels = to_tensor(data.images).to(device), torch.from_numpy(data.labels).to(device)
        return cls(images, labels, mean.to(device), **how)

    def __post_init__(self) -> None:
        if len(self.images) < self.batch:
            raise ValueError(
                f"{len(self.images)} training images do not fill one batch of {self.batch}; "
                "use more images or a smaller batch"
            )

    @property
    def per_epoch(self) -> int:
        """Whole batches in an epoch; the remainder of the shuffled order is left out."""
        return len(self.images) // self.batch

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        """Batch i as pixels minus mean (B, 3, P, P), channels-last, and labels (B,)."""
        epoch, number = divmod(i, self.per_epoch)
        order = np.random.default_rng([self.seed, 1, epoch]).permutation(len(self.images))
        rng = np.random.default_rng([self.seed, 2, i])
        chosen = order[number * self.batch :][: self.batch]  # (B,)
        rows = torch.from_numpy(chosen).to(self.images.device)
        pixels = (self._zoomed if self.zoom else self._cropped)(rows, rng)  # (B, P, P, 3)
        mirrored = torch.from_numpy(rng.random(self.batch) < 0.5).to(pixels.device)
        pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
        return pixels.permute(0, 3, 1, 2), self.labels[rows]

    def _cropped(self, rows: Tensor, rng: np.random.Generator) -> Tensor:
        room = self.images.shape[1] - self.crop + 1
        y, x = torch.from_numpy(rng.integers(0, room, (2, self.batch))).to(rows.device)
        pixels = all_crops(self.images, self.crop)[rows, y, x].float()
        return pixels.sub_(all_crops(self.mean[None], self.crop)[0][y, x])

    def _zoomed(self, rows: Tensor, rng: np.random.Generator) -> Tensor:
        whole = self.images.shape[1]
        side = rng.uniform((1 - self.zoom) * self.crop, whole, self.batch)
        y, x = rng.uniform(0, whole - side, (2, self.batch))
        affine = np.zeros((self.batch, 2, 3), np.float32)  # from [-1, 1] in the crop to the image
        affine[:, 0, 0] = affine[:, 1, 1] = side / whole
        affine[:, 0, 2], affine[:, 1, 2] = (2 * x + side) / whole - 1, (2 * y + side) / whole - 1
        pixels = (self.images[rows].float() - self.mean).permute(0, 3, 1, 2)
        size = [self.batch, 3, self.crop, self.crop]
        grid = F.affine_grid(torch.from_numpy(affine).to(rows.device), size, align_corners=False)
        pixels = F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
        return pixels.permute(0, 2, 3, 1).contiguous()


def all_crops(images: Tensor, crop: int) -> Tensor:
    """View of every crop: (N, S, S, 3) -> (N, S-P+1, S-P+1, P, P, 3), no copy."""
    n, side, _, c = images.shape
    s0, s1, s2, s3 = images.stride()
    room = side - crop + 1
    return images.as_strided((n, room, room, crop, crop, c), (s0, s1, s2, s1, s2, s3))


def to_tensor(images: np.ndarray) -> Tensor:
    """A tensor over the same memory; a memory-mapped array stays mapped and is only read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "not writable": nothing here writes
        return torch.from_numpy(np.asarray(images))


def mean_image(images: np.ndarray) -> Tensor:
    """Per-pixel mean (S, S, 3) in [0, 255] over at most 10,000 evenly spaced images.

    >>> mean_image(np.full((3, 2, 2, 3), 7, np.uint8))[0, 0]
    tensor([7., 7., 7.])
    """
    rows = np.linspace(0, len(images) - 1, min(10_000, len(images))).astype(int)
    total = np.zeros(images.shape[1:], np.float64)
    for part in np.array_split(rows, max(1, len(rows) // 500)):
        total += images[part].sum(axis=0, dtype=np.float64)
    return torch.from_numpy((total / len(rows)).astype(np.float32))
