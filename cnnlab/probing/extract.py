"""Features of many images in one pass through a net: any layers, streamed to disk, resumable.

N images; a layer of shape (C, H, W) or (units,) becomes one row of D numbers an image.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
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

    with LayerReader(net, [layer.name for layer in layers], preprocess) as read:
        first, counter = read(next(batches(images, 1))[1]), folder / "done"
        files = [
            open_memmap(
                folder / layer.file,
                "r+" if counter.exists() else "w+",
                dtype,
                (len(images), pooled(layer, first[layer.name]).shape[1]),
            )
            for layer in layers
        ]
        done = int(counter.read_text()) if counter.exists() else 0
        workers = 1 if read.device.type == "cuda" else processors()
        starts, group = range(done, len(images), batch), 2 * workers  # few, to hold few rows
        with (
            bar("features", len(images), done=done) as progress,
            ThreadPoolExecutor(workers) as pool,
        ):
            for i in range(0, len(starts), group):
                some = starts[i : i + group]
                for start, parts in zip(some, pool.map(rows, some), strict=True):
                    for file, values in zip(files, parts, strict=True):
                        file[start : start + batch] = values
                    progress.update(len(parts[0]))
                    counter.write_text(str(start + len(parts[0])))


def _finite(layer: PooledLayer, values: Tensor, dtype: str, start: int) -> np.ndarray:
    rows = pooled(layer, values).to(DTYPES[dtype])
    finite = rows.isfinite().all(dim=1)
    if not finite.all():
        wrong = start + int((~finite).nonzero()[0])
        raise ValueError(
            f"layer {layer.name} of image {wrong} is not finite in {dtype}; the net has diverged, "
            'or its values need dtype="float32"'
        )
    return rows.cpu().numpy()
