"""figures/README.md: every regenerated figure and table, by profile, beside the printed numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnlab.artifacts.plain import read_json
from cnnlab.artifacts.store import write_atomic
from cnnlab.results.published import compare_with_paper, published_ids

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
    record = read_json(path)
    whole = {"id", "file", "notebook"} <= record.keys()
    return record if whole and path.with_name(record["file"]).is_file() else None


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
        lines = _table(figures / file, about["id"])
        shown = markdown(lines[: HEAD + 1])
        if len(lines) > HEAD + 1:
            shown += f"\n{HEAD} of {len(lines) - 1} lines; all: [{about['file']}]({file})\n"
    anchor = f'<a id="{_anchor(profile, about)}"></a>'
    return f"{anchor}\n\n### {about['id']}\n\n{' · '.join(notes)}\n\n{shown}"


def _table(path: Path, name: str) -> list[list[str]]:
    """Header and lines of a table: with the paper's numbers where the paper has such a table."""
    import pandas as pd

    table = pd.read_csv(path)
    if name in published_ids():
        table = compare_with_paper(table, name, decimals=6)
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
    header, *rest = (
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines
    )
    return "\n".join((header, "|---" * len(lines[0]) + "|", *rest)) + "\n"
