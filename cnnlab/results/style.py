"""One figure style for every notebook: widths, colours, fonts."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN, PAGE = 4.2, 8.4  # widths in inches of one column and of a whole page
DPI = 118  # pixels of a screen an inch: a page is 990 wide, as a notebook's column
SHARP = 1.7  # dots a pixel, for screens that have more than one
MAX_PNG = 150_000  # bytes of a picture in a notebook, above which it becomes a JPEG
ALT = 300  # letters of the text that stands for a picture
OURS, PAPER = "#0173b2", "#949494"  # of seaborn's colour-blind palette


def palette() -> list[str]:
    """Ten colours, as #rrggbb, that colour-blind readers can tell apart.

    >>> palette()[0]
    '#0173b2'
    """
    import seaborn

    return list(seaborn.color_palette("colorblind").as_hex())


def use_style() -> None:
    """Set fonts, colours and resolution for all figures that follow, and how tables are shown."""
    import matplotlib
    import pandas as pd
    import seaborn
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if hasattr(shell, "kernel") and "inline" not in matplotlib.get_backend():
        shell.run_line_magic("matplotlib", "inline")  # MPLBACKEND says another, which shows nothing
    matplotlib.rcdefaults()  # without the reader's matplotlibrc
    seaborn.set_theme(
        context="paper",
        style="ticks",
        palette="colorblind",
        rc={
            "figure.dpi": DPI,
            "figure.constrained_layout.use": True,
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "axes.titlesize": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e6e6e6",
            "legend.frameon": False,
            "image.interpolation": "auto",  # nearest would drop rows where pixels are too few
            "patch.force_edgecolor": False,  # seaborn's white edges hide arrows
            "patch.edgecolor": "black",
        },
    )
    for name, value in {"max_colwidth": None, "max_columns": None, "width": 100}.items():
        pd.set_option(f"display.{name}", value)  # claims are never cut
    if shell is not None:
        from matplotlib.figure import Figure
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats()  # `in_notebook` alone decides
        shell.display_formatter.mimebundle_formatter.for_type(Figure, in_notebook)


def in_notebook(figure: "Figure", **_: object) -> tuple[dict[str, str], dict[str, Any]]:
    """A figure as a notebook keeps it: a page is 990 pixels wide, with 1.7 dots a pixel.

    Its titles, or else its axes, are the text for readers who do not see it.

    Drawings are PNG. Sheets of images would make a notebook many megabytes so, and have no more to
    show than one dot a pixel: JPEG.
    """
    data, kind = _encoded(figure, "png", SHARP * DPI), "image/png"
    size = [round(int.from_bytes(data[at : at + 4], "big") / SHARP) for at in (16, 20)]  # header
    if len(data) > MAX_PNG:
        data, kind = _encoded(figure, "jpeg", DPI, pil_kwargs={"quality": 50}), "image/jpeg"
    shown = {kind: b64encode(data).decode(), "text/plain": repr(figure)}
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    labels = [f"{axes.get_ylabel()} by {axes.get_xlabel()}" for axes in figure.axes]
    texts = [*filter(None, titles)] or [text for text in labels if text != " by "]
    alt = "; ".join(texts)[:ALT].replace("\n", " ") or "figure"
    return shown, {kind: {"width": size[0], "height": size[1], "alt": alt}}


def _encoded(figure: "Figure", kind: str, dpi: float, **options: Any) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, dpi=dpi, bbox_inches="tight", **options)
    return buffer.getvalue()
