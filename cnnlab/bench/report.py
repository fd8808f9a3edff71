"""What a benchmark leaves: a table on the console, a CSV beside the figures."""

import csv
import io
import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnlab.artifacts.progress import processors
from cnnlab.artifacts.store import write_atomic
from cnnlab.bench.row import Row
from cnnlab.runner.display import clock, console

HEADINGS = ("", "ours", "rival", "ratio", "must", "")
COLUMNS = ("name", "ours", "least", "most", "rival", "rival least", "rival most", "ratio", "unit")
COLUMNS += ("must", "reached", "repeats", "note")


def machine() -> dict[str, str]:
    """What the numbers depend on: processor, its cores, those this process may use, torch."""
    cores, threads = str(os.cpu_count()), str(processors())
    return {"cpu": _cpu(), "cores": cores, "threads": threads, "torch": metadata.version("torch")}


def progress(name: str, seconds: float) -> None:
    """Tell that a benchmark has ended well."""
    console().print(Text(f"{name}: measured in {clock(seconds)}", "dim"), soft_wrap=True)


def failed(name: str, error: Exception) -> None:
    """Tell why a benchmark did not end."""
    reason = (str(error) or type(error).__name__).splitlines()[0]
    console().print(Text(f"{name}: failed: {reason}", "red"), soft_wrap=True)


def show(every: Mapping[str, Sequence[Row]], on: Console | None = None) -> None:
    """Print one table of all benchmarks: medians with spread, ratio, what must be reached."""
    about = machine()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for i, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if 0 < i < 4 else "left")
    for name, rows in every.items():
        table.add_row(Text(name, "bold"))
        for row in rows:
            told = Text(row.name)
            if row.note:
                told.append(f"\n{row.note}", "dim")
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
            verdict = {None: "", True: "reached", False: "missed"}[row.reached]
            style = "green" if row.reached else "red"
            ours = Text(f"{digits(row.value)} {row.unit}" if row.measured else "")
            rival = Text("" if row.against is None else digits(row.against))
            for cell, spread in ((ours, row.spread), (rival, row.rival_spread)):
                if spread and len(row.ours) > 1:
                    cell.append("\n" + " to ".join(map(digits, spread)), "dim")
            table.add_row(told, ours, rival, ratio, row.must, Text(verdict, style))
    on = on or console()
    where = f"{about['cpu']}, {about['threads']} of {about['cores']} cores as threads"
    on.print(Text(f"{where}, torch {about['torch']}", "dim"), soft_wrap=True)
    on.print(table)


def save(name: str, rows: Sequence[Row], folder: Path) -> Path:
    """Write bench/<name>.csv into `folder`, one line a row, with the machine in every line."""
    about = machine()
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *about], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        ours, theirs = (pair or (None, None) for pair in (row.spread, row.rival_spread))
        cells = {
            "name": row.name,
            "ours": _number(row.value if row.measured else None),
            "least": _number(ours[0]),
            "most": _number(ours[1]),
            "rival": _number(row.against),
            "rival least": _number(theirs[0]),
            "rival most": _number(theirs[1]),
            "ratio": _number(row.ratio),
            "unit": row.unit,
            "must": row.must,
            "reached": "" if row.reached is None else row.reached,
            "repeats": len(row.ours),
            "note": row.note,
        }
        writer.writerow({**cells, **about})
    path = folder / "bench" / f"{name}.csv"
    write_atomic(path, text.getvalue().encode())
    return path


def digits(value: float) -> str:
    """A number as a reader wants it: thousands in full, else three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _cpu() -> str:
    """The processor's model name where the system tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
