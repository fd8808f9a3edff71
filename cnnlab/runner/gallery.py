"""figures/README.md: every regenerated figure and table, by profile, beside the printed numbers."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnlab.artifacts.store import write_atomic
from cnnlab.results.comparison import compare_with_paper
from cnnlab.results.published import published_ids
from cnnlab.runner.stamps import load_json

# without smoke, whose numbers mean nothing
ORDER = ("mini", "mini-seeds", "course", "course-seeds", "paper", "paper-seeds")
HEAD = 12  # lines of a table that the gallery shows
INTRO = """# Gallery

Made by `cnnlab report` from the records beside the figures; do not edit it. Tables show our
value with its 95% interval and, where the paper prints one, its number.
"""


def write(figures: Path) -> Path:
    """Write the gallery of the folder `figures`; returns its path. Same figures, same bytes."""
    parts = [INTRO]
    for profile in ORDER:
        records = [r for p in sorted((figures / profile).glob("*.json")) if (r := _record(p))]
        if records:
            parts.append(f"## {profile}\n")
            parts.append(" · ".join(f"[{r['id']}](#{_anchor(profile, r)})" for r in records) + "\n")
            parts += [_entry(figures, profile, r) for r in records]
    path = figures / "README.md"
    write_atomic(path, "\n".join(parts).encode())
    return path


def _record(path: Path) -> dict[str, Any] | None:
    """The record at `path`, if it is one and its figure or table is there."""
    found = load_json(path)
    whole = {"id", "file", "notebook"} <= found.keys() and path.with_name(found["file"]).is_file()
    return found if whole else None


def _anchor(profile: str, about: Mapping[str, Any]) -> str:
    return f"{profile}-{about['id']}"


def _entry(figures: Path, profile: str, about: Mapping[str, Any]) -> str:
    seeds = about.get("seeds", [about.get("seed", 0)])
    sources = ", ".join(f"{k}: {v}" for k, v in sorted(about.get("sources", {}).items()))
    origin = f"[{about['notebook']}](../notebooks/{about['notebook']}.ipynb)"
    notes = [origin, f"seed {' '.join(map(str, seeds))}", *([sources] if sources else [])]
    file = f"{profile}/{about['file']}"
    if about["file"].endswith(".png"):
        shown = f"![{about['id']}]({file})\n"
    else:
        lines = list(_table(figures / file, about["id"]))
        shown = markdown(lines[: HEAD + 1])
        if len(lines) > HEAD + 1:
            shown += f"\n{HEAD} of {len(lines) - 1} lines; all: [{about['file']}]({file})\n"
    anchor = f'<a id="{_anchor(profile, about)}"></a>'
    return f"{anchor}\n\n### {about['id']}\n\n{' · '.join(notes)}\n\n{shown}"


def _table(path: Path, name: str) -> Iterator[list[str]]:
    """Header and lines of a table: with the paper's numbers where the paper has such a table."""
    text = path.read_text(encoding="utf-8")
    if name in published_ids():
        import pandas as pd

        text = compare_with_paper(pd.read_csv(path), name, decimals=6).to_csv(index=False)
    reader = csv.DictReader(io.StringIO(text))
    columns = list(reader.fieldnames or ())
    interval = {"low", "high"} <= set(columns)
    shown = [name for name in columns if not (interval and name in ("low", "high"))]
    yield shown + ["95% interval"] * interval
    for line in reader:
        ends = (
            f"{number(line['low'])} to {number(line['high'])}" if interval and line["low"] else ""
        )
        yield [number(line[name]) for name in shown] + [ends] * interval


def number(text: str) -> str:
    """A number to four digits; other text as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.0f}" if value == round(value) else f"{value:.4g}"


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """A header and lines of cells as a markdown table."""
    header, *rest = (
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines
    )
    return "\n".join((header, "|---" * len(lines[0]) + "|", *rest)) + "\n"
