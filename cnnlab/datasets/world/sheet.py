"""Contact sheets: a few labelled pictures of each class of a role."""

import cv2
import numpy as np

from cnnlab.datasets.world.render import Choice, image
from cnnlab.datasets.world.roster import classes as class_names
from cnnlab.datasets.world.roster import splits
from cnnlab.datasets.world.scene import Image

STRIP = 14  # height of a label, px
PAPER = 255


def contact_sheet(
    role: str,
    *,
    split: str | None = None,
    each: int = 4,
    size: int = 64,
    columns: int = 4,
    classes: Choice = None,
    seed: int = 0,
) -> Image:
    """`each` pictures of every class in a grid of labelled cells: uint8 RGB (H, W, 3).

    Raises ValueError as `image` does.

    >>> contact_sheet("caltech101", classes=4, each=2, size=32).shape
    (46, 256, 3)
    """
    names = class_names(role, classes) if isinstance(classes, int) else classes
    names = tuple(names) if names is not None else class_names(role)
    split = splits(role)[0] if split is None else split
    cells = []
    for label, name in enumerate(names):
        row = np.full((STRIP + size, each * size, 3), PAPER, np.uint8)
        for step in range(each):
            picture = image(
                role, split, label + step * len(names), size=size, classes=names, seed=seed
            )
            height, width = picture.shape[:2]
            row[STRIP : STRIP + height, step * size : step * size + width] = picture
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(row, name, (2, STRIP - 4), font, 0.4, (0, 0, 0), 1, cv2.LINE_AA)
        cells.append(row)
    blank = np.full_like(cells[0], PAPER)
    cells += [blank] * (-len(cells) % columns)
    rows = [np.concatenate(cells[i : i + columns], 1) for i in range(0, len(cells), columns)]
    return np.concatenate(rows, 0)
