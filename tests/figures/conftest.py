"""Every test of a figure draws without a screen, in the style of the notebooks, and cleans up."""

from collections.abc import Iterator

import matplotlib as mpl
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from cnnlab.results.style import use_style


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")
