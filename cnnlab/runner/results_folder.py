"""The folder figures/<profile>: what a run leaves there, and when a notebook may be skipped.

A notebook that succeeded leaves its executed copy and a `Success` beside it. It may be skipped
while its key, a hash of all that its results depend on, and what it saved are the same.
"""

import contextlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import read_json
from cnnlab.artifacts.store import StoreError
from cnnlab.profiles import Profile
from cnnlab.runner.notebooks import Notebook

LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn")


@dataclass(frozen=True)
class Success:
    """What one successful execution leaves beside the executed notebook."""

    key: str
    profile: str
    seed: int
    seconds: float
    peak_mb: int
    saved: Mapping[str, str]  # id -> SHA-256 of its picture or table


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

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; StoreError where there is one, or the folder cannot be written."""
        lock = FileLock(self.notebooks / ".lock")
        try:
            self.notebooks.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreError(
                f"another run of {self.path.name} is writing {self.notebooks}; wait for its end"
            ) from None
        except OSError as error:
            raise StoreError(
                f"cannot write {self.notebooks}: {error.strerror or error}; name a writable folder "
                "with CNNLAB_FIGURES"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def success(self, notebook: Notebook) -> Success | None:
        """The last success; None where there is none that can be read."""
        try:
            return Success(**read_json(self._success(notebook)))
        except TypeError:
            return None

    def record(self, notebook: Notebook, success: Success) -> None:
        """Record a success; raises StoreError where that is not possible."""
        store.write_atomic(self._success(notebook), json.dumps(asdict(success), indent=1).encode())

    def forget(self, notebook: Notebook) -> None:
        """Drop the record of an earlier success."""
        self._success(notebook).unlink(missing_ok=True)

    def saved_by(self, notebook: Notebook) -> dict[str, str]:
        """Id -> SHA-256 of the figures and tables that records say this notebook saved."""
        records = {path.stem: read_json(path) for path in sorted(self.path.glob("*.json"))}
        return {
            id: record["sha256"]
            for id, record in records.items()
            if record.get("notebook") == notebook.name and self._holds(id, record.get("sha256"))
        }

    def stale(self, notebook: Notebook, key: str) -> str | None:
        """Why a notebook has to run, in a few words, or None where it may be skipped."""
        last = self.success(notebook)
        if last is None or not self.executed(notebook).is_file():
            return "never run"
        if last.key != key:
            return "changed"
        lost = [id for id, digest in last.saved.items() if not self._holds(id, digest)]
        return f"lost {', '.join(lost)}" if lost else None

    def _success(self, notebook: Notebook) -> Path:
        return self.notebooks / f"{notebook.name}.json"

    def _holds(self, id: str, digest: str | None) -> bool:
        """Whether figure or table `id` is there, with its record and the given SHA-256."""
        record = read_json(self.path / f"{id}.json")
        file = self.path / record.get("file", "")
        return record.get("sha256") == digest and file.is_file() and store.sha256(file) == digest


def notebook_keys(
    notebooks: Iterable[Notebook], profile: Profile, seed: int, data_dir: Path | None
) -> dict[str, str]:
    """Name -> key of each of `notebooks`, which come after those they need."""
    keys: dict[str, str] = {}
    common = {
        "profile": profile,
        "seed": seed,
        "data": _sets_in(data_dir),
        "published": {p.name: store.sha256(p) for p in sorted(paths.published().glob("*.csv"))},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},  # read without importing them
    }
    for notebook in notebooks:
        config = {
            "cells": [[cell.kind, cell.source, list(cell.tags)] for cell in notebook.cells],
            "needs": [keys[need] for need in notebook.needs],
        }
        keys[notebook.name] = store.key_of("notebook", {**common, **config}, (notebook.code,))
    return keys


def _sets_in(data_dir: Path | None) -> list[list[Any]]:
    """Name and size of what lies in the folder of real sets: a set that arrives changes results."""
    if data_dir is None:
        return []
    return [[p.name, p.stat().st_size if p.is_file() else 0] for p in sorted(data_dir.iterdir())]


def version(package: str) -> str:
    """Installed version of a distribution, or "missing"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
