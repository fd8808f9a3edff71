"""What a benchmark leaves: a table on the console, a CSV beside the figures."""

import csv
import io
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnlab.artifacts.progress import processors
from cnnlab.artifacts.store import write_atomic
from cnnlab.bench.row import Row
from cnnlab.runner.display import console

HEADINGS = ("", "ours", "rival", "ratio", "must", "")
COLUMNS = ("name", "ours", "rival", "ratio", "unit", "must", "reached", "repeats", "note")


def machine() -> dict[str, str]:
    """What the numbers depend on: processor, processors this process may use, torch."""
    return {"cpu": _cpu(), "threads": str(processors()), "torch": metadata.version("torch")}


def show(name: str, rows: Sequence[Row], on: Console | None = None) -> None:
    """Print one benchmark: medians, ratio, what must be reached and whether it was."""
    about = machine()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for i, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if 0 < i < 4 else "left")
    for row in rows:
        told = Text(row.name)
        if row.note:
            told.append(f"\n{row.note}", "dim")
        rival = "" if row.against is None else digits(row.against)
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        verdict = {None: "", True: "reached", False: "missed"}[row.reached]
        style = "green" if row.reached else "red"
        ours = f"{digits(row.value)} {row.unit}" if row.measured else ""
        table.add_row(told, ours, rival, ratio, row.must, Text(verdict, style))
    on = on or console()
    on.print(Text(f"\n{name}", "bold"))
    on.print(Text(f"{about['cpu']}, {about['threads']} threads, torch {about['torch']}", "dim"))
    on.print(table)


def save(name: str, rows: Sequence[Row], folder: Path) -> Path:
    """Write bench/<name>.csv into `folder`, one line a row, with the machine in every line."""
    about = machine()
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *about], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = {
            "name": row.name,
            "ours": _number(row.value if row.measured else None),
            "rival": _number(row.against),
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
