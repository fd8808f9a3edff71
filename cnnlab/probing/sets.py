"""A transfer set at a profile's scale: images, folds, and how answers on them are scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab import datasets
from cnnlab.probing import probes
from cnnlab.probing.features import first_classes
from cnnlab.probing.metrics import per_class
from cnnlab.probing.protocols import Protocol, protocol
from cnnlab.probing.transfer import Split, folds
from cnnlab.profiles import Profile


@dataclass(frozen=True, eq=False)
class TransferSet:
    """The classes of a role that a protocol uses; a fold is a function of (seed, number, size)."""

    packed: datasets.Packed
    sizes: Protocol
    seed: int = 0

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.packed.classes)

    def folds(self, train: int, count: int | None = None) -> list[Split]:
        """Splits with `train` images of each class, as many as the protocol has unless told."""
        return folds(
            self.packed.labels,
            self.packed.classes,
            train=train,
            test=self.sizes.test,
            count=count or self.sizes.folds,
            seed=self.seed,
        )

    def predict(
        self, kind: str, rows: np.ndarray, splits: Sequence[Split], **changes: object
    ) -> list[np.ndarray]:
        """Predicted classes of each split's test images by a probe on features (N, D)."""
        options = {"costs": self.sizes.costs, "rounds": self.sizes.rounds, **changes}
        if min(np.bincount(self.packed.labels[splits[0].train])) < self.sizes.rounds:
            options["costs"] = self.sizes.costs[-1:]  # too few images to choose by
        probe = probes.Probe(kind, **options)  # pyright: ignore[reportArgumentType]
        labels = self.packed.labels
        return probes.predictions(probe, rows, labels, self.classes, splits, seed=self.seed)

    def score(self, answers: Sequence[np.ndarray], splits: Sequence[Split]) -> np.ndarray:
        """Percentage right of each class in each split, (folds, K); its mean is ZF's accuracy."""
        return np.stack(
            [
                per_class(found, self.packed.labels[split.test], self.classes)
                for found, split in zip(answers, splits, strict=True)
            ]
        )

    def probe(
        self, kind: str, rows: np.ndarray, splits: Sequence[Split], **changes: object
    ) -> np.ndarray:
        """Mean per-class accuracy in percent of each split, (folds,)."""
        return self.score(self.predict(kind, rows, splits, **changes), splits).mean(axis=1)


def transfer_set(role: str, profile: Profile, seed: int = 0) -> TransferSet:
    """Open role "caltech101" or "caltech256" with the classes a profile's protocol uses."""
    sizes = protocol(profile)
    count = {"caltech101": sizes.caltech101_classes, "caltech256": sizes.caltech256_classes}[role]
    return TransferSet(first_classes(datasets.load(role, profile), count), sizes, seed)
