"""Figures and tables of a notebook, saved with a record of where they come from."""

import json
import re
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import sha256, write_atomic
from cnnlab.profiles import Profile, resolve, role_size
from cnnlab.results.sentences import sentence
from cnnlab.results.style import use_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

    Rows = DataFrame | Sequence[Mapping[str, Any]]

DEFAULT = ("imagenet",)  # the roles that a figure or table shows if it names none
PARAMETERS = ("profile", "seed")  # of every notebook
LIBRARIES = ("torch", "numpy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class Recorder:
    """Saves the figures and tables of one notebook, each with a record of what made it."""

    notebook: str
    profile: Profile
    seed: int
    began: float = field(default_factory=time.monotonic)
    judged: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # statement -> its verdict
    sentence = sentence

    @property
    def folder(self) -> Path:
        """figures/<profile>."""
        return paths.figures() / self.profile.name

    def save_figure(
        self, figure: "Figure", id: str, *, roles: Iterable[str] = DEFAULT, filters: bool = False
    ) -> None:
        """Save a figure as <id>.png at 150 dots per inch, with its record.

        The record says if it shows images in colour, unless these are `filters` of a net: no
        photograph is published.
        """
        sources = self._sources(roles)
        shown = [image.get_array() for axes in figure.axes for image in axes.images]
        coloured = any(getattr(values, "ndim", 0) == 3 for values in shown)
        buffer = BytesIO()
        # no creation date or version in the file: the same picture is the same bytes
        figure.savefig(buffer, dpi=150, bbox_inches="tight", metadata={"Software": None})
        write_atomic(self.folder / f"{id}.png", buffer.getvalue())
        more = {"shows": "images"} if coloured and not filters else {}
        self._record(id, f"{id}.png", sources, **more)

    def save_table(self, rows: "Rows", id: str, *, roles: Iterable[str] = DEFAULT) -> "DataFrame":
        """Save a tidy table as <id>.csv with its record, and return it.

        Columns `row`, `column` and `value` are needed; `low` and `high` (95% interval), `n` and
        `over` (what the interval covers) are expected. Raises ValueError for a missing column or a
        cell given twice.
        """
        import pandas as pd

        sources = self._sources(roles)
        table = pd.DataFrame(rows)
        missing = [name for name in ("row", "column", "value") if name not in table]
        if missing:
            raise ValueError(f"table {id} lacks column {missing[0]!r}: give row, column, value")
        if "over" in table and not table["over"].notna().to_numpy().any():
            table = table.drop(columns="over")
        keys = [c for c in table.columns if c not in ("value", "low", "high", "n", "over")]
        twice = table[table.duplicated(keys)]
        if len(twice):
            raise ValueError(f"table {id} gives {dict(twice.iloc[0][keys])} twice")
        csv = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        write_atomic(self.folder / f"{id}.csv", csv.encode())
        self._record(id, f"{id}.csv", sources)
        return self._whole(table, id)

    def save_claims(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Save verdicts as <notebook>.claims.csv, with those that this run saved before."""
        self.judged.update({str(line["statement"]): line for line in lines})
        self.save_table([*self.judged.values()], f"{self.notebook}.claims")

    def table(self, id: str) -> "DataFrame":
        """A table saved earlier in this profile; ValueError, with the fix, if it was not."""
        import pandas as pd

        path = self.folder / f"{id}.csv"
        if not path.exists():
            raise ValueError(f"table {id} was not saved yet; run the notebook that makes it")
        return self._whole(pd.read_csv(path), id)

    def _whole(self, table: "DataFrame", id: str) -> "DataFrame":
        table.attrs |= {"id": id, "profile": self.profile.name, "cells": len(table)}
        return table

    def _sources(self, roles: Iterable[str]) -> dict[str, str]:
        """What plays each role; raises ValueError for an unknown one, before anything is saved."""
        return {role: role_size(self.profile, role).source for role in roles}

    def _record(self, id: str, file: str, sources: dict[str, str], **more: str) -> None:
        record = {
            "id": id,
            "file": file,
            "notebook": self.notebook,
            "profile": self.profile.name,
            "seed": self.seed,
            "sources": sources,
            **more,
            "versions": {name: metadata.version(name) for name in LIBRARIES},
            "commit": _commit(),
            "seconds": round(time.monotonic() - self.began, 1),
            "sha256": sha256(self.folder / file),
        }
        write_atomic(self.folder / f"{id}.json", (json.dumps(record, indent=1) + "\n").encode())


def start(notebook: str, profile: str | Profile, seed: int) -> Recorder:
    """Begin a notebook: look up its profile and set the figure style.

    Raises ValueError, with the valid names, for an unknown profile and for a parameter that
    papermill was given and that notebooks do not have.

    >>> run = start("01_training", "smoke", seed=0)
    >>> run.save_table([{"row": "a", "column": "b", "value": 40.0}], "example")["value"].tolist()
    [40.0]
    """
    _refuse_unknown_parameters()
    use_style()
    return Recorder(notebook, resolve(profile), seed)


def _refuse_unknown_parameters() -> None:
    """Papermill only warns of them: look into the cell that it adds after the parameters."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    cells = shell.user_ns.get("In", ()) if shell else ()
    for cell in (text for text in cells if text.startswith("# Parameters\n")):
        names = re.findall(r"^(\w+) = ", cell, re.MULTILINE)
        if unknown := [name for name in names if name not in PARAMETERS]:
            raise ValueError(f"no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS)}")


def _commit() -> str:
    """The commit of the checkout, with a + where tracked files differ from it; "" outside one."""
    git = ["git", "-C", str(paths.root())]
    try:
        head = subprocess.check_output([*git, "rev-parse", "HEAD"], text=True, stderr=DEVNULL)
        differs = subprocess.call([*git, "diff", "--quiet", "HEAD", "--", "cnnlab", "notebooks"])
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.strip() + ("+" if differs else "")
