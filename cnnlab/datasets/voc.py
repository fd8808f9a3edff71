"""A PASCAL VOC devkit: ImageSets/Main/<split>.txt names the pictures.

Annotations/<name>.xml says what is in each, JPEGImages/<name>.jpg shows it.
"""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cnnlab.datasets.boxed import FLAGS, VOC_CLASSES, BoxedObject
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import SUFFIXES
from cnnlab.datasets.layouts import Selection, evenly_spaced
from cnnlab.datasets.sources import REAL_SETS

DEVKITS = {"voc2007": "VOC2007", "voc2012": "VOC2012", "voc-subset": "VOCsubset"}
BORDER = 1.0  # px by which a box may pass the border, as a few of VOC's do
SET = {"1": True, "true": True, "0": False, "false": False, "": False, "unspecified": False}


def select_voc(files: Files, source: str, split: str, *, count: int) -> Selection:
    """Choose at most `count` pictures, evenly spread over the split's list (0: all of them).

    Raises DataError for a list, an annotation or a picture that is missing or is there twice.
    """
    kit = _kit(files, source, split)
    listing = f"{kit}ImageSets/Main/{split}.txt"
    names = [re.sub(r"\s+-?[01]$", "", line.strip()) for line in files.text(listing).splitlines()]
    names = [name for name in names if name]
    odd = next((name for name in names if re.search(r"[/\\\0]|^\.+$", name)), None)
    if odd is not None or not names:
        what = f"names {odd!r}, which is no picture" if odd else "is empty"
        raise DataError(f"{listing} in {files.path} {what}; {files.fix}")
    if len(set(names)) < len(names):
        twice = max(names, key=names.count)
        raise DataError(f"{listing} in {files.path} names {twice} twice; keep one of the lines")
    names = [names[i] for i in evenly_spaced(len(names), count)]
    pictures: dict[str, list[str]] = {}
    for file in sorted(files.folders.get(f"{kit}JPEGImages", ())):
        name, dot, suffix = file.rpartition(".")
        if dot and f".{suffix.lower()}" in SUFFIXES:
            pictures.setdefault(name, []).append(f"{kit}JPEGImages/{file}")
    annotations = tuple(f"{kit}Annotations/{name}.xml" for name in names)
    images = []
    for name, annotation in zip(names, annotations, strict=True):
        some = pictures.get(name, [])
        if annotation not in files or not some:
            lost = f"{kit}JPEGImages/{name}.jpg" if annotation in files else annotation
            raise DataError(f"{files.path} has no {lost}, which its list names; {files.fix}")
        if len(some) > 1:
            raise DataError(f"{files.path} has both {' and '.join(some)}; remove one of them")
        images += some
    return Selection(files, VOC_CLASSES, tuple(images), np.full(len(images), -1), annotations)


def _kit(files: Files, source: str, split: str) -> str:
    """Where the devkit with the split's list lies: "" or a folder with its slash."""
    end = "ImageSets/Main"
    kits = [f.removesuffix(end) for f in files.folders if f == end or f.endswith(f"/{end}")]
    lists = sorted(kit for kit in kits if f"{kit}{end}/{split}.txt" in files)
    named = [kit for kit in lists if kit.endswith(f"{DEVKITS.get(source)}/")]
    lists = lists if "" in lists else named or lists
    if not lists:
        lost = f"{kits[0] if kits else ''}{end}/{split}.txt"
        real = REAL_SETS.get(source)
        archive = real.archives.get(split, "the devkit") if real else "a VOC devkit with that list"
        raise DataError(f"{files.path} has no {lost}; put {archive} there")
    if len(lists) > 1:
        twice = " and ".join(kit or "." for kit in lists[:2])
        raise DataError(
            f"{files.path} holds devkits in {twice}; name one with --source ROLE=FOLDER"
        )
    return lists[0]


def parse_annotation(data: bytes) -> tuple[list[BoxedObject], tuple[int, int] | None]:
    """The objects of one XML annotation, and its picture's height and width where it tells them.

    Parts of an object (head, hands) are not objects. A flag that is missing is not set. Raises
    DataError with the reason for what is no annotation.
    """
    try:
        root = fromstring(data)
        size = [int(float(root.findtext(f"size/{side}") or 0)) for side in ("height", "width")]
        objects = [_object(entry) for entry in root.findall("object")]
        if root.tag != "annotation" or len(objects) < sum(1 for _ in root.iter("object")):
            raise DataError("its objects do not stand in <annotation>, as VOC's do")
    except DataError:
        raise
    except (ParseError, DefusedXmlException, ValueError, LookupError, OverflowError) as error:
        raise DataError(str(error) or "unsafe XML") from error
    return objects, (size[0], size[1]) if min(size) > 0 else None


def _object(entry: Element) -> BoxedObject:
    name = (entry.findtext("name") or "").strip()
    if name not in VOC_CLASSES:
        raise DataError(f"it names an object {name!r}, which is none of VOC's classes")
    try:
        box = [float(entry.findtext(f"bndbox/{k}") or "") for k in ("xmin", "ymin", "xmax", "ymax")]
    except ValueError as error:
        raise DataError(f"the box of a {name} is not four numbers") from error
    if not (np.isfinite(box).all() and box[0] <= box[2] and box[1] <= box[3]):
        raise DataError(f"the box of a {name}, {box}, holds no pixel")
    flags = {flag: (entry.findtext(flag) or "").strip().lower() for flag in FLAGS}
    if odd := next((flag for flag, text in flags.items() if text not in SET), None):
        raise DataError(f"{odd} of a {name} is {flags[odd]!r}, neither 0 nor 1")
    values = {flag: SET[text] for flag, text in flags.items()}
    return BoxedObject(VOC_CLASSES.index(name), (box[0], box[1], box[2], box[3]), **values)


def check_boxes(
    objects: list[BoxedObject], written: tuple[int, int] | None, height: int, width: int
) -> None:
    """Raise DataError unless boxes lie in their picture and the size `written` beside is its own.

    >>> check_boxes([BoxedObject(7, (10, 10, 61, 40))], (40, 60), 40, 60)  # a px over, as VOC has
    >>> check_boxes([BoxedObject(7, (10, 10, 90, 40))], None, 40, 60)
    Traceback (most recent call last):
        ...
    cnnlab.datasets.errors.DataError: the box of a cat, [10, 10, 90, 40], leaves 60 x 40 px
    """
    if written not in (None, (height, width)):
        raise DataError(
            f"it was made for a picture of {written[1]} x {written[0]} px, this one has {width} x "
            f"{height}"
        )
    for item in objects:
        x1, y1, x2, y2 = item.box
        over = min(x1, y1) < 1 - BORDER or x2 > width + BORDER or y2 > height + BORDER
        if over or min(x2, y2) < 1:
            box = list(item.box)
            raise DataError(
                f"the box of a {VOC_CLASSES[item.label]}, {box}, leaves {width} x {height} px"
            )


def scale_box(item: BoxedObject, scale: float, height: int, width: int) -> BoxedObject:
    """An object in its scaled picture; a box that passes the border, as a few of VOC's, ends at it.

    Edges scale, not pixel numbers: a box from pixel 1 to 2 covers 0 to 2.
    """
    border = np.array([width, height], dtype=float)
    start = ((np.array(item.box[:2]) - 1) * scale + 1).clip(1, border)
    end = np.minimum(np.array(item.box[2:]) * scale, border)
    return replace(item, box=(*start.tolist(), *end.tolist()))
