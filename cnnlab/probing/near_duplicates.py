"""Images that a pre-training and a transfer set share (ZF 2014, 4: "overlap").

A perceptual hash proposes pairs, features confirm them. N and M images of S x S pixels; a hash is
64 bits, one for each step from a pixel to its right neighbour in a 9 x 8 thumbnail.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from cnnlab.artifacts.progress import bar

WEIGHTS = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # of red, green, blue in brightness
BATCH = 256  # pairs compared at a time


@dataclass(frozen=True)
class Pair:
    """Image `ours` of the transfer set and image `theirs` of the pre-training set look the same."""

    ours: int
    theirs: int
    bits: int  # in which their hashes differ
    distance: float  # cosine distance of their features
    mirrored: bool


def hashes(images: np.ndarray) -> np.ndarray:
    """Hashes (N,) uint64 of images (N, S, S, 3) uint8.

    >>> hashes(np.full((2, 32, 32, 3), 128, np.uint8)).tolist()  # grey has no steps
    [0, 0]
    """
    import cv2

    greys = (image.astype(np.float32) @ WEIGHTS for image in images)  # (S, S) each
    small = [cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA) for grey in greys]
    steps = np.diff(np.reshape(small, (-1, 8, 9))) > 0  # (N, 8, 8)
    return np.packbits(steps.reshape(-1, 64), axis=1, bitorder="little").view(np.uint64)[:, 0]


def near_duplicates(
    ours: np.ndarray,
    theirs: np.ndarray,
    features: Callable[[np.ndarray], np.ndarray | Tensor],
    *,
    bits: int = 10,
    distance: float = 0.1,
) -> list[Pair]:
    """Pairs of images (N, S, S, 3) and (M, S, S, 3), mirror images included, that look the same.

    Both must hold: hashes differ in at most `bits` bits, and features (rows of `features(images)`)
    lie within `distance` of each other, one minus their cosine. Only candidates' features are
    computed. Sorted by image of ours.

    >>> images = np.random.default_rng(0).integers(0, 256, (2, 18, 18, 3), dtype=np.uint8)
    >>> near_duplicates(images, images[1:], lambda x: x.reshape(len(x), -1))[0].ours
    1
    """
    known = hashes(theirs)
    pairs: dict[tuple[int, int], Pair] = {}
    for mirrored in (False, True):
        mine = ours[:, :, ::-1] if mirrored else ours
        codes = hashes(mine)
        candidates = close_pairs(codes, known, bits)
        with bar("comparing look-alikes", len(candidates), unit=" pairs") as progress:
            for start in range(0, len(candidates), BATCH):
                i, j = candidates[start : start + BATCH].T
                differ = np.bitwise_count(codes[i] ^ known[j])
                far = cosine_distance(features(np.ascontiguousarray(mine[i])), features(theirs[j]))
                for a, b, count, d in zip(*(x.tolist() for x in (i, j, differ, far)), strict=True):
                    if d <= distance and ((a, b) not in pairs or d < pairs[a, b].distance):
                        pairs[a, b] = Pair(a, b, count, d, mirrored)
                progress.update(len(i))
    return [pairs[key] for key in sorted(pairs)]


def close_pairs(a: np.ndarray, b: np.ndarray, bits: int) -> np.ndarray:
    """Pairs (P, 2) of positions whose hashes (N,) and (M,) uint64 differ in at most `bits` bits."""
    near = [np.flatnonzero(np.bitwise_count(b ^ code) <= bits) for code in a]
    first = np.repeat(np.arange(len(a)), [len(row) for row in near])
    return np.stack([first, np.concatenate([*near, first[:0]])], axis=1)


def cosine_distance(a: np.ndarray | Tensor, b: np.ndarray | Tensor) -> Tensor:
    """One minus the cosines of the rows of (P, D) and (P, D), (P,); one where a row is zero."""
    return 1 - cosine_similarity(torch.as_tensor(a).double(), torch.as_tensor(b).double())
