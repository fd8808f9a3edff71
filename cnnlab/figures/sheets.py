"""Pictures of filters, projections and maps, as the papers lay them out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def enhanced(pixels: Tensor, *, together: bool = False) -> np.ndarray:
    """Projections or filters (B, 3, h, w) as pictures (B, h, w, 3) in 0..1 around grey.

    The contrast is stretched, of each picture by itself as in Fig. 8, or of all `together`.
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
    """Patches (B, 3, h, w) of pixels from 0 to 255 as pictures (B, h, w, 3) in 0..1."""
    return np.clip(patches.float().cpu().permute(0, 2, 3, 1).numpy() / 255, 0, 1)


def side_by_side(axes: Sequence["Axes"], pixels: Tensor, patches: Tensor, title: str) -> None:
    """Fig. 8's pair for maps of nine: projections (maps * 9, 3, h, w) and the patches they show."""
    maps = len(pixels) // 9
    columns = max(2, -(-maps // 2))
    shown = (enhanced(pixels), "projections"), (as_pictures(patches), "patches")
    for panel, (pictures, what) in zip(axes, shown, strict=True):
        picture(panel, nines(pictures, maps, columns), f"{title}: {what}")


def heat(
    axes: "Axes", values: np.ndarray, title: str = "", *, over: np.ndarray | None = None, **how: Any
) -> Any:
    """A map of values (R, C), perhaps over a picture; returns the image for a colour bar."""
    if over is not None:
        axes.imshow(over)
        extent = (-0.5, over.shape[1] - 0.5, over.shape[0] - 0.5, -0.5)
        how = {"alpha": 0.6, "extent": extent, **how}
    shown = axes.imshow(values, **{"cmap": "viridis", "interpolation": "nearest", **how})
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)
    return shown


def picture(axes: "Axes", image: np.ndarray, title: str = "") -> None:
    """One picture without axes."""
    axes.imshow(image)
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)


def outline(axes: "Axes", y: float, x: float, height: float, width: float, **how: Any) -> None:
    """A rectangle around a window whose first pixel is (y, x)."""
    from matplotlib.patches import Rectangle

    style = {"fill": False, "ec": "#d55e00", "lw": 1.5, **how}
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
    made: dict[str, Any] = {name: abbreviated(control) for name, control in controls.items()}
    for name, widget in made.items():
        if widget is None:
            raise ValueError(f"control {name!r} is no range and no list: {controls[name]!r}")
        widget.description = name
    if get_ipython() is None:
        show(**{name: widget.value for name, widget in made.items()})
        return

    def outputs() -> list[Any]:
        with capture_output() as caught:
            show(**{name: widget.value for name, widget in made.items()})
        return caught.outputs

    def change(_: object) -> None:
        for handle, output in zip(handles, outputs(), strict=False):
            handle.update(output.data, metadata=output.metadata, raw=True)

    setting = ", ".join(f"{name} = {widget.value}" for name, widget in made.items())
    said = {"text/plain": f"{setting} (in a live kernel you can change it)"}
    box = ipywidgets.VBox(list(made.values()))
    display((box._repr_mimebundle_() or {}) | said, raw=True)
    handles: list[Any] = [
        display(o.data, metadata=o.metadata, raw=True, display_id=True) for o in outputs()
    ]
    for widget in made.values():
        widget.observe(change, names="value")


def light() -> None:
    """Show figures of this notebook as JPEG: pages of photographs and noise stay small.

    What `save_figure` writes stays PNG. Outside of a notebook nothing happens.
    """
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if get_ipython() is not None:
        set_matplotlib_formats("jpeg", pil_kwargs={"quality": 82})


def as_tensor(images: np.ndarray) -> Tensor:
    """Pictures (N, H, W, 3) uint8 as (N, 3, H, W) floats."""
    return torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float()


def answers(axes: "Axes", labels: np.ndarray, names: Sequence[str], title: str = "") -> None:
    """A map of classes (R, C), each in a colour of its own, the commonest four named below."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    from cnnlab.results.style import palette

    found, count = np.unique(labels, return_counts=True)
    order = found[np.argsort(-count, kind="stable")]
    rank = {int(label): min(i, 4) for i, label in enumerate(order)}
    colors = [palette()[i] for i in (0, 1, 2, 4, 7)]
    shown = np.vectorize(rank.__getitem__)(labels)
    axes.imshow(shown, cmap=ListedColormap(colors), vmin=0, vmax=4, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=8, pad=3)
    said = [names[int(label)] for label in order[:4]] + ["others"] * (len(order) > 4)
    patches = [Patch(color=color, label=name) for color, name in zip(colors, said, strict=False)]
    axes.legend(
        handles=patches, fontsize=6, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2,
        handlelength=0.8, columnspacing=0.6, borderpad=0.1,
    )  # fmt: skip
