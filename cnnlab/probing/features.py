"""Features as artifacts: made once for a net, an image set and a choice of layers, then opened."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import Packed
from cnnlab.probing.extract import extract
from cnnlab.probing.fast.shared import extract_together
from cnnlab.profiles import PooledLayer
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.fast import group
from cnnlab.training.learn import initial_net
from cnnlab.training.machine import device
from cnnlab.training.trained import Trained


def features(
    trained: Trained,
    packed: Packed,
    layers: Sequence[PooledLayer],
    *,
    checkpoint: int | None = None,
    dtype: str = "float16",
) -> dict[str, np.ndarray]:
    """Features (N, D) of every layer for a packed set, by the layer's name, memory-mapped.

    `checkpoint` reads the net as it was after that iteration; 0 is the net before it saw anything.
    Raises ValueError for a checkpoint that was not kept, an unknown layer or one given twice.

    >>> from cnnlab.datasets import load
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> packed, layers = load("imagenet", TINY, "val"), [PooledLayer("layer2", 3)]
    >>> features(base_net("zfnet", TINY), packed, layers)["layer2"].shape
    (6, 216)
    """
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise ValueError(f"give each layer once, not {', '.join(names)}")
    net = trained.net(checkpoint)
    crops = CentreCrops(trained.mean.to(device()), net.spec.pixels)
    bf16 = trained.job.recipe.precision == "bf16"

    def make(workdir: Path) -> None:
        if group.leads():
            what = trained, checkpoint, packed.images, layers, workdir
            return extract_together(*what, dtype=dtype)
        extract(net, packed.images, layers, workdir, preprocess=crops, dtype=dtype, bf16=bf16)

    config: dict[str, object] = {"net": trained.folder.name, "checkpoint": checkpoint}
    config |= {"data": packed.digest, "layers": list(layers), "dtype": dtype}
    folder = store.make("features", config, make, code=(extract, CentreCrops, initial_net))
    return {layer.name: np.load(folder / layer.file, mmap_mode="r") for layer in layers}
