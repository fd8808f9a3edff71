"""What PASCAL VOC says about one picture: its objects, from the XML of a devkit."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cnnlab.datasets.errors import DataError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

VOC_CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)


@dataclass(frozen=True)
class BoxedObject:
    """One object of a picture; its box is VOC's (see `cnnlab.datasets.boxed`)."""

    label: int
    box: tuple[float, float, float, float]
    difficult: bool = False
    truncated: bool = False
    occluded: bool = False


def parse_annotation(data: bytes) -> list[BoxedObject]:
    """The objects of one XML annotation; raises DataError with the reason for what is none.

    Parts of an object (head, hands) are not objects. A flag that is not there is not set.
    """
    try:
        root = fromstring(data)
        return [_object(entry) for entry in root.findall("object")]
    except (ParseError, DefusedXmlException) as error:
        raise DataError(str(error) or "unsafe XML") from error


def _object(entry: "Element") -> BoxedObject:
    name = (entry.findtext("name") or "").strip()
    if name not in VOC_CLASSES:
        raise DataError(f"it names an object {name!r}, which is none of VOC's classes")
    try:
        box = [float(entry.findtext(f"bndbox/{k}") or "") for k in ("xmin", "ymin", "xmax", "ymax")]
    except ValueError as error:
        raise DataError(f"the box of a {name} is not four numbers") from error
    if not (np.isfinite(box).all() and box[0] <= box[2] and box[1] <= box[3]):
        raise DataError(f"the box of a {name}, {box}, holds no pixel")
    flags = {
        flag: (entry.findtext(flag) or "0").strip() == "1"
        for flag in ("difficult", "truncated", "occluded")
    }
    return BoxedObject(VOC_CLASSES.index(name), (box[0], box[1], box[2], box[3]), **flags)


def scale_box(one: BoxedObject, scale: float, height: int, width: int) -> BoxedObject:
    """An object in its scaled picture; a box that passes the border, as a few of VOC's, ends at it.

    Edges scale, not pixel numbers: a box from pixel 1 to 2 covers 0 to 2.
    """
    x1, y1, x2, y2 = one.box
    box = (
        min(max((x1 - 1) * scale + 1, 1.0), float(width)),
        min(max((y1 - 1) * scale + 1, 1.0), float(height)),
        min(x2 * scale, float(width)),
        min(y2 * scale, float(height)),
    )
    return replace(one, box=box)
