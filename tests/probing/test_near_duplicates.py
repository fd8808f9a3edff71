"""Look-alikes: planted copies are found, others are not; the hash search against brute force."""

import cv2
import numpy as np
import pytest

from cnnlab.datasets import world
from cnnlab.probing.near_duplicates import close_pairs, hashes, near_duplicates


def pictures(role: str, count: int, size: int = 48) -> np.ndarray:
    split = world.splits(role)[0]
    return np.stack([world.image(role, split, i, size=size, classes=20) for i in range(count)])


def thumbnails(images: np.ndarray) -> np.ndarray:
    """A plain descriptor: the picture at 6 x 6, minus its mean."""
    rows = np.stack([cv2.resize(i, (6, 6), interpolation=cv2.INTER_AREA).ravel() for i in images])
    return rows - rows.mean(axis=1, keepdims=True)


def altered(image: np.ndarray, how: str) -> np.ndarray:
    if how == "mirrored":
        return image[:, ::-1]
    if how == "darker":
        return (image * 0.8).astype(np.uint8)
    if how == "jpeg":
        packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
        return np.asarray(cv2.imdecode(packed, 1))
    if how == "smaller":
        return cv2.resize(cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA), (48, 48))
    return image


@pytest.mark.parametrize("how", ["same", "mirrored", "darker", "jpeg", "smaller"])
def test_planted_copies_are_found_and_nothing_else(how: str) -> None:
    ours, theirs = pictures("caltech101", 60), pictures("imagenet", 120).copy()
    planted = {7: 3, 20: 77, 59: 119}
    for i, j in planted.items():
        theirs[j] = altered(ours[i], how)
    found = near_duplicates(ours, theirs, thumbnails)
    assert {pair.ours: pair.theirs for pair in found} == planted
    assert all(pair.mirrored == (how == "mirrored") for pair in found)


def test_sets_that_share_nothing() -> None:
    found = near_duplicates(pictures("caltech101", 60), pictures("imagenet", 120), thumbnails)
    assert found == []


def test_features_overrule_the_hash() -> None:
    """Black and white have one hash, no step anywhere; their features differ."""
    flat = np.stack([np.full((16, 16, 3), v, dtype=np.uint8) for v in (40, 200)])
    assert hashes(flat).tolist() == [0, 0]
    same = near_duplicates(flat[:1], flat, lambda images: np.ones((len(images), 2)))
    assert [(p.ours, p.theirs, p.bits, p.mirrored) for p in same] == [
        (0, 0, 0, False),
        (0, 1, 0, False),
    ]
    assert all(pair.distance < 1e-12 for pair in same)
    vectors = {40: [1.0, 0.0], 200: [0.0, 1.0]}
    told = near_duplicates(
        flat[:1], flat, lambda images: np.array([vectors[int(i[0, 0, 0])] for i in images])
    )
    assert [pair.theirs for pair in told] == [0]


def test_hash_of_a_picture_that_brightens_to_the_right() -> None:
    ramp = np.tile(np.linspace(0, 255, 90).astype(np.uint8)[None, :, None], (90, 1, 3))
    assert int(hashes(ramp[None])[0]) == 2**64 - 1
    assert int(hashes(ramp[None, :, ::-1])[0]) == 0


def test_hashes_do_not_depend_on_the_others_or_on_layout() -> None:
    images = pictures("imagenet", 20)
    assert [int(hashes(image[None])[0]) for image in images] == hashes(images).tolist()
    mirrored = images[:, :, ::-1]
    assert np.array_equal(hashes(mirrored), hashes(np.ascontiguousarray(mirrored)))


@pytest.mark.parametrize("bits", [0, 3, 10])
def test_close_pairs_are_those_of_brute_force(bits: int) -> None:
    rng = np.random.default_rng(bits)
    theirs = rng.integers(0, 2**64, 300, dtype=np.uint64)
    ours = theirs[:200].copy()
    for i in range(200):  # i mod 16 bits flipped
        for bit in rng.choice(64, i % 16, replace=False):
            ours[i] ^= np.uint64(1) << np.uint64(bit)
    differ = np.bitwise_count(ours[:, None] ^ theirs[None])
    assert np.array_equal(close_pairs(ours, theirs, bits), np.argwhere(differ <= bits))
