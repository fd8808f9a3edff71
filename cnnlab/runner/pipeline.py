"""The notebooks as a graph: run what changed, in order of need, several at a time if asked.

Each notebook runs in a process of its own (`cnnlab.runner.execute`). Its executed copy and its
stamp lie in figures/<profile>/notebooks and are written whole, and only after a success, so a run
that is killed at any instant is continued by the next one.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cnnlab import profiles
from cnnlab.artifacts import paths
from cnnlab.artifacts.store import StoreError
from cnnlab.runner.display import Display, Outcome, near
from cnnlab.runner.notebooks import Notebook
from cnnlab.runner.stamps import Desk, Stamp, stamps
from cnnlab.runner.worker import Worker


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
    def desk(self) -> Desk:
        """The folder of this profile's results."""
        return Desk(self.figures.absolute() / self.profile)

    def resolve(self) -> profiles.Profile:
        """The profile's values; raises ValueError for a profile, role or source that is unknown."""
        return profiles.resolve(self.profile, sources=self.sources or None, data_dir=self.data_dir)

    def environment(self) -> dict[str, str]:
        """The environment of a kernel."""
        own = {
            "CNNLAB_CACHE": str(paths.cache().absolute()),
            "CNNLAB_FIGURES": str(self.figures.absolute()),
        }
        if self.sources:
            own["CNNLAB_SOURCES"] = ",".join(f"{k}={v}" for k, v in sorted(self.sources.items()))
        if self.data_dir:
            own["CNNLAB_DATA_DIR"] = str(self.data_dir.absolute())
        return {**os.environ, **own}


class Run:
    """One pass over selected notebooks; `outcomes` grows as they end."""

    def __init__(
        self,
        notebooks: Sequence[Notebook],
        options: Options,
        display: Display,
        selected: Sequence[Notebook] | None = None,
    ) -> None:
        self.options = options
        self.desk = options.desk
        self.outcomes: dict[str, Outcome] = {}
        self._display = display
        self._selected = list(notebooks if selected is None else selected)
        self._stamps = stamps(notebooks, options.resolve(), options.seed, options.data_dir)
        self._waiting = list(self._selected)
        self._running: dict[str, Worker] = {}
        self._events: queue.Queue[tuple[Notebook, dict[str, Any]]] = queue.Queue()

    def go(self) -> list[Outcome]:
        """Run to the end; returns outcomes in the order of the notebooks.

        Raises StoreError where the results cannot be written or another run is writing them.
        After KeyboardInterrupt no process is left and `listed` tells how far it came.
        """
        with self._alone():
            try:
                while self._waiting or self._running:
                    self._start_ready()
                    self._handle_one()
            finally:
                for name, worker in self._running.items():
                    worker.end()
                    self._end(Outcome(name, "stopped", worker.seconds))
        return self.listed()

    def listed(self) -> list[Outcome]:
        """Outcomes in order; a notebook that was never reached is "not run"."""
        return [self.outcomes.get(n.name) or Outcome(n.name, "not run") for n in self._selected]

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        folder = self.desk.folder / "notebooks"
        lock = FileLock(folder / ".lock")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise StoreError(
                f"another run of {self.options.profile} is writing {folder}; wait for its end"
            ) from None
        except OSError as error:
            raise StoreError(
                f"cannot write {folder}: {error.strerror or error}; name a writable folder with "
                "CNNLAB_FIGURES"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _start_ready(self) -> None:
        for notebook in list(self._waiting):
            needed = [n for n in notebook.needs if any(s.name == n for s in self._selected)]
            ended = [self.outcomes[n] for n in needed if n in self.outcomes]
            bad = [o.name for o in ended if not o.good]
            if notebook.problem:
                self._end(Outcome(notebook.name, "failed", note=notebook.problem))
            elif bad:
                self._end(Outcome(notebook.name, "not run", note=f"needs {', '.join(bad)}"))
            elif len(ended) == len(needed) and len(self._running) < self.options.jobs:
                self._start(notebook)
            else:
                continue
            self._waiting.remove(notebook)

    def _start(self, notebook: Notebook) -> None:
        why = self.desk.stale(notebook, self._stamps[notebook.name])
        last = self.desk.read(notebook)
        if why is None and last and not self.options.fresh:
            self._end(Outcome(notebook.name, "skipped", 0, last.peak_mb, tuple(last.saved)))
            return
        self._display.started(notebook.name, why or "fresh")
        worker = self._launch(notebook)
        self._running[notebook.name] = worker
        threading.Thread(target=self._listen, args=(notebook, worker), daemon=True).start()

    def _launch(self, notebook: Notebook) -> Worker:
        asked = {"profile": self.options.profile, "seed": self.options.seed}
        job = {
            "notebook": str(notebook.path.absolute()),
            "executed": str(self.desk.executed(notebook)),
            "failed": str(self.desk.failed(notebook)),
            # what the notebook says itself need not be said again in an injected cell
            "parameters": {k: v for k, v in asked.items() if notebook.parameters.get(k) != v},
        }
        return Worker.start(job, notebook.path.parent, self.options.environment())

    def _listen(self, notebook: Notebook, worker: Worker) -> None:
        for event in worker.events():
            self._events.put((notebook, event))

    def _handle_one(self) -> None:
        if not self._running:
            return
        try:
            notebook, event = self._events.get(timeout=0.5)
        except queue.Empty:
            self._display.tick()
            return
        if notebook.name not in self._running:
            return
        kind = event.pop("event")
        if kind == "cell":
            self._display.cell(notebook.name, **event)
        elif kind == "output":
            self._display.output(notebook.name, **event)
        elif kind == "done":
            self._finish(notebook, event["peak_mb"])
        else:
            self._fail(notebook, event)
        self._display.tick()

    def _finish(self, notebook: Notebook, peak_mb: int) -> None:
        worker = self._running.pop(notebook.name)
        seconds = round(worker.seconds, 1)
        saved = self.desk.saved_by(notebook)
        profile, seed = self.options.profile, self.options.seed
        stamp = Stamp(self._stamps[notebook.name], profile, seed, seconds, peak_mb, saved)
        worker.end()
        self.desk.write(notebook, stamp)
        self._end(Outcome(notebook.name, "ran", seconds, peak_mb, tuple(saved)))

    def _fail(self, notebook: Notebook, event: dict[str, Any]) -> None:
        worker = self._running.pop(notebook.name)
        worker.end()
        note = event.get("error") or " ".join(("its process died", *worker.words))
        failed = self.desk.failed(notebook)
        if failed.exists():
            note = f"{note} (see {near(failed)})"
        self.desk.stamp(notebook).unlink(missing_ok=True)
        peak_mb = event.get("peak_mb", 0)
        self._end(Outcome(notebook.name, "failed", worker.seconds, peak_mb, note=note))

    def _end(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome
        self._display.finished(outcome)
