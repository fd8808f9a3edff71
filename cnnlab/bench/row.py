"""One line of a benchmark: what was measured, against what, and what must be reached."""

import operator
from dataclasses import dataclass
from math import nan
from statistics import median

NOT_MEASURED = "not measured: "
SIGNS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Row:
    """Ours beside a rival's, one number a repeat; repeat i of both was measured back to back.

    `must` reads ">= 1000" or "<= 4" (of `value`) or ">= 2.2x" (of `ratio`); "" asks for nothing.
    A row without repeats has a note that says "not measured: " and why. Raises ValueError for
    another form, for no repeats without such a note, and for repeats that do not pair.
    """

    name: str
    ours: tuple[float, ...]
    rival: tuple[float, ...] = ()
    unit: str = "images/s"  # a unit of time ("s", "ms", ...) means that less is better
    must: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.measured and self.note.startswith(NOT_MEASURED) and not self.rival:
            return
        if not self.measured or len(self.rival) not in (0, len(self.ours)):
            raise ValueError(f"{self.name}: {len(self.ours)} repeats and {len(self.rival)} rivals")
        if self.must:
            sign, _, limit = self.must.partition(" ")
            if sign not in SIGNS or not limit.removesuffix("x").replace(".", "", 1).isdigit():
                raise ValueError(f"{self.name}: must is '>= 2.2x' or '<= 4', not {self.must!r}")
            if limit.endswith("x") and not self.rival:
                raise ValueError(f"{self.name}: {self.must!r} needs a rival")

    @property
    def measured(self) -> bool:
        """Whether there are numbers at all."""
        return bool(self.ours)

    @property
    def value(self) -> float:
        """Median of ours; NaN where nothing was measured."""
        return median(self.ours) if self.ours else nan

    @property
    def against(self) -> float | None:
        """Median of the rival's, or None without one."""
        return median(self.rival) if self.rival else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The least and the largest of ours, or None where nothing was measured."""
        return (min(self.ours), max(self.ours)) if self.ours else None

    @property
    def rival_spread(self) -> tuple[float, float] | None:
        """The least and the largest of the rival's, or None without one."""
        return (min(self.rival), max(self.rival)) if self.rival else None

    @property
    def ratio(self) -> float | None:
        """How many times as good ours is: the median over the pairs, in which noise cancels."""
        if not self.rival:
            return None
        pairs = zip(self.ours, self.rival, strict=True)
        less_is_better = self.unit in ("s", "ms", "us", "MB")
        return median(r / o if less_is_better else o / r for o, r in pairs)

    @property
    def reached(self) -> bool | None:
        """Whether `must` holds, or None where nothing is asked for or measured."""
        if not self.must or not self.measured:
            return None
        sign, _, limit = self.must.partition(" ")
        measured = self.ratio if limit.endswith("x") else self.value
        assert measured is not None
        return bool(SIGNS[sign](measured, float(limit.removesuffix("x"))))
