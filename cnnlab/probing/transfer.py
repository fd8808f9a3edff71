"""Who trains and who tests: the splits of the papers' transfer protocols.

An index is a row of a packed set; labels (N,) say the class of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to train on, to choose by and to test on; ValueError where two of them share a row."""

    train: np.ndarray
    test: np.ndarray
    val: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        parts = {"train": self.train, "test": self.test, "val": self.val}
        every = np.concatenate(list(parts.values()))
        rows, counts = np.unique(every, return_counts=True)
        if (counts > 1).any():
            twice = rows[counts > 1][0]
            where = [name for name, part in parts.items() for _ in range((part == twice).sum())]
            raise ValueError(f"image {twice} is in {' and in '.join(where)}; deal each image once")


def folds(
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    train: int,
    test: int = 50,
    count: int = 5,
    seed: int = 0,
) -> list[Split]:
    """`count` random splits: `train` images of each class, and up to `test` of its others (ZF 5).

    One fold's smaller training sets are parts of its larger ones. Raises ValueError for a class
    that cannot give `train` images and one to test on, naming it with its count.
    """
    members = _members(labels, classes, train + 1, f"{train} to train on and one to test on")
    made = []
    for fold in range(count):
        rng = np.random.default_rng([seed, 11, fold])
        dealt = [rng.permutation(rows) for rows in members]
        made.append(
            Split(
                np.sort(np.concatenate([rows[:train] for rows in dealt])),
                np.sort(np.concatenate([rows[train : train + test] for rows in dealt])),
            )
        )
    return made


def shares(
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    train: int = 50,
    val: int = 10,
    test: int = 40,
    count: int = 3,
    seed: int = 0,
) -> list[Split]:
    """`count` random splits with exactly so many images of each class (AGM 3: SUN-397, 50/10/40).

    Raises ValueError for a class with fewer, naming it with its count.
    """
    members = _members(labels, classes, train + val + test, f"{train} + {val} + {test}")
    made = []
    for fold in range(count):
        rng = np.random.default_rng([seed, 13, fold])
        dealt = [rng.permutation(rows) for rows in members]
        cuts = (slice(train), slice(train + val, train + val + test), slice(train, train + val))
        parts = [np.sort(np.concatenate([rows[cut] for rows in dealt])) for cut in cuts]
        made.append(Split(*parts))
    return made


def _members(labels: np.ndarray, classes: Sequence[str], need: int, said: str) -> list[np.ndarray]:
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(classes):
        wrong = labels[(labels < 0) | (labels >= len(classes))][0]
        raise ValueError(f"label {wrong} lies outside the {len(classes)} classes")
    members = [np.flatnonzero(labels == label) for label in range(len(classes))]
    short = [
        f"{name} ({len(r)})" for name, r in zip(classes, members, strict=True) if len(r) < need
    ]
    if short:
        more = f" and {len(short) - 5} more" if len(short) > 5 else ""
        raise ValueError(
            f"{need} images of every class are needed ({said}), but there are fewer of "
            f"{', '.join(short[:5])}{more}; ask for fewer, or leave the class out"
        )
    return members
