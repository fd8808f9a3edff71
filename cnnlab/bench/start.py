"""What a notebook costs before its first result: its imports and `start`, in a fresh Python."""

import ast
import os
import subprocess
import sys
import time

from cnnlab.artifacts import paths
from cnnlab.bench.row import Row
from cnnlab.runner import notebooks
from cnnlab.runner.notebooks import Notebook

NOTEBOOK = "01"
REPEATS = 3
# what a notebook pays that imports everything it might need
EAGER = "import torch, torchvision, sklearn.svm, pandas, seaborn, matplotlib.pyplot"

# what a program says last; where there is no /proc, the peak may be that of its parent
PEAK = """
import resource, sys
from pathlib import Path
status = Path("/proc/self/status")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak *= 1 if sys.platform == "darwin" else 1024
if status.exists():
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
print()
print(peak)
"""


def run() -> list[Row]:
    """Seconds, processor time and memory against importing everything."""
    (notebook,) = notebooks.select(notebooks.scan(paths.notebooks()), [NOTEBOOK])
    beginning = opening(notebook)
    measured(EAGER)  # from now on the files are in memory
    runs = [(*measured(beginning), *measured(EAGER)) for _ in range(REPEATS)]
    ours, own, memory, rival, rival_own, rival_memory = zip(*runs, strict=True)
    return [
        Row(
            f"{notebook.name}: imports and start",
            ours,
            rival,
            unit="s",
            must="<= 4",
            note=f"rival: {EAGER}",
        ),
        Row("  processor time", own, rival_own, unit="s"),
        Row("  peak memory", memory, rival_memory, unit="MB"),
    ]


def opening(notebook: Notebook) -> str:
    """The code of a notebook's cells up to and with its call of `start`.

    Raises ValueError for a notebook without one.
    """
    code = [cell.source for cell in notebook.cells if cell.kind == "code"]
    for i, source in enumerate(code):
        calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
        if any(ast.unparse(call.func) in ("start", "results.start") for call in calls):
            return "\n".join(code[: i + 1])
    raise ValueError(f"{notebook.path.name} never calls start")


def measured(code: str) -> tuple[float, float, float]:
    """Seconds, seconds of processor time and peak memory (MB) of a fresh Python for `code`."""
    began = time.perf_counter()
    command = [sys.executable, "-c", code + PEAK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        printed = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"the notebook's beginning failed with status {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, int(printed.split()[-1]) / 1e6
