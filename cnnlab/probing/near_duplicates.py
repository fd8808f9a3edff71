"""Images shared by a pre-training and a transfer set (ZF 2014, 4: "overlap").

A perceptual hash proposes pairs, features confirm them. N and M images of S x S pixels; a hash is
64 bits, one for each step from a pixel to its right neighbour in a 9 x 8 thumbnail.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnlab.artifacts.progress import bar

BITS = 64
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
    """Hashes (N,) uint64 of images (N, S, S, 3) uint8."""
    import cv2

    powers = np.left_shift(np.uint64(1), np.arange(BITS, dtype=np.uint64))
    codes = np.empty(len(images), dtype=np.uint64)
    for i, image in enumerate(images):
        grey = image.astype(np.float32) @ WEIGHTS  # (S, S)
        small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
        codes[i] = (small[:, 1:] > small[:, :-1]).ravel() @ powers
    return codes


def near_duplicates(
    ours: np.ndarray,
    theirs: np.ndarray,
    features: Callable[[np.ndarray], np.ndarray],
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
                for a, b, d, count in zip(
                    *map(np.ndarray.tolist, (i, j, far, differ)), strict=True
                ):
                    if d <= distance and ((a, b) not in pairs or d < pairs[a, b].distance):
                        pairs[a, b] = Pair(a, b, count, d, mirrored)
                progress.update(len(i))
    return [pairs[key] for key in sorted(pairs)]


def close_pairs(a: np.ndarray, b: np.ndarray, bits: int) -> np.ndarray:
    """Pairs (P, 2) of positions whose hashes (N,) and (M,) uint64 differ in at most `bits` bits."""
    pairs = [np.empty((0, 2), dtype=int)]
    for i, code in enumerate(a):
        near = np.flatnonzero(np.bitwise_count(b ^ code) <= bits)
        pairs.append(np.stack([np.full(len(near), i), near], axis=1))
    return np.concatenate(pairs)


def cosine_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One minus the cosines of the rows of (P, D) and (P, D), (P,); one where a row is zero."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return 1 - (a * b).sum(axis=1) / np.where(norms > 0, norms, 1)
