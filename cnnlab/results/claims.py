"""The papers' findings as tests: one cell of a saved table, a threshold, a verdict.

A claim never looks at a picture and is never a target: however the interval falls is reported.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "undecided"
COLUMNS = ("row", "column", "value", "low", "high", "n")


@dataclass(frozen=True)
class Claim:
    """A finding: the cell (`row`, `column`) of a table lies above, or below, a threshold.

    >>> claim = Claim("deeper is better", "ZF 4.2", "deep - shallow", "top1", above=0)
    >>> claim.verdict(low=0.5, high=3.0)
    'holds'
    """

    statement: str
    source: str  # where the paper says so
    row: str
    column: str
    above: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if (self.above is None) == (self.below is None):
            raise ValueError(f"claim {self.statement!r} needs one threshold: above or below")

    def verdict(self, low: float, high: float) -> str:
        """Holds or does not hold when the whole 95% interval says so, else undecided."""
        if self.above is not None:
            return HOLDS if low > self.above else FAILS if high < self.above else UNDECIDED
        assert self.below is not None
        return HOLDS if high < self.below else FAILS if low > self.below else UNDECIDED


def judge(claims: Iterable[Claim], table: "pd.DataFrame") -> "pd.DataFrame":
    """Verdicts of claims over a tidy table (row, column, value, low, high, n), one line a claim.

    >>> import pandas as pd
    >>> line = {"row": "deep - shallow", "column": "top1", "value": 1, "low": -1, "high": 3, "n": 9}
    >>> claim = Claim("deeper is better", "ZF 4.2", "deep - shallow", "top1", above=0)
    >>> judge([claim], pd.DataFrame([line]))["verdict"].tolist()
    ['undecided']

    Raises ValueError for a table without these columns, and for a claim whose cell is not in the
    table, or in it more than once.
    """
    import pandas as pd

    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(f"claims need columns {', '.join(COLUMNS)}; there is no {missing[0]!r}")
    lines = []
    for claim in claims:
        cell = table[(table["row"] == claim.row) & (table["column"] == claim.column)]
        if len(cell) != 1:
            many = "no cell" if cell.empty else f"{len(cell)} cells"
            raise ValueError(f"{many} ({claim.row}, {claim.column}) for {claim.statement!r}")
        value, low, high, n = (cell[name].item() for name in COLUMNS[2:])
        threshold = f"> {claim.above:g}" if claim.above is not None else f"< {claim.below:g}"
        lines.append(
            {
                "claim": claim.statement,
                "source": claim.source,
                "value": round(float(value), 2),
                "95% interval": f"[{low:.2f}, {high:.2f}]",
                "n": int(n),
                "holds if": threshold,
                "verdict": claim.verdict(float(low), float(high)),
            }
        )
    return pd.DataFrame(lines)
