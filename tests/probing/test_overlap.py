"""Images planted in a pre-training set: which, how they are altered, what they are said to do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cnnlab import datasets
from cnnlab.nets import zoo
from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.overlap import copies_found, overlap_splits, planted_job, sharing_cells
from cnnlab.profiles import SMOKE, Recipe, RoleSize
from cnnlab.profiles.transfer import PAPER
from cnnlab.training.batches import Images
from cnnlab.training.jobs import WAYS, Data, Job, Planted, alter, plant, training_images
from cnnlab.training.trained import train

ROLES = {
    "caltech101": RoleSize("world", classes=4, pixels=32, splits={"all": 6}),
    "imagenet": RoleSize("world", classes=5, pixels=32, splits={"train": 4, "val": 2}),
}
RECIPE = Recipe(
    images=64, batch=16, lr=0.02, schedule="linear", init="he", precision="fp32", threads=1,
    validations=1, dropout=0.0,
)  # fmt: skip
LIKE = Job(zoo.spec("zfnet").scaled(28, 0.05, classes=3), RECIPE)
SIZES = replace(
    PAPER, overlap_images=6, overlap_planted=2, overlap_training=32, overlap_train=2, overlap_runs=3
)
PROFILE = replace(SMOKE, roles=ROLES, crop=28, crops=1)


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TransferSet:
    """Four classes of six images at 32 px play Caltech-101."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path))
    return TransferSet(datasets.load("caltech101", PROFILE), SIZES)


def test_the_control_has_other_images_of_the_same_classes(target: TransferSet) -> None:
    splits = overlap_splits(target)
    assert len(splits) == 3
    for split in splits:
        parts = [split.train, split.test, split.val]
        assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(24))
        for rows in parts:
            assert np.bincount(target.packed.labels[rows]).tolist() == [2, 2, 2, 2]
    assert not np.array_equal(splits[0].test, splits[1].test)


def test_only_the_named_rows_of_the_planted_classes_are_copied(target: TransferSet) -> None:
    split = overlap_splits(target)[0]
    job = planted_job(LIKE, target, split.test, PROFILE)
    assert (job.spec.classes, job.classes, job.recipe.images) == (5, 3, 32)
    assert job.data.rows == (0, 2, 4, 6, 8, 11)  # of twelve
    images = training_images(job, PROFILE)
    assert np.bincount(images.labels[6:]).tolist() == [0, 0, 0, 2, 2]
    chosen = [row for row in split.test if target.packed.labels[row] < 2]
    for i, row in enumerate(chosen):
        expected = alter(target.packed.images[row], WAYS[i], Planted("caltech101", 2))
        assert np.array_equal(images.images[6 + i], expected)


def test_a_set_that_is_not_sorted_by_class_keeps_its_rows(target: TransferSet) -> None:
    order = np.random.default_rng(0).permutation(24)
    mixed = replace(
        target.packed, images=target.packed.images[order], labels=target.packed.labels[order]
    )
    job = planted_job(LIKE, replace(target, packed=mixed), np.arange(0, 24, 3), PROFILE)
    assert job.data.planted is not None and job.data.planted.rows is not None
    copied = mixed.first_classes(2).images[np.array(job.data.planted.rows)]
    wanted = [mixed.images[row] for row in range(0, 24, 3) if mixed.labels[row] < 2]
    assert np.array_equal(copied, wanted)


def test_what_was_found_is_left_out_and_makes_another_net(target: TransferSet) -> None:
    job = planted_job(LIKE, target, np.arange(24), PROFILE)
    assert len(training_images(job.without_rows([0, 7, 8]), PROFILE).labels) == 6 + 12 - 3
    nets = [train(one, PROFILE) for one in (job, job.without_rows({17}))]
    assert nets[0].net().spec.classes == 5 and nets[0].folder != nets[1].folder
    with pytest.raises(ValueError, match="no copies are planted"):
        LIKE.without_rows([1])


def test_copies_are_altered_in_every_way_in_turn() -> None:
    rng = np.random.default_rng(0)
    few = Images(rng.integers(0, 256, (3, 20, 20, 3), dtype=np.uint8), np.array([0, 1, 1]))
    copies = Images(rng.integers(0, 256, (7, 20, 20, 3), dtype=np.uint8), np.full(7, 2))
    how = Planted("caltech101", 1, brightness=0.5, removed=(1,))
    both = plant(few, copies, how)
    assert both.labels.tolist() == [0, 1] + [2] * 7
    assert np.array_equal(both.images[:2], few.images[[0, 2]])
    assert np.array_equal(both.images[2], copies.images[0] // 2)
    assert np.array_equal(both.images[3], copies.images[1, :, ::-1])
    assert np.array_equal(both.images[7], copies.images[5] // 2)
    assert np.array_equal(both.images[8], copies.images[6, :, ::-1])


def test_each_way_by_hand() -> None:
    how, rows = Planted("caltech101", 1), np.arange(20, dtype=np.uint8)
    ramp = np.broadcast_to(10 * rows[None, :, None], (20, 20, 3)).copy()
    ramp[..., 2] //= 2  # blue is half of red
    shrunk, corner = alter(ramp, "resized", how), alter(ramp, "cropped", how)
    assert shrunk.shape == corner.shape == ramp.shape
    assert np.abs(shrunk[:, 2:-2].astype(int) - ramp[:, 2:-2]).max() <= 5  # a ramp stays a ramp
    assert corner[0, -1, 0] == ramp[0, 17, 0]  # of twenty columns, eighteen are left
    small = [
        np.abs(alter(ramp, "jpeg", replace(how, quality=q)).astype(int) - ramp).mean()
        for q in (95, 5)
    ]
    assert 0 < small[0] < 3 < small[1]  # red and blue are not exchanged, low quality shows
    with pytest.raises(ValueError, match="no way 'turned'"):
        alter(ramp, "turned", how)


def test_found_copies_are_counted_by_way() -> None:
    planted = Planted("caltech101", 1, rows=(0, 1, 2, 3), ways=("darker", "jpeg"))
    job = replace(LIKE, data=Data(rows=(5, 6, 7), planted=planted))
    cells = {c["column"]: c for c in copies_found([job, job], [{1, 3, 4, 5}, {5, 6}])}
    assert (cells["darker"]["value"], cells["darker"]["n"]) == (75, 4)  # rows 3 and 5, twice
    assert (cells["jpeg"]["value"], cells["images"]["value"], cells["images"]["n"]) == (50, 1, 6)
    with pytest.raises(ValueError, match="make it by planted_job"):
        copies_found([LIKE], [set()])


def test_what_sharing_gains_by_hand() -> None:
    shared = np.array([[90.0, 50, 40], [80, 60, 40]])  # two runs, three classes
    others = np.array([[70.0, 48, 40], [50, 56, 42]])
    scores = {"test images": shared, "other images": others, "removed": others - 10}
    cells = {(c["row"], c["column"]): c for c in sharing_cells(scores, 1)}
    values = {key: cell["value"] for key, cell in cells.items()}
    assert values["test images", "planted classes"] == 85
    assert values["removed", "other classes"] == 36.5
    assert values["test minus other images", "planted classes"] == 25
    assert values["test minus other images", "other classes"] == 1
    assert values["test minus removed", "planted minus other"] == 24
    gap = cells["test minus other images", "planted minus other"]
    half = stats.t.ppf(0.975, 1) * np.std([20 - 1, 30 - 1], ddof=1) / np.sqrt(2)
    assert (gap["value"], gap["n"]) == (24, 2) and gap["low"] == pytest.approx(24 - half)
