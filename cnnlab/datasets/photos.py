"""Photographs of a real set, decoded in threads straight from folder or archive into rows."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets.archives import Tree
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import square, whole_images_only
from cnnlab.datasets.layouts import Selection
from cnnlab.datasets.rows import Rows

_BATCH = 32  # images decoded per task: enough to hide its cost, few enough to bound memory

Decoded = list[tuple[str, np.ndarray]]  # names with uint8 (S, S, 3)


def pack(workdir: Path, tree: Tree, chosen: Selection, pixels: int) -> None:
    """Write the chosen images of `tree` as squares of `pixels`, with labels and class names.

    Memory is constant. Rows that a killed build left in `workdir` are kept. The bytes do not
    depend on the number of threads. Raises DataError, naming the member, for an image that cannot
    be decoded.
    """
    with whole_images_only(), Rows(workdir, len(chosen.members), pixels) as rows:
        row_of = {chosen.members[row]: int(row) for row in rows.todo}
        done = len(chosen.members) - len(row_of)
        with bar(f"packing {tree.path.name}", len(chosen.members), done=done) as shown:
            for decoded in _in_threads(tree, list(row_of), pixels):
                for name, image in decoded:
                    rows.write(row_of[name], image[None])
                rows.mark([row_of[name] for name, _ in decoded])
                shown.update(len(decoded))
        rows.finish(chosen.labels, chosen.classes)


def _in_threads(tree: Tree, names: Sequence[str], pixels: int) -> Iterator[Decoded]:
    """Decode in all processors, a few batches ahead; Pillow lets other threads run meanwhile."""
    workers = processors()
    pending: deque[Future[Decoded]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch in _batches(tree, names):
            pending.append(pool.submit(_decode, tree, batch, pixels))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _batches(tree: Tree, names: Sequence[str]) -> Iterator[Iterable[tuple[str, bytes]]]:
    """Parts of the work: to be read by the thread that decodes them, or read on as a tar flows."""
    if tree.random_access:
        for start in range(0, len(names), _BATCH):
            yield tree.read(names[start : start + _BATCH])
    else:
        flow = tree.read(names)
        while batch := list(islice(flow, _BATCH)):
            yield batch


def _decode(tree: Tree, batch: Iterable[tuple[str, bytes]], pixels: int) -> Decoded:
    decoded = []
    for name, data in batch:
        try:
            decoded.append((name, square(data, pixels)))
        except DataError as error:
            raise DataError(
                f"image {name} in {tree.path} cannot be used ({error}); {tree.mend}"
            ) from error
    return decoded
