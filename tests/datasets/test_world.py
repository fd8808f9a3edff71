"""The world's single objects: determinism, truth against independent measures, roles, errors."""

import hashlib
import subprocess
import sys

import cv2
import numpy as np
import pytest

from cnnlab.datasets import world
from cnnlab.datasets.world.backdrop import SETTINGS, backdrop
from cnnlab.datasets.world.bias import BIASES
from cnnlab.datasets.world.canvas import Canvas, Light, place
from cnnlab.datasets.world.develop import develop
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.roster import catalogue
from cnnlab.datasets.world.seeding import Rand

OBJECTS = ("imagenet", "caltech101", "caltech256")
DOGS = ("beagle", "husky", "pug", "dalmatian", "poodle", "rottweiler", "chihuahua", "bulldog")


def digest(picture):
    return hashlib.sha256(picture.tobytes()).hexdigest()


def test_pictures_do_not_depend_on_order_process_or_threads():
    wanted = [
        ("imagenet", "train", 7),
        ("caltech256", "all", 31),
        ("pascal", "test", 4),
        ("sun", "all", 9),
    ]
    code = (
        "import hashlib; from cnnlab.datasets import world\n"
        f"for r, s, i in {wanted!r}[::-1]:\n"
        "    print(hashlib.sha256(world.image(r, s, i, size=48).tobytes()).hexdigest())"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "12345", "PATH": "/usr/bin:/bin", "PYTHONPATH": "."},
    ).stdout.split()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(0)
    try:
        here = [digest(world.image(r, s, i, size=48)) for r, s, i in wanted]
    finally:
        cv2.setNumThreads(threads)
    assert here == fresh[::-1]


def test_index_split_role_and_seed_each_change_the_picture():
    base = ("imagenet", "train", 3)
    pictures = [
        world.image(*base, size=32),
        world.image("imagenet", "val", 3, size=32),
        world.image("imagenet", "train", 103, size=32),
        world.image(*base, size=32, seed=1),
    ]
    assert len({digest(picture) for picture in pictures}) == len(pictures)
    trains = {digest(world.image("pascal", "trainval", i, size=32)) for i in range(20)}
    extras = {digest(world.image("pascal-extra", "trainval", i, size=32)) for i in range(20)}
    assert not trains & extras


@pytest.mark.parametrize("role", OBJECTS)
def test_label_follows_the_index_and_the_chosen_classes(role):
    names = world.classes(role, 25)
    for index in (0, 24, 25, 61):
        shown = world.scene(role, world.splits(role)[0], index, size=32, classes=25)
        assert shown.label == index % 25
        assert shown.instances[0].name == names[index % 25]
        by_name = world.image(role, world.splits(role)[0], index, size=32, classes=names)
        assert np.array_equal(by_name, shown.image)


def test_scene_has_the_pixels_of_the_image():
    for role in world.roles():
        split = world.splits(role)[-1]
        for index in (0, 13):
            fast = world.image(role, split, index, size=64)
            assert fast.dtype == np.uint8 and fast.shape[2] == 3 and max(fast.shape) == 64
            assert np.array_equal(fast, world.scene(role, split, index, size=64).image)


def test_boxes_are_tight_around_masks():
    for index in range(60):
        (one,) = world.scene("caltech256", "all", index, size=64).instances
        assert one.mask.dtype == bool and one.mask.shape == (64, 64)
        rows, columns = np.argwhere(one.mask).T
        expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert one.box == expected
        assert one.mask.sum() > 40


@pytest.mark.parametrize("name", ["beagle", "zebra", "school_bus", "oak", "teapot", "galleon"])
def test_the_mask_is_where_painting_changed_the_canvas(name):
    kind = catalogue()[name]
    rand = Rand(5, 1)
    canvas = Canvas(192, 192, (3, 5))
    canvas.colour[:] = (255, 0, 255)
    pen = Pen()
    kind.draw(pen, rand)
    spot = place(pen, (96.0, 96.0), 150.0)
    canvas.paint(pen, spot, Light(-0.6, -0.8, 0.0), np.eye(3))
    changed = (canvas.colour != (255, 0, 255)).any(2)
    stamped = canvas.stamp(pen, spot) > 0
    assert (changed & stamped).sum() / (changed | stamped).sum() > 0.96


def test_occluded_and_truncated_say_what_happened():
    shown = [world.scene("imagenet", "val", i, size=64).instances[0] for i in range(120)]
    assert 0.05 < np.mean([one.occluded for one in shown]) < 0.5
    for one in shown:
        x1, y1, x2, y2 = one.box
        if not one.truncated:
            assert x1 >= 0 and y1 >= 0 and x2 <= 64 and y2 <= 64
        if min(x1, y1) > 1 and max(x2, y2) < 63 and not one.occluded:
            assert not one.truncated
    assert any(one.truncated for one in shown) and not all(one.truncated for one in shown)


