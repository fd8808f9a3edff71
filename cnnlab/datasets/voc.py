"""A PASCAL VOC devkit as pictures and their annotations.

The devkit's layout is the same for both years: ImageSets/Main/<split>.txt names the pictures,
Annotations/<name>.xml says what is in them, JPEGImages/<name>.jpg shows them.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from cnnlab.datasets.annotations import VOC_CLASSES
from cnnlab.datasets.archives import Files
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.layouts import Selection, evenly_spaced
from cnnlab.datasets.sources import REAL_SETS

YEARS: Mapping[str, str] = MappingProxyType({"voc2007": "2007", "voc2012": "2012"})


def select_voc(files: Files, source: str, split: str, *, count: int) -> Selection:
    """Choose at most `count` pictures, evenly spread over the split's list (0: all of them).

    A folder is entered at VOC2012, an archive above VOCdevkit. Raises DataError for a list, an
    annotation or a picture that is missing.
    """
    kit = "" if files.path.is_dir() else f"VOCdevkit/VOC{YEARS[source]}/"
    listed = f"{kit}ImageSets/Main/{split}.txt"
    if listed not in files:
        archive = REAL_SETS[source].archives.get(split, "the devkit")
        raise DataError(f"{files.path} has no {listed}; put {archive} there")
    names = [line.split()[0] for line in files.text(listed).splitlines() if line.strip()]
    odd = next((name for name in names if not re.fullmatch(r"[\w.-]+", name)), None)
    if odd is not None or not names:
        what = f"names {odd!r}, which is no picture" if odd else "is empty"
        raise DataError(f"{listed} in {files.path} {what}; {files.fix}")
    names = [names[i] for i in evenly_spaced(len(names), count)]
    images = tuple(f"{kit}JPEGImages/{name}.jpg" for name in names)
    annotations = tuple(f"{kit}Annotations/{name}.xml" for name in names)
    for name in (*annotations, *images):
        if name not in files:
            raise DataError(f"{files.path} has no {name}, which its list names; {files.fix}")
    return Selection(files, VOC_CLASSES, images, np.full(len(images), -1), annotations)
