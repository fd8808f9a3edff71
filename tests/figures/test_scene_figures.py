"""Scenes with boxes: every object is framed, no name lies on a picture; curves of runs that end."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.offsetbox import TextArea
from matplotlib.patches import Rectangle
from pictures import boxed_images, noise

from cnnlab.datasets.boxed import BoxedObject
from cnnlab.figures import pascal as draw
from cnnlab.figures import sun


def test_names_stand_above_the_pictures_in_the_colours_of_their_boxes(tmp_path: Path) -> None:
    objects = [
        BoxedObject(0, (1, 1, 9, 9)),
        BoxedObject(10, (3, 4, 10, 5), difficult=True),
        BoxedObject(0, (2, 2, 4, 4)),
    ]
    scenes = boxed_images(tmp_path / "s", (noise(0, 40, 60), objects), (noise(1, 40, 30), []))
    figure = draw.with_boxes(scenes, [0, 1])
    figure.canvas.draw()
    panel, empty = figure.axes[:2]
    boxes = [patch for patch in panel.patches if isinstance(patch, Rectangle)]
    assert [box.get_linestyle() == "-" for box in boxes] == [True, False, True]
    names = {area.get_text(): area for area in panel.findobj(TextArea)}
    assert list(names) == ["aero", "table"]
    for box, name in zip(boxes, ("aero", "table", "aero"), strict=True):
        text = names[name]._text  # pyright: ignore[reportAttributeAccessIssue]
        assert to_rgb(text.get_bbox_patch().get_facecolor()[:3]) == to_rgb(box.get_edgecolor()[:3])
        assert text.get_window_extent().y0 >= panel.get_window_extent().y1 - 1
    assert not np.allclose(boxes[0].get_edgecolor(), boxes[1].get_edgecolor())
    assert not empty.patches


def test_curves_end_where_a_run_settled_and_are_hollow_where_it_did_not() -> None:
    def net(*errors: float) -> Any:
        rows = [
            {"images": 1000 * i, "val_top1": error, "train_loss": error / 20}
            for i, error in enumerate(errors, 1)
        ]
        return SimpleNamespace(history=rows)

    nets = {"scratch": [net(90, 80, 70, 60, 50, 40)], "ft": [net(50, 40, 40, 40), net(50, 41, 41)]}
    figure = sun.curves(nets, 60.0)
    left, right = figure.axes
    lines = [line for line in right.lines if line.get_color() != sun.PAPER]
    assert [len(np.asarray(line.get_xdata())) for line in lines] == [6, 4, 3]
    assert [line.get_markerfacecolor() == "white" for line in lines] == [True, False, True]
    assert [np.asarray(line.get_ydata())[-1] for line in lines] == [60, 60, 59]
    assert len(left.lines) == 3 and left.get_ylim()[0] == 0
