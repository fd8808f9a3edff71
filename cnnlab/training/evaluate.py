"""Test-time evaluation: ten crops (ZF 3.1), ensembles, and the cells of the papers' error tables.

N images of S x S pixels, K classes, V views of P x P pixels each.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.results.statistics import Estimate, paired_difference, share
from cnnlab.training.batches import to_tensor
from cnnlab.training.schedule import still_learning

if TYPE_CHECKING:
    from cnnlab.training.trained import Trained


def ten_crops(images: Tensor, crop: int, count: int) -> Iterator[Tensor]:
    """The first `count` of: centre, its mirror image, four corners, theirs; each (N, P, P, 3).

    Raises ValueError unless `count` is 1 (centre), 2 (and mirrored) or 10 (all).
    """
    if count not in (1, 2, 10):
        raise ValueError(f"test-time crops are 1, 2 or 10, not {count}")
    end = images.shape[1] - crop
    corners = [(end // 2, end // 2), (0, 0), (0, end), (end, 0), (end, end)]
    for y, x in corners[: 5 if count == 10 else 1]:
        view = images[:, y : y + crop, x : x + crop]
        yield view
        if count > 1:
            yield view.flip(2)


@torch.inference_mode()
def scores(
    net: ConvNet,
    images: np.ndarray,
    mean: Tensor,
    *,
    crops: int = 10,
    batch: int = 256,
    bf16: bool = False,
) -> np.ndarray:
    """Class probabilities (N, K) float32, averaged over the views of each image (N, S, S, 3) uint8.

    An ensemble's scores are the mean of its nets' scores.

    >>> from cnnlab.nets import build, spec
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> scores(net, np.zeros((2, 64, 64, 3), np.uint8), torch.zeros(64, 64, 3), crops=1).shape
    (2, 3)
    """
    net.eval()
    device = next(net.parameters()).device
    mean = mean.to(device)
    out = np.zeros((len(images), net.spec.classes), np.float32)
    for start in range(0, len(images), batch):
        pixels = to_tensor(images[start : start + batch]).to(device).float() - mean
        total = torch.zeros(len(pixels), net.spec.classes, device=device)
        for view in ten_crops(pixels, net.spec.pixels, crops):
            with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
                logits = net(view.permute(0, 3, 1, 2))  # (B, K)
            total += logits.float().softmax(dim=1)
        out[start : start + batch] = (total / crops).cpu().numpy()
    return out


def wrong(scores: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """For each image, whether its label is not among the `k` best scores: (N,) bool.

    A score equal to the label's own counts as better, so a constant output is always wrong, and
    so is one of NaN.

    >>> wrong(np.array([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]]), np.array([0, 0]), k=2)
    array([False,  True])
    """
    label_score = np.take_along_axis(scores, labels[:, None], axis=1)  # (N, 1)
    return (~(scores < label_score)).sum(axis=1) > k


def error_rate(scores: np.ndarray, labels: np.ndarray, k: int = 1) -> float:
    """Top-k error in percent of scores (N, K) against labels (N,).

    >>> error_rate(np.array([[0.6, 0.4], [0.7, 0.3]]), np.array([0, 1]))
    50.0
    """
    return 100 * float(wrong(scores, labels, k).mean())


def mean_scores(nets: Sequence["Trained"], split: str) -> tuple[np.ndarray, np.ndarray]:
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


def error_cells(
    row: str, nets: Sequence["Trained"], columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Tidy cells of one row, such as columns ("train-top1", "val-top1"), in percent error.

    Several nets are one ensemble: `nets` counts them, and `learning` says whether one of them had
    not stopped learning (`still_learning`). Intervals are Wilson's, over the images of the split.
    Raises ValueError for a column that is not <split>-top<k>.

    >>> error_cells("a net", [], ["top1"])
    Traceback (most recent call last):
    ValueError: a column is like 'val-top1' or 'train-top5', not 'top1'
    """
    cells = []
    for column in columns:
        split, _, top = column.partition("-top")
        if not top.isdigit() or int(top) < 1:
            raise ValueError(f"a column is like 'val-top1' or 'train-top5', not {column!r}")
        scores, labels = mean_scores(nets, split)
        error = share(wrong(scores, labels, int(top)), over="images")
        learning = any(still_learning(net.history) for net in nets)
        cells.append({**error.cell(row, column), "nets": len(nets), "learning": learning})
    return cells


def error_differences(
    nets: Mapping[str, Sequence["Trained"]],
    contrasts: Mapping[str, tuple[str, str]],
    *,
    gap: bool = False,
) -> list[dict[str, Any]]:
    """Tidy cells of validation top-1 error differences, one a contrast name -> (row, minus row).

    With `gap`, of the gap between validation and training error, which is overfitting. Paired over
    the images: both rows answer the same ones. `learning` as in `error_cells`, of all nets of a
    contrast. Raises ValueError for an unknown row.

    >>> error_differences({"zfnet": []}, {"gain": ("zfnet", "alexnet")})
    Traceback (most recent call last):
    ValueError: gain: no row 'alexnet'; there are zfnet
    """
    cells = []
    for name, rows in contrasts.items():
        if unknown := [row for row in rows if row not in nets]:
            raise ValueError(f"{name}: no row {unknown[0]!r}; there are {', '.join(nets)}")
        pair = [nets[row] for row in rows]
        value, column = _between(*pair, "val"), "val-top1-difference"
        if gap:
            value, column = value.minus(_between(*pair, "train")), "top1-gap-difference"
        learning = any(still_learning(net.history) for side in pair for net in side)
        cells.append({**value.cell(name, column), "learning": learning})
    return cells


def _between(a: Sequence["Trained"], b: Sequence["Trained"], split: str) -> Estimate:
    (first, labels), (second, others) = (mean_scores(some, split) for some in (a, b))
    if not np.array_equal(labels, others):
        raise ValueError("a difference needs nets that learned the same classes")
    errors = (100.0 * wrong(scores, labels, 1) for scores in (first, second))  # (N,) each
    return paired_difference(*errors, over="images")
