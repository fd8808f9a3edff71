"""Spectra: what the lines and the shade of a panel are."""

import numpy as np
import torch

from cnnlab.figures.diagnosis import spectrum
from cnnlab.seeing.diagnosis import LOW


def test_only_filters_have_a_low_band() -> None:
    both = {"wide": torch.randn(4, 3, 11, 11), "small": torch.randn(4, 3, 7, 7)}
    (pictures,), (filters,) = spectrum(both, "2").axes, spectrum(both, "1", low=True).axes
    assert len(pictures.lines) == 2
    assert [np.ravel(line.get_xdata())[0] for line in filters.lines[1::2]] == [LOW / 11, LOW / 7]
    assert filters.get_legend_handles_labels()[1] == ["wide", "small", "high band"]
