"""What a saved number says, in one sentence: on this run, on photographs, in the paper."""

import re
from typing import TYPE_CHECKING

import numpy as np

from cnnlab.profiles import role_size
from cnnlab.results.claims import cell_of, measured_cell
from cnnlab.results.columns import photographs
from cnnlab.results.published import published_table
from cnnlab.results.source import show_text
from cnnlab.results.statistics import Estimate

if TYPE_CHECKING:
    from cnnlab.results.record import Recorder

Cell = tuple[str, ...]  # row and column, and the version where two are printed
PAPERS = {"zf": "ZF", "zf14": "ECCV", "agm": "AGM", "draft": "AGM's draft"}


def sentence(
    run: "Recorder",
    id: str,
    row: str,
    column: str,
    *,
    sides: str | tuple[str, str],
    words: tuple[str, str] = ("is above", "is below"),
    unit: str = "points",
    paper: tuple[str, Cell] | tuple[str, Cell, Cell] | None = None,
) -> None:
    """Print what the cell (`row`, `column`) of saved table `id` says, and what it is elsewhere.

    `sides` names what the cell measures or, for a difference, what is less what; `words` join the
    two for a value above and below 0. `paper` is the id of a published table with a cell of it, or
    with two, whose difference is meant. Photographs are the committed table of profile `course`,
    where it has the cell. Raises ValueError for a cell that is not there.

    >>> from cnnlab.results import start
    >>> run = start("11_layers", "smoke", seed=0)
    >>> saved = run.save_table([Estimate(16.4, 13.4, 19.3, 5, "folds").cell("7 - 1", "c")], "t")
    >>> run.sentence(
    ...     "t", "7 - 1", "c", sides=("layer 7", "layer 1"), words=("beats", "loses to"),
    ...     paper=("zf-table7", ("svm-7", "caltech-256"), ("svm-1", "caltech-256")),
    ... )
    This run (drawn world): layer 7 beats layer 1 by 16.4 points [13.4, 19.3], n = 5 folds. Paper
    (ZF Table 7, caltech-256): layer 7 beats layer 1 by 47.1 points.
    """

    def clause(value: Estimate) -> str:
        return _clause(value, sides, words, unit)

    table = run.table(id)
    measured = cell_of(table, row, column)
    if measured is None:
        raise ValueError(f"table {id} has no cell ({row}, {column}); name one that it holds")
    drawn = role_size(run.profile, "imagenet").source == "world"
    where = "drawn world" if drawn else "photographs"
    parts = [f"This run ({where}): {clause(measured)}, {measured.count}."]
    if seen := measured_cell(photographs(table), row, column):
        parts.append(f"Photographs: {clause(seen)}, {seen.count}.")
    if paper is not None:
        name, *cells = paper
        values = [_printed(name, *pair) for pair in cells]
        value = values[0] - sum(values[1:])
        (first, second, *_), last = cells[0], cells[-1]
        key = first if second != last[1] else second  # what both cells share
        where = _title(name) + ("" if key in (row, column) else f", {key}")
        exact = Estimate(value, value, value, 1)  # the paper gives no interval of a difference
        parts.append(f"Paper ({where}): {clause(exact)}.")
    show_text(" ".join(parts))


def _clause(
    value: Estimate, sides: str | tuple[str, str], words: tuple[str, str], unit: str
) -> str:
    if isinstance(sides, str):
        return f"{sides} is {_amount(value, unit)}"
    first, second = sides
    if not np.isfinite([value.low, value.high]).all():
        return f"undecided: {first} minus {second} is {_amount(value, unit)}, without an interval"
    if value.low == value.high == 0:
        return f"{first} and {second} are equal, {_amount(value, unit)}"
    if value.low > 0 or value.high < 0:
        more = value.low > 0
        size = value if more else Estimate(-value.value, -value.high, -value.low, value.n)
        return f"{first} {words[0 if more else 1]} {second} by {_amount(size, unit)}"
    return f"undecided: {first} minus {second} is {_amount(value, unit)}, which includes 0"


def _amount(value: Estimate, unit: str) -> str:
    """A value with its unit and its interval, which the paper's numbers do not have."""
    text = value.text(unit if unit in ("", "%") else f" {unit}", limits=[0])
    return text.partition(" [")[0] if value.low == value.high else text


def _printed(id: str, row: str, column: str, version: str = "") -> float:
    table = published_table(id)
    cells = table[(table["row"] == row) & (table["column"] == column) & table["value"].notna()]
    cells = cells[cells["source"] == version] if version else cells
    if len(cells) != 1:
        raise ValueError(f"{len(cells)} numbers of {id} stand at ({row}, {column}); name one")
    return float(cells["value"].item())


def _title(id: str) -> str:
    """A published table as one cites it: zf-table7 is ZF Table 7."""
    paper, _, name = id.partition("-")
    name = re.sub(r"table(\d+)", r"Table \1", re.sub(r"fig(\d+)", r"Figure \1", name))
    return f"{PAPERS[paper]} {name.replace('-', ' ')}"
