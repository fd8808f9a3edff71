"""A transfer set at a profile's scale, and the same net trained on it alone (ZF 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import joblib
import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.datasets.errors import DataMissing
from cnnlab.probing import probes
from cnnlab.probing.metrics import accuracies
from cnnlab.probing.splits import Split, folds
from cnnlab.profiles import Profile
from cnnlab.profiles.transfer import Transfer
from cnnlab.results.statistics import Estimate, mean_of
from cnnlab.training.jobs import Data, Job, Start
from cnnlab.training.machine import resolve_precision
from cnnlab.training.trained import Trained

PRETRAINED, SCRATCH, TUNED = "imagenet-pretrained", "non-pretrained", "fine-tuned"  # rows


@dataclass(frozen=True, eq=False)
class TransferSet:
    """The classes of a role that a protocol uses; a fold is a function of (seed, number, size)."""

    packed: datasets.Packed
    sizes: Transfer
    seed: int = 0

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.packed.classes)

    @property
    def fewest(self) -> int:
        """Images of the smallest class."""
        return int(np.bincount(self.packed.labels, minlength=self.classes).min())

    @property
    def numbers(self) -> tuple[int, ...]:
        """Training images per class of the paper's table for this role (ZF Tables 4 and 5)."""
        return {"caltech101": self.sizes.caltech101}.get(self.packed.role, self.sizes.caltech256)

    @property
    def shots(self) -> tuple[int, ...]:
        """Training images per class of the curve (ZF Fig. 7), as far as the classes reach."""
        return tuple(n for n in self.sizes.shots if n < self.fewest)

    def __str__(self) -> str:
        packed = self.packed
        return (
            f"{packed.source} plays {packed.role}: {len(packed):,} images of {self.classes} "
            f"classes, {self.fewest} or more of each"
        )

    def folds(self, train: int, count: int | None = None) -> list[Split]:
        """Splits with `train` images of each class, as many as the protocol has unless told."""
        sizes, packed = self.sizes, self.packed
        options = {"test": sizes.test, "count": count or sizes.folds, "seed": self.seed}
        return folds(packed.labels, packed.classes, train=train, **options)

    def predict(
        self, kind: str, features: np.ndarray, splits: Sequence[Split], costs: Sequence[float] = ()
    ) -> list[np.ndarray]:
        """Predicted classes of each split's test images by a probe on features (N, D), kept.

        `costs` are the values of C to choose from, the protocol's unless told; the last of them
        where the classes have fewer images than the choice takes rounds.
        """
        labels, rounds = self.packed.labels, self.sizes.rounds
        costs = tuple(costs or self.sizes.choices(kind))
        if np.bincount(labels[splits[0].train]).min() < rounds:
            costs = costs[-1:]
        options = {"costs": costs, "rounds": rounds, "seed": self.seed}

        def build(workdir: Path) -> None:
            predicted = probes.predictions(kind, features, labels, splits, **options)
            np.savez(workdir / "predicted.npz", *predicted)

        arrays = [features, labels, *(rows for s in splits for rows in (s.train, s.test))]
        config = {"kind": kind, **options, "data": joblib.hash(arrays, "sha1", coerce_mmap=True)}
        folder = store.make("probes", config, build, code=(probes.predictions,))
        with np.load(folder / "predicted.npz") as predicted:
            return [predicted[name] for name in predicted.files]

    def best_layer(self, rows: Mapping[str, np.ndarray], split: Split) -> str:
        """Of features (N, D) by layer, those whose SVM gets most of half of `train` right.

        It learns from the other half, by the first of the profile's C; `test` has no part.
        """
        labels = self.packed.labels
        train = split.train[np.argsort(labels[split.train], kind="stable")]
        inner = Split(train[::2], train[1::2])
        costs = self.sizes.costs[:1]
        right = {name: self.probe("svm", x, [inner], costs)[0] for name, x in rows.items()}
        return max(right, key=right.__getitem__)

    def score(self, predicted: Sequence[np.ndarray], splits: Sequence[Split]) -> np.ndarray:
        """Percentage right of each class in each split, (folds, K); its mean is ZF's accuracy."""
        return accuracies(predicted, self.packed.labels, splits)

    def probe(
        self, kind: str, features: np.ndarray, splits: Sequence[Split], costs: Sequence[float] = ()
    ) -> np.ndarray:
        """Mean per-class accuracy in percent of each split, (folds,), by `predict`."""
        return self.score(self.predict(kind, features, splits, costs), splits).mean(axis=1)


