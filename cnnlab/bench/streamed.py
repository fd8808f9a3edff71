"""Our side of the benchmark of streaming; it imports little, since that counts as its memory."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from cnnlab.datasets.shards import Shards
from cnnlab.training.batches import Images, mean_image
from cnnlab.training.streaming import Streamed

WARM = 3  # batches before the clock starts


def streamed(folder: str, crop: int, batch: int, seconds: float) -> list[float]:
    """Images a second of our batches, and peak memory in MB."""
    images: Any = Shards(Path(folder))
    data = Images(images, np.zeros(len(images), np.int64))
    batches = Streamed.of(data, mean_image(images[:64]), crop=crop, batch=batch, seed=0)
    rate = rate_of((batches[i][0] for i in range(10**9)), seconds)
    return [rate, peak("self")]


def rate_of(batches: Iterator[Tensor], seconds: float) -> float:
    """Images a second over at least so many seconds and one batch."""
    for _ in range(WARM):
        next(batches)
    images, began = 0, time.perf_counter()
    while True:
        images += len(next(batches))
        passed = time.perf_counter() - began
        if passed >= seconds:
            return images / passed


def peak(process: str) -> float:
    """The most megabytes that a process had resident, pages of shared libraries included."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000
