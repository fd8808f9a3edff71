"""Figures of single filters and codes: what is drawn is what was measured."""

from dataclasses import replace

import numpy as np
from codes import CLASSES, planted
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from cnnlab.figures import codes
from cnnlab.units.distributed import FULL, sweep
from cnnlab.units.filter_overlap import overlaps
from cnnlab.units.grandmother import filter_aps, top_filters

BOXES = replace(planted(), classes=("cat", "dog", "bus", "person", "tv"))
TOPS = top_filters(filter_aps(BOXES.rows, BOXES.present), 2)


def x_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_xdata())


def y_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata())


def test_each_class_has_its_filters_and_the_share_of_the_class() -> None:
    figure = codes.grandmothers(
        {"pre-trained": BOXES, "fine-tuned": BOXES}, {"pre-trained": TOPS, "fine-tuned": TOPS}
    )
    panels = figure.axes[:CLASSES]
    assert [panel.get_title() for panel in panels] == [*BOXES.classes]
    curves = [line for line in panels[0].get_lines() if len(x_of(line)) > 2]
    assert len(curves) == 4
    assert {to_hex(str(line.get_color())) for line in curves} == {
        style["color"] for style in codes.STYLES.values()
    }
    np.testing.assert_array_equal(y_of(curves[0])[0], 100)  # the grandmother cell of class 0
    assert [20, 20] in [list(y_of(line)) for line in panels[1].get_lines()]


def test_a_class_without_boxes_leaves_its_panel_empty() -> None:
    one = replace(BOXES, classes=(*BOXES.classes, "sofa"))
    tops = np.vstack([TOPS, [[0, 1]]])
    panel = codes.grandmothers({"pre-trained": one}, {"pre-trained": tops}).axes[CLASSES]
    assert all(len(x_of(line)) == 2 for line in panel.get_lines())


def test_fractions_end_at_the_complete_ap() -> None:
    swept = sweep(BOXES, BOXES, (1, 5), draws=9)
    figure = codes.fractions({"pre-trained": swept}, "conv-5")
    (curve,) = [line for line in figure.axes[3].get_lines() if len(x_of(line)) == 3]
    np.testing.assert_allclose(y_of(curve), swept.fractions[3, :, 0])
    assert y_of(curve)[-1] == 100


def test_classes_stand_by_their_groups() -> None:
    matrix = overlaps(sweep(BOXES, BOXES, FULL, draws=0).order, 8)
    figure = codes.overlap_matrices({"pre-trained": matrix}, BOXES.classes)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["bus", "cat", "dog", "tv", "person"]
    shown = np.ma.filled(np.ma.asarray(figure.axes[0].get_images()[0].get_array()), np.nan)
    assert np.isnan(np.diag(shown)).all()
    assert shown[0, 1] == matrix[2, 0]


def test_dimensions_compare_every_order_with_the_first() -> None:
    one = sweep(BOXES, BOXES, (1, 5), draws=0)
    other = sweep(BOXES, BOXES, (1, 5), draws=0, order=one.order[:, ::-1])
    figure = codes.dimensions({"by |w|": one, "backwards": other})
    for panel in figure.axes:
        assert len(panel.get_lines()) == CLASSES + 2
        np.testing.assert_allclose(y_of(panel.get_lines()[-1]), one.aps[:, :, 0].mean(axis=0))
