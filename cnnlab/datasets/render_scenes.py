"""Scenes of the procedural world, rendered in processes, with the truth about each."""

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.spool import Record, Spool, Truth

_BLOCK = 25  # scenes rendered per task
_SMALL = 2 * _BLOCK  # scenes sooner rendered here than by processes that must first start


def pack(
    workdir: Path,
    role: str,
    split: str,
    *,
    classes: int,
    count: int,
    pixels: int,
    workers: int | None = None,
) -> None:
    """Spool `count` world scenes of `pixels` on their longer side, about the first `classes`.

    What a killed build left in `workdir` is kept. Every scene is a pure function of its number, so
    the content does not depend on `workers` (None: all processors).
    """
    if count < 1:
        raise DataError(f"the world has no end: ask for 1 or more scenes, not {count}")
    for stale in workdir.glob("block-*"):
        stale.unlink()  # rendered, but never spooled
    with Spool(workdir) as spool:
        left = [number for number in range(count) if number not in spool.done]
        blocks = [left[at : at + _BLOCK] for at in range(0, len(left), _BLOCK)]
        tasks = [(str(workdir), block, role, split, pixels, classes) for block in blocks]
        workers = 1 if len(left) <= _SMALL else workers or processors()
        with (
            contextlib.closing(_rendered(tasks, workers)) as made,
            bar(f"rendering {role} {split}", count, done=count - len(left), unit=" scenes") as on,
        ):
            for name, lines in made:
                block = Path(name)
                spool.append([Record.read(line) for line in lines], block.read_bytes())
                block.unlink()
                on.update(len(lines))


def render_block(
    folder: str, numbers: list[int], role: str, split: str, pixels: int, classes: int
) -> tuple[str, list[str]]:
    """Render the scenes of the given numbers into a file; returns its path and their records."""
    import cv2

    from cnnlab.datasets.world import scene

    cv2.setNumThreads(0)  # a process a core draws faster than threads within each
    path, lines = Path(folder) / f"block-{numbers[0]:06d}", []
    with path.open("wb") as file:
        for number in numbers:
            shown = scene(role, split, number, size=pixels, classes=classes or None)
            objects = [
                # half-open from 0, as the world counts, to both ends inside from 1, as VOC does
                Truth(
                    one.label,
                    (one.box[0] + 1, one.box[1] + 1, one.box[2], one.box[3]),
                    difficult=bool(one.difficult),
                    truncated=bool(one.truncated),
                    occluded=bool(one.occluded),
                )
                for one in shown.instances
            ]
            record = Record.of(number, f"{role} {split} {number:06d}", shown.image, objects)
            file.write(shown.image.tobytes())
            lines.append(record.line())
    return str(path), lines


def _rendered(
    tasks: list[tuple[Any, ...]], workers: int
) -> Generator[tuple[str, list[str]], None, None]:
    """Render every block, here or in processes, each given as it comes."""
    if workers > 1:
        yield from in_processes(render_block, tasks, workers)
    else:
        for task in tasks:
            yield render_block(*task)
