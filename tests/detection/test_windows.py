"""The windows of many pictures, and what they overlap."""

import numpy as np
import pytest
from boxed import boxed

from cnnlab.detection.windows import Windows, class_overlaps, with_truth


def test_windows_know_their_pictures() -> None:
    windows = Windows.of([[[1, 1, 2, 2]], [], [[1, 1, 3, 3], [2, 2, 4, 4]]])
    assert [len(windows[i]) for i in range(len(windows))] == [1, 0, 2]
    assert windows[2][1].tolist() == [2, 2, 4, 4]
    assert windows.owner.tolist() == [0, 2, 2]


def test_the_digest_tells_whose_a_window_is() -> None:
    box = [[1, 1, 2, 2]]
    digests = [Windows.of(boxes).digest for boxes in ([box, []], [[], box], [box, [[1, 1, 2, 3]]])]
    assert len(set(digests)) == 3


def test_objects_come_before_proposals() -> None:
    scenes = boxed([[(3, (1, 1, 8, 8))], []])
    windows = with_truth(scenes, Windows.of([[[5, 5, 9, 9]], [[2, 2, 3, 3]]]))
    assert windows[0].tolist() == [[1, 1, 8, 8], [5, 5, 9, 9]]
    assert windows[1].tolist() == [[2, 2, 3, 3]]


def test_proposals_of_other_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="windows of 1 pictures for 2"):
        with_truth(boxed([[], []]), Windows.of([[]]))


def test_a_class_counts_its_nearest_object() -> None:
    scenes = boxed([[(3, (1, 1, 10, 10)), (3, (1, 1, 10, 5)), (7, (31, 31, 40, 40))]])
    values = class_overlaps(scenes, 0, np.array([[1, 1, 10, 5], [31, 31, 40, 35]]))
    assert values[0, 3] == 1 and values[1, 7] == 0.5
    assert values.sum() == 1.5  # no other class
    assert class_overlaps(boxed([[]]), 0, np.array([[1, 1, 2, 2]])).sum() == 0
