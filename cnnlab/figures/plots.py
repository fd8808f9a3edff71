"""The few pictures that several notebooks draw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.results.style import OURS, PAGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def picture(axes: "Axes", image: np.ndarray, title: str = "") -> None:
    """Show one image (H, W, 3) without axes.

    >>> import matplotlib.pyplot as plt
    >>> picture(plt.figure().subplots(), np.zeros((8, 8, 3), np.uint8), "a black square")
    """
    axes.imshow(image)
    axes.set_axis_off()
    axes.set_title(title, fontsize=6, pad=2)


def gallery(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str] = (),
    *,
    columns: int = 10,
    width: float = PAGE,
) -> "Figure":
    """A grid of images (H, W, 3), each with a short title.

    Raises ValueError for no images, and for titles that are not one for each.

    >>> len(gallery(np.zeros((3, 8, 8, 3), np.uint8), ["a", "b", "c"], columns=3).axes)
    3
    """
    import matplotlib.pyplot as plt

    if not len(images) or len(titles) not in (0, len(images)):
        raise ValueError(f"a gallery of {len(images)} images cannot have {len(titles)} titles")
    rows = -(-len(images) // columns)
    height = width / columns * rows * (1.18 if len(titles) else 1.0)
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    for i, panel in enumerate(axes.flat):
        panel.set_axis_off()
        if i < len(images):
            picture(panel, images[i], titles[i] if len(titles) else "")
    return figure


def bars_beside(table: "pd.DataFrame", axes: "Axes", *, label: str) -> None:
    """Horizontal bars of `ours` with intervals, the paper's values as ticks, one line a row.

    `table` has columns row, ours, low, high, paper, as `compare_with_paper` gives, in the order
    to show.

    >>> import matplotlib.pyplot as plt
    >>> import pandas as pd
    >>> line = {"row": "a", "ours": 20.0, "low": 18.0, "high": 22.0, "paper": 38.4}
    >>> bars_beside(pd.DataFrame([line]), plt.figure().subplots(), label="error (%)")
    """
    y = np.arange(len(table))[::-1]
    low = (table["ours"] - table["low"]).clip(lower=0)  # rounding may pass the bar's end
    high = (table["high"] - table["ours"]).clip(lower=0)
    axes.barh(y, table["ours"], height=0.62, color=OURS, label="ours")
    axes.errorbar(table["ours"], y, xerr=[low, high], fmt="none", ecolor="black", lw=1, capsize=2)
    axes.plot(table["paper"], y, "D", color="#de8f05", mec="black", ms=5, label="paper")
    axes.set_yticks(y, table["row"])
    axes.set_xlabel(label)
    axes.grid(axis="y", visible=False)
