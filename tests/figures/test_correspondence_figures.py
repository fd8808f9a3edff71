"""Table 3 as dots: every value where it belongs, on axes that show small differences."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer

from cnnlab.figures.correspondence import table3
from cnnlab.results.published import published_table


def errorbars(panel: Axes) -> ErrorbarContainer:
    (bars,) = (c for c in panel.containers if isinstance(c, ErrorbarContainer))
    return bars


def test_dots_stand_at_the_values_on_cut_axes() -> None:
    paper = published_table("zf-table3")
    ours = paper[["row", "column", "value"]].assign(value=paper["value"] + 0.43)
    ours = ours.assign(low=ours["value"] - 0.01, high=ours["value"] + 0.02)
    axes = table3(paper, ours).axes
    for panel, table, layer in zip(
        axes, (paper, paper, ours, ours), ("layer5", "layer7") * 2, strict=True
    ):
        part = table[table["column"] == layer]
        dots = errorbars(panel)[0]
        np.testing.assert_allclose(dots.get_xdata(orig=False), part["value"])
        names = {text.get_position()[1]: text.get_text() for text in axes[0].get_yticklabels()}
        assert [names[y] for y in dots.get_ydata(orig=False)] == part["row"].tolist()
        low, high = panel.get_xlim()
        assert 0 < low < part["value"].min() and high - low < 0.1
    ends = np.array(errorbars(axes[2])[2][0].get_segments()[0], dtype=float)[:, 0]
    np.testing.assert_allclose(ends, ours.loc[0, ["low", "high"]].to_numpy(dtype=float))
