"""The world's scenes: VOC truth, layouts of places, exports that the real loaders read."""

import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from cnnlab.datasets import world
from cnnlab.datasets.world.voc import MOST

VOC_ORDER = ["aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"]
VOC_ORDER += ["diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"]
VOC_ORDER += ["train", "tvmonitor"]


@pytest.fixture(scope="module")
def scenes():
    return [world.scene("pascal", "trainval", i, size=128) for i in range(160)]


def test_the_twenty_classes_are_those_of_voc_in_order():
    for role in ("pascal", "pascal-2012", "pascal-extra"):
        assert list(world.classes(role)) == VOC_ORDER


def test_scenes_hold_one_to_eight_labelled_objects(scenes):
    counts = [len(scene.instances) for scene in scenes]
    assert min(counts) >= 1 and max(counts) <= MOST == 8
    assert 1.5 < np.mean(counts) < 4.5
    assert {one.name for scene in scenes for one in scene.instances} == set(VOC_ORDER)
    for index, scene in enumerate(scenes):
        assert scene.label == index % 20
        assert all(one.label == VOC_ORDER.index(one.name) for one in scene.instances)
    present = [any(one.label == scene.label for one in scene.instances) for scene in scenes]
    assert np.mean(present) > 0.97


def test_boxes_are_tight_masks_do_not_overlap_and_fit_the_picture(scenes):
    for scene in scenes:
        height, width = scene.image.shape[:2]
        assert max(height, width) == 128
        owners = np.zeros((height, width), int)
        for one in scene.instances:
            assert one.mask.shape == (height, width)
            rows, columns = np.argwhere(one.mask).T
            assert one.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            owners += one.mask
        assert owners.max() <= 1


def test_flags_occur_and_mean_what_they_say(scenes):
    objects = [(scene, one) for scene in scenes for one in scene.instances]
    for flag in ("difficult", "truncated", "occluded"):
        share = np.mean([getattr(one, flag) for _, one in objects])
        assert 0.02 < share < 0.6, flag
    for scene, one in objects:
        height, width = scene.image.shape[:2]
        x1, y1, x2, y2 = one.box
        touches = x1 == 0 or y1 == 0 or x2 == width or y2 == height
        assert touches or not one.truncated or one.occluded
        if (x2 - x1) * (y2 - y1) < 0.003 * height * width:
            assert one.difficult


def test_sizes_vary_as_in_scenes(scenes):
    shares = [
        (one.box[2] - one.box[0]) * (one.box[3] - one.box[1]) / scene.image[..., 0].size
        for scene in scenes
        for one in scene.instances
    ]
    assert np.quantile(shares, 0.1) < 0.03 and np.quantile(shares, 0.9) > 0.25


