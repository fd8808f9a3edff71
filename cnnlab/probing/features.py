"""Features as artifacts: made once for a net, an image set and a choice of stages, then opened."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import Packed
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.probing.extract import Tap, extract
from cnnlab.training.machine import device
from cnnlab.training.trained import Trained


def features(
    trained: Trained,
    packed: Packed,
    taps: Sequence[Tap],
    *,
    checkpoint: int | None = None,
    dtype: str = "float16",
) -> dict[str, np.ndarray]:
    """Rows (N, D) of every tap for a packed set, by stage name, memory-mapped.

    `checkpoint` reads the net as it was after that iteration; 0 is the net before it saw anything.
    Raises ValueError for a checkpoint that was not kept, an unknown stage or one given twice.
    """
    names = [tap.name for tap in taps]
    if len(set(names)) < len(names):
        raise ValueError(f"each stage once, please: {', '.join(names)}")
    net = net_at(trained, checkpoint)
    bf16 = trained.job.recipe.precision == "bf16"

    def make(workdir: Path) -> None:
        extract(net, packed.images, trained.mean, taps, workdir, dtype=dtype, bf16=bf16)

    config = {
        "net": trained.folder.name,
        "checkpoint": checkpoint,
        "data": packed.digest,
        "taps": list(taps),
        "dtype": dtype,
    }
    folder = store.make("features", config, make, code=(extract,))
    return {tap.name: np.load(folder / tap.file, mmap_mode="r") for tap in taps}


def first_classes(packed: Packed, count: int) -> Packed:
    """The images of a set's first `count` classes; all of them, without a copy, for 0."""
    if not 0 < count < len(packed.classes):
        return packed
    chosen = np.flatnonzero(packed.labels < count)
    return replace(
        packed,
        images=packed.images[chosen],
        labels=packed.labels[chosen],
        classes=packed.classes[:count],
        digest=f"{packed.digest}, first {count} classes",
    )


def net_at(trained: Trained, checkpoint: int | None) -> ConvNet:
    """The net as it ended, or was after iteration `checkpoint`; for 0 with fresh weights."""
    if checkpoint == 0:
        job = trained.job
        return build(job.spec, seed=job.seed, init=job.recipe.init).eval().to(device())
    return trained.net(checkpoint)


def embedding(
    trained: Trained, stage: str, *, batch: int = 256
) -> Callable[[np.ndarray], np.ndarray]:
    """A function from images (N, S, S, 3) uint8 to their rows (N, D) at one stage, in memory."""
    net, tap = trained.net(), Tap(stage)

    def rows(images: np.ndarray) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            extract(net, images, trained.mean, [tap], Path(folder), dtype="float32", batch=batch)
            return np.load(Path(folder) / tap.file)

    return rows
