"""The notebooks as a graph: run what changed, in order of need, several at a time if asked.

Each notebook runs in a process of its own. What it leaves is written whole, and only after a
success, so the next run resumes one that was killed at any instant.
"""

import platform
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from cnnlab import profiles
from cnnlab.artifacts import paths, store
from cnnlab.artifacts.processes import Worker
from cnnlab.artifacts.store import StoreError
from cnnlab.artifacts.torchrun import GROUP, place
from cnnlab.runner.display import Display, Outcome, near
from cnnlab.runner.notebooks import Notebook, Notebooks
from cnnlab.runner.results_folder import ResultsFolder, Success
from cnnlab.runner.surroundings import kernel_environment

BESIDE = ("course", "mini-seeds")  # profiles whose committed tables notebooks show
TICK = 0.5  # seconds between two looks at what runs
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

    def environment(self, own: Path) -> dict[str, str]:
        """The environment of a kernel, which keeps what it needs for itself in the folder `own`."""
        folders = {"CNNLAB_CACHE": paths.cache(), "CNNLAB_FIGURES": self.figures}
        values = {name: str(folder.absolute()) for name, folder in folders.items()}
        values["CNNLAB_JOBS"] = str(self.jobs)
        if self.sources:
            values["CNNLAB_SOURCES"] = ",".join(f"{k}={v}" for k, v in sorted(self.sources.items()))
        if self.data_dir:
            values["CNNLAB_DATA_DIR"] = str(self.data_dir.absolute())
        if here := place():  # then the kernel leads the processes of torchrun in this one's place
            values[GROUP] = here.variable
        return {**kernel_environment(own), **values}


def version(package: str) -> str:
    """Installed version of a distribution, or "missing"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def execute(job: Mapping[str, Any]) -> dict[str, Any]:
    """Execute a notebook, in a process of its own (see `cnnlab.runner.execute`)."""
    # An optional checker of web addresses, which notebooks hold none of, takes half of the start.
    sys.modules.setdefault("rfc3987_syntax", None)  # pyright: ignore[reportArgumentType]
    from cnnlab.runner.execute import execute

    return execute(job)


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
        self._own = Path()  # a folder for what kernels keep while they run
        self._keys = options.keys(every)
        self._waiting = list(self._selected)
        self._running: dict[Future[dict[str, Any]], tuple[Notebook, Worker, float]] = {}

    def go(self) -> list[Outcome]:
        """Run to the end; returns outcomes in the order of the notebooks.

        Raises StoreError where the results cannot be written or another run is writing them.
        After KeyboardInterrupt no process is left and `listed` tells how far it came.
        """
        self._skip_fresh()
        if not self._waiting:  # then nothing is written, and nothing has to be locked
            return self.listed()
        own = tempfile.TemporaryDirectory(prefix="cnnlab-", ignore_cleanup_errors=True)
        with self.results.locked(), own as folder, ThreadPoolExecutor(self.options.jobs) as pool:
            self._own = Path(folder)
            try:
                while self._waiting or self._running:
                    self._start_ready(pool)
                    for future in wait(self._running, TICK, FIRST_COMPLETED).done:
                        self._finish(future)
                    self._display.tick()
            finally:
                for notebook, worker, began in self._running.values():
                    worker.close()
                    self._end(Outcome(notebook.name, "stopped", time.monotonic() - began))
        return self.listed()

    def listed(self) -> list[Outcome]:
        """Outcomes in order; a notebook that was never reached is "not run"."""
        return [self.outcomes.get(n.name) or Outcome(n.name, "not run") for n in self._selected]

    def _skip_fresh(self) -> None:
        selected = {notebook.name for notebook in self._selected}
        for notebook in list(self._waiting):
            needs = selected & set(notebook.needs)
            if (
                not notebook.problem
                and needs <= self.outcomes.keys()
                and self._stale(notebook) is None
            ):
                self._waiting.remove(notebook)

    def _stale(self, notebook: Notebook) -> str | None:
        """Why a notebook must run; None where its results are fresh, and then its end."""
        why = self.results.stale(notebook, self._keys[notebook.name])
        last = self.results.success(notebook)
        if why is not None or last is None or self.options.fresh:
            return why or "fresh"
        self._end(Outcome(notebook.name, "skipped", 0, last.peak_mb, tuple(last.saved)))
        return None

    def _start_ready(self, pool: ThreadPoolExecutor) -> None:
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
                self._start(notebook, pool)
            else:
                continue
            self._waiting.remove(notebook)

    def _start(self, notebook: Notebook, pool: ThreadPoolExecutor) -> None:
        why = self._stale(notebook)
        if why is None:
            return
        self._display.started(notebook.name, why)
        own = self._own / notebook.name
        own.mkdir()
        job = {
            "notebook": str(notebook.path.absolute()),
            "executed": str(self.results.executed(notebook)),
            "failed": str(self.results.failed(notebook)),
            "parameters": {"profile": self.options.profile, "seed": self.options.seed},
            "environment": self.options.environment(own),
        }
        worker, began = Worker(execute), time.monotonic()
        tell = partial(self._display.progress, notebook.name)
        self._running[pool.submit(worker.call, [job], tell)] = notebook, worker, began

    def _finish(self, future: Future[dict[str, Any]]) -> None:
        notebook, worker, began = self._running.pop(future)
        seconds = round(time.monotonic() - began, 1)
        worker.close()
        result: dict[str, Any]
        try:
            result = future.result()
        except (StoreError, OSError, RuntimeError) as error:
            result = {"error": str(error)}
        peak_mb = result.get("peak_mb", 0)
        if "error" not in result:
            saved = self.results.saved_by(notebook)
            executed = store.sha256(self.results.executed(notebook))
            success = Success(self._keys[notebook.name], seconds, peak_mb, saved, executed)
            self.results.record(notebook, success)
            self._end(Outcome(notebook.name, "ran", seconds, peak_mb, tuple(saved)))
            return
        self.results.forget(notebook)
        failed = self.results.failed(notebook)
        note = result["error"] + (f" (see {near(failed)})" if failed.exists() else "")
        frames = tuple(result.get("frames", ()))
        self._end(Outcome(notebook.name, "failed", seconds, peak_mb, note=note, frames=frames))

    def _end(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome
        self._display.finished(outcome)
