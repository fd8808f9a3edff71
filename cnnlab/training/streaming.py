"""Batches read ahead from disk, for images that fit in no memory: those of `Batches`, by number.

Batch i is the same function of (seed, i), so any can be asked for at any time, and a training
goes on in mid-epoch. Only images near the batch that is asked for are in memory.

N images of S x S pixels; B in a batch, b of them in a process's part; crops of P x P pixels.
"""

import weakref
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.progress import processors
from cnnlab.datasets.shards import Shards
from cnnlab.training.batches import Images, mean_image
from cnnlab.training.draws import Draw, Draws, cut

_READERS = 8  # threads at most: each reads several thousand images of 256 px a second
_AHEAD = 2  # batches in memory besides the one in use
_TASK = 16  # images of a batch that one thread reads in a go


class Streamed:
    """One process's part of each batch, read ahead by threads from shards or a memory map.

    On a CPU the threads also cut, mirror and subtract the mean; a GPU gets whole uint8 images from
    pinned memory and does that itself (its speed is not measured). Raises ValueError for images
    that do not fill one batch.

    >>> pictures = Images(np.zeros((8, 64, 64, 3), np.uint8), np.arange(8))
    >>> Streamed.of(pictures, crop=56, batch=4, seed=0, part=(1, 2))[0][0].shape
    torch.Size([2, 3, 56, 56])
    """

    def __init__(
        self,
        images: np.ndarray | Shards,
        labels: np.ndarray,
        mean: Tensor,
        draws: Draws,
        part: tuple[int, int] = (0, 1),
        device: torch.device | str = "cpu",
    ) -> None:
        self.images, self.labels, self.draws, self.part = images, labels, draws, part
        self.device, self._mean = torch.device(device), mean.to(device)
        self._whole = bool(draws.zoom) or self.device.type != "cpu"  # images are cut after reading
        self._means = np.stack([mean.cpu(), mean.cpu().flip(1)])  # (2, S, S, 3): also mirrored
        self._readers = ThreadPoolExecutor(min(processors(), _READERS))
        self._coming: dict[int, tuple[Draw, Tensor, list[Future[None]]]] = {}
        self._free: deque[np.ndarray] = deque()  # memory of batches that nobody looks at any more

    @classmethod
    def of(
        cls,
        data: Images,
        mean: Tensor | None = None,
        device: torch.device | str = "cpu",
        part: tuple[int, int] = (0, 1),
        **how: Any,
    ) -> "Streamed":
        """As `Batches.of`; of every batch the part of process (rank, size)."""
        mean = mean_image(data.images) if mean is None else mean
        draws = Draws(*data.images.shape[:2], **how)
        return cls(data.images, data.labels, mean, draws, part, device)

    @property
    def seed(self) -> int:
        """The seed of the batches."""
        return self.draws.seed

    @property
    def batch(self) -> int:
        """Images in a batch of all processes."""
        return self.draws.batch

    @property
    def per_epoch(self) -> int:
        """Whole batches in an epoch."""
        return self.draws.per_epoch

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        """Batch i as pixels minus mean (b, 3, P, P), channels-last, and labels (b,)."""
        wanted = range(i, i + 1 + _AHEAD)
        for k in [k for k in self._coming if k not in wanted]:
            for task in self._coming.pop(k)[2]:
                task.cancel()
        for k in wanted:
            if k not in self._coming:
                self._coming[k] = self._begun(k)
        draw, pixels, tasks = self._coming.pop(i)
        for task in tasks:
            task.result()
        if self._whole:
            here = replace(draw, rows=np.arange(len(pixels)))
            pixels = pixels.to(self.device, non_blocking=True)
            pixels = cut(pixels, self._mean, here, self.draws.crop)
        else:
            pixels = pixels.permute(0, 3, 1, 2)
        return pixels, torch.from_numpy(self.labels[draw.rows]).to(self.device)

    def _begun(self, i: int) -> tuple[Draw, Tensor, list[Future[None]]]:
        """The draw of a batch, its memory, and the tasks that fill it."""
        draw = self.draws[i].part(*self.part)
        count, side, crop = len(draw.rows), self.images.shape[1], self.draws.crop
        if self._whole:
            pinned = self.device.type == "cuda"
            pixels = torch.empty(count, side, side, 3, dtype=torch.uint8, pin_memory=pinned)
        else:
            pixels = torch.from_numpy(self._memory(count, crop))
        fill = self._read if self._whole else self._cut
        starts = range(0, count, _TASK)
        return draw, pixels, [self._readers.submit(fill, draw, pixels, k) for k in starts]

    def _read(self, draw: Draw, pixels: Tensor, start: int) -> None:
        """Fill whole images (b, S, S, 3) from place `start` on."""
        for j in range(start, min(start + _TASK, len(pixels))):
            self._read_image(int(draw.rows[j]), pixels[j].numpy())

    def _cut(self, draw: Draw, pixels: Tensor, start: int) -> None:
        """Fill crops minus mean (b, P, P, 3) from place `start` on."""
        image, crop = np.empty(self.images.shape[1:], np.uint8), self.draws.crop
        for j in range(start, min(start + _TASK, len(pixels))):
            self._read_image(int(draw.rows[j]), image)
            y, x, mirrored = draw.y[j], draw.x[j], int(draw.mirrored[j])
            part = image[y : y + crop, x : x + crop]
            if mirrored:
                part, x = cv2.flip(part, 1), len(image) - crop - x
            mean = self._means[mirrored, y : y + crop, x : x + crop]
            np.subtract(part, mean, out=pixels[j].numpy())

    def _read_image(self, row: int, into: np.ndarray) -> None:
        if isinstance(self.images, Shards):
            self.images.read(row, into)
        else:
            into[:] = self.images[row]

    def _memory(self, count: int, crop: int) -> np.ndarray:
        """Memory for a batch (b, P, P, 3): used again when no tensor over it is left.

        New memory would cost seven times what is computed here, since the system clears each page.
        """
        kept = self._free.pop() if self._free else np.empty((count, crop, crop, 3), np.float32)
        lent = kept.view()  # tensors over it keep this alive
        weakref.finalize(lent, self._free.append, kept).atexit = False
        return lent
