"""Features of many images in one pass through a net: any layers, streamed to disk, resumable.

N images; a layer of shape (C, H, W) or (units,) becomes one row of D numbers an image.
"""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.artifacts.progress import bar, processors
from cnnlab.profiles import PooledLayer
from cnnlab.seeing.layers import LayerReader, Preprocess, batches
from cnnlab.training.machine import threads

DTYPES = {"float16": torch.float16, "float32": torch.float32}
POOLS = {"mean": F.adaptive_avg_pool2d, "max": F.adaptive_max_pool2d}


def pooled(layer: PooledLayer, values: Tensor) -> Tensor:
    """Rows (B, D) of a layer's activations (B, C, H, W) or (B, units)."""
    if layer.grid and values.ndim == 4 and max(values.shape[2:]) > layer.grid:
        values = POOLS[layer.how](values.float(), layer.grid)
    return values.flatten(1)


def extract(
    net: nn.Module,
    images: np.ndarray,
    layers: Sequence[PooledLayer],
    folder: Path,
    *,
    preprocess: Preprocess,
    dtype: str = "float16",
    bf16: bool = False,
    batch: int = 128,
) -> None:
    """Write one file of features (N, D) a layer for uint8 images (N, S, S, 3).

    Resumes an interrupted run in the same folder. The features do not depend on the number of
    processors: each batch is one thread's. Raises ValueError for what `activations` refuses and for
    values that are not finite in `dtype`.
    """

    def rows(start: int) -> list[np.ndarray]:
        device = read.device.type
        with threads(1), torch.autocast(device, torch.bfloat16, enabled=bf16):
            values = read(images[start : start + batch])
            return [_finite(layer, values[layer.name], dtype, start) for layer in layers]

    with ExitStack() as stack:
        read = stack.enter_context(LayerReader(net, [la.name for la in layers], preprocess))
        first = read(next(batches(images, 1))[1])
        sizes = [pooled(layer, first[layer.name]).shape[1] for layer in layers]
        files = [
            stack.enter_context(_Rows(folder / layer.file, (len(images), size), dtype))
            for layer, size in zip(layers, sizes, strict=True)
        ]
        done = min(file.count for file in files) // batch * batch
        for file in files:
            file.keep(done)
        workers = 1 if read.device.type == "cuda" else processors()
        progress = stack.enter_context(bar("features", len(images), done=done))
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        starts, group = range(done, len(images), batch), 2 * workers  # few, to hold few rows
        for i in range(0, len(starts), group):
            for parts in pool.map(rows, starts[i : i + group]):
                for file, values in zip(files, parts, strict=True):
                    file.write(values)
                progress.update(len(parts[0]))


def _finite(layer: PooledLayer, values: Tensor, dtype: str, start: int) -> np.ndarray:
    rows = pooled(layer, values).to(DTYPES[dtype])
    finite = rows.isfinite().all(dim=1)
    if not finite.all():
        wrong = start + int((~finite).nonzero()[0])
        raise ValueError(
            f"layer {layer.name} of image {wrong} is not finite in {dtype}; the net has diverged, "
            'or its values need dtype="float32"'
        )
    return np.ascontiguousarray(rows.cpu().numpy())


class _Rows:
    """A .npy file that is filled row by row; opened again, it has its `count` whole rows."""

    def __init__(self, path: Path, shape: tuple[int, int], dtype: str):
        header = io.BytesIO()
        described = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(header, described)
        self.start, self.row = len(header.getvalue()), shape[1] * np.dtype(dtype).itemsize
        self.file = path.open("r+b" if path.exists() else "w+b")
        if self.file.read(self.start) != header.getvalue():
            self.file.seek(0)
            self.file.truncate()
            self.file.write(header.getvalue())
        self.count = (self.file.seek(0, io.SEEK_END) - self.start) // self.row

    def __enter__(self) -> "_Rows":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def keep(self, count: int) -> None:
        """Cut the file back to its first `count` rows."""
        self.file.truncate(self.start + count * self.row)
        self.file.seek(0, io.SEEK_END)

    def write(self, rows: np.ndarray) -> None:
        self.file.write(rows.data)
