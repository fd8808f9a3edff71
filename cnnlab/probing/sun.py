"""SUN-CLS (AGM 2 and 3.1): scenes by a net from scratch, by frozen features, by fine-tuning.

K classes; every run splits each class anew, 50/10/40.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from cnnlab import datasets
from cnnlab.probing import metrics, probes
from cnnlab.probing.features import features
from cnnlab.probing.splits import Split, shares
from cnnlab.profiles import Profile, Recipe
from cnnlab.profiles.layers import PooledLayer
from cnnlab.training.finetune import FULL, NEW, FineTune
from cnnlab.training.learn import Job
from cnnlab.training.machine import settled
from cnnlab.training.trained import Trained
from cnnlab.training.tuned import Task, Tuned, finetune_all

if TYPE_CHECKING:
    import pandas as pd

# AGM's layers, from the input up, as stages of the net.
LAYERS = ("conv-1", "conv-2", "conv-3", "conv-4", "conv-5", "fc-6", "fc-7")
# Fine-tuning's learning rate as a share of that from scratch, below `paper`. The paper takes 0.1
# over some hundred epochs; six epochs want more. Of 0.1, 0.3 and 1, the best on `mini`'s validation
# images (mean of three splits; ft 66, 73 and 78% right, fc-ft 56, 63 and 67%).
TUNING_RATE = 1.0


@dataclass(frozen=True)
class Scenes:
    """How much of SUN-CLS a profile runs. The defaults are the paper's, where it has any."""

    runs: int = 3  # splits (arXiv: 3, ECCV: 5)
    train: float = 0.5  # shares of every class
    val: float = 0.1
    tuning: Recipe = field(
        default_factory=lambda: Recipe(
            images=128 * 40_000,
            batch=128,
            lr=0.001,  # a tenth of the pre-training's
            schedule="step",
            step=20_000,
            validations=20,
        )
    )
    # The paper does not say how its net from scratch was trained: the pre-training's rate, and
    # twice as far.
    scratch: Recipe = field(
        default_factory=lambda: Recipe(
            images=128 * 80_000,
            batch=128,
            lr=0.01,
            schedule="step",
            step=40_000,
            validations=20,
        )
    )
    costs: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0)  # values of C to choose from
    rounds: int = 5  # of cross-validation, on training images only
    grid: int = 0  # conv-1 pooled to so many positions a side; 0 keeps them all

    def layers(self) -> tuple[PooledLayer, ...]:
        """Every layer of AGM that is probed."""
        return tuple(PooledLayer(name, self.grid if name == "conv-1" else 0) for name in LAYERS)


PAPER = Scenes()


def scenes(profile: Profile) -> Scenes:
    """The protocol of a profile; below `paper` the nets learn as that profile's study nets do.

    Their rate is the study's, in proportion to the batch: small batches take small steps. A net
    from scratch sees more images.
    """
    if profile.name == "paper":
        return replace(PAPER, tuning=settled(PAPER.tuning), scratch=settled(PAPER.scratch))
    study = settled(profile.study)
    small = replace(study, batch=16, checkpoints=(), dropout=profile.base.dropout)
    small = replace(small, lr=study.lr * small.batch / study.batch)
    seen = {"smoke": (64, 64), "mini": (6000, 10_000), "course": (30_000, 60_000)}[profile.name]
    return Scenes(
        runs=2 if profile.name == "smoke" else 3,
        tuning=replace(small, images=seen[0], lr=small.lr * TUNING_RATE, validations=6),
        scratch=replace(small, images=seen[1], validations=6),
        costs=(1.0,) if profile.name == "smoke" else (1.0, 10.0),
        rounds=2,
        grid=7,
    )


def ways(base: Trained, classes: int, profile: Profile, seed: int = 0) -> dict[str, FineTune]:
    """The nets of AGM Tables 1 and 2, and the draft's fc-ft, which draws fc-6 and fc-7 anew."""
    sizes, spec = scenes(profile), replace(base.job.spec, classes=classes)
    tuned, scratch = Job(spec, sizes.tuning, seed), Job(spec, sizes.scratch, seed)
    name = base.folder.name
    return {
        "scratch": FineTune(scratch),
        "fc-ft-fresh": FineTune(tuned, name, frozen="conv", fresh=FULL),
        "fc-ft": FineTune(tuned, name, frozen="conv", fresh=NEW),
        "ft": FineTune(tuned, name, fresh=NEW),
    }


