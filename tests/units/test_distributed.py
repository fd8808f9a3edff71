"""Nested subsets: the fast sweep equals the plain one, planted codes are found, bad input."""

from dataclasses import replace

import numpy as np
import pytest
from codes import CLASSES, DISTRIBUTED, FILTERS, GRANDMOTHER, REDUNDANT, planted
from sklearn.svm import LinearSVC

from cnnlab.probing.linear import newton_svms
from cnnlab.training.machine import threads
from cnnlab.units import distributed
from cnnlab.units.distributed import CONV, FULL, rank_by_weight, subset_sizes, sweep
from cnnlab.units.fast import subsets
from cnnlab.units.precision import column_aps
from cnnlab.units.vectors import Boxes

TRAIN, TEST = planted(), planted(seed=1)
TARGETS = np.where(TRAIN.present, 1, -1)


def test_sizes_are_the_papers_as_far_as_a_layer_has_them() -> None:
    assert subset_sizes(CONV, 256) == CONV
    assert len(CONV) == 17
    assert subset_sizes(CONV, 64) == (*CONV[:13], 64)
    assert {1, 6, 7, 17, 33, 50, 256} < set(FULL)
    assert subset_sizes((5, 10), 1) == (1,)


@pytest.mark.parametrize("c", [0.4, 3.0])
def test_the_fast_sweep_gives_what_the_plain_one_gives(c: float) -> None:
    sizes = (1, 2, 5, 20, FILTERS)
    order = rank_by_weight(TRAIN.rows, TARGETS, c)
    with threads(1):
        plain = distributed.subset_scores(TRAIN.rows, TARGETS, TEST.rows, order, sizes, c)
    fast = subsets.subset_scores(TRAIN.rows, TARGETS, TEST.rows, order, sizes, c)
    np.testing.assert_allclose(fast, plain, atol=2e-3)


def test_each_subset_has_an_svm_of_its_own_which_is_liblinears() -> None:
    order = rank_by_weight(TRAIN.rows, TARGETS)
    fast = subsets.subset_scores(TRAIN.rows, TARGETS, TEST.rows, order, (3, FILTERS), c=0.4)
    for k in (0, 3):
        for s, size in enumerate((3, FILTERS)):
            some = order[k, :size]
            svm = LinearSVC(C=0.4, tol=1e-8, max_iter=100_000).fit(
                TRAIN.rows[:, some], TARGETS[:, k]
            )
            scores = svm.decision_function(TEST.rows[:, some])
            np.testing.assert_allclose(fast[k, s], scores, atol=2e-3)
            ours, theirs = (column_aps(one, TEST.present[:, [k]]) for one in (fast[k, s], scores))
            np.testing.assert_allclose(ours, theirs, atol=0.5)


def test_where_full_steps_do_not_settle_shorter_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    order = rank_by_weight(TRAIN.rows, TARGETS)
    arguments = (TRAIN.rows, TARGETS, TEST.rows, order, (2, FILTERS), 0.4)
    usual = subsets.subset_scores(*arguments)
    monkeypatch.setattr(subsets, "STEPS", 0)
    np.testing.assert_allclose(subsets.subset_scores(*arguments), usual, atol=1e-2)


def test_filters_are_ranked_by_the_weight_that_an_svm_gives_them() -> None:
    weights, _ = newton_svms(TRAIN.rows.astype(float), TARGETS, c=0.4, tol=1e-8)
    order = rank_by_weight(TRAIN.rows, TARGETS)
    assert order[GRANDMOTHER, 0] == 0
    assert set(order[REDUNDANT, :8]) == set(range(1, 9))
    sizes = np.take_along_axis(np.abs(weights), order, axis=1)
    assert (np.diff(sizes, axis=1) < 1e-6).all()


def test_planted_codes_are_found_as_what_they_are() -> None:
    few, most = (sweep(TRAIN, TEST, FULL, draws=0).needed(p)[:, 0] for p in (50, 90))
    assert few[GRANDMOTHER] == most[GRANDMOTHER] == 1
    assert few[REDUNDANT] == most[REDUNDANT] == 1
    assert (most[DISTRIBUTED:] >= 5).all()


def test_a_sweep_in_another_order_needs_more() -> None:
    backwards = rank_by_weight(TRAIN.rows, TARGETS)[:, ::-1]
    worse = sweep(TRAIN, TEST, FULL, draws=0, order=backwards)
    assert (worse.needed(90) > sweep(TRAIN, TEST, FULL, draws=0).needed(90)).all()
    np.testing.assert_array_equal(worse.order, backwards)


def test_the_last_fraction_is_whole_and_intervals_hold_the_value() -> None:
    swept = sweep(TRAIN, TEST, draws=30)
    assert swept.aps.shape == (CLASSES, len(swept.sizes), 31)
    np.testing.assert_allclose(swept.fractions[:, -1], 100)
    assert swept.images == 300
    for estimate in swept.estimates(90).values():
        assert 1 <= estimate.low <= estimate.value <= estimate.high <= FILTERS
        assert estimate.count == "n = 300 images"


def test_a_difficult_box_is_learned_from_but_not_scored() -> None:
    counted = np.arange(len(TEST.labels)) % 3 > 0
    hard = replace(TEST, counted=counted, rows=np.where(counted[:, None], TEST.rows, 9.0))
    easy = Boxes(
        rows=TEST.rows[counted],
        labels=TEST.labels[counted],
        counted=counted[counted],
        owner=TEST.owner[counted],
        classes=TEST.classes,
    )
    scored = sweep(TRAIN, easy, draws=0).aps
    np.testing.assert_array_equal(sweep(TRAIN, hard, draws=0).aps, scored)
    other = sweep(replace(TRAIN, counted=np.zeros(len(TRAIN.labels), bool)), TEST, draws=0)
    np.testing.assert_array_equal(other.aps, sweep(TRAIN, TEST, draws=0).aps)


def test_a_class_without_boxes_on_either_side_is_left_out() -> None:
    wider = replace(TRAIN, classes=(*TRAIN.classes, "none"))
    swept = sweep(wider, replace(TEST, classes=wider.classes), draws=3)
    assert np.isnan(swept.needed(90)[-1]).all()
    assert [*swept.estimates(90)] == [*TRAIN.classes]
    np.testing.assert_array_equal(swept.aps[:-1], sweep(TRAIN, TEST, draws=3).aps)


def test_dead_filters_come_last_and_a_dead_layer_has_the_share_of_the_class() -> None:
    dead = np.hstack([TRAIN.rows, np.zeros((len(TRAIN.rows), 3), np.float32)])
    assert (rank_by_weight(dead, TARGETS)[:, -3:] >= FILTERS).all()
    silent = replace(TRAIN, rows=np.zeros_like(TRAIN.rows))
    np.testing.assert_allclose(sweep(silent, silent, draws=0).aps, 100 / CLASSES)


def test_features_that_are_not_finite_are_refused() -> None:
    rows = TRAIN.rows.copy()
    rows[3, 4] = np.nan
    with pytest.raises(ValueError, match="NaN or infinite"):
        sweep(replace(TRAIN, rows=rows), TEST)
