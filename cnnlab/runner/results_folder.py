"""A folder <profile> of figures: what a run leaves there, and when a notebook may be skipped.

A notebook that succeeded leaves its executed copy and a `Success` beside it. It may be skipped
while its key, a hash of all that its results depend on, and what it saved are the same.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout

from cnnlab.artifacts.disk import lock
from cnnlab.artifacts.plain import read_json
from cnnlab.artifacts.store import StoreError, explain_disk_errors, sha256, write_atomic
from cnnlab.runner.notebooks import Notebook


@dataclass(frozen=True)
class Success:
    """What one successful execution leaves beside the executed notebook."""

    key: str
    seconds: float
    peak_mb: int
    saved: Mapping[str, str]  # id -> SHA-256 of its picture or table
    executed: str = ""  # SHA-256 of the executed notebook


@dataclass(frozen=True)
class ResultsFolder:
    """The folder of one profile's figures, tables and executed notebooks."""

    path: Path

    @property
    def notebooks(self) -> Path:
        """Folder of the executed notebooks."""
        return self.path / "notebooks"

    def executed(self, notebook: Notebook) -> Path:
        """Path of the executed copy of a notebook that succeeded."""
        return self.notebooks / f"{notebook.name}.ipynb"

    def failed(self, notebook: Notebook) -> Path:
        """Path of the copy, with its traceback, of a notebook that failed."""
        return self.notebooks / f"{notebook.name}.failed.ipynb"

    def locked(self) -> AbstractContextManager:
        """Keep other runs out; StoreError where there is one, or the folder cannot be written."""
        with explain_disk_errors(self.notebooks):
            self.notebooks.mkdir(parents=True, exist_ok=True)
            try:
                return lock(self.notebooks / ".lock", timeout=0)
            except Timeout:
                other = f"another run of {self.path.name} is writing {self.notebooks}"
                raise StoreError(f"{other}; wait for its end") from None

    def success(self, notebook: Notebook) -> Success | None:
        """The last success; None where there is none that can be read."""
        try:
            return Success(**read_json(self._success(notebook)))
        except TypeError:
            return None

    def record(self, notebook: Notebook, success: Success) -> None:
        """Record a success; raises StoreError where that is not possible."""
        write_atomic(self._success(notebook), json.dumps(asdict(success), indent=1).encode())

    def forget(self, notebook: Notebook) -> None:
        """Drop the record of an earlier success."""
        self._success(notebook).unlink(missing_ok=True)

    def records(self, notebook: str) -> dict[str, dict[str, Any]]:
        """Id -> record of the figures and tables that a notebook of this name saved."""
        every = {path.stem: read_json(path) for path in sorted(self.path.glob("*.json"))}
        return {id: r for id, r in every.items() if r.get("notebook") == notebook}

    def saved_by(self, notebook: Notebook) -> dict[str, str]:
        """Id -> SHA-256 of the figures and tables that this notebook saved and that are whole."""
        sums = {id: r["sha256"] for id, r in self.records(notebook.name).items()}
        return {id: digest for id, digest in sums.items() if self._holds(id, digest)}

    def publish(self, notebook: Notebook, target: "ResultsFolder") -> list[str]:
        """Copy what a notebook saved to `target`, where it differs; returns the ids copied.

        A record is copied only with a figure or table that changed. What the notebook no longer
        saves is removed. Figures that show photographs stay where they are. Each file appears
        whole; after an interrupt the next call copies the rest.
        """
        records = self.records(notebook.name)
        saved = {i: d for i, d in self.saved_by(notebook).items() if not _photographs(records[i])}
        changed = [id for id, digest in saved.items() if not target._holds(id, digest)]
        for id in changed:
            file = read_json(self.path / f"{id}.json")["file"]
            for name in (file, f"{id}.json"):
                write_atomic(target.path / name, (self.path / name).read_bytes())
        for id, record in target.records(notebook.name).items():
            if id not in saved:
                (target.path / record["file"]).unlink(missing_ok=True)
                (target.path / f"{id}.json").unlink()
        return changed

    def stale(self, notebook: Notebook, key: str) -> str | None:
        """Why a notebook has to run, in a few words, or None where it may be skipped."""
        last = self.success(notebook)
        if last is None or not self.executed(notebook).is_file():
            return "never run"
        if last.key != key:
            return "changed"
        if last.executed not in ("", sha256(self.executed(notebook))):
            return "damaged"
        lost = [id for id, digest in last.saved.items() if not self._holds(id, digest)]
        return f"lost {', '.join(lost)}" if lost else None

    def _success(self, notebook: Notebook) -> Path:
        return self.notebooks / f"{notebook.name}.json"

    def _holds(self, id: str, digest: str) -> bool:
        """Whether figure or table `id` is there, with its record and the given SHA-256."""
        record = read_json(self.path / f"{id}.json")
        file = self.path / record.get("file", "")
        return record.get("sha256") == digest and file.is_file() and sha256(file) == digest


def _photographs(record: Mapping[str, Any]) -> bool:
    """Whether a figure shows images that are not drawn by the world."""
    drawn = {*record.get("sources", {}).values()} <= {"world"}
    return record.get("shows") == "images" and not drawn
