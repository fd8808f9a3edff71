"""A transfer set at a profile's scale: images, folds, and how answers on them are scored."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.probing import probes
from cnnlab.probing.features import first_classes
from cnnlab.probing.metrics import per_class
from cnnlab.probing.splits import Split, folds
from cnnlab.profiles import Profile
from cnnlab.profiles.transfer import Protocol, protocol


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
        costs = self.sizes.choices(kind)
        options = {"costs": costs, "rounds": self.sizes.rounds, **changes}
        if min(np.bincount(self.packed.labels[splits[0].train])) < self.sizes.rounds:
            options["costs"] = costs[-1:]  # too few images to choose by
        probe = probes.Probe(kind, **options)  # pyright: ignore[reportArgumentType]
        labels = self.packed.labels

        def build(workdir: Path) -> None:
            found = probes.predictions(probe, rows, labels, self.classes, splits, seed=self.seed)
            np.savez(workdir / "answers.npz", *found)

        dealt = [part for split in splits for part in (split.train, split.test)]
        config = {"probe": probe, "seed": self.seed, "data": _digest(rows, labels, *dealt)}
        folder = store.make("probes", config, build, code=(probes.predictions,))
        with np.load(folder / "answers.npz") as answers:
            return [answers[name] for name in answers.files]

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


def transfer_sets(profile: Profile, seed: int = 0) -> dict[str, TransferSet]:
    """Caltech-101 and Caltech-256 by role, the harder one last; says which is not there.

    Raises DataMissing, with the files to fetch, where neither is.
    """
    found, missing = {}, []
    for role in ("caltech101", "caltech256"):
        try:
            found[role] = transfer_set(role, profile, seed)
        except datasets.DataMissing as error:
            missing.append(error)
            print(f"without {role}: {error}")
    if not found:
        raise missing[0]
    return found


def _digest(*arrays: np.ndarray) -> str:
    """SHA-256 of the shapes, types and bytes of arrays."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.shape} {array.dtype}".encode())
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()
