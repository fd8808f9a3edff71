"""Boxes: the pixel that VOC adds, overlap by counting pixels, and what is refused."""

import numpy as np
import pytest
from rectangles import some_boxes

from cnnlab.detection import check_boxes, iou, nms, plain_nms


def painted(box: np.ndarray, side: int = 30) -> np.ndarray:
    mask = np.zeros((side, side), bool)
    x1, y1, x2, y2 = box
    mask[y1 - 1 : y2, x1 - 1 : x2] = True
    return mask


def test_overlap_counts_pixels() -> None:
    rng = np.random.default_rng(0)
    a, b = some_boxes(rng, 20), some_boxes(rng, 15)
    masks = [[painted(box) for box in boxes] for boxes in (a, b)]
    expected = [[(m & n).sum() / (m | n).sum() for n in masks[1]] for m in masks[0]]
    assert np.allclose(iou(a, b), expected, atol=1e-12)
    assert iou(a, b[:0]).shape == (20, 0) and iou(a[:0], b).shape == (0, 15)


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ([5, 1, 4, 3], "holds no pixel"),
        ([1, 3, 4, 2], "holds no pixel"),
        ([0, 1, 4, 3], "does not lie in its picture of 6 x 8 pixels"),
        ([1, 1, 9, 3], "clip it to 1..8, 1..6"),
        ([1, 1, 4, 7], "does not lie"),
        ([1, np.nan, 4, 3], "holds no pixel"),
    ],
)
def test_a_box_that_cannot_be_is_refused_by_name(box: list, reason: str) -> None:
    boxes = np.array([[1, 1, 8, 6], box])
    with pytest.raises(ValueError, match=rf"box \[{box[0]}.*{reason}"):
        check_boxes(boxes, height=6, width=8)
    check_boxes(boxes[:1], height=6, width=8)
    check_boxes(boxes[:0], height=6, width=8)
    with pytest.raises(ValueError, match=r"boxes are \(N, 4\)"):
        check_boxes(boxes[:, :3], height=6, width=8)


def test_of_boxes_that_overlap_the_strongest_stays() -> None:
    boxes = np.array([[1, 1, 10, 10], [1, 1, 10, 9], [1, 6, 10, 15], [11, 1, 20, 10]])
    scores = np.array([0.2, 0.9, 0.5, 0.1])
    # 0 lies in 1 (0.9); 2 shares 40 of 150 pixels with 1; 3 touches 1 without a common pixel
    assert plain_nms(boxes, scores).tolist() == [1, 2, 3]
    assert plain_nms(boxes, scores, overlap=0.2).tolist() == [1, 3]
    assert plain_nms(boxes, scores, most=2).tolist() == [1, 2]


def test_a_box_that_overlaps_by_just_so_much_stays() -> None:
    boxes, scores = np.array([[1, 1, 10, 10], [1, 1, 10, 5]]), np.array([0.9, 0.8])
    for suppress in (plain_nms, nms):
        assert suppress(boxes, scores, overlap=0.5).tolist() == [0, 1]
        assert suppress(boxes, scores, overlap=0.49).tolist() == [0]


def test_torchvisions_form_equals_the_plain_one() -> None:
    rng = np.random.default_rng(1)
    for count in (0, 1, 7, 60, 300):
        boxes = some_boxes(rng, count)
        scores = rng.integers(0, 20, count) / 20  # with ties
        expected = plain_nms(boxes, scores)
        assert np.array_equal(nms(boxes, scores), expected)
        assert count == 0 or expected[0] == scores.argmax()


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="the score of box 1 is not finite"):
        nms(np.array([[1, 1, 2, 2]] * 2), np.array([0.0, np.nan]))
