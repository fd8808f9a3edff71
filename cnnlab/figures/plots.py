"""The pictures that several notebooks draw: galleries, mosaics of filters and projections."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.getipython import get_ipython
from IPython.display import display
from IPython.utils.capture import capture_output
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from torch import Tensor

from cnnlab.results.style import PAGE

DPI = 150  # at which figures are saved
LARGEST = 24  # pixels of the figure for one of a picture


def picture(
    axes: Axes, image: np.ndarray, title: str = "", *, size: float = 8, **style: Any
) -> AxesImage:
    """Show one image (H, W, 3) without axes, its title in `size` points.

    >>> import matplotlib.pyplot as plt
    >>> picture(plt.figure().subplots(), np.zeros((4, 6, 3)), "black").get_array().shape
    (4, 6, 3)
    """
    axes.set_axis_off()
    axes.set_title(title, fontsize=size, pad=3)
    return axes.imshow(image, **style)


def heat(axes: Axes, values: np.ndarray, title: str = "", **style: Any) -> AxesImage:
    """A map of values (R, C) without axes; returns the image, for a colour bar."""
    return picture(axes, values, title, **{"interpolation": "nearest", **style})


def gallery(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str] = (),
    *,
    columns: int = 10,
    width: float = PAGE,
) -> Figure:
    """A grid of images (H, W, 3), each with a short title.

    Raises ValueError for no images, and for titles that are not one for each.

    >>> len(gallery(np.zeros((3, 8, 8, 3), np.uint8), ["a", "b", "c"], columns=3).axes)
    3
    """
    if not len(images) or len(titles) not in (0, len(images)):
        raise ValueError(f"a gallery of {len(images)} images cannot have {len(titles)} titles")
    rows = -(-len(images) // columns)
    height = width / columns * rows * (1.18 if len(titles) else 1.0)
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    for i, panel in enumerate(axes.flat):
        panel.set_axis_off()
        if i < len(images):
            picture(panel, images[i], titles[i] if len(titles) else "", size=6)
    return figure


def enhanced(pixels: Tensor, *, together: bool = False) -> np.ndarray:
    """Projections or filters (B, 3, h, w) as pictures (B, h, w, 3) in 0..1 around grey.

    The contrast is stretched, of each picture by itself as in Fig. 8, or of all `together`.

    >>> import torch
    >>> float(enhanced(torch.full((1, 3, 2, 2), -7.0)).max())
    0.0
    """
    flat = pixels.float().cpu().permute(0, 2, 3, 1).numpy()
    size = np.abs(flat).reshape(len(flat), -1)
    top = np.quantile(size, 0.998, axis=1) if size.shape[1] > 1000 else size.max(axis=1)
    if together:
        top = np.full_like(top, top.max())
    return np.clip(0.5 + flat / (2 * np.maximum(top, 1e-12)[:, None, None, None]), 0, 1)


def mosaic(
    pictures: np.ndarray, columns: int, *, gap: int = 1, paper: float = 1.0, scale: int = 0
) -> np.ndarray:
    """Pictures (B, h, w, 3) side by side as one picture, `gap` pixels of `paper` between them.

    Every pixel becomes `scale` x `scale`, so that drawing the sheet loses none of them: 0 takes the
    least that makes it as wide as a page at 150 dots an inch.

    >>> mosaic(np.zeros((6, 7, 7, 3)), columns=3, scale=2).shape
    (30, 46, 3)
    """
    b, h, w, c = pictures.shape
    rows = -(-b // columns)
    out = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, c), paper, pictures.dtype)
    for i, picture in enumerate(pictures):
        y, x = (i // columns) * (h + gap), (i % columns) * (w + gap)
        out[y : y + h, x : x + w] = picture
    scale = scale or -(-int(150 * PAGE) // max(out.shape))
    return out.repeat(scale, axis=0).repeat(scale, axis=1)


def nines(pictures: np.ndarray, maps: int, columns: int) -> np.ndarray:
    """Nine pictures for each map (maps * 9, h, w, 3) as blocks of 3 x 3 in one picture."""
    h = pictures.shape[1]
    blocks = [mosaic(part, 3, scale=1) for part in pictures.reshape(maps, 9, *pictures.shape[1:])]
    return mosaic(np.stack(blocks), columns, gap=max(3, h // 6), scale=1)


def as_pictures(patches: Tensor) -> np.ndarray:
    """Patches (B, 3, h, w) of pixels from 0 to 255 as pictures (B, h, w, 3) in 0..1.

    >>> import torch
    >>> as_pictures(torch.full((1, 3, 8, 6), 255.0)).shape
    (1, 8, 6, 3)
    """
    return np.clip(patches.float().cpu().permute(0, 2, 3, 1).numpy() / 255, 0, 1)


def mosaics(panels: Mapping[str, Tensor | np.ndarray], columns: int) -> Figure:
    """A mosaic of `columns` pictures a row for every panel, side by side, by title.

    Tensors (B, 3, h, w) are projections or filters, whose contrast is stretched; arrays
    (B, h, w, 3) are pictures.

    >>> import torch
    >>> len(mosaics({"filters": torch.randn(9, 3, 7, 7)}, columns=3).axes)
    1
    """
    sheets = {
        title: mosaic(enhanced(part) if isinstance(part, Tensor) else part, columns, scale=1)
        for title, part in panels.items()
    }
    return page([sheets])[0]


def page(
    rows: Sequence[Mapping[str, np.ndarray]], *, below: int = 0, width: float = PAGE * DPI
) -> tuple[Figure, list[Axes]]:
    """Sheets (h, w, 3), by title, row below row, and their axes; sheets of a row share its width.

    A pixel of a sheet is a whole number of pixels of the figure, up to `LARGEST`, or lines a pixel
    wide would vanish; a sheet that is too wide for the page widens it. Under each sheet `below`
    pixels stay free.

    >>> figure, axes = page([{"filters": np.zeros((31, 63, 3))}])
    >>> round(axes[0].get_position().height * figure.get_figheight() * DPI)  # 31 x 20 pixels
    620
    """
    gap, line = 20, 24
    width = max([width, *(sum(s.shape[1] + gap for s in row.values()) for row in rows)])
    placed, top = [], 0
    for row in rows:
        room = (width + gap) / len(row) - gap
        scales = [int(np.clip(room // sheet.shape[1], 1, LARGEST)) for sheet in row.values()]
        left, high = 0, 0
        top += 10 + line * max(name.count("\n") + 1 for name in row)
        for (name, sheet), scale in zip(row.items(), scales, strict=True):
            h, w = (scale * side for side in sheet.shape[:2])
            sheet = sheet.repeat(scale, axis=0).repeat(scale, axis=1)
            placed.append((name, sheet, left, top, w, h))
            left += round(max(w, room) + gap)
            high = max(high, h)
        top += high + below
    figure = plt.figure(figsize=(width / DPI, top / DPI), dpi=DPI)
    figure.set_layout_engine("none")
    panels = []
    for name, sheet, x, y, w, h in placed:
        panels.append(figure.add_axes((x / width, 1 - (y + h) / top, w / width, h / top)))
        picture(panels[-1], sheet, name, aspect="auto")
    return figure, panels


def outline(axes: Axes, y: float, x: float, height: float, width: float, **style: Any) -> None:
    """A rectangle around a window whose first pixel is (y, x)."""
    style = {"fill": False, "ec": "#d55e00", "lw": 1.5, **style}
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), width, height, **style))


def play(show: Callable[..., Any], **controls: Sequence[Any] | Any) -> None:
    """Controls above what `show` draws; without a live kernel the page keeps their first setting.

    Each control is a range (low, high) or (low, high, step) of numbers, or a list of choices. The
    pictures are outputs of their own that a control replaces, so that they stay where the controls
    cannot be shown. Raises ValueError for a control of another kind.

    >>> play(lambda size: print(size), size=(1, 9))
    5
    """
    abbreviated = ipywidgets.interactive.widget_from_abbrev
    widgets: dict[str, Any] = {name: abbreviated(control) for name, control in controls.items()}
    for name, widget in widgets.items():
        if widget is None:
            raise ValueError(f"control {name!r} is no range and no list: {controls[name]!r}")
        widget.description = name
    if get_ipython() is None:
        show(**{name: widget.value for name, widget in widgets.items()})
        return

    def outputs() -> list[Any]:
        with capture_output() as captured:
            show(**{name: widget.value for name, widget in widgets.items()})
        return captured.outputs

    def change(_: object) -> None:
        for handle, output in zip(handles, outputs(), strict=False):
            handle.update(output.data, metadata=output.metadata, raw=True)

    setting = ", ".join(f"{name} = {widget.value}" for name, widget in widgets.items())
    text = {"text/plain": f"{setting} (in a live kernel you can change it)"}
    box = ipywidgets.VBox(list(widgets.values()))
    display((box._repr_mimebundle_() or {}) | text, raw=True)
    handles: list[Any] = [
        display(o.data, metadata=o.metadata, raw=True, display_id=True) for o in outputs()
    ]
    for widget in widgets.values():
        widget.observe(change, names="value")
