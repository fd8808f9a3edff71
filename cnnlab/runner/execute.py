"""Execute one notebook through papermill, telling which cell is at work and what it prints."""

import contextlib
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from cnnlab.artifacts.processes import tell
from cnnlab.artifacts.store import StoreError, write_atomic
from cnnlab.runner.notebooks import heading
from cnnlab.runner.publish import coalesced

REPORT_EVERY = 0.5  # seconds between two reports of what a cell prints
REPORT_LENGTH = 200  # characters of one
KERNEL_START = 120  # seconds: a loaded machine may take its time
COLOURS = re.compile(r"\x1b\[[\d;]*m")
FRAME = re.compile(r"^(?:File (\S+?):(\d+), in ([\w.]+)|Cell In\[\d+\], line (\d+))", re.MULTILINE)
FRAMES = 4  # of a traceback that are told


class OwnKernelManager(AsyncKernelManager):
    """Starts the Python that runs cnnlab, whatever kernels are registered on this machine."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class LiveClient(PapermillNotebookClient):
    """Papermill's client, which tells the run which cell is at work and what it last printed."""

    def __init__(self, manager: Any, **options: Any) -> None:
        super().__init__(manager, on_cell_execute=self._cell_started, **options)
        self._total = sum(cell.cell_type == "code" for cell in self.nb.cells)
        self._reported = 0.0

    def _cell_started(self, cell: Any, cell_index: int) -> None:
        before = self.nb.cells[:cell_index]
        headings = [h for c in before if (h := heading(c.source, c.cell_type))]
        text = headings[-1] if headings else cell.source.strip().partition("\n")[0]
        number = f"cell {sum(c.cell_type == 'code' for c in before) + 1}/{self._total}"
        tell({"cell": number, "heading": text[:REPORT_LENGTH], "output": ""})

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Tell the last line of what a cell prints, such as its progress bar."""
        if msg["msg_type"] == "stream" and time.monotonic() - self._reported > REPORT_EVERY:
            lines = msg["content"]["text"].replace("\r", "\n").strip().splitlines()
            if lines and lines[-1].strip():
                self._reported = time.monotonic()
                tell({"output": lines[-1].strip()[:REPORT_LENGTH]})
        return super().process_message(msg, cell, cell_index)


class LiveEngine(Engine):
    """A papermill engine with that client."""

    notebook: ClassVar[Any] = None  # the notebook at work, kept for the case that it fails

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute all cells in a kernel that has the environment `options["environment"]`."""
        cls.notebook = nb_man.nb
        client = LiveClient(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=OwnKernelManager,
            startup_timeout=KERNEL_START,
            timeout=None,
            iopub_timeout=60,
            record_timing=False,
        )
        return client.execute(env=options["environment"])


papermill_engines.register("live", LiveEngine)


def execute(job: Mapping[str, Any]) -> dict[str, Any]:
    """Execute the notebook of a job (see `cnnlab.runner.pipeline`); returns how it fared.

    `peak_mb`, and where it failed `error` (a sentence) and `frames`.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what kernels say aside would tear the display
    os.environ["JUPYTER_RUNTIME_DIR"] = job["environment"]["JUPYTER_RUNTIME_DIR"]
    live = {"engine_name": "live", "progress_bar": False, "environment": job["environment"]}
    live |= {"kernel_name": "python3", "language": "python"}
    path = Path(job["notebook"])
    try:
        notebook = papermill.execute_notebook(
            path, None, job["parameters"], cwd=path.parent, **live
        )
        write_atomic(Path(job["executed"]), text_of(notebook))
        Path(job["failed"]).unlink(missing_ok=True)
    except Exception as error:
        if LiveEngine.notebook is not None:
            with contextlib.suppress(StoreError):
                write_atomic(Path(job["failed"]), text_of(LiveEngine.notebook))
        return {"error": sentence(error), "frames": frames(error), "peak_mb": peak_mb()}
    return {"peak_mb": peak_mb()}


def text_of(notebook: nbformat.NotebookNode) -> bytes:
    """The bytes of a notebook's file."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(o) for o in coalesced(cell.outputs)]
    return nbformat.writes(notebook).encode()


def frames(error: Exception) -> list[str]:
    """The last frames of a failed cell's traceback, such as "cell, line 2" and "a.py:3 in f"."""
    if not isinstance(error, PapermillExecutionError):
        return []
    text = COLOURS.sub("", "\n".join(error.traceback))
    matches = list(FRAME.finditer(text))[-FRAMES:]
    return [f"{m[1]}:{m[2]} in {m[3]}" if m[1] else f"cell, line {m[4]}" for m in matches]


def sentence(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, PapermillExecutionError):
        return ": ".join([error.ename, *error.evalue.strip().splitlines()[-1:]])
    if isinstance(error, DeadKernelError):
        return "its kernel was killed, most often for want of memory; free some or use fewer --jobs"
    if isinstance(error, StoreError):
        return str(error)
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[-1]}"


def peak_mb() -> int:
    """Largest resident memory of the kernel, in MB (10^6 bytes)."""
    import resource  # which Windows has not

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6)
