"""The notebooks as a graph: run what changed, in order of need, several at a time if asked.

Each notebook runs in a process of its own. What it leaves is written whole, and only after a
success, so the next run resumes one that was killed at any instant.
"""

import os
import platform
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from cnnlab import profiles
from cnnlab.artifacts import paths, store
from cnnlab.artifacts.processes import PASSIVE
from cnnlab.runner.display import Display, Outcome, near
from cnnlab.runner.notebook_process import NotebookProcess
from cnnlab.runner.notebooks import Notebook, Notebooks
from cnnlab.runner.results_folder import ResultsFolder, Success

BACKEND = "module://matplotlib_inline.backend_inline"
BESIDE = ("course", "mini-seeds")  # profiles whose committed tables notebooks show
LIBRARIES = ("torch", "torchvision", "numpy", "scikit-learn")


@dataclass(frozen=True)
class Options:
    """How to run: everything but which notebooks."""

    profile: str = "mini"
    seed: int = 0
    jobs: int = 1
    fresh: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)  # role -> source
    data_dir: Path | None = None
    figures: Path = field(default_factory=paths.figures)

    @property
    def results(self) -> ResultsFolder:
        """The folder of this profile's results."""
        return ResultsFolder(self.figures.absolute() / self.profile)

    def resolve(self) -> profiles.Profile:
        """The profile's values; raises ValueError for a profile, role or source that is unknown."""
        return profiles.resolve(self.profile, sources=self.sources or None, data_dir=self.data_dir)

    def keys(self, notebooks: Notebooks) -> dict[str, str]:
        """Name -> key of each notebook, a hash of what its results depend on; needs come first."""
        sets = sorted(self.data_dir.iterdir()) if self.data_dir else []
        common = {
            "profile": self.resolve(),
            "seed": self.seed,
            "data": [[p.name, p.stat().st_size if p.is_file() else 0] for p in sets],
            "published": {p.name: store.sha256(p) for p in sorted(paths.published().glob("*.csv"))},
            "weights": {p.name: store.sha256(p) for p in sorted(paths.weights().glob("*.json"))},
            "python": platform.python_version(),
            "versions": {name: version(name) for name in LIBRARIES},  # read without importing them
        }
        keys: dict[str, str] = {}
        for notebook in notebooks:
            cells = [[cell.kind, cell.source, list(cell.tags)] for cell in notebook.cells]
            config = {**common, "cells": cells, "needs": [keys[need] for need in notebook.needs]}
            for name in BESIDE:  # committed tables are shown beside this run's
                records = ResultsFolder(paths.committed() / name).records(notebook.name)
                config[name] = {id: record["sha256"] for id, record in records.items()}
            keys[notebook.name] = store.key_of("notebook", config, (notebook.code,))
        return keys

    def environment(self) -> dict[str, str]:
        """The environment of a kernel."""
        folders = {"CNNLAB_CACHE": paths.cache(), "CNNLAB_FIGURES": self.figures}
        values = {name: str(folder.absolute()) for name, folder in folders.items()}
        if self.sources:
            values["CNNLAB_SOURCES"] = ",".join(f"{k}={v}" for k, v in sorted(self.sources.items()))
        if self.data_dir:
            values["CNNLAB_DATA_DIR"] = str(self.data_dir.absolute())
        # figures are the notebook's, whatever the reader's own backend and matplotlibrc say
        values |= {"MPLBACKEND": BACKEND, "MATPLOTLIBRC": os.devnull}
        return {**PASSIVE, **os.environ, **values}


