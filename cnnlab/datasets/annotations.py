"""What a VOC devkit says about one picture: its XML annotation, and its JPEG at the size asked."""

import io
from typing import TYPE_CHECKING

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from PIL import Image

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import PIXEL_LIMIT
from cnnlab.datasets.spool import Truth

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)


def annotation(data: bytes) -> list[Truth]:
    """The objects of one XML annotation; raises DataError with the reason for what is none.

    Parts of an object (head, hands) are not objects. A flag that is not there is not set.
    """
    try:
        root = fromstring(data)
        return [_object(entry) for entry in root.findall("object")]
    except (ParseError, DefusedXmlException) as error:
        raise DataError(str(error) or "unsafe XML") from error


def _object(entry: "Element") -> Truth:
    name = (entry.findtext("name") or "").strip()
    if name not in CLASSES:
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
    return Truth(CLASSES.index(name), (box[0], box[1], box[2], box[3]), **flags)


def fitted(data: bytes, pixels: int) -> tuple[np.ndarray, float]:
    """Decode an RGB picture and scale its longer side down to `pixels`: (H, W, 3) and the scale."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise DataError(f"{image.width} x {image.height} pixels are too many")
            scale = min(1.0, pixels / max(image.size))
            picture = image.convert("RGB")
            if scale < 1:
                to = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
                picture = picture.resize(to, Image.Resampling.BICUBIC, reducing_gap=3.0)
            return np.asarray(picture), scale
    except DataError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(str(error) or type(error).__name__) from error


def scaled(one: Truth, scale: float, height: int, width: int) -> Truth:
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
    return Truth(one.label, box, one.difficult, one.truncated, one.occluded)
