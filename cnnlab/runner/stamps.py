"""When a notebook may be skipped: a stamp of all that its results depend on, and what it saved."""

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from cnnlab.artifacts import paths, store
from cnnlab.profiles import Profile
from cnnlab.runner.notebooks import Notebook

LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn")


@dataclass(frozen=True)
class Stamp:
    """What one successful execution leaves beside the executed notebook."""

    stamp: str
    profile: str
    seed: int
    seconds: float
    peak_mb: int
    saved: Mapping[str, str]  # id -> SHA-256 of its picture or table


@dataclass(frozen=True)
class Desk:
    """The folder figures/<profile>, where a run puts figures, tables and executed notebooks."""

    folder: Path

    def executed(self, notebook: Notebook) -> Path:
        """Path of the executed copy of a notebook that succeeded."""
        return self.folder / "notebooks" / f"{notebook.name}.ipynb"

    def failed(self, notebook: Notebook) -> Path:
        """Path of the copy, with its traceback, of a notebook that failed."""
        return self.folder / "notebooks" / f"{notebook.name}.failed.ipynb"

    def stamp(self, notebook: Notebook) -> Path:
        """Path of a notebook's stamp."""
        return self.folder / "notebooks" / f"{notebook.name}.json"

    def read(self, notebook: Notebook) -> Stamp | None:
        """The stamp of the last success; None where there is none that can be read."""
        try:
            return Stamp(**json.loads(self.stamp(notebook).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, notebook: Notebook, stamp: Stamp) -> None:
        """Record a success; raises StoreError where that is not possible."""
        text = json.dumps(asdict(stamp), indent=1)
        store.write_atomic(self.stamp(notebook), text.encode())

    def saved_by(self, notebook: Notebook) -> dict[str, str]:
        """Id -> SHA-256 of the figures and tables that records say this notebook saved."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.json")):
            record = load_json(path)
            if record.get("notebook") == notebook.name and "sha256" in record:
                found[path.stem] = record["sha256"]
        return {name: digest for name, digest in found.items() if self.holds(name, digest)}

    def holds(self, name: str, digest: str) -> bool:
        """Whether figure or table `name` is there, with its record and the given SHA-256."""
        record = load_json(self.folder / f"{name}.json")
        file = self.folder / record.get("file", "")
        return record.get("sha256") == digest and file.is_file() and store.sha256(file) == digest

    def stale(self, notebook: Notebook, stamp: str) -> str | None:
        """Why a notebook has to run, in a few words, or None where it may be skipped."""
        last = self.read(notebook)
        if last is None or not self.executed(notebook).is_file():
            return "never run"
        if last.stamp != stamp:
            return "changed"
        lost = [name for name, digest in last.saved.items() if not self.holds(name, digest)]
        return f"lost {', '.join(lost)}" if lost else None


def stamps(
    notebooks: Iterable[Notebook], profile: Profile, seed: int, data_dir: Path | None
) -> dict[str, str]:
    """Name -> stamp of each of `notebooks`, which come after those they need."""
    found: dict[str, str] = {}
    common = {
        "profile": profile,
        "seed": seed,
        "data": listing(data_dir),
        "published": {p.name: store.sha256(p) for p in sorted(paths.published().glob("*.csv"))},
        "versions": versions(),
    }
    for notebook in notebooks:
        own = {
            "cells": [[cell.kind, cell.source, list(cell.tags)] for cell in notebook.cells],
            "needs": [found[need] for need in notebook.needs],
        }
        found[notebook.name] = store.key_of("notebook", {**common, **own}, (notebook.code,))
    return found


def listing(data_dir: Path | None) -> list[list[Any]]:
    """Name and size of what lies in the folder of real sets: a set that arrives changes results."""
    if data_dir is None:
        return []
    return [[p.name, p.stat().st_size if p.is_file() else 0] for p in sorted(data_dir.iterdir())]


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on, without importing them."""
    return {"python": platform.python_version(), **{n: version(n) for n in LIBRARIES}}


def version(package: str) -> str:
    """Installed version of a distribution, or "missing"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def load_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where it is missing, damaged or no object."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
