"""Streaming a set of JPEGs that stays on disk, beside ImageFolder and DataLoader, in turns."""

import contextlib
import io
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, RandomSampler
from torchvision.datasets import ImageFolder
from torchvision.io import ImageReadMode, decode_jpeg, read_file
from torchvision.transforms import v2

from cnnlab.artifacts import paths
from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.bench.row import Row
from cnnlab.bench.streamed import peak, rate_of, streamed
from cnnlab.datasets import photographs, sample_squares, world
from cnnlab.datasets.files import folder_files
from cnnlab.datasets.layouts import select
from cnnlab.datasets.shards import INDEX, Shards

IMAGES, FEW, SHARD = 50_000, 5_000, 2_500
SIDE, CROP, BATCH, CLASSES = 256, 227, 128, 100
DRAWN = 64  # different pictures of the world, and as many photographs as there are, all varied
REPEATS, SECONDS = 3, 10.0
WORKERS = 2  # of DataLoader
ROOM = 2e9  # bytes that the disk keeps
_BLOCK = 500  # JPEGs rendered per task
RIVALS = {"pillow": "Pillow", "torchvision": "torchvision.io.decode_jpeg"}


def run() -> list[Row]:
    """Images a second and memory, of 50,000 JPEGs or of as many as the disk has room for."""
    paths.cache().mkdir(parents=True, exist_ok=True)
    count = fitting(shutil.disk_usage(paths.cache()).free)
    with tempfile.TemporaryDirectory(dir=paths.cache()) as name:
        folder = Path(name)
        kilobytes = _render(folder / "jpeg", count)
        _pack(folder)
        rates, peaks = _measured(folder)
        few = [_apart(streamed, folder / "few", SECONDS)[1] for _ in range(REPEATS)]
        _forget(folder)
        cold = _apart(streamed, folder / "shards", SECONDS)[0]
        _forget(folder)
        rival = _apart(conventional, folder / "jpeg", SECONDS, "pillow")[0]
    about = f"{count:,} JPEGs of {kilobytes:.0f} kB, {SIDE} px, crops of {CROP} px"
    rows = [
        Row(
            f"streamed, beside ImageFolder with {decoder}",
            rates["ours"],
            rates[rival],
            must=">= 3x",
            note=f"{about}; rival: DataLoader, {WORKERS} persistent workers; {processors()} cores",
        )
        for rival, decoder in RIVALS.items()
    ]
    rows += [
        Row("  files not in memory", (cold,), (rival,), note="random reads of the disk"),
        Row("  peak memory", peaks["ours"], peaks["pillow"], unit="MB", must="<= 1000"),
        Row(
            f"  peak memory, of {count:,} images beside {FEW:,}",
            peaks["ours"],
            tuple(few),
            unit="MB",
            must=">= 0.97x",
        ),
    ]
    return rows


