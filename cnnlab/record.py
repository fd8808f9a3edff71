"""Figures and tables of a notebook, saved with a record of where they come from."""

import json
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab import paths, published
from cnnlab.profiles import Profile, resolve
from cnnlab.store import sha256, write_atomic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LIBRARIES = ("torch", "numpy", "scikit-learn", "matplotlib")


@dataclass(frozen=True)
class Run:
    """One execution of one notebook: where its figures and tables go, and what made them."""

    notebook: str
    profile: Profile
    seed: int
    began: float = field(default_factory=time.monotonic)

    @property
    def folder(self) -> Path:
        """figures/<profile>."""
        return paths.figures() / self.profile.name

    def save_figure(
        self, figure: "Figure", id: str, *, roles: Iterable[str] = ("imagenet",)
    ) -> None:
        """Save a figure as <id>.png at 150 dots per inch, with its record."""
        buffer = BytesIO()
        # no creation date or version in the file: the same picture is the same bytes
        figure.savefig(buffer, dpi=150, bbox_inches="tight", metadata={"Software": None})
        write_atomic(self.folder / f"{id}.png", buffer.getvalue())
        self._record(id, f"{id}.png", roles)

    def save_table(
        self,
        rows: "pd.DataFrame | list[Mapping[str, Any]]",
        id: str,
        *,
        roles: Iterable[str] = ("imagenet",),
    ) -> "pd.DataFrame":
        """Save a tidy table as <id>.csv with its record, and return it.

        Columns `row`, `column` and `value` are needed; `low` and `high` (95% interval) and `n` are
        expected. Raises ValueError for a missing column or a cell given twice.
        """
        import pandas as pd

        table = pd.DataFrame(rows)
        missing = [name for name in ("row", "column", "value") if name not in table]
        if missing:
            raise ValueError(
                f"table {id} lacks column {missing[0]!r}: row, column, value are needed"
            )
        keys = [c for c in table.columns if c not in ("value", "low", "high", "n")]
        twice = table[table.duplicated(keys)]
        if len(twice):
            raise ValueError(f"table {id} gives {dict(twice.iloc[0][keys])} twice")
        csv = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        write_atomic(self.folder / f"{id}.csv", csv.encode())
        self._record(id, f"{id}.csv", roles)
        return table

    def table(self, id: str) -> "pd.DataFrame":
        """A table saved earlier in this profile; ValueError, with the mend, if it was not."""
        import pandas as pd

        path = self.folder / f"{id}.csv"
        if not path.exists():
            raise ValueError(f"table {id} was not saved yet; run the notebook that makes it")
        return pd.read_csv(path)

    def _record(self, id: str, file: str, roles: Iterable[str]) -> None:
        record = {
            "id": id,
            "file": file,
            "notebook": self.notebook,
            "profile": self.profile.name,
            "seed": self.seed,
            "sources": {role: self.profile.roles[role].source for role in roles},
            "versions": {name: metadata.version(name) for name in LIBRARIES},
            "commit": _commit(),
            "seconds": round(time.monotonic() - self.began, 1),
            "sha256": sha256(self.folder / file),
        }
        write_atomic(self.folder / f"{id}.json", (json.dumps(record, indent=1) + "\n").encode())


def start(notebook: str, profile: str | Profile, seed: int) -> Run:
    """Begin a notebook: settle its profile and set the figure style.

    Raises ValueError for an unknown profile, with the valid names.
    """
    from cnnlab import plots

    plots.use_style()
    return Run(notebook, resolve(profile), seed)


def beside(table: "pd.DataFrame", id: str, *, decimals: int = 1) -> "pd.DataFrame":
    """Our cells beside the published ones: row, column, ours, low, high, n, paper, difference.

    Keeps the paper's order and every cell of either side; a cell missing on one side stays empty.
    """
    theirs = published.load(id)[["row", "column", "value"]].rename(columns={"value": "paper"})
    ours = table.rename(columns={"value": "ours"})
    both = theirs.merge(ours, on=["row", "column"], how="outer", sort=False)
    order = {key: i for i, key in enumerate(zip(theirs["row"], theirs["column"], strict=True))}
    rank = [order.get(key, len(order)) for key in zip(both["row"], both["column"], strict=True)]
    both = both.assign(difference=both["ours"] - both["paper"]).iloc[_stable_argsort(rank)]
    wanted = ["row", "column", "ours", "low", "high", "n", "paper", "difference"]
    kept = [name for name in wanted if name in both]
    return both[kept].reset_index(drop=True).round(decimals)


def wide(table: "pd.DataFrame", id: str, *, decimals: int = 1) -> "pd.DataFrame":
    """`beside` as the paper prints it: one line a row, under each column ours and the paper's."""
    both = beside(table, id, decimals=decimals)
    columns = both.drop_duplicates("column")["column"]
    rows = both.drop_duplicates("row")["row"]
    grid = both.set_index(["row", "column"])[["ours", "paper"]].unstack("column")
    ordered = [(who, column) for column in columns for who in ("ours", "paper")]
    grid = grid.loc[list(rows), ordered].swaplevel(axis=1)
    return grid.dropna(axis=1, how="all").rename_axis(index=None, columns=[None, None])


def _stable_argsort(values: list[int]) -> list[int]:
    return sorted(range(len(values)), key=values.__getitem__)


def _commit() -> str:
    """The commit of the checkout, with a + where tracked files differ from it; "" outside one."""
    git = ["git", "-C", str(paths.root())]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
        differs = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "cnnlab", "notebooks"])
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if differs.returncode else "")
