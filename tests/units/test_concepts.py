"""Labels under windows: the world's own truth, boxes of photographs, and where windows look."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab.datasets import load, load_scenes, world
from cnnlab.datasets.windows import window, window_labels
from cnnlab.probing.pascal import SHORT
from cnnlab.profiles.tiny import TINY
from cnnlab.units.concepts import PART_NAMES, PARTS, colours, scene_labels, window_concepts


def test_labels_lie_where_the_window_shows_their_pixels() -> None:
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.integers(0, 2, (6, 8)), np.ones((10, 10), int))  # (60, 80)
    image = np.repeat((255 * blocks)[..., None], 3, axis=2).astype(np.uint8)
    for box in ([11, 6, 50, 40], [1, 1, 80, 60], [60, 30, 79, 60]):
        shown = window(image, np.array(box), side=64, crop=56, fill=np.zeros(3))[4:60, 4:60, 0]
        labels = window_labels(blocks[..., None], np.array(box), crop=56)[0]
        assert ((shown > 127) == labels).mean() > 0.97  # but for pixels on an edge
    assert window_labels(np.ones((9, 9, 2), int), np.array([1, 1, 9, 9]), 56)[:, 0].max() == 0


def test_the_anatomy_is_that_of_the_scene() -> None:
    for index in range(6):
        scene = world.scene("pascal", "test", index, size=96)
        objects, covered = world.anatomy("pascal", "test", index, size=96)
        assert covered.shape == scene.image.shape[:2]
        for mine, theirs in zip(objects, scene.instances, strict=True):
            np.testing.assert_array_equal(mine.mask, theirs.mask)
            assert mine.landmarks == theirs.landmarks
    with pytest.raises(ValueError, match="imagenet has no boxes"):
        world.anatomy("imagenet", "val", 0, size=32)


def test_sheep_are_curly_and_plants_are_not() -> None:
    numbers = {name: 1 + t for t, name in enumerate(world.textures())}
    shares: dict[str, list[float]] = {"sheep": [], "pottedplant": []}
    for index in range(40):
        objects, covered = world.anatomy("pascal", "test", index, size=96)
        for item in objects:
            if item.name in shares:
                shares[item.name].append((covered[item.mask] == numbers["curl"]).mean())
    assert np.mean(shares["sheep"]) > 0.4
    assert max(shares["pottedplant"]) == 0


def test_every_landmark_of_the_world_has_a_part() -> None:
    marks = {
        mark
        for index in range(60)
        for item in world.anatomy("pascal", "test", index, size=64)[0]
        for mark in item.landmarks
    }
    assert marks <= PARTS.keys()
    assert {part or mark for mark, part in PARTS.items()} <= set(PART_NAMES)


def test_parts_lie_on_their_objects_about_their_landmarks() -> None:
    scenes = load_scenes("pascal", TINY, "test")
    for i in range(len(scenes)):
        labels = scene_labels(scenes, i)
        classes, parts = labels[..., 0], labels[..., 1].astype(int)
        number = {k: 1 + k * len(PART_NAMES) for k in range(20)}
        objects, _ = world.anatomy("pascal", "test", i, size=64)
        for item in objects:
            own = (parts >= number[item.label]) & (parts < number[item.label] + len(PART_NAMES))
            y, x = np.nonzero(own)
            away = [np.hypot(x + 0.5 - mx, y + 0.5 - my) for mx, my in item.landmarks.values()]
            reach = max(max(o.box[2] - o.box[0], o.box[3] - o.box[1]) for o in objects) / 8
            assert not len(y) or np.min(away, axis=0).max() <= reach or len(objects) > 1
        assert set(np.unique(classes[parts > 0])) <= {0, *(1 + o.label for o in objects)}


def test_of_photographs_classes_are_boxes_and_the_smaller_is_in_front() -> None:
    scenes = load_scenes("pascal", TINY, "test")
    boxes = np.array([[2.0, 3.0, 40.0, 50.0], [5.0, 6.0, 9.0, 8.0]])
    two = {"boxes": boxes, "labels": np.array([4, 7]), "first": np.array([0, 2, 2])}
    labels = scene_labels(replace(scenes, source="voc2007", **two), 0)
    assert labels[2, 1, 0] == labels[49, 39, 0] == 5
    assert labels[1, 1, 0] == labels[50, 39, 0] == 0
    assert (labels[5:8, 4:9, 0] == 8).all()
    assert (labels[..., 0] == 8).sum() == 15
    assert labels[..., 1:].max() == 0


def test_concepts_of_windows_say_what_each_window_is_about() -> None:
    concepts, windows = window_concepts(TINY), load("pascal-windows", TINY, "test")
    assert concepts.labels.shape == (len(windows), 4, 56, 56)
    for n, label in enumerate(windows.labels):
        assert concepts.mask(SHORT[label])[n].mean() > 0.05
    assert window_concepts(TINY).digest == concepts.digest


def test_a_colour_covers_every_pixel() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 9, 9, 3)).astype(np.uint8)
    assert set(np.unique(colours(images))) <= set(range(1, 10))
    reds = np.full((1, 1, 2, 3), 10, np.uint8)
    reds[..., 0] = 200
    assert colours(reds).tolist() == [[[4, 4]]]
