"""Images shared by a pre-training and a transfer set, and what they do (ZF 2014, 4: "overlap").

A perceptual hash proposes pairs, features confirm them. N and M images of S x S pixels; a hash is
64 bits, one for each step from a pixel to its right neighbour in a 9 x 8 thumbnail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn.functional import cosine_similarity

from cnnlab.artifacts.progress import bar
from cnnlab.probing.caltech import TransferSet
from cnnlab.profiles import Profile
from cnnlab.results.statistics import mean_of
from cnnlab.training.jobs import Data, Job, Planted, packed_images

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


def cosine_distance(a: np.ndarray, b: np.ndarray) -> torch.Tensor:
    """One minus the cosines of the rows of (P, D) and (P, D), (P,); one where a row is zero."""
    return 1 - cosine_similarity(torch.tensor(a).double(), torch.tensor(b).double())


def planted_job(like: Job, target: TransferSet, profile: Profile) -> Job:
    """A net like `like` that learns from some of its images and copies of some of `target`'s.

    The copies are classes of their own behind ImageNet's, so that what the search finds can be
    checked and what the removal changes can be measured.

    >>> from cnnlab.probing import transfer_sets
    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> from cnnlab.training import imagenet_job
    >>> few = RoleSize("world", classes=3, pixels=64, splits={"all": 3})
    >>> learned = RoleSize("world", classes=3, pixels=64, splits={"train": 3})
    >>> roles = {"imagenet": learned, "caltech101": few, "caltech256": few}
    >>> tiny = scaled(SMOKE, roles=roles)
    >>> target = transfer_sets(tiny)["caltech101"]
    >>> planted_job(imagenet_job("zfnet", tiny), target, tiny).spec.classes
    6
    """
    sizes = target.sizes
    total = len(packed_images(like, profile))
    rows = np.linspace(0, total - 1, min(sizes.overlap_images or total, total)).astype(int)
    planted = Planted(target.packed.role, sizes.overlap_planted)
    return replace(
        like,
        spec=replace(like.spec, classes=like.spec.classes + planted.classes),
        recipe=replace(like.recipe, images=sizes.overlap_training or like.recipe.images),
        data=Data(rows=tuple(rows.tolist()), watched=(), planted=planted),
    )


def sharing_cells(shared: np.ndarray, cleaned: np.ndarray, planted: int) -> list[dict[str, object]]:
    """What sharing does, from accuracies (folds, K) with the shared images and without them.

    The first `planted` classes are those whose images were shared; the gain is paired by fold.

    >>> shared, cleaned = np.array([[90, 50], [80, 50]]), np.array([[70, 50], [70, 50]])
    >>> sharing_cells(shared, cleaned, planted=1)[4]["value"]
    15.0
    """
    with_and_without = {"with the shared images": shared, "without the shared images": cleaned}
    rows = with_and_without | {"gain by sharing": shared - cleaned}
    parts = {"planted classes": slice(planted), "other classes": slice(planted, None)}
    return [
        mean_of(values[:, part].mean(axis=1)).cell(row, column)
        for row, values in rows.items()
        for column, part in parts.items()
    ]
