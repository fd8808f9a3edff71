"""The training loop in its fast form: on GPUs, and in several processes at once.

It learns what `learn` and `fit` learn, from the same batches in the same order; one process on a
CPU ends with the same bits. Several processes each take a part of every batch, and average their
gradients (DistributedDataParallel). On a GPU it computes in channels-last bf16 with compiled
kernels, and nothing in a step waits for the device: losses are read at validations and saves.
`cnnlab bench scale` measures both; on a GPU nobody has measured it yet.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts.store import write_atomic
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Recipe
from cnnlab.training.batches import Batches, Images, mean_image
from cnnlab.training.evaluate import error_rate
from cnnlab.training.fast import group
from cnnlab.training.fast.sharded import Part, Parts, ahead, shared_scores
from cnnlab.training.fast.step import DEFAULT, MICRO, Settings, Step
from cnnlab.training.jobs import Job
from cnnlab.training.learn import WATCHED, initial_net
from cnnlab.training.loop import Report, Validate, _groups, _resume, _save, clip_filters
from cnnlab.training.machine import device, threads
from cnnlab.training.schedule import Schedule, checkpoint_iterations, iterations
from cnnlab.training.streaming import Streamed

RESUME = "resume.safetensors"


def learn(
    job: Job,
    training: Images,
    watched: Images,
    folder: Path,
    report: Report = lambda done, row: None,
    settings: Settings = DEFAULT,
) -> None:
    """Make a net; what `cnnlab.training.learn.learn` does, by every process of a group.

    One of them, the first, writes. Raises ValueError also for processes that do not divide the
    batch, and for an interrupted run of another net in `folder`.
    """
    net = initial_net(job).to(device())
    if job.start is None:
        mean = mean_image(training.images)
    else:
        mean = torch.from_numpy(np.load(job.start.folder / "mean.npy"))
    if mean.shape != training.images.shape[1:]:
        raise ValueError(
            f"the net to start from learned from images of {mean.shape[0]} px, these have "
            f"{training.images.shape[1]}; pack both roles at the same size"
        )
    with threads(job.recipe.threads):
        batches = parts(job, training, mean, settings)
        validate = _validator(watched, mean, job)
        history = fit(net, batches, job.recipe, validate, folder, report, settings)
    if group.rank() == 0:
        save_net(net, folder / "net.safetensors")
        np.save(folder / "mean.npy", mean.numpy())
        write_atomic(folder / "history.json", json.dumps(history, indent=1).encode())


def parts(job: Job, training: Images, mean: Tensor, settings: Settings) -> Parts:
    """This process's part of each batch: from memory, the GPU's where images fit; or streamed."""
    images, where, stream = training.images, device(), not isinstance(training.images, np.ndarray)
    if where.type == "cuda":
        stream |= images.nbytes > torch.cuda.mem_get_info()[0] * settings.resident
    how = {"crop": job.spec.pixels, "batch": job.recipe.batch, "zoom": job.recipe.zoom}
    how |= {"seed": job.seed}
    if stream:
        return Streamed.of(training, mean, where, (group.rank(), group.size()), **how)
    return Part(Batches.of(training, mean, where, **how), group.rank(), group.size())


def fit(
    net: ConvNet,
    batches: Parts,
    recipe: Recipe,
    validate: Validate,
    folder: Path,
    report: Report = lambda done, row: None,
    settings: Settings = DEFAULT,
) -> list[dict[str, float]]:
    """Train `net` in place and return its history, as `loop.fit` does, by all of a group.

    `batches[i]` is this process's part of batch i. Rows have the mean loss over the processes, and
    where memory did not hold a process's part at once, "micro_batch", the images it held.

    >>> from cnnlab.nets import build, spec
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> black, labels = torch.zeros(4, 64, 64, 3), torch.zeros(4, dtype=torch.long)
    >>> part = Part(Batches(black, labels, mean=black[0], crop=56, batch=2, seed=0))
    >>> recipe = Recipe(images=4, batch=2, validations=2)
    >>> [row["images"] for row in fit(net, part, recipe, lambda net: {"val_top1": 0.0}, Path())]
    [2, 4]
    """
    total, where = iterations(recipe), next(net.parameters()).device
    schedule = Schedule(recipe, total)
    fused = True if where.type == "cuda" or group.size() > 1 else None
    groups = _groups(net, recipe)
    optimizer = torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, fused=fused)
    validate_at = {round(total * (v + 1) / recipe.validations) for v in range(recipe.validations)}
    keep_at = set(checkpoint_iterations(recipe))
    check_resume(folder / RESUME, net)
    history, known, start = _resume(folder, net, optimizer, schedule)
    if len(set(group.gathered(start))) > 1:
        raise ValueError(f"the processes see other saves in {folder}; let them share $CNNLAB_CACHE")
    step = Step(net, recipe, settings, folder)
    losses: list[Tensor] = []  # on the device, since the last that were read
    saved, last, save_at = time.monotonic(), start, start + 1
    for i, (images, labels) in enumerate(ahead(batches, start, total, where), start):
        if schedule.ended:
            break
        for params in optimizer.param_groups:
            params["lr"] = schedule.rate(i)
        optimizer.zero_grad(set_to_none=True)
        losses.append(step(images, labels, _seed(batches.seed, i)))
        optimizer.step()
        if recipe.clip_rms:
            clip_filters(net, recipe.clip_rms)
        if i + 1 in validate_at:
            known += _read(losses)
            row = {"iteration": i + 1, "images": (i + 1) * recipe.batch, "rate": schedule.rate(i)}
            row |= {"train_loss": sum(known) / len(known), **validate(net), **step.note}
            history.append(group.agreed(row))  # so that all fall with the rate at once
            schedule.validated(history[-1])
            known.clear()
        if i + 1 in keep_at and group.rank() == 0:
            save_net(net, folder / f"checkpoint-{i + 1:07d}.safetensors")
        if i + 1 == save_at:
            known += _read(losses)
            if group.rank() == 0:
                _save(folder, net, optimizer, schedule, history, known, i + 1)
            pace = (i + 1 - last) / (time.monotonic() - saved)  # iterations a second
            save_at = group.agreed(i + 1 + max(1, int(settings.save_every * pace)))
            saved, last = time.monotonic(), i + 1
        if group.rank() == 0:
            report(i + 1, history[-1] if history else {})
    group.gathered(None)  # all are at the end before the save goes
    if group.rank() == 0:
        (folder / RESUME).unlink(missing_ok=True)
        (folder / MICRO).unlink(missing_ok=True)
    return history


def check_resume(path: Path, net: ConvNet) -> None:
    """Raise ValueError, naming the file, where a save is of another net or cannot be read."""
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return
    try:
        with safe_open(path, framework="np") as file:
            saved = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(
            f"{path} is no readable save ({error}); delete it to begin anew"
        ) from error
    for name, value in net.named_parameters():
        if saved.get(name) != tuple(value.shape):
            shape = saved.get(name, "missing")
            raise ValueError(
                f"{path} is a save of another net: {name} is {shape}, {net.spec.name} wants "
                f"{tuple(value.shape)}; delete it to begin anew"
            )


def _seed(seed: int, i: int) -> int:
    """Of iteration i in this process; in the first, and in one alone, as in `loop.fit`."""
    if group.rank() == 0:
        return (seed << 32) + i
    return int(np.random.SeedSequence([seed, i, group.rank()]).generate_state(1, np.uint64)[0])


def _read(losses: list[Tensor]) -> list[float]:
    """Losses as numbers, the mean over all processes of each; the list is empty afterwards."""
    values = torch.stack(losses).tolist() if losses else []
    losses.clear()
    if group.size() == 1:
        return values
    return np.mean(group.gathered(values), axis=0).tolist()


def _validator(watched: Images, mean: Tensor, job: Job) -> Callable[[ConvNet], dict[str, Any]]:
    """The check of `learn`, centre crops of evenly spaced images, by all processes."""
    count = min(WATCHED, len(watched.labels))
    rows = np.linspace(0, len(watched.labels) - 1, count).astype(int)
    pixels, labels = watched.images[rows], watched.labels[rows]
    bf16 = job.recipe.precision == "bf16"

    def validate(net: ConvNet) -> dict[str, float]:
        answers = shared_scores(net, pixels, mean, crops=1, bf16=bf16)  # (N, K)
        likelihood = np.take_along_axis(answers, labels[:, None], axis=1)
        return {
            "val_loss": float(-np.log(likelihood.clip(1e-12)).mean()),
            "val_top1": error_rate(answers, labels, 1),
            "val_top5": error_rate(answers, labels, 5),
        }

    return validate
