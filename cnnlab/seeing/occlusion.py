"""What a net loses when a square hides part of the picture (ZF 4.3, Fig. 5).

N images, a grid of R x C positions of the square; K classes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.chain import Stage, chain, shapes
from cnnlab.seeing.fast.partial import Partial

HEADS = 4  # batches that share a pass through the last layers, whose weights are slow to read


@dataclass(frozen=True)
class Maps:
    """Fig. 5's maps (b), (d) and (e), and the values of the picture with nothing hidden."""

    activation: np.ndarray  # (N, R, C) total of the watched map: (b)
    probability: np.ndarray  # (N, R, C) of the true class: (d)
    label: np.ndarray  # (N, R, C) most probable class: (e)
    unit: np.ndarray  # (N,) the watched map: the one with the strongest response
    clear_activation: np.ndarray  # (N,) unoccluded
    clear_probability: np.ndarray
    clear_label: np.ndarray
    top: np.ndarray  # (R,) first row of the square
    left: np.ndarray  # (C,) first column
    size: int  # side of the square

    def drop(self) -> np.ndarray:
        """How much p(true class) falls at each position: (N, R, C)."""
        return self.clear_probability[:, None, None] - self.probability

    def over_pixels(self, values: np.ndarray, side: int) -> np.ndarray:
        """Values (N, R, C) spread over the picture: (N, side, side), NaN where no square comes.

        Each pixel gets the mean over the squares that hide it.
        """
        total, count = np.zeros((len(values), side, side)), np.zeros((side, side))
        for r, y in enumerate(self.top):
            for c, x in enumerate(self.left):
                part = np.s_[y : y + self.size, x : x + self.size]
                total[:, part[0], part[1]] += values[:, r, c, None, None]
                count[part] += 1
        with np.errstate(invalid="ignore"):
            return total / count


@torch.no_grad()
def occlusion_maps(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    size: int,
    stride: int,
    fill: Tensor | float = 0.0,
    tap: str = "pool5",
    batch: int = 64,
    bf16: bool = False,
    whole: bool = False,
) -> Maps:
    """Slide a square over every image (N, 3, P, P) and watch map, class and answer.

    `fill` is what the square shows, in the net's inputs (0 is the mean): a number, or anything that
    broadcasts to (N, 3, P, P). Only what a square changes in the first layers is computed anew; the
    answers are those of whole images, which `whole` computes. Raises ValueError for a square larger
    than the image, a label that is no class, a tap without maps and values that are not finite.
    """
    rows, columns = (_starts(side, size, stride) for side in images.shape[2:])
    cover = torch.as_tensor(fill, dtype=images.dtype, device=images.device).expand_as(images)
    last = len(chain(net, tap))
    stages = _quick(chain(net), last - 1)
    _check(stages, last, tap, images, labels)
    parts = []
    with torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
        for x, truth, shown in zip(*(t.split(batch) for t in (images, labels, cover)), strict=True):
            partial = Partial(stages, x, size, until=last, whole=whole)
            parts.append(slide(partial, stages[last:], truth, shown, rows, columns, batch))
    fields = map(np.concatenate, zip(*parts, strict=True))
    return Maps(*fields, top=rows, left=columns, size=size)


def slide(
    partial: Partial,
    rest: tuple[Stage, ...],
    labels: Tensor,
    cover: Tensor,
    rows: np.ndarray,
    columns: np.ndarray,
    batch: int,
) -> list[np.ndarray]:
    """The first seven fields of `Maps` for the images of `partial`; `rest` follows their maps.

    Squares come in tiles of neighbours, whose maps wait for each other before they are read.
    """
    watch = _Watch(rest, partial.clear[-1], labels)
    grid = torch.cartesian_prod(torch.from_numpy(rows), torch.from_numpy(columns)).to(cover.device)
    count = min(batch, partial.few())
    tiles = _tiles(len(cover), len(rows), len(columns), count, cover.device)
    seen = []
    for some in _at_most(tiles, HEADS * batch):
        maps = torch.cat([partial(image, grid[place], cover) for image, place in some])
        seen.append(watch.read(maps, torch.cat([image for image, _ in some])))
    order = torch.cat([image * len(grid) + place for image, place in tiles]).argsort()
    found = [
        torch.cat(part)[order].reshape(len(cover), len(rows), len(columns))
        for part in zip(*seen, strict=True)
    ]
    return [value.cpu().numpy() for value in (*found, watch.unit, *watch.clear)]


