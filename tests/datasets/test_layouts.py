"""Which files of a set are images of which class, and which of them are taken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pictures import encoded, noise, objects, tarred, tiny_imagenet, zipped

from cnnlab.datasets.archives import opened
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import folder_files
from cnnlab.datasets.layouts import evenly_spaced, select


def test_choices_are_even_and_without_repetition() -> None:
    assert evenly_spaced(10, 5) == [0, 2, 4, 6, 8]
    assert evenly_spaced(7, 3) == [0, 2, 4]
    assert evenly_spaced(4, 0) == evenly_spaced(4, 9) == evenly_spaced(4, 4) == [0, 1, 2, 3]
    assert all(len(set(evenly_spaced(n, k))) == k for n in range(1, 30) for k in range(1, n + 1))


def test_tiny_imagenet_by_its_own_lists(tmp_path: Path) -> None:
    files = folder_files(tiny_imagenet(tmp_path / "tiny-imagenet-200"))
    train = select(files, "tiny-imagenet", "train", classes=0, per_class=3)
    assert train.classes == ("crane (n01)", "goldfish", "crane (n03)")
    assert train.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert train.images[:3] == tuple(f"train/n01/images/n01_{i}.JPEG" for i in range(3))
    val = select(files, "tiny-imagenet", "val", classes=0, per_class=0)
    assert val.classes == train.classes
    # Image i of val is of class ("n02", "n01", "n03")[i % 3].
    assert [Path(name).name for name in val.images] == [f"val_{i}.JPEG" for i in (1, 4, 0, 3, 2, 5)]
    two = select(files, "tiny-imagenet", "val", classes=2, per_class=1)
    assert two.classes == ("crane", "goldfish") and len(two.images) == 2


def test_val_that_lists_a_missing_image(tmp_path: Path) -> None:
    folder = tiny_imagenet(tmp_path / "tiny")
    (folder / "val" / "images" / "val_3.JPEG").unlink()
    with pytest.raises(DataError, match=r"names 'val_3\.JPEG', which is not in val/images"):
        select(folder_files(folder), "tiny-imagenet", "val", classes=0, per_class=0)


def test_imagenet_folders_with_val_in_class_folders(tmp_path: Path) -> None:
    for name in ("train/n01/a.JPEG", "train/n02/b.JPEG", "val/n01/c.JPEG", "val/n02/d.JPEG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(encoded(noise(1), "JPEG"))
    (tmp_path / "LOC_synset_mapping.txt").write_text("n01 tench, Tinca tinca\nn02 great shark\n")
    val = select(folder_files(tmp_path), "imagenet", "val", classes=0, per_class=0)
    assert val.classes == ("tench", "great shark")
    assert val.images == ("val/n01/c.JPEG", "val/n02/d.JPEG")


def test_caltech_leaves_out_what_is_no_category(tmp_path: Path) -> None:
    counts = {"BACKGROUND_Google": 3, "accordion": 2, "Faces_easy": 1}
    files = folder_files(objects(tmp_path / "101_ObjectCategories", counts))
    (files.path / "accordion" / "tmp").write_text("")
    chosen = select(files, "caltech101", "all", classes=0, per_class=0)
    assert chosen.classes == ("Faces_easy", "accordion")
    assert chosen.labels.tolist() == [0, 1, 1]

    folder = objects(tmp_path / "256", {"001.ak47": 2, "251.airplanes-101": 1, "257.clutter": 2})
    objects(folder / "001.ak47", {"stray": 4})
    chosen = select(folder_files(folder), "caltech256", "all", classes=0, per_class=0)
    assert chosen.classes == ("ak47", "airplanes")
    assert chosen.labels.tolist() == [0, 0, 1]


def test_sun_has_classes_in_two_levels(tmp_path: Path) -> None:
    for name in (
        "a/abbey/sun_a.jpg",
        "s/stadium/baseball/sun_b.jpg",
        "s/stadium/football/sun_c.jpg",
    ):
        (tmp_path / "SUN397" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "SUN397" / name).write_bytes(encoded(noise(1), "JPEG"))
    with opened(zipped(tmp_path / "SUN397", tmp_path / "SUN397.zip"), tmp_path) as files:
        chosen = select(files, "sun397", "all", classes=0, per_class=0)
    assert chosen.classes == ("abbey", "stadium/baseball", "stadium/football")


def test_miniplaces_are_sorted_as_sun_is(tmp_path: Path) -> None:
    folder = objects(tmp_path / "MiniPlaces3", {"a/abbey": 1, "c/church/outdoor": 2, "m/market": 1})
    (folder / "ClassName.txt").write_text("/a/abbey\n/c/church/outdoor\n/m/market\n")
    packed = tarred(folder, tmp_path / "MiniPlaces3.tar.gz")
    for path in (folder, packed):
        with opened(path, tmp_path) as files:
            chosen = select(files, "miniplaces", "all", classes=0, per_class=0)
        assert chosen.classes == ("abbey", "church/outdoor", "market")
        assert chosen.labels.tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize("pack", [lambda folder, path: folder, zipped], ids=["folder", "zip"])
def test_an_empty_class_is_refused_by_name(
    tmp_path: Path, pack: Callable[[Path, Path], Path]
) -> None:
    folder = objects(tmp_path / "101_ObjectCategories", {"accordion": 2, "anchor": 1})
    (folder / "anchor" / "image_0001.jpg").rename(folder / "anchor" / "notes.txt")
    path = pack(folder, tmp_path / "a.zip")
    refusal = pytest.raises(DataError, match=r"class folder anchor in .* holds no image")
    with opened(path, tmp_path) as files, refusal:
        select(files, "caltech101", "all", classes=0, per_class=0)


def test_a_set_of_another_layout_is_refused(tmp_path: Path) -> None:
    folder = objects(tmp_path / "101_ObjectCategories", {"accordion": 1})
    with pytest.raises(DataError, match=r"no class folders such as train/n01443537"):
        select(folder_files(folder), "imagenet", "train", classes=0, per_class=0)
    with pytest.raises(DataError, match=r"caltech101 has no split 'train'; it has all"):
        select(folder_files(folder), "caltech101", "train", classes=0, per_class=0)
