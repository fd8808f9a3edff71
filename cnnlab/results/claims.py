"""The papers' findings as tests: one cell of a saved table, thresholds, a verdict.

A claim never looks at a picture and is never a target: however the interval falls is reported.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cnnlab.results.published import committed_table
from cnnlab.results.statistics import Estimate

if TYPE_CHECKING:
    import pandas as pd

    from cnnlab.results.columns import Grid
    from cnnlab.results.record import Recorder

HOLDS, FAILS, UNDECIDED, NO_DATA = "holds", "does not hold", "undecided", "no data"
LEARNING = "still learning"  # column of saved claims: which of its verdicts rest on such nets


@dataclass(frozen=True)
class Claim:
    """A finding: the cell (`row`, `column`) of saved table `table` lies above, below, or between.

    >>> claim = Claim("depth costs little", "ZF 4.2", "a - b", "top1", above=0, below=6, table="t")
    >>> claim.verdict(low=0.5, high=3.0), claim.verdict(low=-1.0, high=3.0)
    ('holds', 'undecided')
    """

    statement: str
    source: str  # where the paper says so
    row: str
    column: str
    above: float | None = None
    below: float | None = None
    table: str = ""  # id of the saved table; "" where `judge` is given one for all
    on_photographs: bool = False  # the cell is of nets that learned photographs, in every profile

    def __post_init__(self) -> None:
        if self.above is None and self.below is None:
            raise ValueError(f"claim {self.statement!r} needs a threshold: above, below or both")

    def judgement(self, value: Estimate) -> str:
        """The verdict and its cell, to a digit that shows on which side of a limit an end lies."""
        limits = [limit for limit in (self.above, self.below) if limit is not None]
        return f"{self.verdict(value.low, value.high)}: {value.text(limits=limits)}, {value.count}"

    def verdict(self, low: float, high: float) -> str:
        """Holds or does not hold when the whole 95% interval says so, else undecided."""
        least = float("-inf") if self.above is None else self.above
        most = float("inf") if self.below is None else self.below
        if high < least or low > most:
            return FAILS
        return HOLDS if low > least and high < most else UNDECIDED

    @property
    def holds_if(self) -> str:
        """The thresholds in words."""
        if self.above is not None and self.below is not None:
            return f"{self.above:g} to {self.below:g}"
        return f"> {self.above:g}" if self.above is not None else f"< {self.below:g}"


def judge(claims: Iterable[Claim], run: "Recorder", table: str = "") -> "Grid":
    """Verdicts on this run, on photographs and over seeds, one line a claim; saved with the run.

    This run is the saved table that the claim names, or else `table`; photographs are the committed
    table of profile `course`, and seeds that of `mini-seeds`. The verdict of a claim on photographs
    stands under them, whatever the run. <notebook>.claims.csv holds value, low, high, n and verdict
    of the cell, and the other two verdicts. A verdict is marked where the table's column `learning`
    says that a net of the cell still learned when its training ended.

    >>> from cnnlab.results import start
    >>> run = start("02_architecture", "smoke", seed=0)
    >>> cell = Estimate(1, -1, 3, 9, "nets").cell("deep - shallow", "top1")
    >>> saved = run.save_table([cell], "extra-depth")
    >>> claim = Claim("deeper is better", "ZF 4.2", "deep - shallow", "top1", above=0)
    >>> judge([claim], run, "extra-depth")["this run"].tolist()
    ['undecided: 1.0 [-1.0, 3.0], n = 9 nets']

    Raises ValueError for a table that was not saved or has no intervals, and for a claim whose cell
    is not in it, or in it more than once.
    """
    from cnnlab.results.columns import DASH, PHOTOGRAPHS, Grid

    alone = run.profile.name == PHOTOGRAPHS
    others = {} if alone else {"photographs": PHOTOGRAPHS, "seeds": "mini-seeds"}
    shown, saved = [], []
    for claim in claims:
        id = claim.table or table
        value = cell_of(run.table(id), claim.row, claim.column)
        if value is None:
            raise ValueError(f"no cell ({claim.row}, {claim.column}) for {claim.statement!r}")
        line = {"claim": claim.statement, "source": claim.source, "holds if": claim.holds_if}
        own = note = _note(run.table(id), claim)
        shown.append(line | {"this run": claim.judgement(value) + note})
        verdict = claim.verdict(value.low, value.high)
        saved.append(asdict(claim) | {"table": id} | asdict(value) | {"verdict": verdict})
        learning = ["verdict"] if note and not claim.on_photographs else []
        for side, profile in others.items():
            committed = committed_table(profile, id)
            cell = measured_cell(committed, claim.row, claim.column)
            note = _note(committed, claim)
            if claim.on_photographs:  # these nets are the same for every seed
                cell, note = (value, own) if side == "photographs" else (None, "")
                shown[-1]["this run"] = DASH
            shown[-1][side] = NO_DATA if cell is None else claim.judgement(cell) + note
            saved[-1][side] = NO_DATA if cell is None else claim.verdict(cell.low, cell.high)
            learning += [side] if note else []
        saved[-1][LEARNING] = " ".join(learning)  # the verdicts that rest on such nets
    run.save_claims(saved)
    return Grid(shown)


def _note(table: "pd.DataFrame | None", claim: Claim) -> str:
    """The mark of a cell that rests on a net that still learned; "" for any other."""
    if table is None or "learning" not in table:
        return ""
    cells = (table["row"].astype(str) == claim.row) & (table["column"].astype(str) == claim.column)
    return " (still learning)" if table.loc[cells, "learning"].eq(True).any() else ""


def measured_cell(table: "pd.DataFrame | None", row: str, column: str) -> Estimate | None:
    """A cell of a committed table; None without a table, or where nothing was measured."""
    cell = None if table is None else cell_of(table, row, column)
    return cell if cell and cell.n else None


def cell_of(table: "pd.DataFrame", row: str, column: str) -> Estimate | None:
    """A cell of a tidy table with its interval; None where the table does not hold it.

    Raises ValueError for a table without intervals, or that holds the cell more than once.
    """
    import pandas as pd

    missing = [name for name in ("row", "column", "value", "low", "high", "n") if name not in table]
    if missing:
        raise ValueError(f"claims need cells with value, low, high, n; there is no {missing[0]!r}")
    cells = table[(table["row"].astype(str) == row) & (table["column"].astype(str) == column)]
    if len(cells) > 1:
        raise ValueError(f"{len(cells)} cells ({row}, {column}): a claim needs one")
    for cell in pd.DataFrame(cells).to_dict("records"):
        over = cell["over"] if isinstance(cell.get("over"), str) else None
        return Estimate(cell["value"], cell["low"], cell["high"], int(cell["n"]), over)
    return None
