"""Writing roles as the folders that loaders of the real sets expect."""

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import cv2

from cnnlab.datasets.world.render import Choice, image, scene
from cnnlab.datasets.world.roster import BOXED, splits
from cnnlab.datasets.world.roster import classes as class_names
from cnnlab.datasets.world.scene import Image, Instance, Scene

Member = tuple[str, tuple[Instance, ...]]  # a picture's name and what is in it
QUALITY = 95  # of the JPEG files
YEARS: Mapping[str, str] = MappingProxyType(
    {"pascal": "2007", "pascal-2012": "2012", "pascal-extra": "2012"}
)


def export(
    role: str,
    folder: Path | str,
    format: str,
    *,
    count: int | None = None,
    size: int | None = None,
    classes: Choice = None,
    seed: int = 0,
) -> Path:
    """Write `count` pictures of each split of a role under `folder`, which is made; returns it.

    Without a count it is 20 for each class, without a size 64 pixels or 160 for boxed roles.
    Formats: "voc" (a devkit, boxed roles only), "caltech" (one folder per class) and "imagenet"
    (train/ and val/ with one folder per class). The folder appears only when it is complete.
    Raises ValueError for an unknown role or format, FileExistsError if the folder holds files.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder = export("caltech101", f"{name}/set", "caltech", count=2, classes=2, size=32)
    ...     sorted(path.name for path in folder.glob("*/*"))
    ['elephant', 'face']
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    splits(role)
    if (format == "voc") != (role in BOXED):
        fit = "voc" if role in BOXED else "caltech or imagenet"
        raise ValueError(f"{role} cannot be written as {format}; choose {fit}")
    if count is not None and count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds files already: name a new or empty folder")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    names = class_names(role, classes) if isinstance(classes, int) else classes
    names = tuple(names) if names is not None else class_names(role)
    count = 20 * len(names) if count is None else count
    size = (160 if role in BOXED else 64) if size is None else size
    try:
        FORMATS[format](role, partial, names, count, size, seed)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if folder.exists():
        folder.rmdir()
    return partial.rename(folder)


def _jpeg(path: Path, picture: Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise OSError(f"cannot encode {path.name} as JPEG")
    path.write_bytes(data.tobytes())


def _caltech(role: str, folder: Path, names: tuple[str, ...], count: int, size: int,
    seed: int) -> None:
    for split in splits(role):
        for index in range(count):
            name = names[index % len(names)]
            picture = image(role, split, index, size=size, classes=names, seed=seed)
            number = index // len(names) + 1
            _jpeg(folder / "101_ObjectCategories" / name / f"image_{number:04d}.jpg", picture)


def _imagenet(role: str, folder: Path, names: tuple[str, ...], count: int, size: int,
    seed: int) -> None:
    for split in splits(role):
        for index in range(count):
            name = names[index % len(names)]
            picture = image(role, split, index, size=size, classes=names, seed=seed)
            where = folder / ("train" if split == "all" else split)
            _jpeg(where / name / f"{name}_{index // len(names):05d}.jpg", picture)


def _voc(role: str, folder: Path, names: tuple[str, ...], count: int, size: int, seed: int) -> None:
    year = YEARS[role]
    root = folder / "VOCdevkit" / f"VOC{year}"
    lists = root / "ImageSets" / "Main"
    annotations = root / "Annotations"
    for made in (lists, annotations):
        made.mkdir(parents=True)
    number = 0
    for split in splits(role):
        members: list[Member] = []
        for index in range(count):
            number += 1
            name = f"{number:06d}" if year == "2007" else f"{year}_{number:06d}"
            shown = scene(role, split, index, size=size, classes=names, seed=seed)
            _jpeg(root / "JPEGImages" / f"{name}.jpg", shown.image)
            tree = ET.ElementTree(_annotation(f"VOC{year}", name, shown))
            ET.indent(tree)
            tree.write(annotations / f"{name}.xml", encoding="utf-8")
            members.append((name, shown.instances))
        _lists(lists, split, members, class_names(role))
        if split == "trainval":
            half = (len(members) + 1) // 2
            _lists(lists, "train", members[:half], class_names(role))
            if "val" not in splits(role):
                _lists(lists, "val", members[half:], class_names(role))


def _lists(
    folder: Path, split: str, members: list[tuple[str, tuple[Instance, ...]]],
        names: tuple[str, ...]
) -> None:
    """The split's list of images, and per class 1 (present), 0 (only difficult) or -1."""
    (folder / f"{split}.txt").write_text("".join(f"{name}\n" for name, _ in members))
    for label in names:
        lines = []
        for name, instances in members:
            here = [instance for instance in instances if instance.name == label]
            sign = -1 if not here else 0 if all(one.difficult for one in here) else 1
            lines.append(f"{name} {sign:2d}\n")
        (folder / f"{label}_{split}.txt").write_text("".join(lines))


def _annotation(folder: str, name: str, shown: Scene) -> ET.Element:
    """One picture's truth as VOC writes it: pixels count from 1 and boxes include both ends."""
    height, width, depth = shown.image.shape
    root = ET.Element("annotation")
    ET.SubElement(root, "folder").text = folder
    ET.SubElement(root, "filename").text = f"{name}.jpg"
    source = ET.SubElement(root, "source")
    ET.SubElement(source, "database").text = "cnnlab world"
    extent = ET.SubElement(root, "size")
    for key, value in (("width", width), ("height", height), ("depth", depth)):
        ET.SubElement(extent, key).text = str(value)
    ET.SubElement(root, "segmented").text = "0"
    for one in shown.instances:
        entry = ET.SubElement(root, "object")
        ET.SubElement(entry, "name").text = one.name
        ET.SubElement(entry, "pose").text = "Unspecified"
        ET.SubElement(entry, "truncated").text = str(int(one.truncated))
        ET.SubElement(entry, "occluded").text = str(int(one.occluded))
        ET.SubElement(entry, "difficult").text = str(int(one.difficult))
        bounds = ET.SubElement(entry, "bndbox")
        x1, y1, x2, y2 = (round(value) for value in one.box)
        for key, value in (("xmin", x1 + 1), ("ymin", y1 + 1), ("xmax", x2), ("ymax", y2)):
            ET.SubElement(bounds, key).text = str(value)
    return root


Writer = Callable[[str, Path, tuple[str, ...], int, int, int], None]
FORMATS: Mapping[str, Writer] = MappingProxyType(
    {"voc": _voc, "caltech": _caltech, "imagenet": _imagenet}
)
