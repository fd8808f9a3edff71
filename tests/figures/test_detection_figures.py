"""R-CNN's pages: a frame for every box, colours and words for what detections are."""

import numpy as np
from boxed import boxed
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cnnlab.detection import Detections, Windows
from cnnlab.figures import detection as draw
from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net

BOX, OTHER = (10.0, 10.0, 30.0, 40.0), (40.0, 5.0, 60.0, 25.0)


def test_proposals_are_drawn_and_the_best_beside_each_object() -> None:
    boxes = np.array([BOX, OTHER, (1, 1, 9, 9)])
    figure = draw.proposed(np.zeros((64, 64, 3), np.uint8), boxes[:2], boxes)
    truth, every, best = figure.axes
    assert [len(panel.patches) for panel in (truth, every, best)] == [4, 3, 6]
    assert "3 proposals" in every.get_title()
    assert [text.get_text() for text in best.texts] == ["1.00", "1.00"]


def test_recall_falls_with_the_overlap_and_rises_with_the_number() -> None:
    best = np.sort(np.random.default_rng(0).random((50, 3)), axis=1)
    left, right = draw.recall({"its own": best, "another's": best / 2}, [4, 8, 16]).axes
    for line in left.lines[:2]:
        assert (np.diff(np.asarray(line.get_ydata())) <= 0).all()
    own, other = (np.asarray(line.get_ydata()) for line in right.lines)
    assert (np.diff(own) >= 0).all() and (own >= other).all()


def test_detections_have_the_colour_and_the_word_of_what_they_are() -> None:
    scenes = boxed([[(8, BOX)], []])
    boxes = np.array([BOX, OTHER])
    detections = Detections(np.zeros(2, int), np.array([8, 11]), boxes, np.array([0.5, 0.9]))
    figure = draw.detected(scenes, detections, [0, 1])
    panel, empty = figure.axes[:2]
    words = [text.get_text() for text in panel.texts if len(text.get_text()) > 1]
    assert words == ["1 dog +0.90, false", "2 chair +0.50, true"]
    frames = {
        to_hex(patch.get_edgecolor()) for patch in panel.patches if isinstance(patch, Rectangle)
    }
    assert {draw.BLUE, draw.ORANGE} <= frames
    assert not empty.patches and not empty.texts


def test_a_class_without_a_curve_has_an_empty_panel() -> None:
    scenes = boxed([[(1, BOX)]])
    sure = Detections(np.zeros(1, int), np.ones(1, int), np.array([BOX]), np.ones(1))
    empty, curve = draw.precision_recall_by_class(scenes, {"tuned": sure}).axes[:2]
    assert np.asarray(curve.lines[0].get_ydata()).tolist() == [100.0]
    assert not any(np.size(line.get_ydata()) for line in empty.lines)


def test_windows_are_shown_as_a_net_sees_them() -> None:
    scenes = boxed([[], [(8, BOX)]])
    some = Windows.of([[OTHER], [BOX, OTHER]])
    net = base_net("caffenet", TINY)
    panels = draw.windows_of(net, scenes, some, [(1, 0), (0, 0)], ["chair", "none"]).axes
    assert [panel.get_title() for panel in panels[:2]] == ["chair", "none"]
    assert panels[0].images[0].get_size() == (56, 56)


def test_the_kinds_of_a_class_fill_its_bar_and_the_best_is_on_top() -> None:
    counts = {name: np.array(n) for name, n in {"true": (1, 3, 0), "other": (3, 1, 0)}.items()}
    counts |= {name: np.zeros(3, int) for name in ("localisation", "similar", "background")}
    axes = draw.detection_kinds(["cat", "dog", "cow"], counts).axes[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert sum(bar.get_width() for bar in bars) == 200
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["cat", "dog"]
    assert axes.get_legend_handles_labels()[1] == list(counts)
