"""AP of single filters: against scikit-learn and VOC's area, ties, dead filters, planted codes."""

from dataclasses import replace

import numpy as np
import pytest
from codes import CLASSES, DISTRIBUTED, GRANDMOTHER, REDUNDANT, planted
from sklearn.metrics import average_precision_score, precision_recall_curve

from cnnlab.probing.metrics import average_precision
from cnnlab.units.grandmother import chance_aps, filter_ap_estimates, filter_aps, top_filters
from cnnlab.units.precision import column_aps, precision_recall, redrawings


def noisy(n: int = 80, *, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    positive = rng.random(n) < 0.3
    scores = rng.normal(size=n) + positive
    return (np.maximum(scores.round(1), 0.5) if ties else scores), positive


@pytest.mark.parametrize("ties", [False, True])
def test_the_curve_is_scikit_learns(ties: bool) -> None:
    scores, positive = noisy(ties=ties)
    precision, recall = precision_recall(scores, positive)
    theirs = precision_recall_curve(positive, scores)
    np.testing.assert_allclose(precision, 100 * theirs[0][-2::-1][: len(precision)])
    np.testing.assert_allclose(recall, 100 * theirs[1][-2::-1][: len(recall)])


def test_ap_is_vocs_area_where_no_scores_are_equal() -> None:
    scores, positive = noisy()
    (ap,) = column_aps(scores, positive[:, None])
    assert ap == pytest.approx(average_precision(scores, positive))
    assert ap >= 100 * average_precision_score(positive, scores)  # which has no envelope


def test_equal_scores_are_taken_together_in_any_order() -> None:
    scores, positive = noisy(ties=True)
    turn = np.random.default_rng(0).permutation(len(scores))
    other = column_aps(scores[turn], positive[turn][:, None])
    np.testing.assert_allclose(column_aps(scores, positive[:, None]), other)


def test_a_box_counted_twice_is_two_boxes_and_one_counted_not_at_all_is_none() -> None:
    scores, positive = noisy(ties=True)
    counts = np.random.default_rng(1).integers(0, 3, len(scores))
    (ap,) = column_aps(scores, positive[:, None], counts[:, None])
    boxes = np.repeat(np.arange(len(scores)), counts)
    assert ap == pytest.approx(column_aps(scores[boxes], positive[boxes][:, None])[0])


def test_redrawn_images_keep_their_boxes_together() -> None:
    owner = np.array([3, 3, 8, 9, 9, 9])
    counts = redrawings(owner, 50)
    assert (counts[:, 0] == 1).all()
    assert (counts[[0, 3, 4]] == counts[[1, 4, 5]]).all()
    images = counts[[0, 2, 3]]
    assert (images.sum(axis=0) == 3).all()
    assert len(np.unique(images, axis=1).T) > 5


def test_ap_of_a_class_depends_only_on_the_order_of_responses() -> None:
    boxes = planted()
    aps = filter_aps(boxes.rows, boxes.present)
    np.testing.assert_allclose(filter_aps(np.exp(3 * boxes.rows), boxes.present), aps)


def test_a_dead_filter_has_the_share_of_the_class() -> None:
    present = np.arange(50)[:, None] % 5 == np.arange(5)
    np.testing.assert_allclose(filter_aps(np.zeros((50, 2)), present), 20)


def test_a_class_without_boxes_has_no_ap() -> None:
    aps = filter_aps(np.arange(6.0)[:, None], np.array([[1, 0]] * 6))
    np.testing.assert_array_equal(aps, [[100], [np.nan]])


def test_responses_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="score of box 1 is not finite"):
        filter_aps(np.array([[0.0], [np.nan]]), np.ones((2, 1)))
    with pytest.raises(ValueError, match="no box is of this class"):
        precision_recall(np.zeros(3), np.zeros(3, bool))


def test_planted_codes_are_what_they_are() -> None:
    boxes = planted()
    aps = filter_aps(boxes.rows, boxes.present)
    best = np.sort(aps, axis=1)[:, ::-1]
    assert best[GRANDMOTHER, 0] == 100
    assert best[GRANDMOTHER, 1] < 60
    assert (best[REDUNDANT, :8] == 100).all()
    assert best[REDUNDANT, 8] < 60
    assert best[DISTRIBUTED:, 0].max() < 60
    assert top_filters(aps)[GRANDMOTHER, 0] == 0
    assert set(top_filters(aps, 8)[REDUNDANT]) == set(range(1, 9))


def test_an_estimate_has_the_ap_and_an_interval_over_images() -> None:
    boxes = planted()
    filters = np.arange(CLASSES)
    estimates = filter_ap_estimates(boxes, filters, draws=50)
    aps = filter_aps(boxes.rows, boxes.present)
    assert [e.value for e in estimates.values()] == pytest.approx([*aps.diagonal()])
    assert all(0 <= e.low <= e.value <= e.high <= 100 for e in estimates.values())
    assert estimates["class 2"].high - estimates["class 2"].low > 1
    assert {e.count for e in estimates.values()} == {"n = 300 images"}
    assert (
        filter_ap_estimates(
            replace(boxes, classes=(*boxes.classes, "none")), np.array([*filters, 0])
        ).keys()
        == estimates.keys()
    )


def test_the_best_of_many_filters_that_know_nothing_beats_the_share_of_the_class() -> None:
    boxes = planted()
    chance = chance_aps(boxes.rows, boxes.present, draws=20)
    assert chance.shape == (20, CLASSES)
    assert (chance > 100 / CLASSES).all()
    assert chance.max() < filter_aps(boxes.rows, boxes.present)[:2].max(axis=1).min()
    np.testing.assert_array_equal(chance, chance_aps(boxes.rows, boxes.present, draws=20))
