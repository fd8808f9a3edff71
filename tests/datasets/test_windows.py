"""Windows about objects: where the box ends up, what surrounds it, what lies beyond a picture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab.datasets import BoxedImages, load, load_scenes, mean_colour, windows
from cnnlab.datasets.digest import class_names
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.windows import CONTEXT, window
from cnnlab.profiles import SMOKE, RoleSize, scaled

GREY = np.array([9.0, 8.0, 7.0])
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def picture(box: tuple[int, int, int, int], height: int = 90, width: int = 120) -> np.ndarray:
    """Blue with a white box, whose corners VOC counts from 1 with both ends inside."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 2] = 200
    x1, y1, x2, y2 = box
    image[y1 - 1 : y2, x1 - 1 : x2] = 255
    return image


@pytest.mark.parametrize("box", [(31, 31, 60, 60), (41, 21, 60, 70), (21, 41, 100, 50)])
def test_a_box_of_any_shape_fills_the_input_but_for_its_context(box: tuple) -> None:
    """R-CNN: 16 of 227 px on every side show what surrounds the box, at the box's own scale."""
    result = window(picture(box), np.array(box, float), side=64, crop=56, fill=GREY)
    white = result[..., 0] > 127  # (64, 64)
    rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
    first = 4 + 56 * CONTEXT  # 4 px are outside of what the net sees
    for ends in (rows, columns):
        assert abs(ends[0] - first) <= 1 and abs(ends[-1] + 1 - (64 - first)) <= 1
    assert (result[0, 0] == (0, 0, 200)).all()  # the picture goes on
    assert white[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean() > 0.95


def test_beyond_the_picture_is_the_given_colour_and_nothing_is_repeated() -> None:
    box = (1, 1, 40, 40)
    result = window(picture(box, 40, 200), np.array(box, float), side=64, crop=56, fill=GREY)
    margin = round(4 + 56 * CONTEXT)
    assert (result[:margin] == GREY).all() and (result[-margin:] == GREY).all()
    assert (result[:, :margin] == GREY).all()  # left of the picture
    assert (result[margin + 1 : -margin - 1, -2:, 2] == 200).all()  # to the right it goes on


def test_a_box_of_one_pixel_and_one_of_the_whole_picture() -> None:
    image = picture((5, 5, 5, 5))
    for box in ((5, 5, 5, 5), (1, 1, 120, 90)):
        result = window(image, np.array(box, float), side=32, crop=28, fill=GREY)
        assert result.shape == (32, 32, 3) and result.dtype == np.uint8


@pytest.fixture
def scenes() -> BoxedImages:
    return load_scenes("pascal", PROFILE, "test")


PASCAL = RoleSize("world", classes=20, pixels=64, splits={"trainval": 3, "test": 4})
PROFILE = scaled(SMOKE, roles={**SMOKE.roles, "pascal": PASCAL})


def test_a_role_of_windows_has_a_row_for_every_object(scenes: BoxedImages) -> None:
    packed = load("pascal-windows", PROFILE, "test")
    assert packed.images.shape == (len(scenes.labels), 64, 64, 3)
    assert packed.labels.tolist() == scenes.labels.tolist()
    assert packed.classes == scenes.classes == class_names("pascal-windows", PROFILE)
    assert (packed.role, packed.split, packed.source) == ("pascal-windows", "test", "world")
    fill = mean_colour(load_scenes("pascal", PROFILE, "trainval"))
    j = len(scenes.labels) - 1
    image = scenes.image(int(scenes.owner[j]))
    expected = window(image, scenes.boxes[j], 64, PROFILE.units.crop, fill)
    assert np.array_equal(packed.images[j], expected)
    assert load("pascal-windows", PROFILE).split == "trainval"  # the first, by default


def test_windows_depend_on_all_that_makes_them(scenes: BoxedImages) -> None:
    one = windows(scenes, 32, 28, GREY).digest
    assert windows(scenes, 32, 28, GREY).digest == one
    others = [windows(scenes, 32, 24, GREY), windows(scenes, 32, 28, GREY + 1)]
    moved = replace(scenes, boxes=scenes.boxes + np.array([0, 0, 1, 0]), digest="moved")
    assert one not in {o.digest for o in [*others, windows(moved, 32, 28, GREY)]}


def test_a_role_without_boxes_has_no_windows() -> None:
    with pytest.raises(DataError, match="'sun' has no boxes"):
        load("sun-windows", PROFILE)
    with pytest.raises(DataError, match="no split 'val'"):
        load("pascal-windows", PROFILE, "val")


@pytest.mark.skipif(not (SHARED / "VOCsubset-240.tar").exists(), reason="photographs are not here")
def test_photographs_have_windows_too() -> None:
    few = RoleSize("voc-subset", classes=20, pixels=160, splits={"trainval": 6, "test": 4})
    profile = scaled(PROFILE, roles={**PROFILE.roles, "pascal": few}, data_dir=SHARED)
    packed, scenes = load("pascal-windows", profile, "test"), load_scenes("pascal", profile, "test")
    assert len(packed) == len(scenes.labels) > 4 and packed.source == "voc-subset"