def version(package: str) -> str:
    """Installed version of a distribution, or "missing"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


class Run:
    """One pass over selected notebooks; `outcomes` grows as they end."""

    def __init__(
        self, every: Notebooks, options: Options, display: Display, chosen: Notebooks | None = None
    ) -> None:
        self.options = options
        self.results = options.results
        self.outcomes: dict[str, Outcome] = {}
        self._display = display
        self._selected = list(every if chosen is None else chosen)
        self._keys = options.keys(every)
        self._waiting = list(self._selected)
        self._running: dict[str, NotebookProcess] = {}
        self._events: queue.Queue[tuple[Notebook, dict[str, Any]]] = queue.Queue()

    def go(self) -> list[Outcome]:
        """Run to the end; returns outcomes in the order of the notebooks.

        Raises StoreError where the results cannot be written or another run is writing them.
        After KeyboardInterrupt no process is left and `listed` tells how far it came.
        """
        with self.results.locked():
            try:
                while self._waiting or self._running:
                    self._start_ready()
                    if self._running:
                        self._handle_one()
            finally:
                for name, process in self._running.items():
                    process.end()
                    self._end(Outcome(name, "stopped", process.seconds))
        return self.listed()

    def listed(self) -> list[Outcome]:
        """Outcomes in order; a notebook that was never reached is "not run"."""
        return [self.outcomes.get(n.name) or Outcome(n.name, "not run") for n in self._selected]

    def _start_ready(self) -> None:
        selected = {notebook.name for notebook in self._selected}
        for notebook in list(self._waiting):
            needed = selected & set(notebook.needs)
            ended = needed & self.outcomes.keys()
            bad = sorted(name for name in ended if not self.outcomes[name].good)
            if notebook.problem:
                self._end(Outcome(notebook.name, "failed", note=notebook.problem))
            elif bad:
                self._end(Outcome(notebook.name, "not run", note=f"needs {', '.join(bad)}"))
            elif ended == needed and len(self._running) < self.options.jobs:
                self._start(notebook)
            else:
                continue
            self._waiting.remove(notebook)

    def _start(self, notebook: Notebook) -> None:
        why = self.results.stale(notebook, self._keys[notebook.name])
        last = self.results.success(notebook)
        if why is None and last and not self.options.fresh:
            self._end(Outcome(notebook.name, "skipped", 0, last.peak_mb, tuple(last.saved)))
            return
        self._display.started(notebook.name, why or "fresh")
        parameters = {"profile": self.options.profile, "seed": self.options.seed}
        job = {
            "notebook": notebook.path.name,  # in the folder where the process starts
            "executed": str(self.results.executed(notebook)),
            "failed": str(self.results.failed(notebook)),
            # values that the notebook sets itself need no injected cell
            "parameters": {k: v for k, v in parameters.items() if notebook.parameters.get(k) != v},
        }
        process = NotebookProcess(job, notebook.path.parent, self.options.environment())
        self._running[notebook.name] = process

        def listen() -> None:
            for event in process.events():
                self._events.put((notebook, event))

        threading.Thread(target=listen, daemon=True).start()

    def _handle_one(self) -> None:
        try:
            notebook, event = self._events.get(timeout=0.5)
        except queue.Empty:
            self._display.tick()
            return
        if notebook.name not in self._running:
            return  # the end of a process whose notebook is done
        kind = event.pop("event")
        if kind == "progress":
            self._display.progress(notebook.name, **event)
        elif kind == "done":
            self._finish(notebook, event["peak_mb"])
        else:
            self._fail(notebook, event)
        self._display.tick()

    def _finish(self, notebook: Notebook, peak_mb: int) -> None:
        process = self._running.pop(notebook.name)
        seconds = round(process.seconds, 1)
        saved = self.results.saved_by(notebook)
        process.end()
        self.results.record(notebook, Success(self._keys[notebook.name], seconds, peak_mb, saved))
        self._end(Outcome(notebook.name, "ran", seconds, peak_mb, tuple(saved)))

    def _fail(self, notebook: Notebook, event: dict[str, Any]) -> None:
        process = self._running.pop(notebook.name)
        process.end()
        note = event.get("error") or f"its process died {process.last_line}".strip()
        failed = self.results.failed(notebook)
        if failed.exists():
            note = f"{note} (see {near(failed)})"
        self.results.forget(notebook)
        peak_mb = event.get("peak_mb", 0)
        frames = tuple(event.get("frames", ()))
        self._end(
            Outcome(notebook.name, "failed", process.seconds, peak_mb, note=note, frames=frames)
        )

    def _end(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome
        self._display.finished(outcome)