def splits(packed: datasets.Packed, profile: Profile, seed: int = 0) -> list[Split]:
    """One split a run, 50/10/40 of every class."""
    sizes = scenes(profile)
    return shares(
        packed.labels,
        packed.classes,
        train=sizes.train,
        val=sizes.val,
        count=sizes.runs,
        seed=seed,
    )


def tuned(
    how: Mapping[str, FineTune], made: Sequence[Split], profile: Profile
) -> dict[str, list[Tuned]]:
    """Train every way on every split, several nets at once; a list a way, in the splits' order.

    Run r draws fresh layers and batches by seed + r. Nets made before are only opened.
    """
    tasks = [
        Task(
            replace(one, job=replace(one.job, seed=one.job.seed + run)),
            "sun",
            tuple(split.train.tolist()),
            tuple(split.val.tolist()),
        )
        for one in how.values()
        for run, split in enumerate(made)
    ]
    nets = finetune_all(tasks, profile)
    return {name: nets[at * len(made) : (at + 1) * len(made)] for at, name in enumerate(how)}


def frozen(
    base: Trained,
    packed: datasets.Packed,
    made: Sequence[Split],
    profile: Profile,
    *,
    kinds: Mapping[str, str],
    seed: int = 0,
) -> dict[str, list[np.ndarray]]:
    """Predicted classes of each split's test images by a probe ("svm", "softmax") on a layer.

    `kinds` gives {name of the result: "svm conv-5"}.
    """
    sizes = scenes(profile)
    rows = features(base, packed, sizes.layers())
    found = {}
    for name, text in kinds.items():
        kind, layer = text.split()
        options = {"costs": sizes.costs, "rounds": sizes.rounds, "seed": seed}
        found[name] = probes.predictions(kind, rows[layer], packed.labels, made, **options)
    return found


def answers(nets: Sequence[Tuned], made: Sequence[Split]) -> list[np.ndarray]:
    """Predicted classes of each split's test images by the net trained on that split."""
    return [
        net.probabilities(split.test).argmax(axis=1) for net, split in zip(nets, made, strict=True)
    ]


def score(
    predicted: Sequence[np.ndarray], packed: datasets.Packed, made: Sequence[Split]
) -> np.ndarray:
    """Percentage right of each class in each run, (runs, K)."""
    return metrics.accuracies(predicted, packed.labels, made)


def nearest_mean(packed: datasets.Packed, made: Sequence[Split], side: int = 8) -> list[np.ndarray]:
    """Predicted classes by the nearest mean picture of `side` x `side` colours: layout alone."""
    step = packed.images.shape[1] // side
    small = packed.images[:, : step * side, : step * side]
    small = small.reshape(len(packed), side, step, side, step, 3).mean(axis=(2, 4))
    rows = small.reshape(len(packed), -1)  # (N, side * side * 3)
    found = []
    for split in made:
        labels = packed.labels[split.train]
        means = np.stack(
            [rows[split.train][labels == c].mean(axis=0) for c in range(len(packed.classes))]
        )
        nearness = rows[split.test] @ means.T - (means**2).sum(axis=1) / 2  # (test, K)
        found.append(nearness.argmax(axis=1))
    return found


def accuracies(
    predicted: Sequence[np.ndarray], packed: datasets.Packed, made: Sequence[Split]
) -> dict[str, np.ndarray]:
    """AGM's two accuracies of each run, (runs,): arXiv prints the first, ECCV the second."""
    right = [
        metrics.overall(p, packed.labels[s.test]) for p, s in zip(predicted, made, strict=True)
    ]
    return {
        "class-averaged": score(predicted, packed, made).mean(axis=1),
        "overall": np.array(right),
    }


def as_printed(table: "pd.DataFrame", names: Mapping[str, str]) -> "pd.DataFrame":
    """Rows of AGM Tables 1 and 2 for SUN-CLS from a table of ways; {printed column: our way}."""
    sources = {"class-averaged": "arxiv", "overall": "eccv"}
    printed = {ours: theirs for theirs, ours in names.items()}
    found = table.loc[table["row"].isin(list(printed))]
    columns = [printed[way] for way in found["row"]]
    origins = [sources[measure] for measure in found["column"]]
    return found.assign(row="sun-cls", column=columns, source=origins)


def described(how: FineTune) -> str:
    """What a way of training keeps, freezes and draws anew, in a phrase."""
    if not how.base:
        return "every layer from random numbers"
    frozen = "convolutional layers frozen" if how.frozen == "conv" else "every layer learns"
    return f"from the pre-trained net, {', '.join(how.fresh)} anew, {frozen}"
