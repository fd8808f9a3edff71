"""Average precision of detections: worked by hand, and beside a second way to write it."""

from dataclasses import replace

import numpy as np
import pytest
from boxed import boxed
from rectangles import some_boxes

from cnnlab.datasets import BoxedImages
from cnnlab.datasets.boxed import VOC_CLASSES
from cnnlab.detection import (
    Detections,
    ap_estimates,
    average_precisions,
    false_positives,
    kinds_of_strongest,
    lost_share,
    match,
    precision_recall,
    redrawn_aps,
)
from cnnlab.detection.false_positives import KINDS
from cnnlab.probing.metrics import average_precision

CAT, DOG, CAR, BUS, BIRD = map(VOC_CLASSES.index, ("cat", "dog", "car", "bus", "bird"))
A, B, C = (1, 1, 10, 10), (21, 1, 30, 10), (41, 1, 50, 10)
HALF = (1, 1, 10, 5)  # of A, exactly
BELOW = (1, 1, 10, 4)
FAR = (1, 40, 10, 50)


def detections(*rows: tuple[int, int, tuple, float]) -> Detections:
    """From (picture, class, box, score)."""
    images, labels, boxes, scores = zip(*rows, strict=True) if rows else ((), (), (), ())
    boxes = np.array(boxes, float).reshape(-1, 4)
    return Detections(np.array(images, int), np.array(labels, int), boxes, np.array(scores, float))


def difficult(truth: BoxedImages, *numbers: int) -> BoxedImages:
    return replace(truth, difficult=np.isin(np.arange(len(truth.labels)), numbers))


def test_an_object_is_matched_once_by_the_strongest_that_overlaps_it_by_half() -> None:
    truth = boxed([[(CAT, A), (DOG, B)], [(CAT, B)]])
    rows = [
        (0, CAT, A, 0.5),  # doubles the next
        (0, CAT, HALF, 0.9),  # half is enough
        (1, CAT, BELOW, 0.8),  # another picture
        (0, DOG, A, 0.7),  # another class
        (1, CAT, B, 0.1),
    ]
    assert match(detections(*rows), truth).tolist() == [0, 1, 0, 0, 1]
    assert match(detections(*rows), truth, overlap=0.51).tolist() == [1, 0, 0, 0, 1]
    assert match(detections((0, CAT, BELOW, 1)), truth).tolist() == [0]


def test_a_difficult_object_makes_no_detection_true_or_false() -> None:
    truth = difficult(boxed([[(CAT, A), (CAT, B)]]), 0)
    rows = [(0, CAT, A, 0.9), (0, CAT, A, 0.8), (0, CAT, FAR, 0.7), (0, CAT, B, 0.6)]
    assert match(detections(*rows), truth).tolist() == [-1, -1, 0, 1]
    precision, recall = precision_recall(detections(*rows), truth, CAT)
    assert precision.tolist() == [0, 0.5] and recall.tolist() == [0, 1]
    assert average_precisions(detections(*rows), truth)[CAT] == 50


def test_average_precision_by_hand() -> None:
    """Three cats; true, false, true, false: precision 1, 1/2, 2/3, 2/4 at recall 1/3, 1/3, 2/3."""
    truth = boxed([[(CAT, A), (CAT, B), (CAT, C)]])
    found = detections((0, CAT, FAR, 0.6), (0, CAT, B, 0.7), (0, CAT, FAR, 0.8), (0, CAT, A, 0.9))
    area = average_precisions(found, truth)
    assert area[CAT] == pytest.approx(100 * (1 / 3 + 2 / 3 * 1 / 3))
    # recall 0, .1, .2, .3 at 1; .4, .5, .6 at 2/3; .7 and more is never reached
    assert average_precisions(found, truth, points=11)[CAT] == pytest.approx(100 * (4 + 2) / 11)
    assert np.isnan(np.delete(area, CAT)).all()
    with pytest.raises(ValueError, match="11 points, or 0 for the area, not 10"):
        average_precisions(found, truth, points=10)