def test_frontal_faces_have_both_eyes_and_the_nose_in_place():
    for breed in DOGS:
        for index in range(3):
            shown = world.scene("imagenet", "val", index, size=96, classes=(breed,), frontal=True)
            (one,) = shown.instances
            marks = one.landmarks
            (lx, ly), (rx, ry), (nx, ny) = (marks[k] for k in ("left_eye", "right_eye", "nose"))
            x1, y1, x2, y2 = one.box
            assert x1 < lx < nx < rx < x2
            assert y1 < min(ly, ry) and max(ly, ry) < ny < y2
            assert abs(lx + rx - 2 * nx) < 0.25 * (rx - lx)
            assert not one.occluded and not one.truncated
            for x, y in ((lx, ly), (rx, ry), (nx, ny)):  # pupils and noses are dark
                at = shown.image[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].mean(-1)
                assert at.min() < 90


def test_left_is_the_viewers_left_in_mirrored_pictures_too():
    for index in range(30):
        shown = world.scene("imagenet", "train", index, size=64, classes=("husky",))
        marks = shown.instances[0].landmarks
        if {"left_eye", "right_eye"} <= marks.keys():
            assert marks["left_eye"][0] < marks["right_eye"][0]


def test_transfer_classes_never_occur_in_pretraining():
    sets = {role: set(world.classes(role)) for role in OBJECTS}
    assert len(sets["imagenet"]) >= 100
    assert len(sets["caltech101"]) >= 40
    assert len(sets["caltech256"]) >= 80
    for role in OBJECTS:
        assert len(world.classes(role)) == len(sets[role])
        assert sets[role] <= catalogue().keys()
    assert not sets["imagenet"] & sets["caltech101"]
    assert not sets["imagenet"] & sets["caltech256"]
    assert not sets["imagenet"] & set(world.classes("pascal"))


def test_every_beginning_of_the_class_list_mixes_families():
    kinds = catalogue()
    for count in (20, 40, 60):
        families = [kinds[name].family for name in world.classes("imagenet", count)]
        assert len(set(families)) >= 10
        assert max(families.count(family) for family in families) <= 0.3 * count


def test_varieties_of_a_family_differ_in_outline_not_only_in_colour():
    kinds = catalogue()

    def outline(name, seed):
        pen = Pen()
        kinds[name].draw(pen, Rand(seed), True)
        return Canvas(96, 96, (0, 0)).stamp(pen, place(pen, (48.0, 48.0), 90.0)) > 0

    def overlap(first, second):
        return (first & second).sum() / (first | second).sum()

    same = [overlap(outline("beagle", s), outline("beagle", s + 50)) for s in range(8)]
    other = [overlap(outline("beagle", s), outline("chihuahua", s)) for s in range(8)]
    assert np.mean(same) > np.mean(other) + 0.1


def test_pictures_and_backgrounds_fall_off_like_natural_images():
    for role, size in (("imagenet", 64), ("caltech256", 64), ("sun", 64)):
        split = world.splits(role)[0]
        pictures = np.stack([world.image(role, split, i, size=size) for i in range(100)])
        assert -2.5 <= world.spectrum_slope(pictures) <= -1.5
    for setting in SETTINGS:
        shown = []
        for index in range(60):
            rand = Rand(index, 11)
            canvas = Canvas(128, 128, (rand.below(999), rand.below(999)))
            backdrop(canvas, rand, setting, np.eye(3), rand.unit())
            shown.append(develop(canvas, rand, BIASES["imagenet"], 64, 64))
        assert -2.5 <= world.spectrum_slope(np.stack(shown)) <= -1.5


def test_the_slope_of_known_noise_is_measured_right():
    rng = np.random.default_rng(0)
    white = rng.integers(0, 256, (40, 64, 64), dtype=np.uint8)
    assert world.spectrum_slope(white) == pytest.approx(0.0, abs=0.1)
    radius = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None, :])
    radius[0, 0] = 1.0
    spectrum = np.fft.fft2(rng.standard_normal((12, 256, 256))) / radius
    field = np.fft.ifft2(spectrum).real
    scaled = np.clip(128 + 35 * field / field.std((1, 2), keepdims=True), 0, 255)
    assert world.spectrum_slope(scaled.astype(np.uint8)) == pytest.approx(-2.0, abs=0.15)
    with pytest.raises(ValueError, match="need images"):
        world.spectrum_slope(white[0])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("imagnet", "train", 0), {}, "unknown role 'imagnet'; choose one of imagenet"),
        (("imagenet", "test", 0), {}, "no split 'test'; choose one of train, val"),
        (("imagenet", "train", -1), {}, "index must be 0 or more"),
        (("imagenet", "train", 0), {"size": 0}, "size must be at least 16"),
        (("imagenet", "train", 0), {"classes": 0}, "1 to 100 classes, not 0"),
        (("imagenet", "train", 0), {"classes": 101}, "1 to 100 classes, not 101"),
        (("imagenet", "train", 0), {"classes": ("panda",)}, "no class panda; choose from beagle"),
        (("imagenet", "train", 0), {"classes": ()}, "no class an empty list"),
    ],
)
def test_wrong_arguments_are_refused_with_the_valid_choices(arguments, options, message):
    for call in (world.image, world.scene):
        with pytest.raises(ValueError, match=message):
            call(*arguments, **({"size": 32} | options))


def test_importing_the_datasets_does_not_import_torch():
    code = "import sys, cnnlab.datasets.world; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
