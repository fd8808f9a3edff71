"""Training the small ZFNet on the CPU: our loop against PyTorch's own means, in turns."""

import contextlib
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from cnnlab.artifacts.processes import in_processes
from cnnlab.artifacts.progress import processors
from cnnlab.bench.conventional import Conventional, stock_net, write_folder
from cnnlab.bench.peak import mm_flops, training_flops
from cnnlab.bench.row import Row
from cnnlab.datasets.world import image
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import NetSpec
from cnnlab.profiles import MINI
from cnnlab.training.batches import Batches, mean_image, to_tensor
from cnnlab.training.loop import fit
from cnnlab.training.machine import resolve_precision, threads

IMAGES, PIXELS, CLASSES = 1280, 64, 100
WARM = 4  # batches before the clock starts
PLAN = ((0.25, 3, "2.2x"), (0.5, 2, ""))  # width, repeats, what must be reached


def run() -> list[Row]:
    """Quarter and half width: images a second, ours as the pipeline trains and as one process."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = np.stack([image("imagenet", "train", i, size=PIXELS) for i in range(IMAGES)])
        labels = np.arange(IMAGES) % CLASSES
        np.save(folder / "images.npy", images)
        write_folder(folder / "jpeg", images, labels)
        for width, repeats, must in PLAN:
            rows += _at_width(width, repeats, must, folder)
    return rows


def _at_width(width: float, repeats: int, must: str, folder: Path) -> list[Row]:
    spec = zoo.spec("zfnet").scaled(MINI.crop, width, CLASSES)
    check_same_function(spec)
    recipe = resolve_precision(replace(MINI.base, images=IMAGES))
    cores = processors()
    rival = Conventional(spec, recipe, folder / "jpeg")
    timed = IMAGES // recipe.batch
    rival.rate(timed // 2, WARM)  # its workers start
    dtype = torch.bfloat16 if recipe.precision == "bf16" else torch.float32
    apart, alone, theirs, peaks = [], [], [], []
    for _ in range(repeats):
        theirs.append(rival.rate(timed, WARM))
        apart.append(_in_processes(width, cores, str(folder)))
        peaks.append((mm_flops(dtype), mm_flops(torch.float32)))
        alone.append(common_rate([train_here(width, cores, str(folder))], recipe.batch))
    need, (ours_peak, fp32_peak) = training_flops(spec), np.median(peaks, axis=0)
    share = 100 * need / np.array(peaks)  # (repeats, 2) percent of the peak per image a second
    title = f"ZFNet, {width:g} of the width"
    both = {"rival": tuple(theirs), "must": f">= {must}" if must else ""}
    return [
        Row(f"{title}, {cores} nets at once, one thread each", tuple(apart), **both),
        Row(
            f"{title}, one net on {cores} threads",
            tuple(alone),
            tuple(theirs),
            note="rival: JPEG folder, torchvision transforms, DataLoader, NCHW fp32, stock LRN",
        ),
        Row(
            f"{title}, share of the matrix-multiply peak",
            tuple(share[:, 0] * apart),
            tuple(share[:, 1] * theirs),
            unit="%",
            note=f"{need / 1e6:.0f} MFLOP an image; torch.mm {ours_peak / 1e9:.0f} GFLOP/s in "
            f"{recipe.precision} (ours), {fp32_peak / 1e9:.0f} in fp32 (rival)",
        ),
    ]


def check_same_function(spec: NetSpec) -> None:
    """Raise RuntimeError unless both nets, given the same weights, give the same scores."""
    ours, stock = build(spec, init="he").eval(), stock_net(spec).eval()
    stock.load_state_dict(ours.layers.state_dict())
    pixels = 60 * torch.randn(8, 3, spec.pixels, spec.pixels)
    with torch.inference_mode():
        a, b = ours(pixels), stock(pixels / spec.scale)
    if not torch.allclose(a, b, rtol=1e-3, atol=1e-4 * float(b.abs().max())):
        raise RuntimeError(f"{spec.name}: the rival's net computes another function")


def train_here(width: float, cores: int, folder: str) -> list[float]:
    """Train on `cores` threads for one epoch; the monotonic time at each batch's end."""
    spec = zoo.spec("zfnet").scaled(MINI.crop, width, CLASSES)
    # several processes do not start at one moment: they run longer, to have time in common
    count = IMAGES * (2 if cores == 1 else 1)
    recipe = resolve_precision(replace(MINI.base, images=count, validations=1, checkpoints=()))
    images = np.load(Path(folder) / "images.npy", mmap_mode="r")
    labels = torch.arange(IMAGES) % CLASSES
    mean = mean_image(images)
    batches = Batches(to_tensor(images), labels, mean, spec.pixels, recipe.batch, seed=0)
    stamps: list[float] = []
    with threads(cores), tempfile.TemporaryDirectory() as scratch:
        fit(
            build(spec, init=recipe.init),
            batches,
            recipe,
            lambda net: {"val_top1": 0.0},
            Path(scratch),
            lambda done, row: stamps.append(time.monotonic()),
        )
    return stamps[WARM:]


def common_rate(stamps: Sequence[Sequence[float]], batch: int) -> float:
    """Images a second of trainings together, over the time in which all of them were at work."""
    begin, end = max(s[0] for s in stamps), min(s[-1] for s in stamps)
    if end <= begin:
        raise RuntimeError("the trainings were never at work together; the machine is too busy")
    return batch * sum(sum(begin < t <= end for t in s) for s in stamps) / (end - begin)


def _in_processes(width: float, count: int, folder: str) -> float:
    tasks = [(width, 1, folder)] * count
    working = in_processes(train_here, tasks, count)
    with contextlib.closing(working):
        return common_rate(list(working), MINI.base.batch)
