"""Sheets of pictures by hand, and controls whose first setting stays on a page."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output

from cnnlab.figures import deconvnet as draw
from cnnlab.figures import plots
from cnnlab.seeing.projection import shared_switches


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_mosaic_fills_rows_and_leaves_paper_between() -> None:
    ones = np.arange(1, 4)[:, None, None, None] * np.ones((3, 2, 2, 1))
    expected = [[1, 1, 0, 2, 2], [1, 1, 0, 2, 2], [0, 0, 0, 0, 0], [3, 3, 0, 0, 0], [3, 3, 0, 0, 0]]
    np.testing.assert_array_equal(plots.mosaic(ones, 2, paper=0.0, scale=1)[..., 0], expected)
    double = plots.mosaic(ones, 2, paper=0.0, scale=2)[..., 0]
    np.testing.assert_array_equal(double, np.kron(expected, np.ones((2, 2))))


@pytest.mark.parametrize(("count", "side"), [(4, 7), (96, 11), (100, 130)])
def test_a_sheet_has_a_whole_number_of_pixels_for_each_and_fills_a_page(
    count: int, side: int
) -> None:
    pictures = np.random.default_rng(0).random((count, side, side, 3))
    sheet, plain = plots.mosaic(pictures, 10), plots.mosaic(pictures, 10, scale=1)
    scale = sheet.shape[1] // plain.shape[1]
    assert sheet.shape[1] == scale * plain.shape[1] and sheet.shape[1] >= 1260
    np.testing.assert_array_equal(sheet[::scale, ::scale], plain)


def test_nines_are_blocks_in_order() -> None:
    numbers = np.arange(18.0)[:, None, None, None] * np.ones((18, 1, 1, 1))
    shown = plots.nines(numbers, 2, 2)[..., 0]  # blocks of 5 pixels, 3 apart
    np.testing.assert_array_equal(shown[::2, :5:2], np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(shown[::2, 8::2], np.arange(9, 18).reshape(3, 3))


def test_a_page_gives_every_pixel_of_a_sheet_a_whole_number_of_its_own() -> None:
    rng = np.random.default_rng(0)
    rows = [{"one": rng.random((9, 31, 3)), "two": rng.random((40, 300, 3))}]
    rows.append({"wide": rng.random((20, 1500, 3))})
    figure, panels = plots.page(rows)
    sides = figure.get_size_inches() * plots.DPI
    for panel, sheet in zip(panels, [s for row in rows for s in row.values()], strict=True):
        box = panel.get_position()
        scale = box.width * sides[0] / sheet.shape[1]
        assert scale == pytest.approx(round(scale)) and 1 <= scale <= plots.LARGEST
        assert box.height * sides[1] / sheet.shape[0] == pytest.approx(scale)
        assert box.x0 >= 0 and box.x1 <= 1 and box.y0 >= 0 and box.y1 <= 1
        drawn = np.asarray(panel.images[0].get_array())
        np.testing.assert_array_equal(drawn[:: round(scale), :: round(scale)], sheet)


def test_enhanced_keeps_zero_grey_and_stretches_to_the_ends() -> None:
    pixels = torch.zeros(2, 3, 2, 2)
    pixels[0, 0, 0, 0], pixels[0, 1, 1, 1], pixels[1, 2, 0, 1] = 4.0, -2.0, -0.1
    alone, together = (plots.enhanced(pixels, together=t) for t in (False, True))
    assert (alone[0, 0, 0, 0], alone[0, 1, 1, 1], alone[0, 0, 0, 1]) == (1.0, 0.25, 0.5)
    assert alone[1, 0, 1, 2] == pytest.approx(0)
    assert together[1, 0, 1, 2] == pytest.approx(0.5 - 0.1 / 8)


def test_the_corner_drawn_has_two_windows_that_share_a_maximum() -> None:
    maps = torch.rand(4, 1, 12, 12, generator=torch.Generator().manual_seed(0))
    corner = draw.lively_corner(maps)
    maxima, places = torch.nn.functional.max_pool2d(corner[None, None], 3, 2, return_indices=True)
    assert int(shared_switches(places).sum()) == 2
    assert float(maxima.min()) > 0


def test_without_a_notebook_the_controls_only_show_their_first_setting() -> None:
    seen: list[Any] = []
    plots.play(lambda **setting: seen.append(setting), layer=["a", "b"], unit=(0, 8))
    assert seen == [{"layer": "a", "unit": 4}]


def test_a_page_keeps_the_first_setting_and_a_control_replaces_it(shell: InteractiveShell) -> None:
    from ipywidgets import Dropdown
    from ipywidgets.widgets.widget import _instances

    def show(layer: str, unit: int) -> None:
        display({"text/plain": f"{layer} {unit}"}, raw=True)

    with capture_output() as page:
        plots.play(show, layer=["a", "b"], unit=(0, 8))
    texts = [output.data["text/plain"] for output in page.outputs]
    assert texts == ["layer = a, unit = 4 (in a live kernel you can change it)", "a 4"]
    assert "application/vnd.jupyter.widget-view+json" in page.outputs[0].data
    choice = [w for w in _instances.values() if isinstance(w, Dropdown)][-1]  # the newest
    with capture_output() as change:
        choice.value = "b"
    assert [output.data["text/plain"] for output in change.outputs] == ["b 4"]
    assert change.outputs[0].update  # in place of what the page showed, not below it
    assert change.outputs[0].transient == page.outputs[1].transient


def test_a_control_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="control 'unit' is no range and no list"):
        plots.play(lambda unit: None, unit=object())
