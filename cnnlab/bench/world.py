"""Rendering the world: images and scenes a second on all processors, and a whole set packed."""

import contextlib
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.bench.paired import paired
from cnnlab.bench.paired import rates as per_second
from cnnlab.bench.row import Row
from cnnlab.datasets import render, world

REPEATS = 3
SECONDS = 2.0  # of rendering a repeat
SIZE = 64  # px of a packed image
WARM = 100  # pictures before the clock starts: textures are made once
PACKED = 20  # images per class of the packed set
ALONE = 200  # images that one process draws and saves, beside it


def run() -> list[Row]:
    """Images at 64 px, scenes at 160 px where the world has them, and packing from a cold start."""
    rows = [_row("images at 64 px", "image", "imagenet", 64, ">= 1000")]
    if "pascal" in world.roles():
        rows.append(_row("scenes at 160 px, with their truth", "scene", "pascal", 160, ">= 200"))
    return [*rows, _packing()]


def draw(what: str, role: str, size: int, first: int) -> tuple[float, float]:
    """Pictures that this process renders, from number `first` on: a second, a second of its own."""
    picture = getattr(world, what)
    split = world.splits(role)[0]
    for i in range(WARM):
        picture(role, split, first + i, size=size)
    done, own, began = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        picture(role, split, first + WARM + done, size=size)
        done += 1
    return done / (time.perf_counter() - began), done / (time.process_time() - own)


def _row(title: str, what: str, role: str, size: int, must: str) -> Row:
    """All processes at once beside one of them alone."""
    count = processors()
    rates, own, alone = [], [], []
    for repeat in range(REPEATS):
        tasks = [(what, role, size, 100_000 * (repeat * count + i)) for i in range(count)]
        drawn = _drawn(tasks)
        rates.append(sum(rate for rate, _ in drawn))
        own += [rate for _, rate in drawn]
        alone.append(_drawn(tasks[:1])[0][0])
    unit = "scenes/s" if what == "scene" else "images/s"
    note = f"rival: one process; {median(own):,.0f} in a second of processor time"
    title = f"{title}, {count} processes"
    return Row(title, tuple(rates), tuple(alone), unit=unit, must=must, note=note)


def _drawn(tasks: list[tuple[str, str, int, int]]) -> list[tuple[float, float]]:
    with contextlib.closing(in_processes(draw, tasks, len(tasks))) as working:
        return list(working)


def _packing() -> Row:
    """A set from a cold start, beside a loop that draws and saves."""
    classes = len(world.classes("imagenet"))
    sizes = {"classes": classes, "per_class": PACKED, "pixels": SIZE}

    def packed() -> None:
        with tempfile.TemporaryDirectory() as folder:
            render.pack(Path(folder), "imagenet", "train", **sizes)

    def loop() -> None:
        with tempfile.TemporaryDirectory() as folder:
            images = [world.image("imagenet", "train", i, size=SIZE) for i in range(ALONE)]
            np.save(Path(folder) / "images.npy", np.stack(images))

    count = PACKED * classes
    ours, rival = paired([packed, loop], REPEATS)
    return Row(
        f"packing {count:,} images of {SIZE} px",
        per_second(ours, count),
        per_second(rival, ALONE),
        note="processes start, draw, write; rival: a loop in one process",
    )
