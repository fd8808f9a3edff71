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


def committed_table(profile: str, id: str) -> "pd.DataFrame | None":
    """The table `id` committed for a profile ("course", "mini-seeds"), or None.

    >>> committed_table("course", "zf-table0") is None
    True
    """
    import pandas as pd

    path = paths.committed() / profile / f"{id}.csv"
    return pd.read_csv(path) if path.exists() else None


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

    theirs = pd.DataFrame(columns=["row", "column", "paper", "source"]).astype({"paper": float})
    if not id.startswith("extra-"):  # which no paper prints
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
    wanted = ["row", "column", "source", "ours", "low", "high", "n", "over", "paper", "difference"]
    return both.filter(wanted).round(decimals)


def marks(table: "pd.DataFrame") -> dict[str, str]:
    """Row names of an error table as shown: how many nets are averaged, and which still learn.

    Its columns `nets` and `learning` are those of `training.error_cells`, or one of them. A row
    still learns if one of its cells does; a table without both columns has no marks.

    >>> import pandas as pd
    >>> cells = [{"row": "one", "nets": 1, "learning": True}, {"row": "five", "nets": 3}]
    >>> marks(pd.DataFrame(cells).fillna({"learning": False}))
    {'one': 'one (still learning)', 'five': 'five (here 3 nets)'}
    """
    names: dict[str, str] = {}
    for cell in table.to_dict("records") if {"nets", "learning"} & {*table} else ():
        notes = [f"here {cell['nets']:.0f} nets"] if cell.get("nets", 1) > 1 else []
        notes += ["still learning"] if cell.get("learning") is True else []
        name = f"{cell['row']} ({', '.join(notes)})" if notes else cell["row"]
        names[cell["row"]] = max(name, names.get(cell["row"], ""), key=len)
    return names


def _text(key: object) -> str:
    """A key as the published tables write it: 15 and 15.0 are "15"."""
    return str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)
