"""The net of a detector, fine-tuned on windows, or learned from them alone (R-CNN, AGM 2.3).

What makes a net (`training.fit`), its seed and its resuming are the same as for all others; only
the images differ: they are windows that are drawn and warped as they are needed.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import bar
from cnnlab.datasets import BoxedImages
from cnnlab.datasets.boxed import VOC_CLASSES
from cnnlab.datasets.windows import mean_colour
from cnnlab.detection.reading import WindowReader
from cnnlab.detection.sampling import Samples, WindowBatches
from cnnlab.detection.windows import Windows
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import error_rate
from cnnlab.training.jobs import CLASSIFIER, FULL, Data, Job, Start
from cnnlab.training.learn import initial_net
from cnnlab.training.loop import Report, fit
from cnnlab.training.machine import device, resolve_precision, threads
from cnnlab.training.schedule import iterations
from cnnlab.training.trained import Trained

WATCHED = 512  # windows scored while a net learns, drawn as batches are
# way -> layers that are drawn anew, and those that stay ("fc-ft, fresh" is the fc-ft of the draft)
WAYS = {
    "ft": (CLASSIFIER, "none"),
    "fc-ft": (CLASSIFIER, "conv"),
    "fc-ft, fresh": (FULL, "conv"),
}
Sets = Sequence[tuple[BoxedImages, Windows]]  # scenes, and what is proposed for each


@dataclass(frozen=True)
class WindowJob:
    """A net to make from windows: the job of a net, and which windows it learns from."""

    job: Job
    share: float = 0.25  # of a batch that shows objects
    positive: float = 0.5  # overlap from which on a window shows an object
    background: float = 0.5  # and below which it shows background


def window_job(
    base: Trained,
    profile: Profile,
    way: str = "ft",
    *,
    seed: int = 0,
    checkpoint: int | None = None,
    background: float | None = None,
) -> WindowJob:
    """Fine-tune a net on windows: the classes of role "pascal", and background as one more.

    `way` is "ft" (all layers learn), "fc-ft" (layers 1 to 5 stay), "fc-ft, fresh" (and 6 and 7
    are drawn anew: AGM's draft, whose background overlaps less than 0.3), or "scratch", which
    takes the layers of the net and none of its weights. Raises ValueError for another.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> window_job(base_net("caffenet", TINY), TINY, "fc-ft").job.frozen
    'conv'
    """
    sizes = profile.detection
    recipe = resolve_precision(sizes.scratch if way == "scratch" else sizes.tuning)
    spec = replace(base.job.spec, classes=len(VOC_CLASSES) + 1)
    spec, data = replace(spec, dropout=recipe.dropout), Data("pascal", watched=())
    if way == "scratch":
        job = Job(spec, recipe, seed, data)
    elif way in WAYS:
        fresh, frozen = WAYS[way]
        job = Job(spec, recipe, seed, data, Start(base.address, checkpoint, fresh), frozen)
    else:
        raise ValueError(f"no way {way!r} to learn; there are scratch, {', '.join(WAYS)}")
    below = sizes.background_iou if background is None else background
    return WindowJob(job, sizes.positive_share, sizes.positive_iou, below)


def train_on_windows(
    job: WindowJob, sets: Sets, profile: Profile, hear: Report | None = None
) -> Trained:
    """Make the net of a job, or open it; an interrupted run is resumed, bit for bit.

    `sets` are the scenes it learns from with their proposals: one split, or +DATA as another.
    `hear` gets the iterations done and a row of the history; without it a bar shows them.
    Raises ValueError where no window shows an object, or none background.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> scenes = load_scenes("pascal", TINY)
    >>> proposals = Windows.of([[[1, 1, 9, 9], [3, 3, 12, 9]]] * len(scenes))
    >>> job = window_job(base_net("caffenet", TINY), TINY)
    >>> train_on_windows(job, [(scenes, proposals)], TINY).net().spec.classes
    21
    """
    config = {"job": job, "data": [(scenes.digest, windows.digest) for scenes, windows in sets]}

    def build(workdir: Path) -> None:
        if hear is not None:
            learn_windows(job, sets, workdir, hear)
            return
        with bar("fine-tuning", iterations(job.job.recipe), unit=" batches") as progress:

            def report(done: int, row: dict[str, float]) -> None:
                progress.update(done - progress.n)

            learn_windows(job, sets, workdir, report)

    folder = store.make("nets", config, build, code=(learn_windows,))
    return Trained(folder, job.job, profile)


def learn_windows(
    job: WindowJob, sets: Sets, folder: Path, report: Report = lambda done, row: None
) -> None:
    """Make a net from windows; write what `learn` writes to `folder`, or resume it there."""
    recipe, spec, seed = job.job.recipe, job.job.spec, job.job.seed
    net = initial_net(job.job).to(device())
    if job.job.start is None:
        colour = torch.from_numpy(mean_colour(sets[0][0])).float()
        mean = colour.expand(spec.pixels, spec.pixels, 3).contiguous()
    else:
        mean = torch.from_numpy(np.load(job.job.start.folder / "mean.npy"))
    samples = Samples.of(sets, positive=job.positive, background=job.background)
    read = WindowReader([scenes for scenes, _ in sets], mean, spec.pixels)
    batches = WindowBatches(samples, read, recipe.batch, seed, job.share)
    rows = samples.draw(np.random.default_rng([seed, 6]), WATCHED, job.share)
    with threads(recipe.threads):
        # `fit` asks for batch i and the seed, and no more
        validate = _validator(batches, rows)
        history = fit(net, batches, recipe, validate, folder, report)  # pyright: ignore
    save_net(net, folder / "net.safetensors")
    np.save(folder / "mean.npy", mean.numpy())
    store.write_atomic(folder / "history.json", json.dumps(history, indent=1).encode())


def _validator(batches: WindowBatches, rows: np.ndarray) -> Callable[[ConvNet], dict[str, float]]:
    """The check made while training: windows that are drawn once, from those it learns from."""

    @torch.no_grad()
    def validate(net: ConvNet) -> dict[str, float]:
        net.eval()
        parts, labels = [], batches.samples.labels[rows]
        for some in np.array_split(rows, max(1, len(rows) // 128)):
            pixels: Tensor = batches.shown(some)[0]
            parts.append(net(pixels).float().softmax(dim=1).cpu())
        answers = torch.cat(parts).numpy()  # (N, K + 1)
        likelihood = np.take_along_axis(answers, labels[:, None], axis=1)
        loss = float(-np.log(likelihood.clip(1e-12)).mean())
        return {"val_loss": loss, "val_top1": error_rate(answers, labels)}

    return validate
