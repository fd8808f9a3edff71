"""Features of every window of every picture, made once and kept small (R-CNN 2.1).

Behind a rectifier most responses are zero: of each window only the others are stored, as float16,
with one bit a response that says which they are. N pictures, B windows, D responses in a layer.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.lib.format import open_memmap

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import bar
from cnnlab.datasets import BoxedImages
from cnnlab.detection.reading import WindowReader
from cnnlab.detection.windows import Windows, check_pictures
from cnnlab.seeing.layers import LayerReader
from cnnlab.training.learn import initial_net
from cnnlab.training.machine import threads
from cnnlab.training.trained import Trained

BATCH = 128  # windows read at once
SURE = 20  # pictures after which the size of all is foretold


@dataclass(frozen=True, eq=False)
class WindowFeatures:
    """Features of one layer: `features[i]` are those of the windows of picture i, (n, D) float32.

    `change` is done to them as they are read: an ablation, say.
    """

    first: np.ndarray  # (N + 1,) the first window of a picture
    masks: np.ndarray  # (B, ceil(D / 8)) uint8, bits that say which responses are not zero
    values: np.ndarray  # float16, those responses
    starts: np.ndarray  # (N + 1,) the first of `values` of a picture
    shape: tuple[int, ...]  # of a window's responses: (C, p, p) or (D,)
    change: Callable[[np.ndarray], np.ndarray] = lambda rows: rows  # (n, *shape) -> (n, ...)

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, i: int) -> np.ndarray:
        size = int(np.prod(self.shape))
        bits = np.unpackbits(self.masks[self.first[i] : self.first[i + 1]], axis=1, count=size)
        rows = np.zeros(bits.shape, np.float32)
        rows[bits.view(bool)] = self.values[self.starts[i] : self.starts[i + 1]]
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

    Layers have AGM's names or Caffe's. A run that was killed resumes at the picture it was on.
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
    read = WindowReader([scenes], trained.mean, net.spec.pixels)

    def build(workdir: Path) -> None:
        with threads(trained.job.recipe.threads), LayerReader(net, layers) as reader:

            def responses(i: int) -> dict[str, np.ndarray]:
                boxes = windows[i]
                parts = [
                    reader(read.picture(i, boxes[start : start + BATCH]))
                    for start in range(0, len(boxes), BATCH)
                ]
                return {
                    layer: _finite(layer, torch.cat([part[layer] for part in parts]), i)
                    if parts
                    else np.zeros((0, int(np.prod(shape))), np.float16)
                    for layer, shape in shapes.items()
                }

            write(responses, windows, shapes, workdir, most=most)

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
    windows: Windows,
    shapes: dict[str, tuple[int, ...]],
    folder: Path,
    *,
    most: float,
) -> None:
    """Write the responses (n, D) float16 of one picture after another, by layer, to `folder`.

    It resumes at the picture after the last that is whole there.
    """
    counter, pictures = folder / "done.json", len(windows)
    state = json.loads(counter.read_text()) if counter.exists() else {"done": 0}
    mode = "r+" if state["done"] else "w+"
    files = {layer: _Layer(folder, layer, windows, shape, mode) for layer, shape in shapes.items()}
    for layer, file in files.items():
        file.back_to(state["done"], state.get(layer, 0))
    with bar("features of windows", pictures, done=state["done"]) as progress:
        for i in range(state["done"], pictures):
            for layer, rows in responses(i).items():
                files[layer].append(i, rows)
            state = {"done": i + 1} | {layer: file.written for layer, file in files.items()}
            size = sum(file.bytes(i + 1) for file in files.values()) / 1e9
            share = max(1, int(windows.first[i + 1])) / max(1, len(windows.boxes))
            if size > most or (i + 1 == SURE and size / share > most):
                raise ValueError(
                    f"features of these windows take {size / share:.1f} GB, more than {most:g}; "
                    "propose fewer windows a picture, or read fewer layers"
                )
            for file in files.values():
                file.flush()
            store.write_atomic(counter, json.dumps(state).encode())
            progress.update()
    for file in files.values():
        file.close()


class _Layer:
    """The files of one layer, written picture by picture."""

    def __init__(
        self, folder: Path, layer: str, windows: Windows, shape: tuple[int, ...], mode: str
    ):
        count, bits = max(1, len(windows.boxes)), -(-int(np.prod(shape)) // 8)  # 0: no file
        self.windows = windows
        self.masks = open_memmap(folder / f"{layer}-masks.npy", mode, np.uint8, (count, bits))
        shape = (len(windows) + 1,)
        self.starts = open_memmap(folder / f"{layer}-starts.npy", mode, np.int64, shape)
        path = folder / f"{layer}-values.bin"
        path.touch()
        self.values: BinaryIO = path.open("r+b")
        self.written = 0

    def back_to(self, picture: int, written: int) -> None:
        """Forget what was written after so many values: a picture that was not finished."""
        self.values.truncate(2 * written)
        self.values.seek(2 * written)
        self.starts[picture], self.written = written, written

    def append(self, i: int, rows: np.ndarray) -> None:
        """The responses (n, D) of picture i, which follows the last."""
        mask = rows != 0
        self.masks[self.windows.rows(i)] = np.packbits(mask, axis=1)
        self.values.write(rows[mask].tobytes())
        self.written += int(mask.sum())
        self.starts[i + 1] = self.written

    def bytes(self, pictures: int) -> int:
        """Bytes that so many pictures take."""
        return 2 * self.written + int(self.windows.first[pictures]) * self.masks.shape[1]

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


def _finite(layer: str, values: torch.Tensor, i: int) -> np.ndarray:
    rows = values.flatten(1).half()
    if not rows.isfinite().all():
        raise ValueError(
            f"layer {layer} of a window of picture {i} is not finite in float16; the net diverged"
        )
    return rows.cpu().numpy()
