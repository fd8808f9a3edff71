"""Images shared by a pre-training and a transfer set, found and removed (ZF 2014, 4: "overlap").

A perceptual hash proposes pairs, features confirm them. N and M images of S x S pixels; a hash is
64 bits, one for each step from a pixel to its right neighbour in a 9 x 8 thumbnail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cnnlab.artifacts.progress import bar

BITS = 64
WEIGHTS = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # of red, green, blue in brightness


@dataclass(frozen=True)
class Pair:
    """Image `ours` of the transfer set and image `theirs` of the pre-training set look the same."""

    ours: int
    theirs: int
    bits: int  # in which their hashes differ
    distance: float  # cosine distance of their features
    mirrored: bool


def hashes(images: np.ndarray, *, mirrored: bool = False, batch: int = 512) -> np.ndarray:
    """Hashes (N,) uint64 of images (N, S, S, 3) uint8, or of their mirror images."""
    import cv2

    powers = np.left_shift(np.uint64(1), np.arange(BITS, dtype=np.uint64))
    out = np.empty(len(images), dtype=np.uint64)
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        grey = (part[:, :, ::-1] if mirrored else part).astype(np.float32) @ WEIGHTS  # (B, S, S)
        small = np.stack([cv2.resize(g, (9, 8), interpolation=cv2.INTER_AREA) for g in grey])
        steps = (small[:, :, 1:] > small[:, :, :-1]).reshape(len(small), BITS)
        out[start : start + batch] = (steps * powers).sum(axis=1, dtype=np.uint64)
    return out


def candidates(ours: np.ndarray, theirs: np.ndarray, bits: int) -> np.ndarray:
    """Pairs (P, 2) of positions whose hashes (N,) and (M,) differ in at most `bits` bits.

    Cut into `bits` + 1 bands, two such hashes agree in one of them (pigeonholes), so only images
    that share a band are compared.
    """
    if not 0 <= bits < 16:
        raise ValueError(f"hashes may differ in 0 to 15 of {BITS} bits, not {bits}")
    edges = np.linspace(0, BITS, bits + 2).astype(int)
    found = []
    for low, high in pairwise(edges):
        mask = np.uint64((1 << int(high - low)) - 1)
        mine, other = ((h >> np.uint64(low)) & mask for h in (ours, theirs))
        order = np.argsort(other, kind="stable")
        first = np.searchsorted(other[order], mine, side="left")
        last = np.searchsorted(other[order], mine, side="right")
        for i in np.flatnonzero(last > first):
            near = order[first[i] : last[i]]
            near = near[np.bitwise_count(theirs[near] ^ ours[i]) <= bits]
            found.append(np.stack([np.full(len(near), i), near], axis=1))
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=int)
    return np.unique(pairs, axis=0).astype(int)


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
    """
    known = hashes(theirs)
    pairs: dict[tuple[int, int], Pair] = {}
    for mirrored in (False, True):
        own = hashes(ours, mirrored=mirrored)
        proposed = candidates(own, known, bits)
        with bar("comparing look-alikes", len(proposed), unit=" pairs") as shown:
            for start in range(0, len(proposed), 256):
                i, j = proposed[start : start + 256].T
                mine = ours[i][:, :, ::-1] if mirrored else ours[i]
                far = 1 - _cosine(features(np.ascontiguousarray(mine)), features(theirs[j]))
                for a, b, d in zip(i, j, far, strict=True):
                    key = int(a), int(b)
                    if d <= distance and (key not in pairs or d < pairs[key].distance):
                        differ = int(np.bitwise_count(own[a] ^ known[b]))
                        pairs[key] = Pair(*key, differ, float(d), mirrored)
                shown.update(len(i))
    return [pairs[key] for key in sorted(pairs)]


def kept(count: int, pairs: list[Pair]) -> np.ndarray:
    """Rows of a pre-training set of `count` images that look like none of the transfer set's."""
    return np.setdiff1d(np.arange(count), [pair.theirs for pair in pairs])


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosines of the rows of (P, D) and (P, D); zero where a row is zero."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return (a * b).sum(axis=1) / np.where(norms > 0, norms, 1)