def fitting(free: float) -> int:
    """How many JPEGs, packed too, fit into so many free bytes: all, or a multiple of the few."""
    each = SIDE * SIDE * 3 + 40_000
    return min(IMAGES, max(2 * FEW, int((free - ROOM) / each) // FEW * FEW))


def _measured(folder: Path) -> tuple[dict[str, tuple[float, ...]], dict[str, tuple[float, ...]]]:
    """Images a second and peak megabytes, by contestant; in each repeat all take their turn."""
    calls: dict[str, Callable[[], list[float]]] = {
        "ours": lambda: _apart(streamed, folder / "shards", SECONDS),
        **{
            rival: lambda rival=rival: _apart(conventional, folder / "jpeg", SECONDS, rival)
            for rival in RIVALS
        },
    }
    results: dict[str, list[list[float]]] = {name: [] for name in calls}
    for repeat in range(REPEATS):
        for name in list(calls) if repeat % 2 else reversed(calls):
            results[name].append(calls[name]())
    rates, peaks = ({n: tuple(r[k] for r in some) for n, some in results.items()} for k in (0, 1))
    return rates, peaks


def _apart(function: Callable[..., list[float]], folder: Path, *how: Any) -> list[float]:
    """What a contestant measures, in a fresh process."""
    working = in_processes(function, [(str(folder), CROP, BATCH, *how)], 1)
    with contextlib.closing(working):
        return next(working)


def conventional(folder: str, crop: int, batch: int, seconds: float, decoder: str) -> list[float]:
    """Images a second of ImageFolder and DataLoader, and peak memory of all its processes in MB."""
    sys.stdin = io.StringIO()  # its workers close it, and a thread of ours reads the other
    steps = [v2.RandomCrop(crop), v2.RandomHorizontalFlip()]
    to_float = [v2.ToImage(), v2.ToDtype(torch.float32), v2.Normalize((127.0,) * 3, (1.0,) * 3)]
    images = ImageFolder(folder, v2.Compose([*steps, *to_float]))
    if decoder == "torchvision":
        images.loader = _decoded
    loader = DataLoader(
        images,
        batch_size=batch,
        sampler=RandomSampler(images, num_samples=10**9),  # no pause between epochs
        num_workers=WORKERS,
        persistent_workers=True,
        prefetch_factor=4,
    )
    stream = iter(loader)
    rate = rate_of((pixels for pixels, _ in stream), seconds)
    workers = multiprocessing.active_children()
    return [rate, peak("self") + sum(peak(str(worker.pid)) for worker in workers)]


def _decoded(path: str) -> Any:
    return decode_jpeg(read_file(path), ImageReadMode.RGB)


def _render(folder: Path, count: int) -> float:
    """Write JPEGs into class folders; their mean size in kB."""
    tasks = [(str(folder), at, min(_BLOCK, count - at), SIDE) for at in range(0, count, _BLOCK)]
    return sum(in_processes(render_jpegs, tasks, processors())) / count / 1000


def render_jpegs(folder: str, first: int, count: int, side: int) -> int:
    """Write pictures `first` on, drawn and photographed ones in turn, all varied; their bytes."""
    cv2.setNumThreads(0)
    pictures, written = _pictures(side), 0
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        picture = pictures[number % len(pictures)]
        part = round(side * rng.uniform(0.7, 1))
        y, x = rng.integers(0, side - part + 1, 2)
        picture = cv2.resize(picture[y : y + part, x : x + part], (side, side))
        grain = rng.integers(-6, 7, (side, side, 3), dtype=np.int16)  # a camera's, for its bytes
        picture = (picture + grain).clip(0, 255).astype(np.uint8)
        data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 94])[1]
        path = Path(folder, f"{number % CLASSES:03d}", f"{number:06d}.jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.tobytes())
        written += len(data)
    return written


@cache  # a worker renders many blocks of the same pictures
def _pictures(side: int) -> list[np.ndarray]:
    drawn = [world.image("imagenet", "train", i, size=side) for i in range(DRAWN)]
    return [*drawn, *sample_squares(side)]


def _pack(folder: Path) -> None:
    """Pack the JPEGs as a role is packed, and a set of their first shards."""
    files = folder_files(folder / "jpeg")
    selection = select(files, str(files.path), "all", classes=0, per_class=0)
    for name in ("shards", "few"):
        (folder / name).mkdir()
    photographs.pack_shards(folder / "shards", selection, SIDE, SHARD)
    shards = Shards(folder / "shards").shards[: FEW // SHARD]
    for shard in shards:
        os.link(folder / "shards" / shard.file, folder / "few" / shard.file)
    lines = (folder / "shards" / INDEX).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "few" / INDEX).write_text("".join(lines[: len(shards)]), encoding="utf-8")


def _forget(folder: Path) -> None:
    """Ask the system to drop what it holds of the files in memory."""
    os.sync()
    for path in folder.rglob("*.*"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
