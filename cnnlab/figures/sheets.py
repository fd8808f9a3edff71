"""Pictures of filters, projections and maps, as the papers lay them out."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from cnnlab.results.style import PAGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage


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


def mosaic(pictures: np.ndarray, columns: int, *, gap: int = 1, paper: float = 1.0) -> np.ndarray:
    """Pictures (B, h, w, 3) side by side as one picture, `gap` pixels of `paper` between them."""
    b, h, w, c = pictures.shape
    rows = -(-b // columns)
    out = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, c), paper, pictures.dtype)
    for i, picture in enumerate(pictures):
        y, x = (i // columns) * (h + gap), (i % columns) * (w + gap)
        out[y : y + h, x : x + w] = picture
    return out


def nines(pictures: np.ndarray, maps: int, columns: int) -> np.ndarray:
    """Nine pictures for each map (maps * 9, h, w, 3) as blocks of 3 x 3 in one picture."""
    h = pictures.shape[1]
    blocks = [mosaic(part, 3) for part in pictures.reshape(maps, 9, *pictures.shape[1:])]
    return mosaic(np.stack(blocks), columns, gap=max(3, h // 6))


def as_pictures(patches: Tensor) -> np.ndarray:
    """Patches (B, 3, h, w) of pixels from 0 to 255 as pictures (B, h, w, 3) in 0..1.

    >>> import torch
    >>> as_pictures(torch.full((1, 3, 8, 6), 255.0)).shape
    (1, 8, 6, 3)
    """
    return np.clip(patches.float().cpu().permute(0, 2, 3, 1).numpy() / 255, 0, 1)


def mosaics(
    panels: Mapping[str, Tensor | np.ndarray], columns: int, height: float = 2.5
) -> "Figure":
    """A mosaic of `columns` pictures a row for every panel, side by side, by title.

    Tensors (B, 3, h, w) are projections or filters, whose contrast is stretched; arrays
    (B, h, w, 3) are pictures. `height` in inches is less where the page is not wide enough.

    >>> import torch
    >>> len(mosaics({"filters": torch.randn(9, 3, 7, 7)}, columns=3).axes)
    1
    """
    import matplotlib.pyplot as plt

    sheets = {
        title: mosaic(enhanced(part) if isinstance(part, Tensor) else part, columns)
        for title, part in panels.items()
    }
    widths = [sheet.shape[1] / sheet.shape[0] for sheet in sheets.values()]
    height = min(height, PAGE / sum(widths))
    size = (height * sum(widths), height + 0.2)
    figure, axes = plt.subplots(1, len(sheets), figsize=size, width_ratios=widths, squeeze=False)
    figure.set_layout_engine("constrained", w_pad=0.12)  # inches
    for panel, (title, sheet) in zip(axes[0], sheets.items(), strict=True):
        picture(panel, sheet, title)
    return figure


def heat(axes: "Axes", values: np.ndarray, title: str = "", **style: Any) -> "AxesImage":
    """A map of values (R, C) without axes; returns the image, for a colour bar."""
    image = axes.imshow(values, **{"cmap": "viridis", "interpolation": "nearest", **style})
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)
    return image


def picture(axes: "Axes", image: np.ndarray, title: str = "") -> None:
    """One picture without axes."""
    axes.imshow(image)
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)


def outline(axes: "Axes", y: float, x: float, height: float, width: float, **style: Any) -> None:
    """A rectangle around a window whose first pixel is (y, x)."""
    from matplotlib.patches import Rectangle

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
    import ipywidgets
    from IPython.core.getipython import get_ipython
    from IPython.display import display
    from IPython.utils.capture import capture_output

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
