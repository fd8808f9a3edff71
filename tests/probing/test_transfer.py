"""Splits by hand, metrics against scikit-learn and counted cases, a net trained from scratch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from cnnlab import datasets
from cnnlab.datasets.errors import DataMissing
from cnnlab.probing import probes
from cnnlab.probing.caltech import TransferSet, transfer_sets
from cnnlab.probing.metrics import accuracies, average_precision, average_precisions
from cnnlab.probing.splits import Split, folds, shares
from cnnlab.profiles import SMOKE
from cnnlab.profiles.transfer import PAPER

NAMES = ["ant", "bass", "crab"]
LABELS = np.repeat([0, 1, 2], [40, 70, 120])

# ---- splits ----------------------------------------------------------------------------------


def test_folds_follow_the_caltech_protocol() -> None:
    made = folds(LABELS, NAMES, train=30, count=5)
    assert len(made) == 5
    for split in made:
        assert np.bincount(LABELS[split.train]).tolist() == [30, 30, 30]
        assert np.bincount(LABELS[split.test]).tolist() == [10, 40, 50]  # at most 50
        assert not set(split.train) & set(split.test)
    assert len({tuple(split.train) for split in made}) == 5


def test_folds_repeat_and_nest() -> None:
    few, many = (folds(LABELS, NAMES, train=n, seed=4) for n in (5, 30))
    again = folds(LABELS, NAMES, train=5, seed=4)
    for a, b, c in zip(few, many, again, strict=True):
        assert set(a.train) < set(b.train)
        assert np.array_equal(a.train, c.train)
        assert np.array_equal(a.test, c.test)
    assert not np.array_equal(few[0].train, folds(LABELS, NAMES, train=5, seed=5)[0].train)


def test_each_image_is_as_likely_to_train() -> None:
    made = folds(LABELS, NAMES, train=20, count=400)
    often = np.bincount(np.concatenate([s.train for s in made]), minlength=len(LABELS))
    expected = 400 * 20 / np.array([40, 70, 120])[LABELS]
    assert np.abs(often - expected).max() < 5 * np.sqrt(expected).max()


def test_shares_follow_the_sun_protocol() -> None:
    labels = np.repeat([0, 1, 2], [100, 130, 3])
    made = shares(labels, ["beach", "street", "attic"], count=2)
    for split in made:
        assert np.bincount(labels[split.train]).tolist() == [50, 65, 1]
        assert np.bincount(labels[split.val]).tolist() == [10, 13, 1]
        assert np.bincount(labels[split.test]).tolist() == [40, 52, 1]
        everyone = np.concatenate([split.train, split.val, split.test])
        assert sorted(everyone) == list(range(233))
    assert not np.array_equal(made[0].train, made[1].train)
    with pytest.raises(ValueError, match=r"3 images.*attic \(2\)"):
        shares(labels[:-1], ["beach", "street", "attic"])
    with pytest.raises(ValueError, match="leave nothing"):
        shares(labels, ["beach", "street", "attic"], train=0.9)


def test_a_class_with_too_few_images_is_named_with_its_count() -> None:
    with pytest.raises(ValueError, match=r"41 images of every class.*ant \(40\);"):
        folds(LABELS, NAMES, train=40)
    with pytest.raises(ValueError, match=r"ant \(40\), bass \(70\)"):
        folds(LABELS, NAMES, train=90)
    with pytest.raises(ValueError, match=r"dodo \(0\)"):
        folds(LABELS, [*NAMES, "dodo"], train=1)


def test_labels_outside_the_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="label 2 lies outside the 2 classes"):
        folds(LABELS, NAMES[:2], train=1)


def test_overlapping_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="image 3 is in train and in test"):
        Split(np.array([1, 3]), np.array([3, 4]))
    with pytest.raises(ValueError, match="image 1 is in train and in train"):
        Split(np.array([1, 1]), np.array([4]))
    with pytest.raises(ValueError, match="image 9 is in test and in val"):
        Split(np.array([1]), np.array([9]), np.array([9]))


# ---- metrics ---------------------------------------------------------------------------------


def test_accuracies_by_hand_and_by_scikit_learn() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    found = np.array([0, 0, 0, 1, 1, 0, 2])
    split = Split(np.empty(0, int), np.arange(7))
    rows = accuracies([found, labels], labels, [split, split])
    assert rows.tolist() == [[75, 50, 100], [100, 100, 100]]
    assert rows[0].mean() == pytest.approx(100 * balanced_accuracy_score(labels, found))


def test_a_class_without_test_images_is_refused() -> None:
    split = Split(np.array([1]), np.array([0, 2]))
    with pytest.raises(ValueError, match="class 1 has no test image"):
        accuracies([np.array([0, 2])], np.array([0, 1, 2]), [split])


def test_average_precision_by_hand() -> None:
    """Hits at ranks 1, 3 and 4 of 5: precision 1, 2/3, 3/4; its envelope 1, 3/4, 3/4."""
    scores, truth = np.array([5.0, 4, 3, 2, 1]), np.array([1, 0, 1, 1, 0], dtype=bool)
    assert average_precision(scores, truth) == pytest.approx(100 * (1 + 0.75 + 0.75) / 3)
    # recalls 0 to 0.3 are reached at precision 1, 0.4 to 1 at 3/4
    assert average_precision(scores, truth, points=11) == pytest.approx(100 * (4 + 7 * 0.75) / 11)


def test_average_precision_ignores_difficult_images() -> None:
    scores, truth = np.array([5.0, 4, 3, 2, 1]), np.array([1, 0, 1, 1, 0], dtype=bool)
    present = np.where(truth, 1, [-1, 0, -1, -1, -1])
    assert average_precisions(scores[:, None], present[:, None]).tolist() == [100]


def test_average_precision_lies_little_above_scikit_learns() -> None:
    """Which takes precision without its envelope, and so never more."""
    rng = np.random.default_rng(0)
    truth = rng.random(3000) < 0.2
    scores = rng.normal(size=3000) + truth
    ours, theirs = average_precision(scores, truth), 100 * average_precision_score(truth, scores)
    assert theirs <= ours < theirs + 1
    assert abs(average_precision(scores, truth, points=11) - ours) < 3


def test_an_empty_class_has_no_average_precision() -> None:
    with pytest.raises(ValueError, match="no image is of this class"):
        average_precision(np.ones(3), np.zeros(3, dtype=bool))
    with pytest.raises(ValueError, match="image 1 is not finite"):
        average_precision(np.array([1, np.nan]), np.array([True, False]))
    with pytest.raises(ValueError, match="11 points"):
        average_precision(np.ones(1), np.ones(1, dtype=bool), points=7)


# ---- protocols, scratch ----------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datasets.Packed:
    """Four classes of six images at 32 px play Caltech-101; the profile is SMOKE at that size."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path))
    return datasets.load("caltech101", PROFILE)


