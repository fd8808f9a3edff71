"""The table of layouts in data/README.md, row by row, and what must not be taken for a set."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictures import (
    BOX,
    OBJECT,
    devkit,
    encoded,
    noise,
    objects,
    profile,
    scenes_profile,
    tarred,
    tiny_imagenet,
    xml,
    zipped,
)

from cnnlab import datasets
from cnnlab.datasets import photographs
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.roles import load_scenes
from cnnlab.datasets.sources import REAL_SETS
from cnnlab.profiles import RoleSize, resolve

COUNTS = {"anchor": 3, "accordion": 2}
README = Path(__file__).resolve().parents[2] / "data" / "README.md"


def image(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(noise(seed), "JPEG"))


def packed_away(pack: Callable[[Path, Path], Path], name: str, layout: Callable[[Path], None]):
    """A layout below a folder that is put into an archive of that name, and removed."""

    def make(folder: Path) -> None:
        layout(folder / "x")
        (top,) = (folder / "x").iterdir()
        pack(top, folder / name)
        shutil.rmtree(folder / "x")

    return make


def caltech(name: str) -> Callable[[Path], None]:
    return lambda folder: void(objects(folder / name, COUNTS))


def void(_: object) -> None:
    return None


def published_caltech(folder: Path) -> None:
    """The zip of data.caltech.edu: a compressed tar in a folder, and what a Mac adds."""
    objects(folder / "x" / "caltech-101" / "101_ObjectCategories", COUNTS)
    top = folder / "x" / "caltech-101"
    tarred(top / "101_ObjectCategories", top / "101_ObjectCategories.tar.gz")
    shutil.rmtree(top / "101_ObjectCategories")
    (top / "Annotations.tar").write_bytes(b"no images")
    zipped(top, folder / "caltech-101.zip")
    shutil.rmtree(folder / "x")


def places(name: str, prefix: str = "") -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for row, cls in enumerate(("a/abbey", "s/stadium/baseball", "s/stadium/football")):
            image(folder / name / cls / f"{prefix}1.jpg", row)

    return make


def imagenet(name: str, *, flat: bool = False) -> Callable[[Path], None]:
    """Two classes of two; image i of val is of class ("n02", "n01", "n01", "n02")[i]."""

    def make(folder: Path) -> None:
        for row, cls in enumerate(("n01", "n02")):
            for i in range(2):
                image(folder / name / "train" / cls / f"{cls}_{i}.JPEG", 10 * row + i)
        for i, cls in enumerate(("n02", "n01", "n01", "n02")):
            place = "." if flat else cls
            image(folder / name / "val" / place / f"ILSVRC2012_val_0000000{i + 1}.JPEG", 50 + i)

    return make


def kaggle(folder: Path) -> None:
    imagenet("ILSVRC/Data/CLS-LOC", flat=True)(folder)
    image(folder / "ILSVRC/Data/CLS-LOC/test/1.JPEG", 1)
    rows = zip(range(1, 5), ("n02", "n01", "n01", "n02"), strict=True)
    lines = [f"ILSVRC2012_val_0000000{i},{cls} 1 2 30 40 \r\n" for i, cls in rows]
    text = "ImageId,PredictionString\r\n" + "".join(reversed(lines))
    (folder / "LOC_val_solution.csv").write_text(text)
    (folder / "LOC_synset_mapping.txt").write_text("n01 tench, Tinca\nn02 goldfish, Carassius\n")


def in_order(folder: Path) -> None:
    imagenet("imagenet", flat=True)(folder)
    list_ = folder / "imagenet" / "imagenet_2012_validation_synset_labels.txt"
    list_.write_text("n02\nn01\nn01\nn02\n")


def tiny(folder: Path) -> None:
    tiny_imagenet(folder / "tiny-imagenet-200")


def tiny_windows(folder: Path) -> None:
    """Lists as an editor on Windows saves them."""
    tiny(folder)
    for name in ("val/val_annotations.txt", "words.txt"):
        path = folder / "tiny-imagenet-200" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def tiny_sorted(folder: Path, *, images: str = ".", move: bool = True) -> None:
    """Val in class folders, as every tutorial sorts it, with the list left behind."""
    tiny(folder)
    val = folder / "tiny-imagenet-200" / "val"
    for line in (val / "val_annotations.txt").read_text().splitlines():
        name, cls = line.split("\t")[:2]
        (val / cls / images).mkdir(parents=True, exist_ok=True)
        (shutil.move if move else shutil.copy)(val / "images" / name, val / cls / images / name)


SHOWN = {
    "caltech101": [{"accordion": 2, "anchor": 3}],
    "caltech256": [{"ak47": 2, "dog": 1}],
    "sun397": [{"abbey": 1, "stadium/baseball": 1, "stadium/football": 1}],
    "imagenet": [{"n01": 2, "n02": 2}] * 2,
    "kaggle": [{"tench": 2, "goldfish": 2}] * 2,
    "tiny-imagenet": [{"crane (n01)": k, "goldfish": k, "crane (n03)": k} for k in (4, 2)],
}
SHOWN["miniplaces"] = SHOWN["sun397"]
C256 = {"001.ak47": 2, "056.dog": 1, "257.clutter": 2}


def caltech256(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        objects(folder / name, C256)
        objects(folder / name / "056.dog", {"greg": 4})  # as published

    return make


# A set, how it lies there, and what it holds if its name does not say so.
LAYOUTS = {
    "caltech101 as published": ("caltech101", published_caltech),
    "101_ObjectCategories.tar.gz": (
        "caltech101",
        packed_away(tarred, "101_ObjectCategories.tar.gz", caltech("101_ObjectCategories")),
    ),
    "101_ObjectCategories.tar": (
        "caltech101",
        packed_away(tarred, "101_ObjectCategories.tar", caltech("101_ObjectCategories")),
    ),
    "101_ObjectCategories.ZIP": (
        "caltech101",
        packed_away(zipped, "101_ObjectCategories.ZIP", caltech("101_ObjectCategories")),
    ),
    "caltech-101.zip of the folder": (
        "caltech101",
        packed_away(zipped, "caltech-101.zip", caltech("caltech-101/101_ObjectCategories")),
    ),
    "caltech101.zip of classes": (
        "caltech101",
        packed_away(zipped, "caltech101.zip", caltech("Caltech-101")),
    ),
    "101_ObjectCategories/": ("caltech101", caltech("101_ObjectCategories")),
    "caltech101/, torchvision's": ("caltech101", caltech("caltech101/101_ObjectCategories")),
    "folder in its own folder": (
        "caltech101",
        caltech("101_ObjectCategories/101_ObjectCategories"),
    ),
    "256_ObjectCategories.tar": (
        "caltech256",
        packed_away(tarred, "256_ObjectCategories.tar", caltech256("256_ObjectCategories")),
    ),
    "caltech256/, torchvision's": ("caltech256", caltech256("caltech256/256_ObjectCategories")),
    "SUN397.tar.gz": (
        "sun397",
        packed_away(tarred, "SUN397.tar.gz", places("SUN397", prefix="sun_")),
    ),
    "SUN397/": ("sun397", places("SUN397", prefix="sun_")),
    "MiniPlaces50.tar.gz": (
        "miniplaces",
        packed_away(tarred, "MiniPlaces50.tar.gz", places("MiniPlaces50")),
    ),
    "MiniPlaces50/": ("miniplaces", places("MiniPlaces50")),
    "imagenet/": ("imagenet", imagenet("imagenet")),
    "ILSVRC2012/": ("imagenet", imagenet("ILSVRC2012")),
    "ImageNet of Kaggle": ("imagenet", kaggle),
    "ImageNet, val in order": ("imagenet", in_order),
    "tiny-imagenet-200/": ("tiny-imagenet", tiny),
    "tiny-imagenet-200.zip": (
        "tiny-imagenet",
        packed_away(zipped, "tiny-imagenet-200.zip", tiny),
    ),
    "tiny-imagenet of Windows": ("tiny-imagenet", tiny_windows),
    "tiny-imagenet, val sorted": ("tiny-imagenet", tiny_sorted),
    "tiny-imagenet, val sorted deeper": (
        "tiny-imagenet",
        lambda folder: tiny_sorted(folder, images="images"),
    ),
    "tiny-imagenet, val copied": (
        "tiny-imagenet",
        lambda folder: tiny_sorted(folder, move=False),
    ),
}


def held(folder: Path, source: str) -> list[dict[str, int]]:
    """How many images of each class are in each split."""
    role = "imagenet" if "imagenet" in source else "caltech101"
    wanted = profile(folder, source, role)
    if "/" in source:
        wanted = replace(wanted, roles={role: RoleSize(source, 0, 32, {"all": 0})})
    sets = (datasets.load(role, wanted, split) for split in wanted.roles[role].splits)
    return [dict(zip(s.classes, np.bincount(s.labels).tolist(), strict=True)) for s in sets]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read(tmp_path: Path, name: str) -> None:
    source, make = LAYOUTS[name]
    make(tmp_path)
    assert held(tmp_path, source) == SHOWN["kaggle" if "Kaggle" in name else source]


def test_the_readme_names_every_set() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in REAL_SETS if f"| `{name}` |" not in text] == []


# --- twice, or not at all


def copy(source: str, target: str) -> Callable[[Path], None]:
    return lambda folder: void(shutil.copytree(folder / source, folder / target))


C101 = "101_ObjectCategories"
TWICE = {
    "below itself": (C101, copy(C101, f"{C101}/{C101}"), r"in '\.' and '101_ObjectCategories'"),
    "a backup": (C101, copy(C101, f"{C101}/old/{C101}"), "in '.' and 'old/101_ObjectCategories'"),
    "two folders": (C101, copy(C101, f"caltech101/{C101}"), f"once: {C101} and caltech101; move"),
    "backup of train": (
        "imagenet",
        copy("imagenet/train", "imagenet/backup/train"),
        r"class folders in '\.' and 'backup'; move those of one away",
    ),
    "two names": ("imagenet", copy("imagenet", "ILSVRC2012"), "once: imagenet and ILSVRC2012; m"),
    "two sizes": (
        "tiny-imagenet-200",
        copy("tiny-imagenet-200", "tiny-imagenet-100"),
        "once: tiny-imagenet-100 and tiny-imagenet-200; move",
    ),
}
FORMS = {
    C101: ("caltech101", caltech(C101)),
    "imagenet": ("imagenet", imagenet("imagenet")),
    "tiny-imagenet-200": ("tiny-imagenet", tiny),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_set_that_is_there_twice_is_refused_with_both_names(tmp_path: Path, name: str) -> None:
    form, more, message = TWICE[name]
    source, make = FORMS[form]
    make(tmp_path)
    more(tmp_path)
    with pytest.raises(DataError, match=message):
        held(tmp_path, source)


def test_a_folder_that_only_has_the_name_of_a_set_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "tiny-imagenet-models").mkdir()
    with pytest.raises(DataMissing, match=r"in .*; tiny-imagenet-models holds none: put tiny-"):
        held(tmp_path, "tiny-imagenet")
    tiny(tmp_path)
    assert held(tmp_path, "tiny-imagenet") == SHOWN["tiny-imagenet"]


def test_what_file_managers_leave_is_no_part_of_a_set(tmp_path: Path) -> None:
    folder = objects(tmp_path / C101, COUNTS)
    for name in (".DS_Store", "anchor/._image_0001.jpg", "anchor/Thumbs.db", "desktop.ini"):
        (folder / name).write_bytes(b"x")
    image(folder / "__MACOSX" / "anchor" / "image_0009.jpg", 9)
    image(folder / "sample.jpg", 8)  # beside the class folders
    (folder / "anchor" / "image_0001.jpg").rename(folder / "anchor" / "IMAGE_0001.JPG")
    (folder / "loop").symlink_to(folder)
    (folder / "anchor" / "loop").symlink_to(folder)
    assert held(tmp_path, "caltech101") == SHOWN["caltech101"]
    (folder / "anchor" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"anchor/gone\.jpg in .* cannot be read \(No such file"):
        held(tmp_path, "caltech101")
    (folder / "anchor" / "gone.jpg").unlink()
    (folder / "anchor" / "new.HEIC").write_bytes(b"x")
    with pytest.raises(DataError, match=r"anchor/new\.HEIC in .* of a kind that is not read"):
        held(tmp_path, "caltech101")


def test_copies_of_images_are_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = objects(tmp_path / C101, COUNTS)
    shutil.copytree(folder / "anchor", folder / "anchor copy")
    held(tmp_path, "caltech101")
    said = capsys.readouterr().err
    assert "3 of 8 images of 101_ObjectCategories repeat another" in said
    assert "anchor copy/image_0001.jpg, which shows what anchor/image_0001.jpg does" in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[1:], r"lacks 'val_0\.JPEG', which is in val/images"),
        (lambda lines: [*lines, "v.JPEG\tn01\n"], r"names 'v\.JPEG', which is not in val/images"),
        (lambda lines: [*lines, "val_0.JPEG\tn03\n"], r"names 'val_0\.JPEG' as n02 and as n03"),
        (lambda lines: [*lines, "val_0.JPEG\n"], r"names no class of 'val_0\.JPEG'"),
    ],
)
def test_lists_that_are_wrong(
    tmp_path: Path, change: Callable[[list[str]], list[str]], message: str
) -> None:
    tiny(tmp_path)
    path = tmp_path / "tiny-imagenet-200" / "val" / "val_annotations.txt"
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))
    with pytest.raises(DataError, match=message):
        held(tmp_path, "tiny-imagenet")


def test_val_without_a_list_and_half_sorted(tmp_path: Path) -> None:
    imagenet("imagenet", flat=True)(tmp_path)
    with pytest.raises(DataError, match=r"no list says of which classes .*put val_annotations"):
        held(tmp_path, "imagenet")
    (tmp_path / "imagenet" / "imagenet_2012_validation_synset_labels.txt").write_text("n01\n")
    with pytest.raises(DataError, match=r"tells the classes of 1 images of val, and .* holds 4"):
        held(tmp_path, "imagenet")
    tiny_sorted(tmp_path)
    val = tmp_path / "tiny-imagenet-200" / "val"
    image(val / "images" / "extra.JPEG", 7)
    with pytest.raises(DataError, match="in class folders and beside them, in val/images"):
        held(tmp_path, "tiny-imagenet")


# --- a folder of the reader's


def test_class_folders_of_the_readers_own_play_a_role(tmp_path: Path) -> None:
    folder = objects(tmp_path / "my flowers, é", {"Rose": 2, "dog rose": 3, "BACKGROUND_Google": 1})
    assert held(tmp_path, str(folder)) == [{"Rose": 2, "dog rose": 3}]
    zipped(folder, tmp_path / "flowers.zip")
    assert held(tmp_path, str(tmp_path / "flowers.zip")) == [{"Rose": 2, "dog rose": 3}]
    (folder / "train").mkdir()
    with pytest.raises(DataError, match=r"class folder train in .* holds no image"):
        held(tmp_path, str(folder))
    with pytest.raises(DataMissing, match=r"there is no folder .*/roses; name one that holds"):
        held(tmp_path, str(tmp_path / "roses"))
    imagenet("mine")(tmp_path)
    size = RoleSize(str(tmp_path / "mine"), 0, 32, {"train": 0, "val": 0})
    wanted = replace(resolve("smoke"), roles={"imagenet": size})
    assert len(datasets.load("imagenet", wanted, "val")) == 4
    with pytest.raises(DataError, match="holds class folders in 'train' and 'val'"):
        held(tmp_path, str(tmp_path / "mine"))


def test_a_devkit_of_the_readers_own_plays_a_role(tmp_path: Path) -> None:
    kit = devkit(tmp_path / "mine", {"a b": (noise(0), xml(("cat", (1, 1, 9, 9))))}, year="X")
    (kit / "JPEGImages" / "a b.jpg").rename(kit / "JPEGImages" / "a b.JPEG")
    for folder in (tmp_path / "mine", kit):
        scenes = load_scenes("pascal-2012", scenes_profile(str(folder), 0))
        assert scenes.names == ("a b",) and scenes.boxes.tolist() == [[1, 1, 9, 9]]
    devkit(tmp_path / "mine" / "more", {"c": (noise(1), xml())})
    with pytest.raises(DataError, match=r"holds devkits in VOCdevkit/VOCX/ and more/VOCdevkit/VOC"):
        load_scenes("pascal-2012", scenes_profile(str(tmp_path / "mine"), 0))
    objects(tmp_path / "flowers", COUNTS)
    with pytest.raises(DataError, match=r"has no ImageSets/Main/trainval\.txt; put a VOC devkit"):
        load_scenes("pascal-2012", scenes_profile(str(tmp_path / "flowers"), 0))


# --- devkits


def kit_2007(folder: Path, split: str) -> None:
    root = devkit(folder, {f"in {split}": (noise(0), xml(("cat", (1, 1, 9, 9))))}, year="2007")
    (root / "ImageSets/Main/trainval.txt").rename(root / f"ImageSets/Main/{split}.txt")


def voc_tar(folder: Path, split: str, name: str) -> None:
    packed_away(tarred, f"{name}.tar", lambda x: kit_2007(x, split))(folder)


def voc_alone(folder: Path, split: str, _: str) -> None:
    kit_2007(folder / "x", split)
    shutil.copytree(folder / "x/VOCdevkit/VOC2007", folder / "VOC2007", dirs_exist_ok=True)
    shutil.rmtree(folder / "x")


VOC = {
    "tars": voc_tar,
    "folders of a file manager": lambda folder, split, name: kit_2007(folder / name, split),
    "VOC2007/": voc_alone,
}


@pytest.mark.parametrize("name", VOC)
def test_a_layout_of_voc_is_read(tmp_path: Path, name: str) -> None:
    names = {"trainval": "VOCtrainval_06-Nov-2007", "test": "VOCtest_06-Nov-2007"}
    for split, archive in names.items():
        VOC[name](tmp_path, split, archive)
    for split in names:
        scenes = load_scenes("pascal", scenes_profile("voc2007", 0, tmp_path), split)
        assert scenes.names == (f"in {split}",)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (b"p\nq\np\n", r"trainval\.txt in .* names p twice"),
        ("p\nq\n".encode("utf-16"), r"trainval\.txt in .* is no text file"),
    ],
)
def test_lists_of_pictures_that_are_refused(tmp_path: Path, lines: bytes, message: str) -> None:
    root = devkit(tmp_path, {name: (noise(0), xml()) for name in "pq"})
    (root / "ImageSets/Main/trainval.txt").write_bytes(b"\xef\xbb\xbfp\r\nq\r\n")
    assert load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path)).names == ("p", "q")
    (root / "ImageSets/Main/trainval.txt").write_bytes(b"p  1\nq -1\n")
    assert load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path)).names == ("p", "q")
    (root / "ImageSets/Main/trainval.txt").write_bytes(lines)
    with pytest.raises(DataError, match=message):
        load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path))
    (root / "ImageSets/Main/trainval.txt").write_bytes(b"p\n")
    (root / "JPEGImages/p.png").write_bytes(encoded(noise(1)))
    with pytest.raises(DataError, match=r"has both JPEGImages/p\.jpg and JPEGImages/p\.png"):
        load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path))


SIZE = "<annotation><size><width>{}</width><height>{}</height></size>"
WHOLE = OBJECT.format("cat", BOX.format(1, 1, 9, 9), "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (xml(("cat", (1, 1, 60, 20))), r"a cat, \[1\.0, 1\.0, 60\.0, 20\.0\], leaves 40 x 40 px"),
        (xml(("cat", (-5, 1, 20, 20))), "leaves 40 x 40 px"),
        (xml(("cat", (50, 50, 60, 60))), "leaves 40 x 40 px"),
        (xml(("cat", (0.1, 0.1, 0.5, 0.9))), "leaves 40 x 40 px"),  # shares of the picture
        (SIZE.format(80, 40) + WHOLE + "</annotation>", "for a picture of 80 x 40 px, this one"),
        (SIZE.format("b", 40) + WHOLE + "</annotation>", "could not convert string to float"),
        (xml(("cat", (1, 1, 9, 9)), more="<difficult>2</difficult>"), "difficult of a cat is '2'"),
        (f"<annotation><objects>{WHOLE}</objects></annotation>", "do not stand in <annotation>"),
        (f'<annotation xmlns="x">{WHOLE}</annotation>', "do not stand in <annotation>"),
        ('<?xml version="1.0" encoding="x"?>' + xml(), "unknown encoding"),
    ],
)
def test_annotations_that_contradict_their_picture(tmp_path: Path, text: str, message: str) -> None:
    devkit(tmp_path, {"p": (noise(0), text)})
    with pytest.raises(DataError, match=rf"cannot use Annotations/p\.xml \(.*{message}"):
        load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path))


@pytest.mark.parametrize("size", [SIZE.format(0, 0), SIZE.format(40, 40), "<annotation><size/>"])
def test_annotations_with_a_size_or_none(tmp_path: Path, size: str) -> None:
    text = size + WHOLE.replace("<bndbox>", "<difficult>True</difficult><bndbox>")
    devkit(tmp_path, {"p": (noise(0), f"{text}</annotation>")})
    scenes = load_scenes("pascal-2012", scenes_profile("voc2012", 0, tmp_path))
    assert scenes.difficult.tolist() == [True]


# --- damage


@pytest.mark.parametrize("mend", ["replaced", "removed"])
def test_after_the_mend_only_what_was_not_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mend: str
) -> None:
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    counts = {"anchor": 40, "accordion": 30}
    folder = objects(tmp_path / "data" / C101, counts)
    lost = folder / "anchor" / "image_0020.jpg"
    whole = lost.read_bytes()
    lost.write_bytes(whole[:-200])
    pictures = {f"p{i}": (noise(i), xml(("cat", (1, 1, 9 + i, 9)))) for i in range(9)}
    root = devkit(tmp_path / "data", pictures | {"p9": (noise(9), xml(("cat", (1, 1, 99, 9))))})
    wanted = profile(tmp_path / "data", "caltech101")
    scenes = scenes_profile("voc2012", 0, tmp_path / "data")
    for load, role, asked in (
        (datasets.load, "caltech101", wanted),
        (load_scenes, "pascal-2012", scenes),
    ):
        with pytest.raises(DataError, match="cannot use"):
            load(role, asked)
    if mend == "replaced":
        lost.write_bytes(whole)
        (root / "Annotations/p9.xml").write_text(xml(("cat", (1, 1, 20, 9))))
    else:
        lost.unlink()
        (root / "ImageSets/Main/trainval.txt").write_text("".join(f"{n}\n" for n in pictures))
    changed = folder / "accordion" / "image_0003.jpg"  # meanwhile
    changed.write_bytes(encoded(noise(777), "JPEG"))
    read: list[int] = []
    for name in ("square", "fit"):
        plain = getattr(photographs, name)
        monkeypatch.setattr(
            photographs, name, lambda d, p, plain=plain: read.append(1) or plain(d, p)
        )
    images, boxes = datasets.load("caltech101", wanted), load_scenes("pascal-2012", scenes)
    assert len(read) == (3 if mend == "replaced" else 1)
    assert not list((tmp_path / "cache" / "unfinished").iterdir())
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "another"))
    assert images.digest == datasets.load("caltech101", wanted).digest
    assert boxes.digest == load_scenes("pascal-2012", scenes).digest
    assert len(images) == (70 if mend == "replaced" else 69)


def test_all_damaged_files_are_named_at_once(tmp_path: Path) -> None:
    folder = objects(tmp_path / C101, {"anchor": 40, "accordion": 5})
    for i in (3, 20, 37):
        (folder / "anchor" / f"image_{i:04d}.jpg").write_bytes(b"")
    with pytest.raises(DataError, match=r"_0003.*not an .*_0020.*_0037.*delete it$"):
        held(tmp_path, "caltech101")
    for path in (folder / "anchor").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match=r"anchor/image_0010\.jpg [^,]*, and 30 more; put"):
        held(tmp_path, "caltech101")
    root = devkit(tmp_path, {f"p{i}": (noise(i), xml(("cat", (1, 1, 50, 9)))) for i in range(2)})
    with pytest.raises(DataError, match=r"Annotations/p0\.xml \(.*Annotations/p1\.xml \("):
        load_scenes("pascal-2012", scenes_profile("voc2012", 0, root.parents[1]))
