"""The papers' numbers: one tidy CSV per table in data/published."""

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
