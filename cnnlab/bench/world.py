"""Rendering the world: images and scenes a second on all processors, and a whole set packed."""

import contextlib
import tempfile
import time
from pathlib import Path
from statistics import median

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.bench.row import Row
from cnnlab.datasets import render, world

REPEATS = 3
SECONDS = 2.0  # of rendering a repeat
WARM = 100  # pictures before the clock starts: textures are made once
PACKED = 40  # images per class of the packed set


def run() -> list[Row]:
    """Images at 64 px, scenes at 160 px where the world has them, and packing from a cold start."""
    rows = [_row("images at 64 px", "image", "imagenet", 64, ">= 1000")]
    if "pascal" in world.roles():
        rows.append(_row("scenes at 160 px, with their truth", "scene", "pascal", 160, ">= 200"))
    count = PACKED * len(world.classes("imagenet"))
    note = "processes start, render, write"
    return [*rows, Row(f"packing {count:,} images of 64 px", (_pack(count),), note=note)]


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
    count = processors()
    rates, own = [], []
    for repeat in range(REPEATS):
        tasks = [(what, role, size, 100_000 * (repeat * count + i)) for i in range(count)]
        with contextlib.closing(in_processes(draw, tasks, count)) as working:
            drawn = list(working)
        rates.append(sum(rate for rate, _ in drawn))
        own += [rate for _, rate in drawn]
    unit = "scenes/s" if what == "scene" else "images/s"
    note = f"{median(own):,.0f} in a second of processor time"
    return Row(f"{title}, {count} processes", tuple(rates), unit=unit, must=must, note=note)


def _pack(count: int) -> float:
    classes = len(world.classes("imagenet"))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        sizes = {"classes": classes, "per_class": count // classes, "pixels": 64}
        render.pack(Path(folder), "imagenet", "train", **sizes)
        return count / (time.perf_counter() - began)
