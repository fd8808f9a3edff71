"""Packings that damaged files stopped: what they had read is not read again after the mend.

A mended folder is another artifact, so its rows lie outside of any, each with its files' states.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.artifacts import paths
from cnnlab.artifacts.fingerprint import fingerprint
from cnnlab.datasets.images import fit, square
from cnnlab.datasets.layouts import Selection
from cnnlab.datasets.rows import IMAGES, Rows
from cnnlab.datasets.shards import INDEX
from cnnlab.datasets.voc import check_boxes, parse_annotation, scale_box

_STATES = "states.json"


def keep(workdir: Path, selection: Selection, pixels: int, notes: dict[int, Any]) -> None:
    """Keep the images of a stopped packing of a folder: the rows that `notes` names."""
    if not selection.files.path.is_dir():
        return  # a mended archive is another file
    folder = _folder(selection, pixels)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (workdir / IMAGES).replace(folder / IMAGES)
    states = [(row, _state(selection, row), note) for row, note in notes.items()]
    (folder / _STATES).write_text(json.dumps(states), encoding="utf-8")


def take_up(rows: Rows, selection: Selection, pixels: int) -> None:
    """Fill rows whose files are those that a stopped packing had read."""
    folder = _folder(selection, pixels)
    if not (folder / _STATES).exists() or len(rows.todo) < len(selection.images):
        return
    old = np.load(folder / IMAGES, mmap_mode="r")
    states = json.loads((folder / _STATES).read_text(encoding="utf-8"))
    known = {json.dumps(state): (row, note) for row, state, note in states}
    for row in rows.todo:
        if entry := known.get(json.dumps(_state(selection, row))):
            rows.write(int(row), [old[entry[0]]])
            rows.mark([row], entry[1])


def drop(selection: Selection, pixels: int) -> None:
    """Forget what a stopped packing left, since another has ended."""
    shutil.rmtree(_folder(selection, pixels), ignore_errors=True)


def keep_shards(workdir: Path, selection: Selection, pixels: int) -> None:
    """Keep the whole shards of a stopped packing of a folder, with their index."""
    if selection.files.path.is_dir():
        folder = _folder(selection, pixels)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        workdir.replace(folder)


def take_up_shards(workdir: Path, selection: Selection, pixels: int) -> None:
    """Move the shards of a stopped packing here; their states tell which of them still hold."""
    folder = _folder(selection, pixels)
    if not (workdir / INDEX).exists() and (folder / INDEX).exists():
        for path in folder.iterdir():
            path.replace(workdir / path.name)


def state_of(selection: Selection, rows: Iterable[int]) -> str:
    """A hash of the names of some rows' files and, in a folder, of their sizes and times."""
    folder = selection.files.path.is_dir()
    about = [_state(selection, row) if folder else selection.images[row] for row in rows]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def _folder(selection: Selection, pixels: int) -> Path:
    code = fingerprint(square, fit, parse_annotation, check_boxes, scale_box)
    about = [str(selection.files.path.absolute()), bool(selection.annotations), pixels, code]
    return (
        paths.cache() / "unfinished" / hashlib.sha256(json.dumps(about).encode()).hexdigest()[:20]
    )


def _state(selection: Selection, row: int) -> list[list[Any]]:
    names = [some[row] for some in (selection.images, selection.annotations) if some]
    stats = [(name, (selection.files.path / name).stat()) for name in names]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]
