"""One figure style for every notebook: widths, colours, fonts."""

COLUMN, PAGE = 4.2, 8.4  # widths in inches of one column and of a whole page
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
    import pandas as pd
    import seaborn
    from IPython.core.getipython import get_ipython

    seaborn.set_theme(
        context="paper",
        style="ticks",
        palette="colorblind",
        rc={
            "figure.dpi": 90,
            "figure.constrained_layout.use": True,
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "axes.titlesize": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e6e6e6",
            "legend.frameon": False,
            "image.interpolation": "nearest",
            "patch.force_edgecolor": False,  # seaborn's white edges hide arrows
            "patch.edgecolor": "black",
        },
    )
    for name, value in {"max_colwidth": None, "max_columns": None, "width": 100}.items():
        pd.set_option(f"display.{name}", value)  # claims are never cut
    if get_ipython() is not None:  # sheets of images as PNG would make a notebook many megabytes
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("jpeg", pil_kwargs={"quality": 70})
