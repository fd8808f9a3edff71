"""Scenes with boxes: every object is framed, no name lies on a picture."""

from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.offsetbox import TextArea
from matplotlib.patches import Rectangle
from pictures import boxed_images, noise

from cnnlab.datasets.boxed import BoxedObject
from cnnlab.figures import pascal as draw


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


def test_the_true_classes_are_named_and_bold() -> None:
    present = np.full(20, -1)
    present[[0, 14]] = 1  # aero, person
    falling = np.linspace(1, 0, 20)
    picture, bars = draw.probabilities(
        noise(0, 8, 8), present, {"softmax": falling, "sigmoid": falling}
    ).axes
    assert picture.get_title() == "shows aero, person"
    weights = {name.get_text(): name.get_fontweight() for name in bars.get_yticklabels()}
    assert weights == {"aero": "bold"} | dict.fromkeys(("bike", "bird", "boat", "bottle"), "normal")