def test_nothing_detected_and_nothing_to_detect() -> None:
    empty = boxed([[], [(CAT, A)]])
    assert average_precisions(detections(), empty, points=11)[CAT] == 0
    assert average_precisions(detections((0, CAT, A, 1.0)), empty)[CAT] == 0  # a picture of nothing
    values = average_precisions(detections((0, DOG, A, 1.0)), boxed([[]]))
    assert np.isnan(values).all()
    precision, recall = precision_recall(detections(), empty, CAT)
    assert len(precision) == len(recall) == 0
    with pytest.raises(ValueError, match="no picture shows a dog that counts"):
        precision_recall(detections(), empty, DOG)
    assert kinds_of_strongest(detections(), empty)["true"].sum() == 0


def test_what_does_not_fit_the_truth_is_refused() -> None:
    truth = boxed([[(CAT, A)]])
    with pytest.raises(ValueError, match="none of the 1 pictures"):
        match(detections((1, CAT, A, 1.0)), truth)
    with pytest.raises(ValueError, match="none of the 20 classes"):
        match(detections((0, 20, A, 1.0)), truth)
    with pytest.raises(ValueError, match="the score of detection 1 is not finite"):
        match(detections((0, CAT, A, 1.0), (0, CAT, A, np.nan)), truth)


def by_brute_force(found: Detections, truth: BoxedImages, label: int, points: int) -> float:
    """The definition in words, picture by picture, with overlap by counting pixels."""
    taken, hits = set(), []
    for d in sorted(range(len(found)), key=lambda d: -found.scores[d]):
        if found.labels[d] != label:
            continue
        best, number = -1.0, -1
        for m in range(len(truth.labels)):
            if truth.labels[m] == label and truth.owner[m] == found.images[d]:
                a, b = found.boxes[d], truth.boxes[m]
                wide = min(a[2], b[2]) - max(a[0], b[0]) + 1
                high = min(a[3], b[3]) - max(a[1], b[1]) + 1
                both = max(0, wide) * max(0, high)
                areas = [(c[2] - c[0] + 1) * (c[3] - c[1] + 1) for c in (a, b)]
                if both / (sum(areas) - both) > best:
                    best, number = both / (sum(areas) - both), m
        if best >= 0.5 and truth.difficult[number]:
            continue
        hits.append(best >= 0.5 and number not in taken)
        taken |= {number} if best >= 0.5 else set()
    objects = sum((truth.labels == label) & ~truth.difficult)
    curve = [(sum(hits[: i + 1]) / (i + 1), sum(hits[: i + 1]) / objects) for i in range(len(hits))]
    if points:
        tops = [max([p for p, r in curve if r >= t / 10 - 1e-9], default=0) for t in range(11)]
        return 100 * sum(tops) / 11
    area, before = 0.0, 0.0
    for i, (_, recall) in enumerate(curve):
        area += (recall - before) * max(p for p, _ in curve[i:])
        before = recall
    return 100 * area


def crowd(seed: int) -> tuple[Detections, BoxedImages]:
    """Pictures of cats and dogs, some difficult, with detections that resemble them."""
    rng = np.random.default_rng(seed)
    every = [
        [
            (int(rng.choice([CAT, DOG])), tuple(box))
            for box in some_boxes(rng, int(rng.integers(0, 5)))
        ]
        for _ in range(12)
    ]
    truth = boxed(every)
    truth = replace(truth, difficult=rng.random(len(truth.labels)) < 0.2)
    copies = rng.integers(0, len(truth.labels), 60)
    moved = truth.boxes[copies] + rng.integers(-2, 3, (60, 4))
    moved = np.concatenate([moved[:, :2], np.maximum(moved[:, :2], moved[:, 2:])], axis=1)
    boxes = np.concatenate([moved, some_boxes(rng, 20)])
    images = np.concatenate([truth.owner[copies], rng.integers(0, 12, 20)])
    labels = np.concatenate([truth.labels[copies], rng.choice([CAT, DOG], 20)])
    return Detections(images, labels, boxes, rng.permutation(80) / 80), truth


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("points", [0, 11])
def test_a_second_way_to_write_it_agrees(seed: int, points: int) -> None:
    found, truth = crowd(seed)
    values = average_precisions(found, truth, points=points)
    for label in (CAT, DOG):
        expected = by_brute_force(found, truth, label, points)
        assert values[label] == pytest.approx(expected) and 0 < expected < 100