def transfer_sets(profile: Profile, seed: int = 0) -> dict[str, TransferSet]:
    """Caltech-101 and Caltech-256 with the classes that a profile's protocol uses, harder one last.

    Says which is missing; raises DataMissing, with the files to fetch, where both are.

    >>> from cnnlab.profiles.tiny import TINY
    >>> print(transfer_sets(TINY)["caltech101"])
    world plays caltech101: 18 images of 3 classes, 6 or more of each
    """
    sizes = profile.transfer
    classes = {"caltech101": sizes.caltech101_classes, "caltech256": sizes.caltech256_classes}
    sets, missing = {}, []
    for role, count in classes.items():
        try:
            packed = datasets.load(role, profile).first_classes(count)
            sets[role] = TransferSet(packed, sizes, seed)
        except DataMissing as error:
            missing.append(error)
            print(f"without {role}: {error}")
    if not sets:
        raise missing[0]
    return sets


def mean_accuracy(values: np.ndarray) -> Estimate:
    """Mean per-class accuracy from (folds, K), or a difference of two, with its interval.

    It covers the choice of folds where there are three or more, else that of classes.

    >>> print(mean_accuracy(np.array([[50.0, 60.0, 70.0]])))
    60.0 [35.2, 84.8], n = 3 classes
    """
    many = len(values) >= 3
    return mean_of(values.mean(axis=1 if many else 0), "folds" if many else "classes")


def rival_jobs(
    base: Trained, sets: Mapping[str, TransferSet], profile: Profile
) -> dict[tuple[str, str, int, int], Job]:
    """Jobs by row, role, training images per class and fold: nets from scratch, and fine-tuned.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> jobs = rival_jobs(base_net("zfnet", TINY), transfer_sets(TINY), TINY)
    >>> [*jobs][0], jobs["fine-tuned", "caltech256", 3, 0].spec.classes
    (('non-pretrained', 'caltech101', 2, 0), 3)
    """
    jobs = {}
    for role, target in sets.items():
        for n in target.numbers:
            for fold, split in enumerate(target.folds(n, target.sizes.scratch_folds)):
                jobs[SCRATCH, role, n, fold] = scratch_job(base.job, target, split, profile)
                jobs[TUNED, role, n, fold] = tuned_job(base, target, split, profile)
    return jobs


def scratch_job(pretrained: Job, target: TransferSet, split: Split, profile: Profile) -> Job:
    """The layers of a pre-trained net, to learn one fold from scratch by the profile's `rival`.

    It trains until its own training loss stops falling. The error on the test images is watched for
    the curves alone; a schedule that would look at it gets the training images instead.
    """
    rival = resolve_precision(profile.rival)
    recipe = replace(rival, batch=min(rival.batch, len(split.train)))  # one image a class: fewer
    spec = replace(pretrained.spec, dropout=recipe.dropout, classes=target.classes)
    train, test = (tuple(rows.tolist()) for rows in (split.train, split.test))
    watched = () if recipe.schedule == "plateau" else test
    return Job(spec, recipe, pretrained.seed, Data(target.packed.role, train, watched))


def tuned_job(base: Trained, target: TransferSet, split: Split, profile: Profile) -> Job:
    """The same rule from the pre-trained weights, all layers learning, at a smaller rate."""
    job = scratch_job(base.job, target, split, profile)
    sizes, rival = target.sizes, job.recipe
    recipe = replace(
        rival,
        lr=sizes.tuning_rate * rival.lr,
        images=round(sizes.tuning_images * rival.images),
        least=round(sizes.tuning_images * rival.least),
    )
    return replace(job, recipe=recipe, start=Start(base.address))
