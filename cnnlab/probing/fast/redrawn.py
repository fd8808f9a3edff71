"""Average precisions on many redrawn sets of images at once, by how often each image is drawn."""

import numpy as np


def redrawn_average_precisions(
    scores: np.ndarray, positive: np.ndarray, counts: np.ndarray, *, points: int = 0
) -> np.ndarray:
    """`average_precision` of scores (N,), `positive` (N,), for each row of `counts` (draws, N).

    An image counts as often as it was drawn. Copies of one image have equal scores and stand side
    by side, where precision is highest behind the last: one number an image is enough. NaN for a
    draw without a positive image.
    """
    order = np.argsort(-scores, kind="stable")
    drawn, hit = counts[:, order], positive[order].astype(bool)
    hits, ranks = np.cumsum(drawn * hit, axis=1), np.cumsum(drawn, axis=1)
    precision = hits / np.maximum(ranks, 1)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]  # (draws, N)
    with np.errstate(invalid="ignore"):
        if not points:
            return 100 * (envelope * drawn * hit).sum(axis=1) / hits[:, -1]
        recall = hits / hits[:, -1:]  # (draws, N)
        best = [
            np.where(recall >= r - 1e-9, envelope, 0).max(axis=1) for r in np.linspace(0, 1, points)
        ]
    return np.where(hits[:, -1] > 0, 100 * np.mean(best, axis=0), np.nan)
