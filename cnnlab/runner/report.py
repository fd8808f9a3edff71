"""The gallery figures/README.md, written from the records."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnlab.artifacts.plain import read_json
from cnnlab.artifacts.store import write_atomic
from cnnlab.results.published import compare_with_paper, marks, published_ids
from cnnlab.runner.agreement import CLAIMS

# without smoke, whose numbers mean nothing
ORDER = ("mini", "mini-seeds", "course", "course-seeds", "paper", "paper-seeds")
VERDICTS = {"True": "reached", "False": "missed", "": "not measured"}
HEAD = 12  # lines of a table that the gallery shows
INTRO = """# Gallery

Made by `cnnlab report` from the records beside the figures; do not edit it. Tables show our
value with its 95% interval and, where the paper prints one, its number; *difference* is ours
minus the paper's.
"""


def write_gallery(figures: Path) -> Path:
    """Write the gallery of the folder `figures`; returns its path. Same figures, same bytes."""
    parts = [INTRO]
    for profile in ORDER:
        records = list(records_in(figures / profile))
        if records:
            links = (f"[{record['id']}](#{profile}-{record['id']})" for record in records)
            parts += [f"## {profile}\n", " · ".join(links) + "\n"]
            parts += [_entry(figures, profile, record) for record in records]
    parts += _benchmarks(figures / "bench")
    path = figures / "README.md"
    write_atomic(path, "\n".join(parts).encode())
    return path


def records_in(folder: Path) -> Iterator[dict[str, Any]]:
    """The records in a folder whose figure or table lies beside them."""
    for path in sorted(folder.glob("*.json")):
        record = read_json(path)
        if {"id", "file", "notebook"} <= record.keys() and (folder / record["file"]).is_file():
            yield record


def _entry(figures: Path, profile: str, record: Mapping[str, Any]) -> str:
    id, name, file = record["id"], record["notebook"], f"{profile}/{record['file']}"
    seeds = record.get("seeds", [record.get("seed", 0)])
    sources = ", ".join(f"{k}: {v}" for k, v in sorted(record.get("sources", {}).items()))
    notes = [f"[{name}](../notebooks/{name}.ipynb)", f"seed {' '.join(map(str, seeds))}"]
    notes += [sources] if sources else []
    if file.endswith(".png"):
        picture = f"![{id}]({file})\n"
    else:
        lines = _table(figures / file, id)
        picture = markdown(lines[: HEAD + 1])
        if len(lines) > HEAD + 1:
            picture += f"\n{HEAD} of {len(lines) - 1} lines; all: [{record['file']}]({file})\n"
    return f'<a id="{profile}-{id}"></a>\n\n### {id}\n\n{" · ".join(notes)}\n\n{picture}'


def _benchmarks(folder: Path) -> Iterator[str]:
    """Speed beside rivals, one table, and below it the machines."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        return
    yield '<a id="bench"></a>\n\n## bench\n'
    yield "Medians, with the least and the most of the repeats; `cnnlab bench` measures anew.\n"
    lines, machines = [["", "ours", "rival", "ratio", "asked for", "note"]], dict[str, dict]()
    for path in files:
        for row in csv.DictReader(path.read_text().splitlines()):
            machine = "{cpu}, {threads} of {cores} cores, torch {torch}".format(**row)
            machines.setdefault(machine, {})[path.stem] = None
            ours = f"{_spread(row, 'ours', 'least', 'most')} {row['unit']}" if row["ours"] else ""
            rival = _spread(row, "rival", "rival least", "rival most")
            digits = 4 if row["reached"] == "False" else 2  # 1.9956 misses 2, which 2.00 would not
            ratio = f"{float(row['ratio']):.{digits}f}x" if row["ratio"] else ""
            asked = row["must"] and f"{row['must']}: {VERDICTS[row['reached']]}"
            name = f"{path.stem}: {row['name'].strip()}"
            lines.append([name, ours.strip(), rival, ratio, asked, row["note"]])
    yield markdown(lines)
    places = "; ".join(f"{machine} ({', '.join(stems)})" for machine, stems in machines.items())
    yield f"Measured on: {places}.\n"


def _spread(row: Mapping[str, str], middle: str, least: str, most: str) -> str:
    """A median, with the ends of its repeats where they were kept."""
    ends = " to ".join(number(float(row[end])) for end in (least, most) if row.get(end))
    return (number(float(row[middle])) if row[middle] else "") + (f" ({ends})" if ends else "")


def _table(path: Path, id: str) -> list[list[str]]:
    """Header and lines of a table, ours first, with the numbers of the paper's table if any."""
    import pandas as pd

    table = pd.read_csv(path)
    if id in published_ids():
        names = marks(table)
        table = compare_with_paper(table, id, decimals=6)
        table = table.sort_values("ours", key=pd.isna, kind="stable").replace({"row": names})
    if id.endswith(CLAIMS):  # without what says where each is read
        table = table.drop(columns=["row", "column", "table"], errors="ignore")
    cells = table.map(lambda value: "" if pd.isna(value) else number(value))
    if {"low", "high"} <= set(cells):
        ends = cells.pop("low") + " to " + cells.pop("high")
        cells["95% interval"] = ends.where(table["low"].notna(), "")
    return [list(cells.columns), *cells.to_numpy().tolist()]


def number(value: object) -> str:
    """A number, or text that is one, to four digits; other values as they are."""
    try:
        x = float(str(value))
    except ValueError:
        return str(value)
    return f"{x:.0f}" if x % 1 == 0 else f"{x:.4g}"


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """A header and lines of cells as a markdown table."""
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    header, *rest = (f"| {' | '.join(line)} |" for line in escaped)
    return "\n".join((header, "|---" * len(lines[0]) + "|", *rest)) + "\n"
