"""Features of every window of every picture, made once and kept small (R-CNN 2.1).

Behind a rectifier most responses are zero: of each window only the others are stored, as float16,
with one bit a response that says which they are. N pictures, B windows, D responses in a layer.

Windows are read in batches that do not end with a picture, each by one thread, and all batches are
the same wherever a run begins: so what is stored depends neither on a kill nor on the processors.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.lib.format import open_memmap

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets import BoxedImages
from cnnlab.detection.reading import WindowReader
from cnnlab.detection.windows import Windows, check_pictures
from cnnlab.seeing.layers import LayerReader
from cnnlab.training.learn import initial_net
from cnnlab.training.machine import device, threads
from cnnlab.training.trained import Trained

BATCH = 128  # windows read at once
SURE = 20  # batches after which the size of all is foretold


@dataclass(frozen=True, eq=False)
class WindowFeatures:
    """Features of one layer: `features[i]` are those of the windows of picture i, (n, D) float32.

    `change` is done to them as they are read: an ablation, say.
    """

    first: np.ndarray  # (N + 1,) the first window of a picture
    masks: np.ndarray  # (B, ceil(D / 8)) uint8, bits that say which responses are not zero
    values: np.ndarray  # float16, those responses
    starts: np.ndarray  # (B + 1,) the first of `values` of a window
    shape: tuple[int, ...]  # of a window's responses: (C, p, p) or (D,)
    change: Callable[[np.ndarray], np.ndarray] = lambda rows: rows  # (n, *shape) -> (n, ...)

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, i: int) -> np.ndarray:
        size = int(np.prod(self.shape))
        first, end = self.first[i], self.first[i + 1]
        bits = np.unpackbits(self.masks[first:end], axis=1, count=size)
        rows = np.zeros(bits.shape, np.float32)
        rows[bits.view(bool)] = self.values[self.starts[first] : self.starts[end]]
        changed = self.change(rows.reshape(-1, *self.shape))
        return changed.reshape(len(rows), -1) if len(rows) else changed.reshape(0, size)

    def changed(self, change: Callable[[np.ndarray], np.ndarray]) -> "WindowFeatures":
        """The same with every window's responses (n, *shape) changed when they are read."""
        return replace(self, change=change)


def window_features(
    trained: Trained,
    scenes: BoxedImages,
    windows: Windows,
    layers: Sequence[str],
    *,
    most: float = 60.0,
) -> dict[str, WindowFeatures]:
    """Features of every window in each layer, by the layer's name; made once, then opened.

    Layers have AGM's names or Caffe's; the precision is that of the net's training. A run that was
    killed resumes at the windows it was on.
    Raises ValueError where they would take more than `most` gigabytes, for values that are not
    finite in float16, and for windows of other pictures.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> scenes = load_scenes("pascal", TINY)
    >>> windows = Windows.of(scenes.boxes[scenes.objects(i)] for i in range(len(scenes)))
    >>> features = window_features(base_net("caffenet", TINY), scenes, windows, ["fc-7"])["fc-7"]
    >>> [features[i].shape for i in range(2)]
    [(1, 408), (3, 408)]
    """
    check_pictures(scenes, windows)
    net = trained.net()
    shapes = {layer: net.spec.shapes()[net.resolve(layer)] for layer in layers}
    read, owner = WindowReader([scenes], trained.mean, net.spec.pixels), windows.owner
    bf16 = trained.job.recipe.precision == "bf16"

    def build(workdir: Path) -> None:
        with LayerReader(net, layers) as reader:

            def responses(start: int) -> dict[str, np.ndarray]:
                pictures, boxes = (v[start : start + BATCH] for v in (owner, windows.boxes))
                pixels = read(np.zeros_like(pictures), pictures, boxes)  # never in bf16
                with torch.autocast(device().type, torch.bfloat16, enabled=bf16):
                    values = reader(pixels)
                return {layer: _finite(layer, values[layer], pictures) for layer in layers}

            write(responses, len(windows.boxes), shapes, workdir, most=most)

    config: dict[str, object] = {
        "net": trained.folder.name,
        "data": scenes.digest,
        "windows": windows.digest,
    }
    config |= {"layers": list(layers)}
    folder = store.make("window-features", config, build, code=(window_features, initial_net))
    return {layer: _opened(folder, layer, windows, shape) for layer, shape in shapes.items()}