def test_neither_layout_nor_colour_alone_gives_a_place_away():
    count, each = 20, 8
    names = world.classes("sun", count)
    assert len(world.classes("sun")) >= 40

    def pictures(first):
        return np.stack(
            [
                world.image("sun", "all", i, size=48, classes=names)
                for i in range(first, first + count * each)
            ]
        )

    def thumbnails(shown):  # (N, 64)
        grey = shown.mean(-1).reshape(-1, 8, 6, 8, 6).mean((2, 4)).reshape(-1, 64)
        return grey - grey.mean(1, keepdims=True)

    def colours(shown):  # (N, 6)
        return np.concatenate([shown.mean((1, 2)), shown.std((1, 2))], 1)

    labels = np.arange(count * each) % count
    train, test = pictures(0), pictures(count * each)

    def nearest(features):
        known, new = features(train), features(test)
        centres = np.stack([known[labels == label].mean(0) for label in range(count)])
        named = ((new[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
        return (named == labels).mean()

    assert 0.08 < nearest(thumbnails) < 0.4  # chance: 0.05
    assert nearest(colours) < 0.25


def test_a_place_has_several_layouts_and_its_light_changes():
    for name in world.classes("sun", 40)[::8]:
        shown = np.stack([world.image("sun", "all", i, size=48, classes=(name,)) for i in range(8)])
        grey = shown.mean(-1).reshape(8, 8, 6, 8, 6).mean((2, 4)).reshape(8, 64)
        alike = np.corrcoef(grey)[np.triu_indices(8, 1)]
        assert alike.min() < 0.0 and grey.mean(1).std() > 8


def test_the_spectrum_of_scenes_is_natural():
    pictures = [world.image("pascal", "test", i, size=160) for i in range(60)]
    side = min(min(picture.shape[:2]) for picture in pictures)
    cut = np.stack([picture[:side, :side] for picture in pictures])
    assert -2.5 <= world.spectrum_slope(cut) <= -1.5


def test_the_devkit_round_trips_through_torchvision(tmp_path):
    from torchvision.datasets import VOCDetection

    root = world.export("pascal", tmp_path / "kit", "voc", count=12, size=96)
    main = root / "VOCdevkit" / "VOC2007" / "ImageSets" / "Main"
    number = 0
    for split in ("trainval", "test"):
        kit = VOCDetection(str(root), year="2007", image_set=split)
        assert len(kit) == 12
        signs = {
            name: [line.split() for line in (main / f"{name}_{split}.txt").read_text().splitlines()]
            for name in VOC_ORDER
        }
        for index in range(12):
            number += 1
            picture, target = kit[index]
            truth = world.scene("pascal", split, index, size=96)
            assert (picture.height, picture.width) == truth.image.shape[:2]
            assert np.abs(np.asarray(picture, int) - truth.image).mean() < 12
            found = target["annotation"]["object"]
            assert len(found) == len(truth.instances)
            for entry, one in zip(found, truth.instances, strict=True):
                assert entry["name"] == one.name
                assert entry["difficult"] == str(int(one.difficult))
                assert entry["truncated"] == str(int(one.truncated))
                box = [int(entry["bndbox"][k]) for k in ("xmin", "ymin", "xmax", "ymax")]
                assert (box[0] - 1, box[1] - 1, box[2], box[3]) == one.box
            for name in VOC_ORDER:
                hard = [one.difficult for one in truth.instances if one.name == name]
                expected = -1 if not hard else 0 if all(hard) else 1
                assert signs[name][index] == [f"{number:06d}", str(expected)]
    listed = (main / "trainval.txt").read_text().split()
    halves = (main / "train.txt").read_text().split() + (main / "val.txt").read_text().split()
    assert halves == listed


def test_the_2012_devkit_has_its_own_names_and_splits(tmp_path):
    from torchvision.datasets import VOCDetection

    root = world.export("pascal-2012", tmp_path / "kit", "voc", count=4, size=64)
    for split in ("trainval", "val"):
        assert len(VOCDetection(str(root), year="2012", image_set=split)) == 4
    path = root / "VOCdevkit" / "VOC2012" / "Annotations" / "2012_000001.xml"
    assert ET.parse(path).getroot().findtext("folder") == "VOC2012"


def test_class_folders_are_read_back(tmp_path):
    from torchvision.datasets import ImageFolder

    names = ("beagle", "teapot", "zebra")
    root = world.export("imagenet", tmp_path / "net", "imagenet", count=6, size=48, classes=names)
    for split in ("train", "val"):
        folder = ImageFolder(str(root / split))
        assert folder.classes == sorted(names) and len(folder) == 6
        picture, label = folder[0]
        truth = world.image("imagenet", split, 0, size=48, classes=names)
        assert folder.classes[label] == "beagle"
        assert np.abs(np.asarray(picture, int) - truth).mean() < 12
    root = world.export("caltech101", tmp_path / "cal", "caltech", count=4, size=48, classes=2)
    first = world.classes("caltech101", 2)[0]
    files = sorted(p.name for p in (root / "101_ObjectCategories" / first).iterdir())
    assert files == ["image_0001.jpg", "image_0002.jpg"]


def test_exports_refuse_what_they_cannot_do(tmp_path):
    with pytest.raises(ValueError, match="unknown format 'coco'; choose one of voc, caltech"):
        world.export("pascal", tmp_path / "a", "coco")
    with pytest.raises(ValueError, match="unknown role"):
        world.export("cifar", tmp_path / "a", "voc")
    with pytest.raises(ValueError, match="imagenet cannot be written as voc"):
        world.export("imagenet", tmp_path / "a", "voc")
    with pytest.raises(ValueError, match="pascal cannot be written as caltech"):
        world.export("pascal", tmp_path / "a", "caltech")
    with pytest.raises(ValueError, match="count must be 1 or more"):
        world.export("pascal", tmp_path / "a", "voc", count=0)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    with pytest.raises(FileExistsError, match="holds files already"):
        world.export("pascal", tmp_path / "full", "voc", count=1)
    assert (tmp_path / "full" / "mine.txt").read_text() == "kept"


def test_an_interrupted_export_leaves_nothing_half_made(tmp_path, monkeypatch):
    whole = world.scene

    def failing(role, split, index, **options):
        if index == 2:
            raise KeyboardInterrupt
        return whole(role, split, index, **options)

    module = sys.modules[world.export.__module__]
    monkeypatch.setattr(module, "scene", failing)
    with pytest.raises(KeyboardInterrupt):
        world.export("pascal", tmp_path / "kit", "voc", count=5, size=48)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(module, "scene", whole)
    root = world.export("pascal", tmp_path / "kit", "voc", count=1, size=48)
    assert (root / "VOCdevkit").is_dir()
