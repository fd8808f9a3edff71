"""Windows by the thousand: on a CPU pasted by Pillow, on a GPU by products of matrices.

On a CPU most time of `plain_warp` goes into copies: of a whole picture for every window, and of
every window twice. Here a picture is copied once, its windows are pasted below each other into one
sheet, and threads fill sheets side by side. The windows are those of `plain_warp`, bit for bit.

A filter of Pillow along one side of a picture is a matrix. On a GPU pairs of them are multiplied
for many windows at once: equal to `plain_warp` to a level or two of brightness; where black meets
white it can be more, since Pillow cuts off what lies beyond them twice, between its passes too.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from cnnlab.artifacts.progress import processors
from cnnlab.datasets.windows import CONTEXT

SHEET = 64  # windows that a thread pastes into one picture
BATCH = 64  # windows of like size, resampled together on a GPU


def pasted_warp(
    images: Sequence[np.ndarray], boxes: np.ndarray, pixels: int, fill: np.ndarray
) -> Tensor:
    """As `detection.warp`, by Pillow; windows of one picture are fastest where it is one object."""
    places = _Places.of(boxes, images, pixels)
    shown = np.concatenate([places.low, places.high], axis=1).tolist()
    corners, sizes = places.start.tolist(), (places.end - places.start).tolist()
    beyond = np.broadcast_to(np.rint(fill).astype(np.uint8), (1, pixels, pixels, 3))
    once = {id(image): image for image in images}
    pictures = {number: Image.fromarray(image) for number, image in once.items()}
    result = np.empty((len(images), pixels, pixels, 3), np.uint8)

    def paste(first: int) -> None:
        rows = result[first : first + SHEET]
        rows[:] = beyond
        sheet = Image.fromarray(rows.reshape(-1, pixels, 3))
        for i in range(first, first + len(rows)):
            picture = pictures[id(images[i])]
            part = picture.resize(sizes[i], Image.Resampling.BICUBIC, shown[i], reducing_gap=3.0)
            x, y = corners[i]
            sheet.paste(part, (x, y + (i - first) * pixels))
        rows[:] = np.asarray(sheet).reshape(rows.shape)

    with ThreadPoolExecutor(processors()) as pool:
        list(pool.map(paste, range(0, len(images), SHEET)))
    return torch.from_numpy(result).permute(0, 3, 1, 2)


def batched_warp(
    images: Sequence[np.ndarray],
    boxes: np.ndarray,
    pixels: int,
    fill: np.ndarray,
    device: torch.device,
) -> Tensor:
    """As `detection.warp`, on `device`; boxes (N, 4) lie in their images."""
    places = _Places.of(boxes, images, pixels)
    beyond = torch.from_numpy(np.rint(fill)).to(device, torch.uint8).expand(pixels, pixels, 3)
    result = beyond.permute(2, 0, 1).repeat(len(images), 1, 1, 1)  # (N, 3, P, P)
    order = np.argsort(places.extent.prod(axis=1), kind="stable")
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        part, numbers = places.take(rows), torch.from_numpy(rows).to(device)
        values = part.resample([images[i] for i in rows], pixels, device).to(torch.uint8)
        result[numbers] = torch.where(part.inside(pixels).to(device), values, result[numbers])
    return result


@dataclass(frozen=True, eq=False)
class _Places:
    """Which part of its image each of N windows shows, and where; pairs are (x, y), as edges."""

    low: np.ndarray  # (N, 2) where that part begins in the image, px
    high: np.ndarray  # (N, 2) and ends there
    step: np.ndarray  # (N, 2) px of the image for one of the window
    start: np.ndarray  # (N, 2) int64, where it begins in the window
    end: np.ndarray  # (N, 2) int64, and ends there
    first: np.ndarray  # (N, 2) int64, the first pixel of the image that has a say
    extent: np.ndarray  # (N, 2) int64, and how many have

    @classmethod
    def of(cls, boxes: np.ndarray, images: Sequence[np.ndarray], pixels: int) -> "_Places":
        """Places of VOC boxes (N, 4), each in its image."""
        boxes = np.asarray(boxes, float).reshape(-1, 4)
        sizes = np.array([image.shape[1::-1] for image in images]).reshape(-1, 2)
        inner = pixels * (1 - 2 * CONTEXT)
        begin = boxes[:, :2] - 1
        scale = inner / (boxes[:, 2:] - begin)  # px of the window per px
        corner = begin - (pixels - inner) / 2 / scale
        low, high = np.maximum(corner, 0), np.minimum(corner + pixels / scale, sizes)
        start, end = (np.rint((v - corner) * scale).astype(int) for v in (low, high))
        step = (high - low) / (end - start)
        reach = 2 * np.maximum(step, 1)  # of Pillow's bicubic filter
        first = np.maximum(np.floor(low - reach), 0).astype(int)
        extent = np.minimum(np.ceil(high + reach), sizes).astype(int) - first
        return cls(low, high, step, start, end, first, extent)

    def take(self, rows: np.ndarray) -> "_Places":
        return _Places(*(value[rows] for value in self.__dict__.values()))

    def inside(self, pixels: int) -> Tensor:
        """Where windows show their image, (N, 1, P, P) bool."""
        i = np.arange(pixels)[:, None]
        shown = (i >= self.start[:, None]) & (i < self.end[:, None])  # (N, P, 2)
        both = shown[:, None, :, 1, None] & shown[:, None, None, :, 0]
        return torch.from_numpy(both)

    def weights(self, axis: int, pixels: int, device: torch.device) -> Tensor:
        """What each of an image's pixels along x (0) or y (1) has in each of a window's: (N, P, h).

        That is Pillow's bicubic filter, as wide as a pixel of the larger of the two scales.
        """
        low, step, start, first, extent = (
            torch.from_numpy(value[:, axis]).to(device)[:, None, None]
            for value in (self.low, self.step, self.start, self.first, self.extent)
        )
        i = torch.arange(pixels, device=device)[:, None] + 0.5 - start  # (N, P, 1)
        j = torch.arange(int(self.extent[:, axis].max()), device=device)  # (h,)
        centre = (low - first + i * step).float()
        x = ((j + 0.5 - centre) / step.clamp(min=1).float()).abs_()  # (N, P, h)
        near, far = (1.5 * x - 2.5) * x * x + 1, ((2.5 - 0.5 * x) * x - 4) * x + 2
        values = torch.where(x < 1, near, far).masked_fill_((x >= 2) | (j >= extent), 0)
        return values / values.sum(dim=2, keepdim=True)

    def resample(self, images: Sequence[np.ndarray], pixels: int, device: torch.device) -> Tensor:
        """The windows (N, 3, P, P), whole numbers in [0, 255]; nonsense where they show nothing."""
        width, height = self.extent.max(axis=0)
        parts = np.zeros((len(images), height, 3, width), np.uint8)
        for part, image, (x, y), (w, h) in zip(parts, images, self.first, self.extent, strict=True):
            part[:h, :, :w] = image[y : y + h, x : x + w].transpose(0, 2, 1)
        values = torch.from_numpy(parts).to(device).float()  # (N, h, 3, w)
        wide = values.flatten(1, 2) @ self.weights(0, pixels, device).mT  # (N, h 3, P)
        high = self.weights(1, pixels, device) @ wide.view(
            len(images), height, 3 * pixels
        )  # (N, P, 3 P)
        high = high.round_().clamp_(0, 255)
        return high.view(len(images), pixels, 3, pixels).transpose(1, 2)
