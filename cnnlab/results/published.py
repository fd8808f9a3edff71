"""The papers' numbers, one tidy CSV per table in data/published, and ours beside them."""

from typing import TYPE_CHECKING

from cnnlab.artifacts import paths

if TYPE_CHECKING:
    import pandas as pd


def published_ids() -> list[str]:
    """Ids of the published tables, sorted.

    >>> published_ids()[:3]
    ['agm-supp-table10', 'agm-supp-table9', 'agm-table1']
    """
    return sorted(path.stem for path in paths.published().glob("*.csv"))


def published_table(id: str) -> "pd.DataFrame":
    """One published table: columns table, row, column, value, plus_minus, source, note.

    Raises ValueError for an unknown id.

    >>> table = published_table("zf-table2")
    >>> table[table["row"] == "ours-5-convnets"]["value"].tolist()
    [36.6, 15.3, 15.3]
    """
    import pandas as pd

    path = paths.published() / f"{id}.csv"
    if not path.exists():
        raise ValueError(f"no published table {id!r}; there are {', '.join(published_ids())}")
    return pd.read_csv(path)


def compare_with_paper(table: "pd.DataFrame", id: str, *, decimals: int = 1) -> "pd.DataFrame":
    """Our cells beside the published ones: row, column, ours, low, high, n, paper, difference.

    Keeps the paper's order, then ours, and every cell of either side; a cell missing on one side
    stays empty. Where two versions of a paper print a cell differently, both are given, told apart
    by a column `source`; a table of ours that has one is matched by it too.

    >>> import pandas as pd
    >>> ours = pd.DataFrame([{"row": "ours-5-convnets", "column": "val-top1", "value": 18.0}])
    >>> compare_with_paper(ours, "zf-table2").dropna(subset="ours")["difference"].tolist()
    [-18.6]
    """
    import pandas as pd

    theirs = published_table(id).rename(columns={"value": "paper"})
    theirs = theirs.filter(["row", "column", "paper", "source"])
    ours = table.rename(columns={"value": "ours"})
    keys = ["row", "column"] + ["source"] * ("source" in ours)
    for side in (theirs, ours):
        side[keys] = side[keys].map(_text)
    both = theirs.merge(ours, on=keys, how="left")
    alone = ours.merge(theirs[keys], on=keys, how="left", indicator=True)
    alone = alone[alone.pop("_merge") == "left_only"]
    both = pd.concat([both, alone], ignore_index=True)
    both = both.assign(difference=both["ours"] - both["paper"])
    if "n" in both:
        both["n"] = both["n"].astype("Int64")  # a count, even where some are missing
    named = "source" in ours or bool(both.duplicated(["row", "column"]).any())
    both = both if named else both.drop(columns="source")
    wanted = ("row", "column", "source", "ours", "low", "high", "n", "paper", "difference")
    return both.filter(wanted).round(decimals)


def paper_table(table: "pd.DataFrame", id: str, *, decimals: int = 1) -> "pd.DataFrame":
    """Both as the paper prints them: one line a row, under each column ours and the paper's.

    A row of which two versions exist has a line for each, with the version in brackets.

    >>> import pandas as pd
    >>> ours = pd.DataFrame([{"row": "ours-5-convnets", "column": "val-top1", "value": 18.0}])
    >>> paper_table(ours, "zf-table2").loc["ours-5-convnets", "val-top1"].tolist()
    [18.0, 36.6]
    """
    both = compare_with_paper(table, id, decimals=decimals)
    if "source" in both:
        twice = both["row"].isin(list(both.loc[both.duplicated(["row", "column"]), "row"]))
        versions = both["row"] + " (" + both["source"] + ")"
        both["row"] = both["row"].where(~(twice & both["source"].notna()), versions)
    columns = both.drop_duplicates("column")["column"]
    rows = both.drop_duplicates("row")["row"]
    grid = both.set_index(["row", "column"])[["ours", "paper"]].unstack("column")
    ordered = [(who, column) for column in columns for who in ("ours", "paper")]
    grid = grid.loc[list(rows), ordered].swaplevel(axis=1)
    return grid.dropna(axis=1, how="all").rename_axis(index=None, columns=[None, None])


def _text(key: object) -> str:
    """A key as the published tables write it: 15 and 15.0 are "15"."""
    return str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)
