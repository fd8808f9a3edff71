"""Test-time evaluation: ten crops (ZF 3.1), averaged class probabilities, ensembles, error rates.

N images of S x S pixels, K classes, V views of P x P pixels each.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from cnnlab.nets.convnet import ConvNet
from cnnlab.training.batches import to_tensor


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
    """
    label_score = np.take_along_axis(scores, labels[:, None], axis=1)  # (N, 1)
    return (~(scores < label_score)).sum(axis=1) > k


def error_rate(scores: np.ndarray, labels: np.ndarray, k: int = 1) -> float:
    """Top-k error in percent of scores (N, K) against labels (N,)."""
    return 100 * float(wrong(scores, labels, k).mean())
