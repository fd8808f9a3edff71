"""The part of the command line that foretells what a profile takes: cnnlab plan."""

from math import log
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from cnnlab.artifacts import paths
from cnnlab.artifacts.plain import read_json
from cnnlab.cli_data import ProfileName
from cnnlab.profiles import Profile, resolve
from cnnlab.runner.display import console, table_of

if TYPE_CHECKING:
    from cnnlab.bench.costs import Costs
    from cnnlab.plan.estimate import Estimate

NETWORK = 12.5e6  # bytes a second
TERMS = (
    "Measured: what one image, SVM, proposal and file take here. Extrapolated: all else, in "
    "proportion to images, multiply-adds and pixels, on a machine as busy as now. Nets that may "
    "stop early, by the schedule 'settle', are counted to their last image."
)


def plan(
    profile: ProfileName = "paper",
    gpus: Annotated[str, typer.Option(help="Numbers of GPUs, as in 1,8,64.")] = "",
    tflops: Annotated[float, typer.Option(help="TFLOP/s assumed of each GPU.")] = 60.0,
    link: Annotated[float, typer.Option(help="GB/s assumed between two GPUs.")] = 50.0,
) -> None:
    """Foretell the time, disk and memory of each notebook of a profile; measures for a minute."""
    counts, resolved = _counts(gpus), resolve(profile)
    for name, value in (("tflops", tflops), ("link", link)):
        if not value > 0:
            raise ValueError(f"--{name} is a number above 0, not {value:g}")
    from cnnlab.bench.costs import measure
    from cnnlab.plan.estimate import Gpus, estimate
    from cnnlab.plan.notebooks import planned
    from cnnlab.plan.sets import downloads

    work, costs = planned(resolved), measure(resolved)
    some = [None, *(Gpus(count, tflops, link=link) for count in counts)]
    table = [[estimate(n, w, costs, resolved, g) for g in some] for n, w in work.items()]
    recorded = _recorded(resolved)
    _show(table, counts, recorded, costs)
    files, fetched = sum(one.bytes for one, *_ in table), downloads(resolved)
    lines = [
        f"Here: {costs.processors} processors, {costs.device}, {_size(costs.memory)} of memory, "
        f"{_size(costs.free)} free. The files take {_size(files)}"
        + (", more than there is." if files > costs.free else "."),
        f"To fetch by hand: {_size(fetched)}, {_time(fetched / NETWORK)} at 100 Mbit/s."
        if fetched
        else "",
        TERMS,
    ]
    if counts:
        lines.append(
            f"GPUs are not measured but assumed: {tflops:g} TFLOP/s each (--tflops), nets and "
            f"features on all of them, probes on one. Images of sets above {Gpus(1).holds:g} GB "
            f"are read by {costs.processors} processors for each, as here, from a disk as fast as "
            "memory. After every batch, which is as in the papers, they exchange gradients at "
            f"{link:g} GB/s (--link), and wait for that."
        )
    if recorded:
        ratios = {e.name: e.whole / recorded[e.name] for e, *_ in table if e.name in recorded}
        name = max(ratios, key=lambda name: abs(log(ratios[name])))
        near = sum(0.5 <= ratio <= 2 for ratio in ratios.values())
        lines.append(
            f"Recorded is what the committed run took: {near} of {len(ratios)} notebooks are "
            f"foretold within a factor of 2; the worst, {name}, took {1 / ratios[name]:.2g} of its "
            "plan. A run that opens nets and features of an earlier one takes less than planned."
        )
    for line in filter(None, lines):
        console().print(Text(line), soft_wrap=True)


def _show(
    table: "list[list[Estimate]]", counts: list[int], recorded: dict[str, float], costs: "Costs"
) -> None:
    heads = [f"{n} GPU{'s' * (n > 1)}" for n in counts]
    last = [f"most, {heads[-1]}"] if counts else []
    timed = ["recorded"] if recorded else []
    grid = table_of("notebook", "here", "most of it", *heads, *last, *timed, "disk", "memory")
    for column in grid.columns[1:]:
        column.justify = "left" if str(column.header).startswith("most") else "right"
    for row in table:
        here = row[0]
        limit = "memory" if here.memory > costs.memory else here.limit
        cells = [here.name, _time(here.whole), limit, *(_time(one.whole) for one in row[1:])]
        cells += [row[-1].limit for _ in last]
        cells += [_time(recorded[here.name]) if here.name in recorded else "" for _ in timed]
        grid.add_row(*cells, _size(here.bytes), _size(here.memory))
    sums = [_time(sum(one.whole for one in column)) for column in zip(*table, strict=True)]
    blank = [""] * (len(last) + len(timed))
    most = max(row[0].memory for row in table)
    files = sum(row[0].bytes for row in table)
    grid.add_row("all", sums[0], "", *sums[1:], *blank, _size(files), _size(most), style="bold")
    console().print(grid)


def _recorded(profile: Profile) -> dict[str, float]:
    """Seconds after which a notebook of the committed run had saved its last figure or table."""
    seconds: dict[str, float] = {}
    for path in (paths.committed() / profile.name).glob("*.json"):
        record = read_json(path)
        if name := record.get("notebook"):
            seconds[name] = max(seconds.get(name, 0.0), record.get("seconds", 0.0))
    return seconds


def _time(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.{0 if seconds >= 10 * length else 1}f} {unit}"
    return f"{seconds:.0f} s"


def _size(count: float) -> str:
    for unit, length in (("TB", 1e12), ("GB", 1e9)):
        if count >= length:
            return f"{count / length:.{0 if count >= 10 * length else 1}f} {unit}"
    return f"{count / 1e6:.0f} MB"


def _counts(gpus: str) -> list[int]:
    """Numbers of GPUs from "1,8"; raises ValueError for another form."""
    parts = [part.strip() for part in gpus.split(",")] if gpus else []
    if not all(part.isdecimal() and int(part) for part in parts):
        raise ValueError(f"--gpus takes numbers above 0, such as 1,8,64, not {gpus!r}")
    return [int(part) for part in parts]