@pytest.mark.parametrize("points", [0, 11])
def test_it_is_the_average_precision_of_the_other_tables(points: int) -> None:
    truth = boxed([[(CAT, A), (CAT, B), (CAT, C)]])
    found = detections(
        *[(0, CAT, box, s) for box, s in ((A, 0.9), (FAR, 0.8), (B, 0.7), (FAR, 0.6), (C, 0.5))]
    )
    expected = average_precision(found.scores, match(found, truth) == 1, points=points)
    assert average_precisions(found, truth, points=points)[CAT] == pytest.approx(expected)


def test_redrawn_pictures_are_pictures_drawn_several_times() -> None:
    found, truth = crowd(1)
    values, redrawn = redrawn_aps(found, truth, draws=4, seed=3)
    assert np.array_equal(values, average_precisions(found, truth), equal_nan=True)
    rng = np.random.default_rng(3)
    for draw in redrawn:
        numbers = rng.integers(0, len(truth), len(truth))
        copies = [np.flatnonzero(found.images == i) for i in numbers]
        rows = np.concatenate(copies)
        images = np.repeat(np.arange(len(numbers)), list(map(len, copies)))
        again = Detections(images, found.labels[rows], found.boxes[rows], found.scores[rows])
        expected = average_precisions(again, truth.take(numbers))
        # copies tie in score: within a tie the order of true and false is not defined
        assert np.allclose(draw, expected, atol=1e-6, equal_nan=True)


def test_intervals_hold_the_value_and_count_pictures() -> None:
    found, truth = crowd(2)
    each, mean = ap_estimates(*redrawn_aps(found, truth, draws=50), len(truth))
    values = average_precisions(found, truth)
    assert mean.value == pytest.approx(np.nanmean(values)) and (mean.n, mean.over) == (12, "images")
    assert [e.value for e in each] == pytest.approx(values.tolist(), nan_ok=True)
    assert mean.low < mean.value < mean.high
    assert np.isnan(each[CAR].value)


def test_a_lost_share_is_of_the_first_mean_and_unknown_where_that_is_nothing() -> None:
    a = np.array([40.0, 20.0, np.nan]), np.array([[0.0, 0.0, np.nan], [30.0, np.nan, 30.0]])
    b = np.array([10.0, 20.0, np.nan]), np.array([[5.0, 0.0, np.nan], [30.0, np.nan, 60.0]])
    np.testing.assert_allclose(lost_share(a, b), [50.0, np.nan, -50.0])


def test_false_positives_by_kind() -> None:
    truth = difficult(boxed([[(CAT, A), (CAR, B), (CAT, C)]]), 2)
    rows = [
        (0, CAT, A, 0.9),  # true
        (0, CAT, A, 0.8),  # a second one: localisation
        (0, CAT, BELOW, 0.7),  # 0.4 of the cat: localisation
        (0, DOG, A, 0.6),  # a cat is similar
        (0, BUS, B, 0.5),  # a car is similar
        (0, CAT, B, 0.4),  # a car is another
        (0, CAT, FAR, 0.3),  # background
        (0, CAT, (1, 1, 10, 1), 0.2),  # 0.1 of the cat
        (0, CAT, (1, 1, 9, 1), 0.1),  # 0.09 of it: background
        (0, CAT, C, 0.0),  # ignored
        (0, BIRD, A, 0.0),  # a cat and a bird are both animals
    ]
    kinds = false_positives(detections(*rows), truth)
    names = [KINDS[k] if k >= 0 else "" for k in kinds]
    assert names == [
        *("", "localisation", "localisation", "similar", "similar", "other", "background"),
        *("localisation", "background", "", "similar"),
    ]
    counts = kinds_of_strongest(detections(*rows[1:]), truth)
    assert (
        counts["true"][CAT] == 1 and counts["true"].sum() == 1
    )  # one cat counts: one is looked at
    assert sum(c[BUS] for c in counts.values()) == 0  # there is no bus


def test_a_picture_without_objects_has_background_only() -> None:
    found = detections((0, CAT, A, 0.9), (1, DOG, A, 0.1))
    assert false_positives(found, boxed([[], []])).tolist() == [3, 3]
