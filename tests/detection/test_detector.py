"""The detector: what it reports, and from pictures to detections on a few scenes of the world."""

import numpy as np
import pytest
from boxed import boxed

from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.detection.boxes import iou
from cnnlab.detection.detector import detect, picture_detections
from cnnlab.detection.features import window_features
from cnnlab.detection.finetune import train_on_windows, window_job
from cnnlab.detection.svm_mining import SVMs, mine
from cnnlab.detection.windows import Windows, with_truth
from cnnlab.profiles.detection import Detection
from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net

CONFIG = Detection()


def test_a_planted_object_is_detected() -> None:
    rng = np.random.default_rng(0)
    corners = rng.integers(1, 40, (10, 2)).astype(float)
    objects = [[(5, (x, y, x + 20, y + 20))] for x, y in corners]
    scenes = boxed(objects)
    away = [np.hstack([a, a + 20]) for a in rng.integers(1, 44, (10, 15, 2))]
    windows = with_truth(scenes, Windows.of(away))
    features = []
    for i in range(10):  # features tell how well a window overlaps the object
        shown = iou(windows[i], np.array([objects[i][0][1]]))
        features.append(np.hstack([shown, 0.1 * rng.random((len(shown), 4))]).astype(np.float32))
    svms, _ = mine(features, scenes, windows, CONFIG)
    detections = detect(features, windows, svms, CONFIG)
    assert set(detections.labels) == {5}
    for i in range(10):
        rows = np.flatnonzero(detections.images == i)
        best = rows[detections.scores[rows].argmax()]
        assert detections.boxes[best].tolist() == list(objects[i][0][1])


def test_a_class_keeps_a_hundred_boxes_before_suppression() -> None:
    boxes = np.array([[10.0 * i + 1, 1, 10 * i + 5, 5] for i in range(150)])  # none overlap
    scores = np.random.default_rng(0).normal(size=(150, 2))
    detections = picture_detections(scores, boxes, CONFIG, image=4)
    assert np.bincount(detections.labels).tolist() == [100, 100]
    kept = detections.scores[detections.labels == 1]
    np.testing.assert_array_equal(np.sort(kept), np.sort(scores[:, 1])[-100:])
    assert set(detections.images) == {4}


def test_classes_do_not_suppress_each_other() -> None:
    boxes = np.array([[1.0, 1, 10, 10], [1, 1, 10, 9]])
    detections = picture_detections(np.array([[2.0, 1.0], [1.0, 2.0]]), boxes, CONFIG)
    assert detections.scores.tolist() == [2.0, 2.0]
    assert detections.boxes.tolist() == boxes.tolist()


def test_a_picture_without_windows_has_no_detections() -> None:
    svms = SVMs(np.ones((2, 3), np.float32), np.zeros(2, np.float32), 1.0)
    windows = Windows.of([[], [[1, 1, 5, 5]]])
    rows = [np.zeros((0, 3), np.float32), np.ones((1, 3), np.float32)]
    assert detect(rows, windows, svms, CONFIG).images.tolist() == [1, 1]
    with pytest.raises(ValueError, match="features of 1 pictures"):
        detect(rows[:1], windows, svms, CONFIG)


def near_and_far(scenes: BoxedImages) -> Windows:
    """A few windows of every picture that stand in for proposals: objects, moved, and corners."""
    windows = []
    for i in range(len(scenes)):
        high, wide = scenes.sizes[i]
        truth = scenes.boxes[scenes.objects(i)]
        moved = np.minimum(truth + np.array([0, 0, 2, 2]), [wide, high, wide, high])
        corners = [[1, 1, wide // 3, high // 3], [wide // 2, high // 2, wide, high]]
        windows.append(np.concatenate([moved, np.array(corners, float)]))
    return Windows.of(windows)


def test_from_scenes_to_detections() -> None:
    scenes = load_scenes("pascal-2012", TINY, "trainval")
    proposals = near_and_far(scenes)
    base = base_net("caffenet", TINY)
    tuned = train_on_windows(window_job(base, TINY), [(scenes, proposals)], TINY)
    windows = with_truth(scenes, proposals)
    features = window_features(tuned, scenes, windows, ["fc-7"])["fc-7"]
    svms, miners = mine(features, scenes, windows, TINY.detection)
    assert set(miners) == set(scenes.labels)
    detections = detect(features, windows, svms, TINY.detection)
    assert set(detections.labels) <= set(scenes.labels) and len(detections)
    assert np.isfinite(detections.scores).all()
    for box, image in zip(detections.boxes, detections.images, strict=True):
        assert box.tolist() in windows[image].tolist()
