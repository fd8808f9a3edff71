"""Scale: two processes beside one, and on a GPU the engine beside an eager loop, in turns."""

# pyright: reportPrivateImportUsage=false

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed as dist
from torch.nn import functional as F

from cnnlab.artifacts.processes import PASSIVE
from cnnlab.artifacts.progress import processors
from cnnlab.bench.conventional import stock_net
from cnnlab.bench.row import NOT_MEASURED, Row
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import NetSpec
from cnnlab.profiles import MINI, PAPER, Recipe
from cnnlab.training import loop
from cnnlab.training.batches import Batches, Images
from cnnlab.training.fast import engine, group
from cnnlab.training.fast.sharded import Part
from cnnlab.training.machine import device, resolve_precision, threads

CLASSES, REPEATS = 100, 5
BATCHES = (64, 128)  # of `mini`, and of the papers: ZF 3
WARM, TIMED = 5, 60  # batches, before and while the clock runs
GPU_WARM, GPU_TIMED, GPU_BATCH = 30, 200, 256
MUST = {"H100": ">= 15000", "H200": ">= 20000"}  # images/s by a part of the GPU's name
FULL = "CaffeNet, 227 px, images on the GPU"


def run() -> list[Row]:
    """Images a second of two processes and one, of a thread each; and of a GPU."""
    if not torch.cuda.is_available():
        none = f"{NOT_MEASURED}no GPU here"
        return [*two_processes(), Row(FULL, (), must=">= 2x", note=none)]
    return [*gpu(), *two_processes()]


def two_processes() -> list[Row]:
    """Two processes of one thread each that share every batch, beside one of one thread."""
    names = [f"CaffeNet of mini, two processes, batches of {batch}" for batch in BATCHES]
    if processors() < 2:
        none = f"{NOT_MEASURED}one processor here"
        return [Row(name, (), must=">= 1.6x", note=none) for name in names]
    store = dist.TCPStore("localhost", 0, is_master=True, timeout=timedelta(minutes=10))
    told = {"MASTER_ADDR": "localhost", "MASTER_PORT": str(store.port), "WORLD_SIZE": "2"}
    env = {**os.environ, **PASSIVE, **told, "TORCHELASTIC_RUN_ID": "bench"}
    env |= {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    code = "import sys; from cnnlab.bench.scale import process; process(sys.argv[1])"
    with tempfile.TemporaryDirectory() as folder:
        command, out = [sys.executable, "-c", code, folder], Path(folder, "rates.json")
        ranks = [subprocess.Popen(command, env={**env, "RANK": str(rank)}) for rank in (1, 0)]
        try:
            if any([one.wait(900) for one in ranks]):
                raise RuntimeError("a process of the benchmark ended early")
        finally:
            for one in ranks:
                one.kill()
        both = json.loads(out.read_text())
    note = "a thread each; rival: the plain loop in one process of one thread"
    return [
        Row(name, tuple(ours), tuple(rival), must=">= 1.6x", note=note)
        for name, (ours, rival) in zip(names, both, strict=True)
    ]


def process(folder: str) -> None:
    """One of the two: the first leads, and writes the rates of both and of itself alone."""
    if group.follows():
        return group.serve()
    rates = [([], []) for _ in BATCHES]
    with group.led():
        for (ours, rival), batch in list(zip(rates, BATCHES, strict=True)) * REPEATS:
            ours.append(group.together(trained_together, batch))
            rival.append(_rate(loop.fit, *_small(batch), WARM))
    Path(folder, "rates.json").write_text(json.dumps(rates))


def trained_together(batch: int) -> float:
    """Images a second of all processes of a group."""
    with group.joined():
        spec, batches, recipe = _small(batch)
        return _rate(engine.fit, spec, Part(batches, group.rank(), group.size()), recipe, WARM)


def _small(batch: int) -> tuple[NetSpec, Batches, Recipe]:
    spec = zoo.spec("caffenet").scaled(MINI.crop, MINI.width, CLASSES)
    spec = spec.with_fc(int(MINI.nets["caffenet"]["fc"]))
    size = MINI.roles["imagenet"].pixels
    recipe = replace(MINI.base, schedule="linear", batch=batch, images=batch * (WARM + TIMED))
    return spec, _batches(spec, size, 10 * batch, batch, MINI.base.zoom), recipe


def _batches(spec: NetSpec, size: int, count: int, batch: int, zoom: float = 0.0) -> Batches:
    images = np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)
    data, where = Images(images, np.arange(count) % spec.classes), device()
    return Batches.of(data, device=where, crop=spec.pixels, batch=batch, seed=0, zoom=zoom)


def _rate(fit: Callable[..., Any], spec: NetSpec, batches: Any, recipe: Recipe, warm: int) -> float:
    """Images a second of a loop, after its first batches."""
    recipe = resolve_precision(replace(recipe, validations=1, checkpoints=()))
    net, stamps = build(spec, init="he").to(device()), []

    def report(done: int, row: dict[str, float]) -> None:
        if torch.cuda.is_available() and (done == warm or done * recipe.batch >= recipe.images):
            torch.cuda.synchronize()  # else what is still to be computed counts as done
        stamps.append(time.monotonic())

    with threads(1), tempfile.TemporaryDirectory() as scratch:
        fit(net, batches, recipe, lambda net: {"val_top1": 0.0}, Path(scratch), report)
    if not stamps:  # of a process that only follows
        return 0.0
    return recipe.batch * (len(stamps) - warm) / (stamps[-1] - stamps[warm - 1])


def gpu() -> list[Row]:
    """CaffeNet at full size: ours, and eager torch with mixed precision, channels-last."""
    spec = replace(zoo.spec("caffenet"), classes=1000)
    batches = _batches(spec, PAPER.roles["imagenet"].pixels, 8 * GPU_BATCH, GPU_BATCH)
    images = GPU_BATCH * (GPU_WARM + GPU_TIMED)
    recipe = Recipe(images=images, batch=GPU_BATCH, schedule="linear")
    ours, rival = [], []
    for _ in range(REPEATS):
        ours.append(_rate(engine.fit, spec, Part(batches), recipe, GPU_WARM))
        rival.append(eager_rate(spec, batches))
    card = torch.cuda.get_device_name()
    must = next((limit for name, limit in MUST.items() if name in card), "")
    note = f"{card}; rival: stock modules, autocast, channels-last, SGD, no compiler"
    both = tuple(ours), tuple(rival)
    return [Row(FULL, *both, must=">= 2x", note=note), Row(f"{FULL}: rate", *both, must=must)]


def eager_rate(spec: NetSpec, batches: Batches) -> float:
    """Images a second of a loop as tutorials write it, fed with the same batches."""
    stock: Any = stock_net(spec)
    net = stock.to(device(), memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    began = 0.0
    for i in range(GPU_WARM + GPU_TIMED):
        if i == GPU_WARM:
            torch.cuda.synchronize()
            began = time.monotonic()
        images, labels = batches[i]
        with torch.autocast("cuda", torch.bfloat16):
            loss = F.cross_entropy(net(images / spec.scale), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.cuda.synchronize()
    return GPU_BATCH * GPU_TIMED / (time.monotonic() - began)