class _Watch:
    """Reads the three values of Fig. 5 off the tap's maps and the answer they lead to."""

    def __init__(self, rest: tuple[Stage, ...], maps: Tensor, labels: Tensor):
        self.rest, self.labels = rest, labels.to(maps.device)
        self.unit = maps.flatten(2).amax(dim=2).argmax(dim=1)  # (N,)
        self.clear = self.read(maps, torch.arange(len(maps), device=maps.device))

    def read(self, x: Tensor, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Total of the watched map, p(true) and answer (B,) from the tap's maps (B, C, H, W)."""
        row = torch.arange(len(x), device=x.device)
        total = x[row, self.unit[image]].float().sum(dim=(1, 2))
        for stage in self.rest:
            x = stage.module(x)
        scores = x.float().softmax(dim=1)
        probability, label = scores[row, self.labels[image]], scores.argmax(dim=1)
        if not bool(torch.isfinite(scores).all()):
            raise ValueError("the net's answers are not finite; the net or the images hold NaN")
        return total, probability, label


def _check(stages: tuple[Stage, ...], last: int, tap: str, images: Tensor, labels: Tensor) -> None:
    if stages[last - 1].geometry is None:
        raise ValueError(f"{tap} is fully connected and has no map to watch; name a layer below it")
    classes = shapes(stages, tuple(images.shape[1:]))[-1][0]
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong) or len(labels) != len(images):
        said = f"no class {int(wrong[0])}" if len(wrong) else f"{len(labels)} labels"
        raise ValueError(f"{said} for {len(images)} images of a net of {classes} classes")


def _quick(stages: tuple[Stage, ...], tap: int) -> tuple[Stage, ...]:
    """The same function, rectifying after pooling: a quarter of the values. Stage `tap` stays."""
    order = list(stages)
    for i in range(len(order) - 1):
        relu, pool = order[i : i + 2]
        if isinstance(relu.module, nn.ReLU) and isinstance(pool.module, nn.MaxPool2d) and i != tap:
            order[i : i + 2] = pool, relu  # what number i + 1 gives out is the same
    return tuple(order)


def _tiles(
    images: int, rows: int, columns: int, count: int, device: torch.device
) -> list[tuple[Tensor, Tensor]]:
    """Images and places on the grid (B,) of all squares, some `count` neighbours at a time.

    Neighbours lose alike where their windows stick out of the maps, so theirs are the smallest.
    """
    side = max(1, math.isqrt(count // images))
    numbers = torch.arange(rows * columns, device=device).reshape(rows, columns)
    places = [
        tile.flatten()
        for band in numbers.tensor_split(-(-rows // side))
        for tile in band.tensor_split(-(-columns // side), dim=1)
    ]
    every = torch.arange(images, device=device)
    both = [torch.cartesian_prod(every, place) for place in places]  # (B, 2)
    parts = [part for pairs in both for part in pairs.tensor_split(-(-len(pairs) // count))]
    return [(part[:, 0], part[:, 1]) for part in parts]


def _at_most(
    tiles: list[tuple[Tensor, Tensor]], batch: int
) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """Tiles in their order, together so many that they hold at most `batch` squares, or one."""
    some: list[tuple[Tensor, Tensor]] = []
    for tile in tiles:
        if some and sum(len(image) for image, _ in some) + len(tile[0]) > batch:
            yield some
            some = []
        some.append(tile)
    yield some


def _starts(side: int, size: int, stride: int) -> np.ndarray:
    if not 0 < size <= side:
        raise ValueError(f"a square of {size} px does not fit an image of {side} px")
    if stride < 1:
        raise ValueError(f"the square moves by at least 1 px, not {stride}")
    return np.arange(0, side - size + 1, stride)
