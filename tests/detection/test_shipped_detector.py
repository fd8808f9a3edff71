"""Shipped detectors: as the task's, on any picture and at any size; damaged ones are refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab.artifacts import paths
from cnnlab.detection.detector import picture_detections
from cnnlab.detection.rcnn import DetectionTask, Detector, Way, detection_task
from cnnlab.detection.shipped import (
    ShippedDetector,
    folder,
    read_detector_card,
    scaled,
    shipped_detector,
)
from cnnlab.detection.shipping import cut_from, ship_detector, shipping
from cnnlab.detection.svm_mining import SVMs
from cnnlab.profiles.tiny import TINY

WAY = Way("pre-train")


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> DetectionTask:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        return detection_task(TINY)


@pytest.fixture
def detector(task: DetectionTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Detector:
    """One with SVMs that tell windows apart, shipped in a checkout of its own."""
    monkeypatch.setattr("cnnlab.artifacts.paths.root", lambda: tmp_path)
    learned = task.detector(WAY)
    weights = np.random.default_rng(0).normal(size=learned.svms.weights.shape)
    svms = SVMs(weights.astype(np.float32), np.zeros(20, np.float32), learned.svms.scale)
    detector = replace(learned, svms=svms)
    ship_detector(task, detector, WAY, command="cnnlab ship detector --profile mini")
    return detector


def test_it_detects_what_the_task_detects(task: DetectionTask, detector: Detector) -> None:
    shipped = shipped_detector("world")
    for i in range(2):
        boxes = task.test.proposals[i]
        rows = task.features(detector.trained, detector.layer, "test")[i]
        theirs = detector.svms.scores(rows)
        ours = shipped.svms.scores(shipped.features(task.test.scenes.image(i), boxes))
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99  # weights have 8 bits
        detections = shipped(task.test.scenes.image(i), least=-np.inf)
        expected = picture_detections(ours, boxes, TINY.detection)
        order = np.argsort(-expected.scores, kind="stable")
        np.testing.assert_allclose(detections.scores, expected.scores[order], rtol=1e-4)
        np.testing.assert_array_equal(detections.boxes, expected.boxes[order])


def test_only_sure_detections_are_reported_the_surest_first(
    task: DetectionTask, detector: Detector
) -> None:
    every = shipped_detector("world")(task.test.scenes.image(0), least=-np.inf)
    assert (np.diff(every.scores) <= 0).all() and len(np.unique(every.scores)) > 5
    least = float(every.scores[4])
    assert len(shipped_detector("world")(task.test.scenes.image(0), least)) == 5


@pytest.mark.usefixtures("detector")
def test_boxes_are_those_of_the_picture_given() -> None:
    shipped = shipped_detector("world")
    image = np.random.default_rng(0).integers(0, 256, (30, 80, 3), dtype=np.uint8)
    image = image.repeat(8, axis=0).repeat(8, axis=1)  # 240 x 640
    small = scaled(image, 64)
    assert small.shape == (24, 64, 3)
    large, same = shipped(image, -np.inf), shipped(small, -np.inf)
    assert len(large) == len(same) > 0
    edges = [one.boxes - (1, 1, 0, 0) for one in (large, same)]
    np.testing.assert_allclose(edges[0], 10 * edges[1])
    assert large.boxes.max(axis=0).tolist() <= [640, 240, 640, 240]
    narrow = np.zeros((7, 900, 3), np.uint8)
    assert scaled(narrow, 64).shape == (1, 64, 3)  # 0.5 px would be none


@pytest.mark.usefixtures("detector")
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (64, 64)])
def test_a_picture_in_which_nothing_is_proposed_gives_nothing(size: tuple[int, int]) -> None:
    assert len(shipped_detector("world")(np.zeros((*size, 3), np.uint8), least=1e9)) == 0


@pytest.mark.usefixtures("detector")
def test_the_card_says_what_it_is(task: DetectionTask) -> None:
    card = read_detector_card("world")
    assert (card.source, card.layer, card.way, card.pixels) == ("world", "fc-7", WAY, 64)
    assert card.pictures == {"SVMs": 2, "net": 2, "test": 2}
    assert card.mean_ap["n"] == 2 and set(card.aps) < set(card.classes)
    assert card.detection == TINY.detection and card.spec == task.base.job.spec


def test_windows_are_cut_from_larger_pictures(task: DetectionTask) -> None:
    large = cut_from(task, 128)
    for name in ("train", "test", "extra"):
        small, other = getattr(task, name), getattr(large, name)
        assert other.scenes.names == small.scenes.names
        for i in range(2):
            (small_size, size) = (side.scenes.sizes[i, ::-1] for side in (small, other))
            assert (abs(2 * small_size - size) <= 1).all()  # the shorter side is rounded
            edges = [side.proposals[i] - (1, 1, 0, 0) for side in (small, other)]
            share = np.tile(size / small_size, 2)
            np.testing.assert_allclose(edges[1], edges[0] * share, atol=1e-5)
    scores = large.detections(large.detector(WAY)).scores
    assert np.isfinite(scores).all()


def test_a_profile_that_ships_no_detector_is_refused() -> None:
    with pytest.raises(ValueError, match="profile tiny ships no detector; these do: mini, course"):
        shipping(TINY)


def damage(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.usefixtures("detector")
def test_files_that_the_card_does_not_describe_are_refused() -> None:
    assert isinstance(shipped_detector("world"), ShippedDetector)
    with pytest.raises(ValueError, match=r"no detector 'cats' in data/weights/detectors; .* world"):
        shipped_detector("cats")
    svms = folder() / "world-svms.safetensors"
    data = svms.read_bytes()
    svms.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ValueError, match=r"world-svms.*is not the file of its card; .*cnnlab ship"):
        shipped_detector("world")
    svms.write_bytes(data)
    damage(folder() / "world.json", pixels="large")
    with pytest.raises(ValueError, match=r"world\.json is no card of a detector .*; restore it"):
        shipped_detector("world")


def test_no_detector_needs_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "none"))
    monkeypatch.delenv("CNNLAB_DATA_DIR", raising=False)
    names = [path.stem for path in (paths.weights() / "detectors").glob("*.json")]
    assert "photographs" in names
    for name in names:
        image = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
        assert np.isfinite(shipped_detector(name)(image, -np.inf).scores).all()
    assert not (tmp_path / "none").exists()
