"""Pairs of 64-bit hashes that differ in few bits, without comparing every pair."""

from itertools import pairwise

import numpy as np

BITS = 64


def close_pairs(a: np.ndarray, b: np.ndarray, bits: int) -> np.ndarray:
    """Pairs (P, 2) of positions whose hashes (N,) and (M,) uint64 differ in at most `bits` bits.

    Cut into `bits` + 1 bands, two such hashes agree in one of them (pigeonholes), so only images
    that share a band are compared. Raises ValueError for more than 15 bits.
    """
    if not 0 <= bits < 16:
        raise ValueError(f"hashes may differ in 0 to 15 of {BITS} bits, not {bits}")
    pairs = [np.empty((0, 2), dtype=int)]
    for low, high in pairwise(np.linspace(0, BITS, bits + 2).astype(int)):
        mask = np.uint64((1 << int(high - low)) - 1)
        band_a, band_b = ((h >> np.uint64(low)) & mask for h in (a, b))
        order = np.argsort(band_b, kind="stable")
        first = np.searchsorted(band_b[order], band_a, side="left")
        last = np.searchsorted(band_b[order], band_a, side="right")
        for i in np.flatnonzero(last > first):
            near = order[first[i] : last[i]]
            near = near[np.bitwise_count(b[near] ^ a[i]) <= bits]
            pairs.append(np.stack([np.full(len(near), i), near], axis=1))
    return np.unique(np.concatenate(pairs), axis=0)
