"""Features of many images in one pass through a net: any stages, streamed to disk, resumable.

N images of S x S pixels; the net sees their centre P x P. A stage of shape (C, H, W) or (units,)
becomes one row of D numbers an image.
"""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab.artifacts.progress import bar, processors
from cnnlab.nets.convnet import ConvNet
from cnnlab.seeing.layers import LayerReader
from cnnlab.training.batches import to_tensor
from cnnlab.training.evaluate import views
from cnnlab.training.machine import threads

DTYPES = {"float16": torch.float16, "float32": torch.float32}
POOLED = {"mean": F.adaptive_avg_pool2d, "max": F.adaptive_max_pool2d}


@dataclass(frozen=True)
class Tap:
    """A stage of the net and how much of its map is kept."""

    name: str  # of the stage, or its alias in one of the papers
    grid: int = 0  # 0 keeps every position; g pools a larger map to g x g
    how: str = "mean"  # or "max"

    def __post_init__(self) -> None:
        if self.how not in POOLED or self.grid < 0:
            raise ValueError(f"a tap pools by mean or max to a grid of 0 or more, not {self}")

    @property
    def file(self) -> str:
        """Name of the file its rows go to."""
        return f"{self.name}.npy" if not self.grid else f"{self.name}-{self.how}{self.grid}.npy"

    def __call__(self, value: Tensor) -> Tensor:
        """Rows (B, D) of a stage's value (B, C, H, W) or (B, units)."""
        if self.grid and value.ndim == 4 and max(value.shape[2:]) > self.grid:
            value = POOLED[self.how](value.float(), self.grid)
        return value.flatten(1)


def extract(
    net: ConvNet,
    images: np.ndarray,
    mean: Tensor,
    taps: Sequence[Tap],
    folder: Path,
    *,
    dtype: str = "float16",
    bf16: bool = False,
    batch: int = 128,
) -> None:
    """Write one file of rows (N, D) a tap for images (N, S, S, 3) uint8 minus `mean` (S, S, 3).

    Goes on where a killed run stopped in the same folder. The rows do not depend on the number of
    processors: each batch is one thread's. Raises ValueError for a stage the net does not have
    and for values that are not finite in `dtype`.
    """
    device = next(net.parameters()).device
    mean = mean.to(device)
    sizes = _sizes(net, images, taps)

    def rows(read: LayerReader, start: int) -> list[np.ndarray]:
        pixels = to_tensor(images[start : start + batch]).to(device).float() - mean
        view = next(views(pixels, net.spec.pixels, 1)).permute(0, 3, 1, 2)  # (B, 3, P, P)
        with threads(1), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            values = read(view)
            return [_row(tap, values[tap.name], DTYPES[dtype], start) for tap in taps]

    shapes = [(len(images), size) for size in sizes]
    files = [_open(folder / tap.file, s, dtype) for tap, s in zip(taps, shapes, strict=True)]
    try:
        done = min(count for _, count in files) // batch * batch
        for (file, _), size in zip(files, sizes, strict=True):
            _rewind(file, done, size * DTYPES[dtype].itemsize)
        workers = 1 if device.type == "cuda" else processors()
        with (
            LayerReader(net, {tap.name for tap in taps}) as read,
            bar("features", len(images), done=done) as shown,
            ThreadPoolExecutor(workers) as pool,
        ):
            starts, group = range(done, len(images), batch), 2 * workers  # few, to hold few rows
            for at in range(0, len(starts), group):
                for made in pool.map(partial(rows, read), starts[at : at + group]):
                    for (file, _), values in zip(files, made, strict=True):
                        file.write(values.data)
                    shown.update(len(made[0]))
    finally:
        for file, _ in files:
            file.close()


def _row(tap: Tap, value: Tensor, dtype: torch.dtype, start: int) -> np.ndarray:
    rows = tap(value).to(dtype)
    finite = rows.isfinite().all(dim=1)
    if not finite.all():
        wrong = start + int((~finite).nonzero()[0])
        raise ValueError(
            f"stage {tap.name} of image {wrong} is not finite in {dtype}; the net has diverged, or "
            'its values need dtype="float32"'
        )
    return np.ascontiguousarray(rows.cpu().numpy())


def _sizes(net: ConvNet, images: np.ndarray, taps: Sequence[Tap]) -> list[int]:
    """Numbers in a row of each tap."""
    if images.ndim != 4 or images.shape[1] < net.spec.pixels:
        raise ValueError(f"images {images.shape} are no squares of {net.spec.pixels} px or more")
    shapes = net.spec.shapes()
    return [tap(torch.empty(1, *shapes[net.resolve(tap.name)])).shape[1] for tap in taps]


def _open(path: Path, shape: tuple[int, int], dtype: str) -> tuple[IO[bytes], int]:
    """A file of rows with its numpy header, and how many whole rows it holds already."""
    buffer = io.BytesIO()
    described = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, described)
    header = buffer.getvalue()
    file = path.open("r+b" if path.exists() else "w+b")
    if file.read(len(header)) != header:
        file.seek(0)
        file.truncate()
        file.write(header)
        return file, 0
    there = file.seek(0, io.SEEK_END) - len(header)
    return file, there // (shape[1] * np.dtype(dtype).itemsize)


def _rewind(file: IO[bytes], rows: int, row_bytes: int) -> None:
    """Cut a file of rows back to its first `rows` rows and stand at its end."""
    file.seek(0)
    np.lib.format.read_magic(file)
    np.lib.format.read_array_header_1_0(file)
    file.seek(rows * row_bytes, io.SEEK_CUR)
    file.truncate()
