"""Cells of the papers' error tables: single nets, ensembles, paired differences."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnlab.results.statistics import Estimate, paired_difference, share
from cnnlab.training.evaluate import wrong
from cnnlab.training.trained import Trained


def mean_scores(nets: Sequence[Trained], split: str) -> tuple[np.ndarray, np.ndarray]:
    """Class probabilities (N, K) averaged over nets, and labels (N,): an ensemble's answer.

    Raises ValueError for no nets, for nets that were not scored on the same images, and for nets
    whose training diverged.
    """
    if not nets:
        raise ValueError("an ensemble needs at least one net")
    scored = [net.scores(split) for net in nets]
    labels = scored[0][1]
    if any(not np.array_equal(labels, other) for _, other in scored):
        raise ValueError("an ensemble needs nets that learned the same classes")
    mean = np.mean([scores for scores, _ in scored], axis=0)
    if not np.isfinite(mean).all():
        names = ", ".join(dict.fromkeys(net.job.spec.name for net in nets))
        raise ValueError(f"{names}: scores are not finite, training diverged; lower the rate")
    return mean, labels


def error_cells(row: str, nets: Sequence[Trained], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Tidy cells of one row, such as columns ("train-top1", "val-top1"), in percent error.

    Several nets are one ensemble. Intervals are Wilson's, over the images of the split. Raises
    ValueError for a column that is not <split>-top<k>.
    """
    cells = []
    for column in columns:
        split, _, top = column.partition("-top")
        if not top.isdigit() or int(top) < 1:
            raise ValueError(f"a column is like 'val-top1' or 'train-top5', not {column!r}")
        scores, labels = mean_scores(nets, split)
        cells.append(share(wrong(scores, labels, int(top))).cell(row, column))
    return cells


def error_differences(
    nets: Mapping[str, Sequence[Trained]], contrasts: Mapping[str, tuple[str, str]], k: int = 1
) -> list[dict[str, Any]]:
    """Tidy cells of validation top-k error differences, one a contrast name -> (row, minus row).

    Paired over the images: both rows answer the same ones. Raises ValueError for an unknown row.
    """
    for name, rows in contrasts.items():
        unknown = [row for row in rows if row not in nets]
        if unknown:
            raise ValueError(f"{name}: no row {unknown[0]!r}; there are {', '.join(nets)}")
    return [
        _difference(nets[a], nets[b], k).cell(name, f"val-top{k}-difference")
        for name, (a, b) in contrasts.items()
    ]


def _difference(a: Sequence[Trained], b: Sequence[Trained], k: int) -> Estimate:
    (a_scores, labels), (b_scores, others) = mean_scores(a, "val"), mean_scores(b, "val")
    if not np.array_equal(labels, others):
        raise ValueError("a difference needs nets that learned the same classes")
    answers = (100.0 * wrong(scores, labels, k) for scores in (a_scores, b_scores))  # (N,)
    return paired_difference(*answers)