ROLES = {"caltech101": replace(SMOKE.roles["caltech101"], classes=4, pixels=32, splits={"all": 6})}
PROFILE = replace(SMOKE, roles=ROLES, crop=28, crops=1)


def test_a_transfer_set_scores_as_the_protocol_says(small: datasets.Packed) -> None:
    has = TransferSet(small, replace(PAPER, folds=3, costs=(0.5, 1.0), rounds=3))
    splits = has.folds(4)
    assert [len(split.test) for split in splits] == [8, 8, 8]
    rows = np.eye(4)[small.labels] + 0.01 * np.random.default_rng(0).normal(size=(24, 4))
    assert has.probe("svm", rows, splits).tolist() == [100, 100, 100]
    wrong = [
        np.where(small.labels[split.test] == 1, 0, small.labels[split.test]) for split in splits
    ]
    assert has.score(wrong, splits).tolist() == [[100, 0, 100, 100]] * 3
    assert has.probe("softmax", rows, has.folds(1)).mean() == 100  # too few to cross-validate


def test_the_best_layer_is_chosen_on_training_images_alone(small: datasets.Packed) -> None:
    target, split = (
        TransferSet(small, replace(PAPER, costs=(1.0,))),
        folds(small.labels, small.classes, train=4, count=1)[0],
    )
    noise = np.random.default_rng(0).normal(size=(24, 4))
    here, there = np.eye(4)[small.labels] + 0.01 * noise, np.eye(4)[small.labels] + 0.01 * noise
    here[split.test], there[split.train] = noise[split.test], noise[split.train]
    assert target.best_layer({"there": there, "here": here}, split) == "here"


def test_a_transfer_set_knows_how_far_its_classes_reach(small: datasets.Packed) -> None:
    sizes = replace(PAPER, caltech101=(2, 4), caltech256=(1,), shots=(1, 3, 5, 6, 9))
    has = TransferSet(small, sizes)
    assert (has.classes, has.fewest, has.numbers, has.shots) == (4, 6, (2, 4), (1, 3, 5))
    assert "world plays caltech101: 24 images of 4 classes, 6 or more of each" in str(has)
    other = TransferSet(replace(small, role="caltech256"), sizes)
    assert other.numbers == (1,)


def test_answers_are_kept_for_these_rows_and_this_probe(
    small: datasets.Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[str] = []
    choose_c = probes.choose_c
    monkeypatch.setattr(
        probes, "choose_c", lambda *task, **seed: solved.append(task[0]) or choose_c(*task, **seed)
    )
    has = TransferSet(small, replace(PAPER, folds=2, costs=(1.0,), rounds=2))
    rows = np.random.default_rng(0).normal(size=(24, 5)).astype(np.float16)
    first = has.predict("svm", rows, has.folds(3))
    again = has.predict("svm", rows.copy(), has.folds(3))
    assert solved == ["svm"] * 2  # one choice a fold
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    changed = rows.copy()
    changed[7, 2] += 1
    has.predict("svm", changed, has.folds(3))
    has.predict("svm", rows, has.folds(2))
    has.predict("softmax", rows, has.folds(3))
    has.predict("svm", rows, has.folds(3), (2.0,))
    assert solved == ["svm"] * 6 + ["softmax"] * 2 + ["svm"] * 2


def test_a_real_set_that_is_not_there_is_left_out(
    small: datasets.Packed, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    real = replace(SMOKE.roles["caltech256"], source="caltech256", splits={"all": 0})
    profile = replace(PROFILE, roles={**ROLES, "caltech256": real}, data_dir=tmp_path)
    assert list(transfer_sets(profile)) == ["caltech101"]
    assert "without caltech256: no caltech256 in" in capsys.readouterr().out
    alone = replace(
        profile, roles={"caltech101": replace(real, source="caltech101"), "caltech256": real}
    )
    with pytest.raises(DataMissing, match=r"101_ObjectCategories\.tar\.gz"):
        transfer_sets(alone)
