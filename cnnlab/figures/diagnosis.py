"""Pages of notebook 08: Fig. 6 of ZF's ECCV version, filters and their spectra."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import Tensor

from cnnlab.figures import plots
from cnnlab.results.style import COLUMN, PAPER
from cnnlab.seeing.diagnosis import HIGH, LOW, power
from cnnlab.seeing.diagnosis import spectrum as measure_spectrum

LINES = ("-", "--", ":", "-.")


def figure6(
    firsts: Mapping[str, Tensor], seconds: Mapping[str, Tensor], *, together: str = ""
) -> Figure:
    """ECCV Fig. 6: layer-1 filters (F, 3, k, k) above, layer 2's top nine (U * 9, 3, h, w) below.

    The filters titled `together` share one contrast, so that the strong stand out. Of layer 2 six
    maps are drawn, two in a row.
    """
    filters = {
        title: plots.mosaic(plots.enhanced(weight, together=title == together), 6, scale=1)
        for title, weight in firsts.items()
    }
    nines = {
        title: plots.nines(plots.enhanced(pixels[:54]), len(pixels[:54]) // 9, 2)
        for title, pixels in seconds.items()
    }
    return plots.page([filters, nines])[0]


def spectrum(x: Mapping[str, Tensor], title: str, *, low: bool = False) -> Figure:
    """Power spectra of filters or pictures (F, C, k, k), the high band shaded.

    With `low`, which is for filters alone, a thin line ends the low band of each.
    """
    figure, axes = plt.subplots(figsize=(COLUMN * 1.4, 2.6))
    for (name, each), style in zip(x.items(), LINES, strict=False):
        (line,) = axes.plot(*measure_spectrum(each.cpu()), style, label=name)
        if low:
            axes.axvline(LOW / each.shape[2], ls=style, color=line.get_color(), lw=0.8)
    axes.axvspan(HIGH, 0.5, color=PAPER, alpha=0.15, lw=0, label="high band")
    axes.set(xlabel="cycles per pixel", ylabel="share of power")
    axes.set_title(title, fontsize=8)
    axes.legend(fontsize=7)
    return figure


def filter_and_spectrum(weight: Tensor, title: str) -> Figure:
    """One filter (3, k, k) and its power spectrum, frequency zero in the middle."""
    figure, axes = plt.subplots(1, 2, figsize=(4.6, 2.2))
    plots.picture(axes[0], plots.enhanced(weight[None])[0], title)
    centred = torch.fft.fftshift(power(weight[None])[0])
    plots.heat(axes[1], centred.numpy(), "its power, frequency 0 in the middle")
    return figure