def write(
    responses: Callable[[int], dict[str, np.ndarray]],
    count: int,
    shapes: dict[str, tuple[int, ...]],
    folder: Path,
    *,
    most: float,
) -> None:
    """Write the responses (B, D) float16 of `count` windows, by layer, to `folder`.

    `responses` gives those of the batch that begins with a window; threads call it. It resumes at
    the batch after the last that is whole there.
    """
    counter = folder / "done.json"
    state = json.loads(counter.read_text()) if counter.exists() else {"done": 0}
    mode = "r+" if counter.exists() else "w+"
    files = {layer: _Layer(folder, layer, count, shape, mode) for layer, shape in shapes.items()}
    for layer, file in files.items():
        file.back_to(state["done"], state.get(layer, 0))
    workers = 1 if device().type == "cuda" else processors()
    starts = range(state["done"], count, BATCH)
    progress = bar("features", count, done=state["done"], unit=" windows")
    # one thread computes in each of them: how many share a sum changes its last digits
    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
    with progress, threads(1), pool:
        for k in range(0, len(starts), 2 * workers):  # few at a time, to hold few rows
            some = starts[k : k + 2 * workers]
            for start, parts in zip(some, pool.map(responses, some), strict=True):
                done = min(start + BATCH, count)
                for layer, rows in parts.items():
                    files[layer].append(start, rows)
                size = sum(file.bytes(done) for file in files.values()) / 1e9
                whole = size * count / done
                if size > most or (whole > most and done >= SURE * BATCH):
                    raise ValueError(
                        f"features of these windows take {whole:.1f} GB, more than {most:g}; "
                        "propose fewer windows a picture, or read fewer layers"
                    )
                for file in files.values():
                    file.flush()
                state = {"done": done} | {layer: file.written for layer, file in files.items()}
                store.write_atomic(counter, json.dumps(state).encode())
                progress.update(done - start)
    for file in files.values():
        file.close()


class _Layer:
    """The files of one layer, written batch by batch."""

    def __init__(self, folder: Path, layer: str, count: int, shape: tuple[int, ...], mode: str):
        bits = -(-int(np.prod(shape)) // 8)
        size = (max(1, count), bits)  # a file holds one row at least
        self.masks = open_memmap(folder / f"{layer}-masks.npy", mode, np.uint8, size)
        self.starts = open_memmap(folder / f"{layer}-starts.npy", mode, np.int64, (count + 1,))
        path = folder / f"{layer}-values.bin"
        path.touch()
        self.values: BinaryIO = path.open("r+b")
        self.written = 0

    def back_to(self, done: int, written: int) -> None:
        """Forget what was written after so many windows, and values: a batch not finished."""
        self.values.truncate(2 * written)
        self.values.seek(2 * written)
        self.starts[done], self.written = written, written

    def append(self, start: int, rows: np.ndarray) -> None:
        """The responses (n, D) of the windows from `start` on, which follow the last."""
        mask, stop = rows != 0, start + len(rows)
        self.masks[start:stop] = np.packbits(mask, axis=1)
        self.values.write(rows[mask].tobytes())
        self.starts[start + 1 : stop + 1] = self.written + mask.sum(axis=1).cumsum()
        self.written = int(self.starts[stop])

    def bytes(self, done: int) -> int:
        """Bytes that so many windows take."""
        return 2 * self.written + done * self.masks.shape[1]

    def flush(self) -> None:
        """Give all to the system before it is counted as done."""
        self.values.flush()

    def close(self) -> None:
        self.values.close()
        self.masks.flush()
        self.starts.flush()


def _opened(folder: Path, layer: str, windows: Windows, shape: tuple[int, ...]) -> WindowFeatures:
    masks, starts = (
        np.load(folder / f"{layer}-{n}.npy", mmap_mode="r") for n in ("masks", "starts")
    )
    path = folder / f"{layer}-values.bin"
    values = np.memmap(path, np.float16, "r") if path.stat().st_size else np.zeros(0, np.float16)
    return WindowFeatures(windows.first, masks, values, starts, shape)


def _finite(layer: str, values: torch.Tensor, pictures: np.ndarray) -> np.ndarray:
    """Responses (B, D) float16 of windows of the given pictures."""
    rows = values.flatten(1).half().cpu()
    finite = rows.isfinite().all(dim=1).numpy()
    if not finite.all():
        raise ValueError(
            f"layer {layer} of a window of picture {pictures[finite.argmin()]} is not finite in "
            "float16; the net diverged"
        )
    return rows.numpy()
