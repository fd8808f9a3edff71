"""Tables as the paper prints them: under each column the paper, photographs and this run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cnnlab.results.published import committed_table, compare_with_paper

DASH = "\N{EN DASH}"  # where a side has no number
WIDE = 3  # columns of a paper's table, up to which whole intervals fit on a page
PHOTOGRAPHS = "course"  # the profile whose committed tables were measured on photographs


class Grid(pd.DataFrame):
    """A table that is shown with the line `attrs["caption"]` below it."""

    @property
    def _constructor(self) -> type["Grid"]:
        return Grid

    def __repr__(self) -> str:
        return f"{super().__repr__()}\n{self.attrs.get('caption', '')}".rstrip()

    def _repr_html_(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        table = super()._repr_html_()  # pyright: ignore[reportAttributeAccessIssue]
        return f"{table}<p>{self.attrs.get('caption', '')}</p>"


def photographs(table: pd.DataFrame, id: str = "") -> pd.DataFrame | None:
    """The committed table of photographs to set beside `table`; None if it is of photographs."""
    own = table.attrs.get("profile") == PHOTOGRAPHS
    return None if own else committed_table(PHOTOGRAPHS, table.attrs.get("id", id))


def three_columns(table: pd.DataFrame, id: str, *, decimals: int = 1) -> Grid:
    """A table of ours laid out as the paper prints `id`: paper, photographs, this run.

    Photographs are the committed table of profile `course`, left out where there is none or where
    `table` is of that profile itself, and the same part of it where `table` is a part. Numbers are
    texts, with 95% intervals, or with half their width where many columns leave no room and both
    sides are alike; n stands below. A row that two versions of a paper print differently has a line
    for each. An `extra-` id, which no paper prints, has no paper's column. Where no row has two
    columns, a line is a column and a row. Raises ValueError for an unknown id.

    >>> ours = pd.DataFrame([{"row": "ours-5-convnets", "column": "val-top1", "value": 18.0}])
    >>> three_columns(ours, "zf-table2").loc["ours-5-convnets", ("val-top1", "paper")]
    '36.6'
    """
    sides = {"this run": table}
    if (course := photographs(table, id)) is not None:
        if len(table) < table.attrs.get("cells", 0):  # a part of what was saved
            row, column = (course[key].isin(table[key]) for key in ("row", "column"))
            course = course[row & column]
        sides = {"photographs": course, **sides}
    both = {side: _by_version(compare_with_paper(t, id, decimals=9)) for side, t in sides.items()}
    every = pd.concat(both.values())
    columns = list(dict.fromkeys(every["column"]))
    slim = len(columns) > 1 and max(every.groupby("row")["column"].nunique()) == 1
    whole = slim or len(columns) <= WIDE
    texts: dict[tuple[str, str, str], str] = {}
    for side, cells in both.items():
        for cell in cells.to_dict("records"):
            row, column = cell["row"], cell["column"]
            for name, key in (("paper", "paper"), (side, "ours")):
                if pd.notna(cell[key]):
                    interval = (cell.get("low"), cell.get("high")) if key == "ours" else ()
                    texts[row, column, name] = _text(cell[key], interval, decimals, whole=whole)
    order = [(column, side) for column in columns for side in ("paper", *sides)]
    grid = Grid(index=list(dict.fromkeys(every["row"])), columns=pd.MultiIndex.from_tuples(order))
    if slim:
        lines = dict.fromkeys(zip(every["column"], every["row"], strict=True))
        grid = Grid(index=pd.MultiIndex.from_tuples(lines), columns=["paper", *sides])
    for (row, column, side), text in texts.items():
        place = ((column, row), side) if slim else (row, (column, side))
        grid.loc[place] = text
    grid = Grid(grid.dropna(axis=1, how="all").fillna(DASH))
    grid.attrs["caption"] = " ".join(_caption(both, "".join(texts.values())))
    return grid


def _by_version(both: pd.DataFrame) -> pd.DataFrame:
    """Rows that two versions print differently with the version in their name."""
    if "source" in both:
        twice = both["row"].isin(list(both.loc[both.duplicated(["row", "column"]), "row"]))
        versions = both["row"] + " (" + both["source"] + ")"
        both["row"] = both["row"].where(~(twice & both["source"].notna()), versions)
    return both


def _text(value: float, interval: Sequence[Any], decimals: int, *, whole: bool) -> str:
    text = f"{value:.{decimals}f}"
    if not interval or not np.isfinite(np.array(interval, dtype=float)).all():
        return text
    low, high = interval
    if not whole and abs((high - value) - (value - low)) < 10**-decimals:
        return f"{text} ± {(high - low) / 2:.{decimals}f}"
    return f"{text} [{low:.{decimals}f}, {high:.{decimals}f}]"


def _caption(both: Mapping[str, pd.DataFrame], printed: str) -> Iterator[str]:
    """What the intervals are and what they rest on, a sentence for each side."""
    notes = {"±": "± half of the 95% interval", "[": "[95% interval]"}
    if signs := ", or ".join(note for sign, note in notes.items() if sign in printed):
        yield f"{signs}."
    for side, cells in both.items():
        if "n" in cells:
            measured = cells.dropna(subset=["ours", "n"])
            over = measured.reindex(columns=["over"])["over"].fillna("")
            parts = [
                f"{'' if low == high else f'{low:,} to '}{high:,} {name}".rstrip()
                for name, low, high in measured["n"].groupby(over).agg(["min", "max"]).itertuples()
            ]
            yield f"{side.capitalize()}: n = {', '.join(parts)}."
