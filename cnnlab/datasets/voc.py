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
from cnnlab.datasets.layouts import Selection, evenly_spaced
from cnnlab.datasets.sources import REAL_SETS

DEVKITS = {"voc2007": "VOC2007", "voc2012": "VOC2012", "voc-subset": "VOCsubset"}


def select_voc(files: Files, source: str, split: str, *, count: int) -> Selection:
    """Choose at most `count` pictures, evenly spread over the split's list (0: all of them).

    A folder is entered at VOC2012, an archive above VOCdevkit. Raises DataError for a list, an
    annotation or a picture that is missing.
    """
    kit = "" if files.path.is_dir() else f"VOCdevkit/{DEVKITS[source]}/"
    listing = f"{kit}ImageSets/Main/{split}.txt"
    if listing not in files:
        archive = REAL_SETS[source].archives.get(split, "the devkit")
        raise DataError(f"{files.path} has no {listing}; put {archive} there")
    names = [line.split()[0] for line in files.text(listing).splitlines() if line.strip()]
    odd = next((name for name in names if not re.fullmatch(r"[\w.-]+", name)), None)
    if odd is not None or not names:
        what = f"names {odd!r}, which is no picture" if odd else "is empty"
        raise DataError(f"{listing} in {files.path} {what}; {files.fix}")
    names = [names[i] for i in evenly_spaced(len(names), count)]
    images = tuple(f"{kit}JPEGImages/{name}.jpg" for name in names)
    annotations = tuple(f"{kit}Annotations/{name}.xml" for name in names)
    for name in (*annotations, *images):
        if name not in files:
            raise DataError(f"{files.path} has no {name}, which its list names; {files.fix}")
    return Selection(files, VOC_CLASSES, images, np.full(len(images), -1), annotations)


def parse_annotation(data: bytes) -> list[BoxedObject]:
    """The objects of one XML annotation; raises DataError with the reason for what is none.

    Parts of an object (head, hands) are not objects. A flag that is missing or unknown is not set.
    """
    try:
        root = fromstring(data)
        return [_object(entry) for entry in root.findall("object")]
    except (ParseError, DefusedXmlException) as error:
        raise DataError(str(error) or "unsafe XML") from error


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
    flags = {flag: (entry.findtext(flag) or "0").strip() == "1" for flag in FLAGS}
    return BoxedObject(VOC_CLASSES.index(name), (box[0], box[1], box[2], box[3]), **flags)


def scale_box(item: BoxedObject, scale: float, height: int, width: int) -> BoxedObject:
    """An object in its scaled picture; a box that passes the border, as a few of VOC's, ends at it.

    Edges scale, not pixel numbers: a box from pixel 1 to 2 covers 0 to 2.
    """
    border = np.array([width, height], dtype=float)
    start = ((np.array(item.box[:2]) - 1) * scale + 1).clip(1, border)
    end = np.minimum(np.array(item.box[2:]) * scale, border)
    return replace(item, box=(*start.tolist(), *end.tolist()))
