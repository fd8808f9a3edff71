"""Boxes that may hold an object, whatever it is: selective search (Uijlings et al., 2013).

N pictures, n boxes in one, M objects.
"""

import contextlib
import ctypes
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cnnlab.artifacts import ledger, store
from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets import BoxedImages
from cnnlab.detection.boxes import iou
from cnnlab.detection.windows import Windows, check_pictures
from cnnlab.profiles.detection import Detection

MODES = ("fast", "quality")
LONGEST = 500  # px, of VOC's pictures: one with a longer side is searched at this size (R-CNN too)
_BLOCK = 4  # pictures a process takes at a time; so many a kill can cost
_SMALL = 3  # blocks that are not worth starting processes
_LEDGER = "done.jsonl"


def selective_search(
    image: np.ndarray, *, mode: str = "fast", most: int = 2000, least: float = 20 / 500
) -> np.ndarray:
    """Boxes (n, 4) int64 of a picture (H, W, 3) uint8, at most `most`, likely ones first.

    Regions of like colour and texture grow together step by step; every region on the way gives its
    box. Boxes whose shorter side is below `least` of the picture's longer side are left out, as
    R-CNN does. A picture whose longer side exceeds 500 px is searched at 500, and its boxes are
    scaled back: time and memory are bounded. One of few pixels may give no box. Raises ValueError
    for another mode than "fast" and "quality", and for a picture of another shape or type.

    >>> image = np.zeros((60, 80, 3), np.uint8)
    >>> image[20:40, 10:50] = 255
    >>> [11, 21, 50, 40] in selective_search(image).tolist()
    True
    """
    if mode not in MODES:
        raise ValueError(f"selective search has no mode {mode!r}; it has {', '.join(MODES)}")
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {image.shape} {image.dtype}")
    sides = np.array(image.shape[1::-1])  # (x, y)
    small = np.rint(sides * min(1, LONGEST / sides.max())).astype(int).clip(1)
    if (small < sides).any():
        image = cv2.resize(image, small.tolist(), interpolation=cv2.INTER_AREA)
    search = cv2.ximgproc.segmentation.createSelectiveSearchSegmentation()
    search.setBaseImage(np.ascontiguousarray(image[..., ::-1]))  # OpenCV reads BGR
    if mode == "fast":
        search.switchToSelectiveSearchFast()
    else:
        search.switchToSelectiveSearchQuality()
    ctypes.CDLL(None).srand(0)  # OpenCV orders boxes by C's random numbers: the same each time
    x, y, width, height = np.asarray(search.process(), dtype=np.int64).reshape(-1, 4).T
    large = np.minimum(width, height) >= least * max(image.shape[:2])
    ends = np.stack([x, y, x + width, y + height], axis=1)[large][:most]
    ends = np.rint(ends * np.tile(sides / small, 2)).astype(np.int64)
    return ends + np.array([1, 1, 0, 0])


def proposals(scenes: BoxedImages, config: Detection) -> Windows:
    """The boxes of `selective_search` in every picture; made once, then opened.

    All processors search. A run that was killed resumes at the pictures it was on.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> len(proposals(load_scenes("pascal", TINY), TINY.detection))
    2
    """
    how = {"mode": config.mode, "most": config.proposals, "least": config.least}

    def build(workdir: Path) -> None:
        done = workdir / _LEDGER
        boxes: dict[int, list[list[int]]] = dict(ledger.values(done))
        done.write_text("".join(map(ledger.line, boxes.items())))  # without a torn line
        todo = [i for i in range(len(scenes)) if i not in boxes]
        blocks = [todo[start : start + _BLOCK] for start in range(0, len(todo), _BLOCK)]
        results = _searched(scenes, blocks, list(how.values()))
        progress = bar("proposals", len(scenes), done=len(boxes))
        with done.open("a") as file, contextlib.closing(results), progress:
            for block in results:
                file.writelines(map(ledger.line, block))
                file.flush()
                boxes.update(block)
                progress.update(len(block))
        windows = Windows.of(np.array(boxes[i]) for i in range(len(scenes)))
        np.save(workdir / "first.npy", windows.first)
        np.save(workdir / "boxes.npy", windows.boxes.astype(np.int32))
        done.unlink()

    folder = store.make(
        "proposals", {"data": scenes.digest, **how}, build, code=(selective_search,)
    )
    return Windows(np.load(folder / "first.npy"), np.load(folder / "boxes.npy").astype(float))


def best_overlaps(windows: Windows, truth: BoxedImages, counts: Sequence[int]) -> np.ndarray:
    """The best overlap of each object with the first c windows of its picture: (M, counts).

    The share of objects at 0.5 or more is the recall of c proposals. Raises ValueError for windows
    of other pictures.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> windows = Windows.of(scenes.boxes[scenes.objects(i)] for i in range(len(scenes)))
    >>> float(best_overlaps(windows, scenes, [50]).min())
    1.0
    """
    check_pictures(truth, windows)
    best = np.zeros((len(truth.labels), len(counts)))
    for i in range(len(truth)):
        values = iou(truth.boxes[truth.objects(i)], windows[i])  # (objects, n)
        for column, count in enumerate(counts):
            best[truth.objects(i), column] = values[:, :count].max(axis=1, initial=0.0)
    return best


Pair = tuple[int, list[list[int]]]  # number of a picture and its boxes, as JSON


def _searched(
    scenes: BoxedImages, blocks: Sequence[Sequence[int]], how: Sequence[Any]
) -> Generator[list[Pair], None, None]:
    """The boxes of the pictures of each block, in any order; by processes where that pays."""
    path = getattr(scenes.pixels, "filename", None)  # of a memory map
    if path is None or processors() == 1 or len(blocks) <= _SMALL:
        for block in blocks:
            images = [scenes.image(i) for i in block]
            yield [(i, _search(one, *how)) for i, one in zip(block, images, strict=True)]
        return
    tasks = [
        (str(path), list(block), scenes.rows[block].tolist(), scenes.sizes[block].tolist(), how)
        for block in blocks
    ]
    with contextlib.closing(in_processes(search_block, tasks, processors())) as results:
        yield from ([(i, boxes) for i, boxes in block] for block in results)


def search_block(
    path: str, numbers: list[int], rows: list[int], sizes: list[list[int]], how: list
) -> list[Pair]:
    """In a worker process: the boxes of pictures at the given rows of an images.npy."""
    cv2.setNumThreads(0)
    pixels = np.load(path, mmap_mode="r")
    images = [
        pixels[row, :height, :width] for row, (height, width) in zip(rows, sizes, strict=True)
    ]
    return [(i, _search(image, *how)) for i, image in zip(numbers, images, strict=True)]


def _search(image: np.ndarray, mode: str, most: int, least: float) -> list[list[int]]:
    return selective_search(image, mode=mode, most=most, least=least).tolist()
