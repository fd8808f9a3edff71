"""What the processes of a group do together: make a net, and score images with one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import scores
from cnnlab.training.fast import engine, group
from cnnlab.training.fast.sharded import Rows, shared_scores
from cnnlab.training.fast.step import Settings
from cnnlab.training.jobs import Job, job_images, packed_images
from cnnlab.training.loop import Report
from cnnlab.training.machine import threads
from cnnlab.training.trained_net import Trained


def learned(
    job: dict[str, Any],
    profile: dict[str, Any],
    folder: str,
    settings: dict[str, Any],
    report: Report = lambda done, row: None,
) -> None:
    """Make the net of a job by the engine, by every process of a group."""
    what = from_plain(Job, job)
    images = job_images(what, from_plain(Profile, profile))
    with group.joined():
        engine.learn(what, *images, Path(folder), report, from_plain(Settings, settings))


class Shared(Trained):
    """A trained net whose scores all processes of a group make, each of its share of images."""

    def _scores(self, packed: datasets.Packed, rows: np.ndarray, crops: int) -> np.ndarray:
        def build(workdir: Path) -> None:
            what = to_plain(self), packed.split, rows.tolist(), crops
            np.save(workdir / "scores.npy", group.together(scored, *what))

        config = {"net": self.address, "data": packed.digest, "rows": rows.tolist()}
        folder = store.make("scores", {**config, "crops": crops}, build, code=(scores,))
        return np.load(folder / "scores.npy")


def scored(trained: dict[str, Any], split: str, rows: Sequence[int], crops: int) -> np.ndarray:
    """Class probabilities of rows of a split, by every process of a group."""
    net = from_plain(Trained, trained)
    images = packed_images(net.job, net.profile, split).images
    bf16 = net.job.recipe.precision == "bf16"
    with group.joined(), threads(net.job.recipe.threads):
        chosen = Rows(images, np.array(rows))
        return shared_scores(net.net(), chosen, net.mean, crops=crops, bf16=bf16)
