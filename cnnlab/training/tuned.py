"""Fine-tuned nets as artifacts, several made at once; a `Tuned` is read as any trained net is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import scores
from cnnlab.training.finetune import FineTune, tune
from cnnlab.training.learn import Images
from cnnlab.training.loop import Report, iterations
from cnnlab.training.machine import threads
from cnnlab.training.together import share_out, teller
from cnnlab.training.trained import Trained


@dataclass(frozen=True)
class Task:
    """A fine-tuning on some rows of a role's first split, watched on others."""

    how: FineTune
    role: str
    train: tuple[int, ...]
    val: tuple[int, ...]


@dataclass(frozen=True)
class Tuned(Trained):
    """A fine-tuned net on disk, with the rows it learned from."""

    task: Task

    def scores(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities (N, K) and labels (N,) of its own rows, "train" or "val"."""
        rows = np.array({"train": self.task.train, "val": self.task.val}[split])
        packed = datasets.load(self.task.role, self.profile)
        return self.probabilities(rows), packed.labels[rows]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Class probabilities (rows, K) of any rows of its role, from their centre crops.

        One view, as features are read from one: a probe and a tuned net see the same pixels.
        """
        packed = datasets.load(self.task.role, self.profile)

        def make(workdir: Path) -> None:
            with threads(self.job.recipe.threads):
                bf16 = self.job.recipe.precision == "bf16"
                found = scores(self.net(), packed.images[rows], self.mean, crops=1, bf16=bf16)
            np.save(workdir / "scores.npy", found)

        config = {"net": self.folder.name, "data": packed.digest, "rows": rows.tolist()}
        folder = store.make("tuned-scores", config, make, code=(scores,))
        return np.load(folder / "scores.npy")


def finetune(task: Task, profile: Profile, report: Report = lambda done, row: None) -> Tuned:
    """Fine-tune a net, or open it where it was made before; killed, it goes on where it was."""
    packed = datasets.load(task.role, profile)
    base = paths.cache() / "nets" / task.how.base if task.how.base else None

    def build(workdir: Path) -> None:
        if base is not None and not (base / task.how.weights).exists():
            raise ValueError(f"no net {base / task.how.weights}; run the notebook that trains it")
        rows, watched = np.array(task.train), np.array(task.val)
        training = Images(packed.images[rows], packed.labels[rows])
        validation = Images(packed.images[watched], packed.labels[watched])
        tune(task.how, base, training, validation, workdir, report)

    config = {"task": task, "data": packed.digest}
    folder = store.make("tuned", config, build, code=(tune,))
    return Tuned(folder, task.how.job, profile, task)


def finetune_all(tasks: Sequence[Task], profile: Profile) -> list[Tuned]:
    """Fine-tune every task, `profile.workers` at a time; same order out.

    The results do not depend on the number of workers.
    """
    steps = [iterations(task.how.job.recipe) for task in tasks]
    share_out(
        "fine-tuning",
        in_worker,
        tasks,
        steps,
        profile,
        lambda task, report: finetune(task, profile, report),
        # the slowest first: one begun last would leave a processor idle
        last=lambda number: (tasks[number].how.frozen != "none", -steps[number]),
    )
    return [finetune(task, profile) for task in tasks]  # all made: this only opens them


def in_worker(number: int, task: dict[str, Any], profile: dict[str, Any]) -> None:
    """Fine-tune one net in a worker process, telling how far it is."""
    read = from_plain(Task, task)
    total = iterations(read.how.job.recipe)
    report = teller(number, total)
    finetune(read, from_plain(Profile, profile), report)
    report(total, {})  # where it was made before, nothing was told
