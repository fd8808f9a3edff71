"""The papers' numbers: one tidy CSV per table in data/published."""

from typing import TYPE_CHECKING

from cnnlab.artifacts import paths

if TYPE_CHECKING:
    import pandas as pd


def names() -> list[str]:
    """Ids of the published tables, sorted."""
    return sorted(path.stem for path in paths.published().glob("*.csv"))


def load(table: str) -> "pd.DataFrame":
    """Read one published table: columns table, row, column, value, plus_minus, source, note.

    Raises ValueError for a table that is not there.
    """
    import pandas as pd

    path = paths.published() / f"{table}.csv"
    if not path.exists():
        raise ValueError(f"no published table {table!r}; there are {', '.join(names())}")
    return pd.read_csv(path)
