"""A papermill engine that tells which cell is at work, and one execution with it."""

import contextlib
import resource
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node

from cnnlab.artifacts.store import StoreError, write_atomic
from cnnlab.runner.execute import Link
from cnnlab.runner.notebooks import heading
from cnnlab.runner.publish import coalesced

SAY_EVERY = 0.5  # seconds between two reports of a cell's own progress
SAY_LENGTH = 200  # characters of a report
KERNEL_START = 120  # seconds: a loaded machine may take its time


class LiveClient(PapermillNotebookClient):
    """Papermill's client, which says which cell is at work and what it last printed."""

    def __init__(self, nb_man: Any, link: Link, **options: Any) -> None:
        super().__init__(nb_man, on_cell_execute=self._cell_started, **options)
        self._link = link
        self._total = sum(cell.cell_type == "code" for cell in self.nb.cells)
        self._said = 0.0

    def _cell_started(self, cell: Any, cell_index: int) -> None:
        self._link.kernel_started(self.km.provisioner.pid)  # pyright: ignore
        before = self.nb.cells[:cell_index]
        headings = [h for c in before if (h := heading(c.source, c.cell_type))]
        first = next(line for line in cell.source.splitlines() if line.strip())
        number = sum(c.cell_type == "code" for c in before) + 1
        text = headings[-1] if headings else first
        self._link.say("cell", number=number, total=self._total, text=text[:SAY_LENGTH])

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Pass on the last line of what a cell prints, such as its progress bar."""
        if msg["msg_type"] == "stream" and time.monotonic() - self._said > SAY_EVERY:
            lines = msg["content"]["text"].replace("\r", "\n").strip().splitlines()
            if lines and lines[-1].strip():
                self._said = time.monotonic()
                self._link.say("output", text=lines[-1].strip()[:SAY_LENGTH])
        return super().process_message(msg, cell, cell_index)


class LiveEngine(Engine):
    """An engine with the client above; `notebook` keeps what a failure leaves."""

    notebook: ClassVar[Any] = None

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute all cells, reporting to `options["link"]`."""
        cls.notebook = nb_man.nb
        client = LiveClient(
            nb_man,
            options["link"],
            kernel_name=kernel_name,
            startup_timeout=KERNEL_START,
            timeout=None,
            iopub_timeout=60,
            record_timing=False,
        )
        return client.execute()


def execute(job: dict[str, Any], link: Link) -> int:
    """Execute `job["notebook"]`; returns the exit status, after an event "done" or "failed"."""
    papermill_engines.register("live", LiveEngine)
    executed, failed = Path(job["executed"]), Path(job["failed"])
    try:
        notebook = papermill.execute_notebook(
            load_notebook_node(job["notebook"]),
            None,
            parameters=job["parameters"],
            engine_name="live",
            progress_bar=False,
            link=link,
        )
        write_atomic(executed, text_of(notebook))
        failed.unlink(missing_ok=True)
    except Exception as error:
        if LiveEngine.notebook is not None:
            with contextlib.suppress(StoreError):
                write_atomic(failed, text_of(LiveEngine.notebook))
        link.say("failed", error=sentence(error), peak_mb=peak_mb())
        return 1
    link.say("done", peak_mb=peak_mb())
    return 0


def text_of(notebook: nbformat.NotebookNode) -> bytes:
    """The bytes of a notebook's file."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(o) for o in coalesced(cell.outputs)]
    return nbformat.writes(notebook).encode()


def sentence(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, PapermillExecutionError):
        lines = str(error.evalue).strip().splitlines()
        return f"{error.ename}: {lines[-1]}" if lines else str(error.ename)
    if isinstance(error, NoSuchKernel):
        return f"no kernel {error.name!r} is installed; set the notebook's kernel to python3"
    if isinstance(error, DeadKernelError):
        return "its kernel was killed, most often for want of memory; free some or use fewer --jobs"
    if isinstance(error, StoreError):
        return str(error)
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[-1]}"


def peak_mb() -> int:
    """Largest resident memory of the kernel, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6)
