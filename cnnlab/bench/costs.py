"""What this machine does in a second, measured in under a minute at the profile's own sizes."""

import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from cnnlab.artifacts import paths, progress
from cnnlab.artifacts.store import explain_disk_errors
from cnnlab.bench.paired import seconds
from cnnlab.bench.peak import training_flops
from cnnlab.bench.start import measured
from cnnlab.datasets import world
from cnnlab.datasets.images import square
from cnnlab.datasets.sources import WORLD
from cnnlab.detection.proposals import selective_search
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZF2013, NetSpec
from cnnlab.plan.work import PASSES, Amounts, values
from cnnlab.probing.linear import newton_svms
from cnnlab.profiles import Profile, Recipe, role_size
from cnnlab.training.batches import Batches
from cnnlab.training.loop import fit
from cnnlab.training.machine import device, has_bf16, threads

FLOPS = 2e11  # of a step that is tried as it is; a larger batch is foretold from two small ones
SMALL = (2, 6)  # images of those
WRITTEN = 64  # MiB
MANY = 256  # images of a file that is read
SECONDS = 2.0  # of drawing or reading images
IMPORTS = "import cnnlab.figures.plots, cnnlab.probing.caltech, cnnlab.detection.rcnn"


@dataclass(frozen=True)
class Pace:
    """How fast one net is: seconds of an image, and of a step whatever its batch."""

    flops: float  # of an image, forward and backward
    image: float
    step: float = 0.0


@dataclass(frozen=True)
class Costs:
    """What this machine has, and what it does in a second."""

    device: str
    training: tuple[Pace, ...]  # on the threads of the recipe
    features: tuple[Pace, ...]
    read: float  # images from a file that is in memory, on one processor
    svms: float  # products of linear classifiers, on one processor
    proposals: float  # pixels searched, on one processor
    images: float  # pixels packed, on one processor
    disk: float  # bytes written
    start: float  # seconds until a notebook can compute
    base: float  # bytes of memory that it takes then
    processors: int
    memory: float
    free: float  # bytes on the cache's disk


def measure(profile: Profile) -> Costs:
    """Try a little of everything; raises StoreError where the cache cannot be written."""
    a, size = Amounts(profile), role_size(profile, "imagenet")
    jobs = [a.job("zfnet"), a.job("caffenet")]
    jobs += [a.job(ZF2013, study=True)] if profile.width < 1 else []  # seconds at full size
    tries: dict[str, Callable[[], Any]] = {
        "disk": _disk,
        "training": lambda: tuple(_training(j.spec, j.recipe, size.pixels) for j in jobs),
        "features": lambda: tuple(_features(job.spec) for job in jobs),
        "read": lambda: _read(size.pixels),
        "svms": lambda: _svms(a),
        "proposals": lambda: _proposals(role_size(profile, "pascal").pixels),
        "images": lambda: _images(size.source, size.pixels),
        "start": lambda: measured(IMPORTS),
    }
    tried = {}
    with progress.bar("measuring", len(tries), unit=" tries") as bar:
        for name, one in tries.items():
            tried[name] = one()
            bar.update()
    start, _, base = tried.pop("start")
    return Costs(
        **tried,
        device=str(device()),
        start=start,
        base=1e6 * base,
        processors=progress.processors(),
        memory=progress.memory(),
        free=shutil.disk_usage(paths.cache()).free,
    )


def _training(spec: NetSpec, recipe: Recipe, side: int) -> Pace:
    flops = training_flops(spec)
    if flops * recipe.batch <= FLOPS or device().type == "cuda":
        return Pace(flops, _step(spec, recipe, side) / recipe.batch)
    few, more = (_step(spec, replace(recipe, batch=n), side) for n in SMALL)
    image = max(more - few, 0.1 * more) / (SMALL[1] - SMALL[0])
    return Pace(flops, image, max(0.0, few - SMALL[0] * image))


def _step(spec: NetSpec, recipe: Recipe, side: int) -> float:
    """Seconds of one step of training: the least of a few."""
    count, here = recipe.batch, device()
    images = torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8, device=here)
    labels, mean = torch.arange(count, device=here) % spec.classes, images[0].float()
    batches = Batches(images, labels, mean, spec.pixels, count, seed=0, zoom=recipe.zoom)
    few = replace(recipe, images=3 * count, validations=1, checkpoints=())
    net, stamps = build(spec, init=recipe.init).to(here), []
    with threads(recipe.threads), tempfile.TemporaryDirectory() as folder:
        fit(
            net,
            batches,
            few,
            lambda net: {"val_top1": 0.0},
            Path(folder),
            lambda done, row: stamps.append(time.perf_counter()),
        )
    return float(np.diff(stamps).min())


@torch.inference_mode()
def _features(spec: NetSpec) -> Pace:
    flops, here = training_flops(spec), device()
    count = int(min(256, max(4, FLOPS // flops)))
    net = build(spec, init="he").eval().to(here)
    x = torch.randn(count, 3, spec.pixels, spec.pixels, device=here)
    x = x.contiguous(memory_format=torch.channels_last)

    def read() -> None:
        with torch.autocast(here.type, torch.bfloat16, enabled=has_bf16()):
            net(x).float().sum().item()

    read()
    return Pace(flops, min(seconds(read) for _ in range(3)) / count)


def _read(side: int) -> float:
    into = np.empty((side, side, 3), np.uint8)
    with tempfile.TemporaryDirectory(dir=paths.cache()) as folder:
        file = Path(folder) / "images.npy"
        np.save(file, np.zeros((MANY, side, side, 3), np.uint8))
        images = np.load(file, mmap_mode="r")
        return _rate(lambda i: np.copyto(into, images[7 * i % MANY]), warm=MANY)


def _svms(a: Amounts) -> float:
    classes = min(40, a.sets["caltech101"].classes)
    each = min(30, max(a.profile.transfer.caltech101))
    features = min(2048, values(a.zfnet, "layer5"))
    rng, labels = np.random.default_rng(0), np.arange(classes * each) % classes
    x = 0.6 * rng.normal(size=(classes, features))[labels]
    x = (x + rng.normal(size=(len(labels), features))) / (1.17 * features**0.5)
    targets = np.where(labels[:, None] == np.arange(classes), 1, -1)
    with threads(1):
        taken = seconds(lambda: newton_svms(x.astype(np.float32), targets))
    return PASSES * len(x) * min(x.shape) * classes / taken


def _proposals(side: int) -> float:
    image = world.scene("pascal", "trainval", 0, size=side).image
    return side**2 / seconds(lambda: selective_search(image))


def _images(source: str, side: int) -> float:
    if source == WORLD:

        def one(i: int) -> object:
            return world.image("imagenet", "train", i, size=side)
    else:
        file, drawn = io.BytesIO(), Image.fromarray(world.image("imagenet", "train", 0, size=128))
        drawn.resize((2 * side, 2 * side)).save(file, "JPEG", quality=90)

        def one(i: int) -> object:
            return square(file.getvalue(), side)

    return side**2 * _rate(one)


def _rate(one: Callable[[int], object], warm: int = 20) -> float:
    """Calls a second, after a few that are not counted."""
    for i in range(warm):
        one(i)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        one(warm + done)
        done += 1
    return done / (time.perf_counter() - began)


def _disk() -> float:
    data, folder = os.urandom(2**20), paths.cache()
    with explain_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            began = time.perf_counter()
            for _ in range(WRITTEN):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
    return WRITTEN * 2**20 / (time.perf_counter() - began)
