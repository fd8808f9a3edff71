"""Shares of a batch, and of a set of images, for the processes of a group.

B images in a batch of all processes, b = B / size in one's part of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.training.batches import Batches
from cnnlab.training.draws import Draws, cut
from cnnlab.training.evaluate import scores
from cnnlab.training.fast import group


class Parts(Protocol):
    """What the engine learns from: this process's part of batch i, a function of (seed, i)."""

    @property
    def seed(self) -> int: ...

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]: ...


@dataclass(frozen=True, eq=False)
class Part:
    """One process's part of every batch, by rank; all parts together are the batch of `Batches`.

    No more of the batch is computed than its random numbers. A size that does not divide it is
    refused with ValueError at the first batch.

    >>> black, labels = torch.zeros(8, 64, 64, 3), torch.arange(8)
    >>> batches = Batches(black, labels, mean=black[0], crop=56, batch=4, seed=0)
    >>> [len(Part(batches, rank, 2)[0][1]) for rank in (0, 1)]
    [2, 2]
    """

    batches: Batches
    rank: int = 0
    size: int = 1

    @property
    def seed(self) -> int:
        """The seed of the batches."""
        return self.batches.seed

    @cached_property
    def draws(self) -> Draws:
        """What chance decides for the whole batches."""
        b = self.batches
        return Draws(len(b.images), b.images.shape[1], b.crop, b.batch, b.seed, b.zoom)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        """Its part of batch i: pixels minus mean (b, 3, P, P), channels-last, and labels (b,)."""
        draw, whole = self.draws[i].part(self.rank, self.size), self.batches
        labels = whole.labels[torch.from_numpy(draw.rows).to(whole.labels.device)]
        return cut(whole.images, whole.mean, draw, whole.crop), labels


def ahead(
    batches: Parts, start: int, stop: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches start to stop, which lie on the device.

    On a GPU each is prepared on a stream of its own while the one before it trains: what must wait
    for the small copies of its random numbers then does not wait for the net.
    """
    if device.type != "cuda":
        yield from (batches[i] for i in range(start, stop))
        return
    side = torch.cuda.Stream()

    def prepared(i: int) -> tuple[Tensor, Tensor, torch.Event]:
        with torch.cuda.stream(side):
            return *batches[i], side.record_event()

    following = prepared(start) if start < stop else None
    for i in range(start, stop):
        assert following is not None
        images, labels, ready = following
        main = torch.cuda.current_stream()
        main.wait_event(ready)
        for tensor in (images, labels):
            tensor.record_stream(main)  # its memory is not given away before the net has read it
        yield images, labels
        following = prepared(i + 1) if i + 1 < stop else None


@dataclass(frozen=True)
class Rows:
    """Some rows of images (N, S, S, 3), read as they are looked at, by slices."""

    images: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, some: slice) -> np.ndarray:
        chosen = self.rows[some]
        step = np.diff(chosen)
        if len(chosen) and (step == 1).all():  # a run of rows is no copy
            return self.images[chosen[0] : chosen[-1] + 1]
        return self.images[chosen]


def share(count: int, batch: int) -> range:
    """The images of this process, of `count`: whole batches, so that its sums are those of one.

    >>> share(10, batch=4)
    range(0, 10)
    """
    batches, rank, size = -(-count // batch), group.rank(), group.size()
    first, last = (batches * r // size * batch for r in (rank, rank + 1))
    return range(min(first, count), min(last, count))


def shared_scores(
    net: ConvNet, images: Any, mean: Tensor, *, crops: int, bf16: bool, batch: int = 256
) -> np.ndarray:
    """`evaluate.scores` by all processes of a group, each of its share: (N, K), on each of them."""
    own = Rows(images, np.array(share(len(images), batch), dtype=int))
    how = {"crops": crops, "bf16": bf16, "batch": batch}
    answers = scores(net, own, mean, **how)  # pyright: ignore[reportArgumentType]
    return np.concatenate(group.gathered(answers))
