"""A picture with the boxes that a detector reports in it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.detection import Detections
from cnnlab.results.style import PAGE, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN = 1200  # pixels of the longer side that are drawn, roughly: more cost memory
MARGIN = 0.3  # inches above the picture, for its title


def with_detections(
    image: np.ndarray, detections: Detections, classes: Sequence[str], title: str = ""
) -> "Figure":
    """A picture (H, W, 3) with its detections: the class and the score stand on each box.

    Each class has a colour; the boxes of lower scores lie below.

    >>> box = np.array([[2, 2, 6, 7]])
    >>> one = Detections(np.array([0]), np.array([1]), box, np.array([0.5]))
    >>> figure = with_detections(np.zeros((9, 12, 3), np.uint8), one, ("cat", "dog"))
    >>> figure.axes[0].texts[0].get_text()
    'dog 0.5'
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle
    from PIL import Image

    high, wide = image.shape[:2]
    longest = max(high, wide)
    size = np.maximum(PAGE * np.array([wide, high]) / longest, 1.2)
    figure = Figure(figsize=(size[0], size[1] + MARGIN))
    figure.set_layout_engine("none")
    share = size[1] / (size[1] + MARGIN)
    axes = figure.add_axes((0, 0, 1, share))
    small = Image.fromarray(image).reduce(max(1, longest // DRAWN))
    axes.imshow(np.asarray(small), extent=(-0.5, wide - 0.5, high - 0.5, -0.5))
    axes.set_axis_off()
    figure.text(0.01, share + 0.3 * (1 - share), title, fontsize=9)
    order = np.argsort(detections.scores, kind="stable")
    shown = dict.fromkeys(detections.labels[order[::-1]].tolist())
    colors = {k: palette()[place % 10] for place, k in enumerate(shown)}
    for i in order:
        label, color = int(detections.labels[i]), colors[int(detections.labels[i])]
        x1, y1, x2, y2 = detections.boxes[i] + (-1.5, -1.5, -0.5, -0.5)
        axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ec=color, lw=2))
        axes.text(
            max(x1, 0),
            max(y1, 0.03 * longest),
            f"{classes[label]} {detections.scores[i]:.1f}",
            fontsize=8,
            va="bottom",
            bbox={"fc": color, "ec": "none", "pad": 1.5, "alpha": 0.85},
        )
    axes.set(xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5))
    return figure
