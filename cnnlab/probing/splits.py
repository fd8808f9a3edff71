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
        rows, counts = np.unique(np.concatenate(list(parts.values())), return_counts=True)
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

    >>> first, *others = folds(np.array([0, 1] * 4), ["cat", "dog"], train=3)
    >>> len(first.train), len(first.test)
    (6, 2)
    """
    members = _members(labels, classes, train + 1, f"{train} to train on and one to test on")
    splits = []
    for fold in range(count):
        rng = np.random.default_rng([seed, 11, fold])
        dealt = [rng.permutation(rows) for rows in members]
        first = np.concatenate([rows[:train] for rows in dealt])
        second = np.concatenate([rows[train : train + test] for rows in dealt])
        splits.append(Split(np.sort(first), np.sort(second)))
    return splits


def shares(
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    train: float = 0.5,
    val: float = 0.1,
    count: int = 5,
    seed: int = 0,
) -> list[Split]:
    """`count` random splits by shares of every class, the rest being tested (AGM 2: SUN, 50/10/40).

    Raises ValueError for shares that leave nothing to test on, and for a class too small to give
    an image to every part, naming it with its count.

    >>> first, *others = shares(np.array([0, 1] * 10), ["beach", "street"])
    >>> len(first.train), len(first.val), len(first.test)
    (10, 2, 8)
    """
    if not (train > 0 and val >= 0 and train + val < 1):
        raise ValueError(f"shares {train:g} and {val:g} leave nothing to train or to test on")
    need = 3 if val else 2
    members = _members(labels, classes, need, f"for shares of {train:.0%} and {val:.0%}")
    splits = []
    for fold in range(count):
        rng = np.random.default_rng([seed, 13, fold])
        dealt = [rng.permutation(rows) for rows in members]
        parts = [np.split(rows, _cut(len(rows), train, val)) for rows in dealt]
        first, second, third = (np.sort(np.concatenate(p)) for p in zip(*parts, strict=True))
        splits.append(Split(train=first, val=second, test=third))
    return splits


def _cut(count: int, train: float, val: float) -> tuple[int, int]:
    """Where to cut a class of `count` images, so that no part that is asked for stays empty."""
    held = max(1, round(count * val)) if val else 0
    first = min(max(1, round(count * train)), count - held - 1)
    return first, first + held


def _members(
    labels: np.ndarray, classes: Sequence[str], need: int, reason: str
) -> list[np.ndarray]:
    """The rows of each class; ValueError for a label outside, and for classes of too few rows."""
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(classes):
        wrong = labels[(labels < 0) | (labels >= len(classes))][0]
        raise ValueError(f"label {wrong} lies outside the {len(classes)} classes")
    counts = np.bincount(labels, minlength=len(classes))
    short = [f"{name} ({n})" for name, n in zip(classes, counts, strict=True) if n < need]
    if short:
        more = f" and {len(short) - 5} more" if len(short) > 5 else ""
        raise ValueError(
            f"{need} images of every class are needed ({reason}), but there are fewer of "
            f"{', '.join(short[:5])}{more}; ask for fewer, or leave the class out"
        )
    return [np.flatnonzero(labels == label) for label in range(len(classes))]
