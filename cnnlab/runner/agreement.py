"""Does a run agree with the committed tables? Cells, verdicts, and a line for each notebook."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cnnlab.artifacts.plain import read_json
from cnnlab.runner.results_folder import ResultsFolder

TOLERANCE = 0.95  # share of the cells with an interval that must be equal or inside
VALUES = ("value", "low", "high", "n", "plus_minus", "over", "seeds", "learning")
ABOUT = ("profile", "sources", "seed", "seeds")  # of a record: what must be alike to compare
CLAIMS = ".claims"  # ends the id of a notebook's verdicts

Lines = list[dict[str, str]]


@dataclass
class Agreement:
    """How the tables of one notebook, or of all, compare with the committed ones."""

    name: str
    equal: int = 0  # cells of the same text, with an interval or without
    inside: int = 0  # others inside the committed interval
    outside: int = 0  # others outside it, and committed cells that this run lacks
    bare: int = 0  # others where nothing committed says how far they may move
    judged: int = 0  # cells with a committed interval
    verdicts: int = 0
    moved: list[str] = field(default_factory=list)  # ids of tables with a cell outside
    turned: list[str] = field(default_factory=list)  # "statement (holds -> undecided)"
    notes: dict[str, list[str]] = field(default_factory=dict)  # why not compared -> ids

    @property
    def good(self) -> bool:
        """Whether enough cells stayed in their intervals and no verdict changed."""
        return not self.turned and self.outside <= (1 - TOLERANCE) * self.judged

    @property
    def same(self) -> bool:
        """Whether every cell and every verdict is the same."""
        return not (self.inside or self.outside or self.bare or self.turned or self.notes)

    def note(self, why: str, id: str) -> None:
        """Note that table `id` was not compared, or not wholly, and why."""
        self.notes.setdefault(why, []).append(id)

    def __str__(self) -> str:
        words = [f"{self.equal} cells equal", f"{self.inside} inside their interval"]
        where = f" ({', '.join(self.moved)})" if self.moved else ""
        words += [f"{self.outside} outside{where}"]
        words += [f"{self.bare} others without one"] if self.bare else []
        turned = ": " + "; ".join(self.turned) if self.turned else ""
        words += [f"{len(self.turned)} of {self.verdicts} verdicts changed{turned}"]
        notes = [f"; {', '.join(ids)}: {why}" for why, ids in self.notes.items()]
        return f"{self.name}: {', '.join(words)}{''.join(notes)}"


def compare(ours: Path, theirs: Path, names: Iterable[str] | None = None) -> list[Agreement]:
    """The agreement of a folder of results with a committed one, for each notebook that has tables.

    `names` are the notebooks compared, all of `ours` where it is None. Only reads.
    """
    run, committed = ResultsFolder(ours), ResultsFolder(theirs)
    if names is None:
        every = (read_json(path).get("notebook") for path in ours.glob("*.json"))
        names = sorted({name for name in every if name})
    agreements = [_notebook(name, run, committed) for name in names]
    return [one for one in agreements if one.judged or one.equal or one.bare or one.notes]


def total(agreements: Iterable[Agreement], name: str) -> Agreement:
    """All of them as one, without names of tables."""
    whole = Agreement(name)
    for one in agreements:
        for count in ("equal", "inside", "outside", "bare", "judged", "verdicts"):
            setattr(whole, count, getattr(whole, count) + getattr(one, count))
        whole.turned += one.turned
    return whole


def _notebook(name: str, run: ResultsFolder, committed: ResultsFolder) -> Agreement:
    agreement = Agreement(name)
    ours, theirs = run.records(name), committed.records(name)
    for id in sorted(ours.keys() | theirs.keys()):
        record, other = ours.get(id), theirs.get(id)
        files = [run.path / f"{id}.csv", committed.path / f"{id}.csv"]
        if not any(file.is_file() for file in files):
            continue  # a picture
        if record is None or not files[0].is_file():
            agreement.note("not saved by this run", id)
            (_verdicts if id.endswith(CLAIMS) else _cells)(agreement, id, [], _read(files[1]))
        elif other is None or not files[1].is_file():
            agreement.note("not committed yet", id)
        elif differ := [key for key in ABOUT if record.get(key) != other.get(key)]:
            words = (f"{key} {record.get(key)} here, {other.get(key)} committed" for key in differ)
            agreement.note(", ".join(words), id)
        elif id.endswith(CLAIMS):
            _verdicts(agreement, id, *map(_read, files))
        else:
            _cells(agreement, id, *map(_read, files))
    return agreement


def _read(path: Path) -> Lines:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cells(agreement: Agreement, id: str, ours: Lines, theirs: Lines) -> None:
    mine, known = _keyed(ours), _keyed(theirs)
    if new := len(mine.keys() - known.keys()):
        agreement.note(f"{new} cells are not committed yet", id)
    if ours and (gone := len(known.keys() - mine.keys())):
        agreement.note(f"{gone} committed cells are not in this run", id)
    outside = agreement.outside
    for key, cell in known.items():
        value = mine[key]["value"] if key in mine else None
        low, high = (_number(cell.get(end)) for end in ("low", "high"))
        bounded = math.isfinite(low) and math.isfinite(high)
        agreement.judged += bounded
        if value == cell["value"]:
            agreement.equal += 1
        elif value is not None and not bounded:
            agreement.bare += 1
        elif value is not None and low <= _number(value) <= high:
            agreement.inside += 1
        else:
            agreement.outside += 1
    if agreement.outside > outside:
        agreement.moved.append(id)


def _verdicts(agreement: Agreement, id: str, ours: Lines, theirs: Lines) -> None:
    mine, known = ({line["statement"]: line["verdict"] for line in t} for t in (ours, theirs))
    agreement.verdicts += len(known)
    for statement, verdict in known.items():
        now = mine.get(statement, "no longer judged")
        if now != verdict:
            agreement.turned.append(f"{statement} ({verdict} -> {now})")


def _keyed(lines: Lines) -> dict[tuple[str, ...], dict[str, str]]:
    """Cells by what tells them apart: every column but the value and what belongs to it."""
    return {tuple(f"{k}={v}" for k, v in line.items() if k not in VALUES): line for line in lines}


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
