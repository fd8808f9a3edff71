"""Figures have the panels they should, and become files."""

from base64 import b64decode
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

mpl.use("agg")

import matplotlib.pyplot as plt

from cnnlab.figures import charts, plots
from cnnlab.profiles import resolve
from cnnlab.results.record import Recorder
from cnnlab.results.statistics import share
from cnnlab.results.style import OURS, PAGE, PAPER, SHARP, in_notebook, palette


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (10, 1), (11, 2), (25, 3)])
def test_gallery_has_a_panel_an_image(count: int, rows: int) -> None:
    images = pictures(count)
    figure = plots.gallery(images, [f"t{i}" for i in range(count)])
    assert len(figure.axes) == 10 * rows
    shown = [axes for axes in figure.axes if axes.images]
    assert len(shown) == count
    np.testing.assert_array_equal(shown[-1].images[0].get_array(), images[-1])
    assert [axes.get_title() for axes in shown] == [f"t{i}" for i in range(count)]


@pytest.mark.parametrize(("count", "titles"), [(0, 0), (3, 2), (2, 3)])
def test_gallery_refuses_what_it_cannot_lay_out(count: int, titles: int) -> None:
    with pytest.raises(ValueError, match=f"{count} images cannot have {titles} titles"):
        plots.gallery(pictures(count), ["t"] * titles)


def test_a_picture_may_be_one_pixel() -> None:
    figure = plots.gallery([np.zeros((1, 1, 3), np.uint8)])
    figure.canvas.draw()


def beside(values: list[float], paper: list[float]) -> pd.DataFrame:
    low, high = np.array(values) - 1, np.array(values) + 2
    rows = [f"r{i}" for i in range(len(values))]
    return pd.DataFrame({"row": rows, "ours": values, "low": low, "high": high, "paper": paper})


def test_bars_stand_in_the_order_of_the_table() -> None:
    figure, axes = plt.subplots()
    charts.bars_beside(
        beside([30.0, 20.0, 10.0], [1.0, 2.0, float("nan")]), axes, label="error (%)"
    )
    widths = {p.get_y(): p.get_width() for p in axes.patches}  # pyright: ignore
    assert [widths[y] for y in sorted(widths, reverse=True)] == [30, 20, 10]
    labels = {t.get_position()[1]: t.get_text() for t in axes.get_yticklabels()}
    assert labels == {2: "r0", 1: "r1", 0: "r2"}
    assert axes.get_xlabel() == "error (%)"
    figure.canvas.draw()


def test_bars_stand_an_interval_that_ends_at_the_value() -> None:
    for hits in (np.zeros(40, bool), np.ones(40, bool)):
        found = share(hits)
        table = beside([found.value], [5.0]).assign(low=found.low, high=found.high)
        charts.bars_beside(table, plt.figure().subplots(), label="")
    rounded = beside([10.0], [5.0]).assign(low=10.0 + 1e-12)
    charts.bars_beside(rounded, plt.figure().subplots(), label="")


def test_the_style_is_the_palette() -> None:
    cycle = [to_hex(c) for c in mpl.rcParams["axes.prop_cycle"].by_key()["color"]]
    assert cycle == palette() and len(set(cycle)) == 10
    assert mpl.rcParams["patch.edgecolor"] == "black"  # seaborn's white would hide arrows
    assert {OURS, PAPER} <= set(cycle)


def test_a_notebook_keeps_drawings_as_png_and_images_as_jpeg() -> None:
    drawing, sheet = plt.subplots(figsize=(PAGE, 2))[0], plt.figure(figsize=(PAGE, 4))
    plots.picture(sheet.subplots(), np.random.default_rng(0).random((400, 800, 3)))
    for figure, kind, dots in ((drawing, "image/png", SHARP), (sheet, "image/jpeg", 1)):
        shown, about = in_notebook(figure)
        assert list(shown) == [kind, "text/plain"]
        with Image.open(BytesIO(b64decode(shown[kind]))) as image:
            assert image.width == pytest.approx(dots * about[kind]["width"], abs=2)
        assert about[kind]["width"] == pytest.approx(990, rel=0.05)


def test_a_figure_becomes_a_png_of_its_size() -> None:
    run = Recorder("n", resolve("smoke"), 0)
    run.save_figure(plots.gallery(pictures(3), columns=3, width=2.0), "g")
    with Image.open(run.folder / "g.png") as image:
        assert image.format == "PNG"
        assert image.width == pytest.approx(2.0 * 150, rel=0.15)  # inches at 150 dots


def test_a_figure_in_a_notebook_has_its_titles_as_its_text() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    (about,) = in_notebook(figure)[1].values()
    assert about["alt"] == "figure"
    figure.suptitle("What maps see")
    left.set_title("layer 1\nof 5")
    (about,) = in_notebook(figure)[1].values()
    assert about["alt"] == "What maps see; layer 1 of 5" and not right.get_title()
