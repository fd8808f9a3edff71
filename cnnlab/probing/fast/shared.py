"""Features read by all processes of a group, each of its share of the images."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.datasets.shards import Shards
from cnnlab.probing.extract import extract
from cnnlab.profiles import PooledLayer
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.fast import group
from cnnlab.training.fast.sharded import Rows, share
from cnnlab.training.machine import device
from cnnlab.training.trained_net import Trained

BATCH = 128  # as `extract` takes: shares of whole batches have the same bits


def extract_together(
    trained: Trained,
    checkpoint: int | None,
    images: np.ndarray,
    layers: Sequence[PooledLayer],
    folder: Path,
    *,
    dtype: str,
) -> None:
    """What `extract` writes, by every process of the group; resumed where each of them was."""
    copy = folder / "images.npy"
    kept = [to_plain(layer) for layer in layers]
    where = _whereabouts(images, copy)
    what = to_plain(trained), checkpoint, where, kept, str(folder), dtype
    group.together(extracted, *what)
    copy.unlink(missing_ok=True)


def extracted(
    trained: dict[str, Any],
    checkpoint: int | None,
    where: str,
    layers: Sequence[dict[str, Any]],
    folder: str,
    dtype: str,
) -> None:
    """The piece of work: this process's share, which the first puts together with the others'."""
    net, path = from_plain(Trained, trained), Path(where)
    images: Any = Shards(path) if path.is_dir() else np.load(path, mmap_mode="r")
    kept = [from_plain(PooledLayer, layer) for layer in layers]
    with group.joined():
        parts = [Path(folder) / f"part-{r}-of-{group.size()}" for r in range(group.size())]
        own = share(len(images), BATCH)
        if len(own):
            parts[group.rank()].mkdir(exist_ok=True)
            read = net.net(checkpoint)
            crops = CentreCrops(net.mean.to(device()), read.spec.pixels)
            how = {"dtype": dtype, "bf16": net.job.recipe.precision == "bf16", "batch": BATCH}
            some: Any = Rows(images, np.array(own))
            extract(read, some, kept, parts[group.rank()], preprocess=crops, **how)
        group.gathered(None)  # all shares are there
        if group.rank() == 0:
            for layer in kept:
                _join([part / layer.file for part in parts], Path(folder) / layer.file, len(images))
            for part in Path(folder).glob("part-*"):
                shutil.rmtree(part)


def _join(parts: Sequence[Path], whole: Path, count: int) -> None:
    values = [np.load(part, mmap_mode="r") for part in parts if part.exists()]
    rows = open_memmap(whole, "w+", values[0].dtype, (count, values[0].shape[1]))
    np.concatenate(values, out=rows)
    rows.flush()


def _whereabouts(images: np.ndarray, copy: Path) -> str:
    """A folder of shards, or a file, in which other processes find images; `copy`, if none is."""
    if isinstance(images, Shards):
        return str(images.folder)
    if isinstance(images, np.memmap) and images.filename:
        whole = np.load(images.filename, mmap_mode="r")
        if (whole.shape, whole.strides) == (images.shape, images.strides):
            return str(images.filename)
    np.save(copy, images)
    return str(copy)
