"""What a run shows: live lines on a terminal, plain lines elsewhere, and the summary table."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

PLAIN_EVERY = 15.0  # seconds between two lines about the same notebook where there is no terminal
PLAIN_WIDTH = 140  # columns; rich would take 80 and break names
MARKS = {
    "ran": ("✓", "green"),
    "skipped": ("·", "dim"),
    "failed": ("✗", "red"),
    "not run": ("-", "yellow"),
    "stopped": ("-", "yellow"),
}


@dataclass(frozen=True)
class Outcome:
    """How one notebook fared: status is ran, skipped, failed, not run or stopped."""

    name: str
    status: str
    seconds: float = 0.0
    peak_mb: int = 0
    saved: tuple[str, ...] = ()
    note: str = ""  # the error's last line, or why it was not run
    frames: tuple[str, ...] = ()  # where in the code it failed, outermost first

    @property
    def good(self) -> bool:
        """Whether the notebook's results stand."""
        return self.status in ("ran", "skipped")


@dataclass
class Line:
    """A running notebook: its cell, the heading above that and what the cell printed last."""

    cell: str = "starting"
    heading: str = ""
    output: str = ""
    since: float = field(default_factory=time.monotonic)
    reported: float = field(default_factory=time.monotonic)

    @property
    def time(self) -> str:
        """Time since the notebook started."""
        return clock(time.monotonic() - self.since)


def console() -> Console:
    """The console of a run: the terminal's, or a wide one without a terminal."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PLAIN_WIDTH)


class Display:
    """Progress of a run; use it as a context manager."""

    def __init__(self, on: Console) -> None:
        self.console = on
        self._lines: dict[str, Line] = {}
        self._live = Live(
            console=on, get_renderable=self._running, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> "Display":
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, name: str, why: str) -> None:
        """A notebook starts, because it is `why` (changed, never run ...)."""
        self._lines[name] = Line()
        if not self.console.is_terminal:
            self._print(f"{name}: started ({why})")

    def progress(self, name: str, changes: Mapping[str, str]) -> None:
        """A cell starts (`cell`, `heading`), or printed something (`output`)."""
        self._lines[name] = replace(self._lines[name], **changes)

    def tick(self) -> None:
        """Say where things stand, where no terminal shows it all the time."""
        for name, line in self._lines.items():
            if not self.console.is_terminal and time.monotonic() - line.reported >= PLAIN_EVERY:
                line.reported = time.monotonic()
                where = " · ".join(filter(None, (line.cell, line.heading, line.output)))
                self._print(f"{name}: {where} ({line.time})")

    def finished(self, outcome: Outcome) -> None:
        """A notebook ended."""
        line = self._lines.pop(outcome.name, None)
        if outcome.status == "skipped":
            return  # the summary says so; a run with nothing to do stays quiet
        mark, style = MARKS[outcome.status]
        time_taken = f" in {clock(outcome.seconds)}" if outcome.seconds else ""
        note = f": {outcome.note}" if outcome.note else ""
        self._print(f"{mark} {outcome.name}: {outcome.status}{time_taken}{note}", style)
        if line and outcome.status == "failed":
            for where in (f"{line.cell} · {line.heading}".rstrip(" ·"), *outcome.frames):
                self._print(f"    {where}", style)

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)
        self.console.file.flush()

    def _running(self) -> Group:
        rows = []
        for name, line in self._lines.items():
            row = Text(no_wrap=True, overflow="ellipsis")
            row.append(f"  {line.time:>6}  ", "dim").append(name, "bold")
            row.append(f"  {line.cell}", "cyan").append(f"  {line.heading}")
            rows.append(row.append(f"  {line.output}", "dim"))
        return Group(*rows)


def summary(outcomes: Iterable[Outcome], on: Console) -> None:
    """Print the table of a run: notebook, status, seconds, peak memory, what it saved."""
    table = table_of("notebook", "status", "seconds", "peak MB", "saved")
    for column in table.columns[:4]:
        column.no_wrap = True
    for column in table.columns[2:4]:
        column.justify = "right"
    for o in outcomes:
        mark, style = MARKS[o.status]
        seconds = f"{o.seconds:.1f}" if o.seconds else ""
        last = Text(o.note, style) if o.note and not o.good else Text(" ".join(o.saved))
        table.add_row(
            o.name, Text(f"{mark} {o.status}", style), seconds, str(o.peak_mb or ""), last
        )
    on.print(table)


def table_of(*headings: str) -> Table:
    """An empty table without lines between its cells."""
    return Table(*headings, box=None, pad_edge=False, header_style="dim")


def clock(seconds: float) -> str:
    """Seconds as 8 s or 3:07."""
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def near(path: Path) -> Path:
    """A path as the reader would type it: relative where it lies below the working folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
