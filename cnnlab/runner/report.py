"""Pages written from the records: the gallery figures/README.md, and the README's results."""

import re
from collections.abc import Iterator, Mapping, Sequence
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

BEGIN, END = "<!-- results: made by `cnnlab report` -->", "<!-- /results -->"
TABLES = {  # id -> caption of its column val-top1
    "zf-table2": "Zeiler & Fergus, Table 2: top-1 error on validation images, %",
    "zf14-table3": "Zeiler & Fergus (ECCV), Table 3: the same, for each cut of the net, %",
}
BASE = {"mini": "the drawn world", "course": "photographs, Tiny-ImageNet"}
PICTURES = {  # profile/id -> caption
    "mini/zf-fig8": "Zeiler & Fergus, Figure 8: what maps respond to, by the deconvnet",
    "mini/zf-fig5": "Zeiler & Fergus, Figure 5: what happens when a grey square hides a part",
    "mini/zf-fig7": "Zeiler & Fergus, Figure 7: how few images a pre-trained net needs",
    "course/extra-layers-by-training-curves": (
        "Caltech-101, photographs: what each layer is worth there as pre-training goes on"
    ),
}


def write_gallery(figures: Path) -> Path:
    """Write the gallery of the folder `figures`; returns its path. Same figures, same bytes."""
    parts = [INTRO]
    for profile in ORDER:
        records = list(_records(figures / profile))
        if records:
            links = (f"[{record['id']}](#{profile}-{record['id']})" for record in records)
            parts += [f"## {profile}\n", " · ".join(links) + "\n"]
            parts += [_entry(figures, profile, record) for record in records]
    path = figures / "README.md"
    write_atomic(path, "\n".join(parts).encode())
    return path


def _records(folder: Path) -> Iterator[dict[str, Any]]:
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


def _table(path: Path, id: str) -> list[list[str]]:
    """Header and lines of a table: with the paper's numbers where the paper has such a table."""
    import pandas as pd

    table = pd.read_csv(path)
    if id in published_ids():
        table = compare_with_paper(table, id, decimals=6)
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


def fill_readme(readme: Path, figures: Path) -> Path:
    """Renew the results in `readme`; raises ValueError where it lacks the two marks."""
    text = readme.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{readme.name} lacks the lines {BEGIN} and {END}; restore them")
    results = "\n".join([BEGIN, "", *_results(figures), END])
    before, rest = text.split(BEGIN, 1)
    write_atomic(readme, (before + results + rest.split(END, 1)[1]).encode())
    return readme


def _results(figures: Path) -> Iterator[str]:
    import pandas as pd

    for id, caption in TABLES.items():
        if (path := figures / "mini" / f"{id}.csv").exists():
            both = compare_with_paper(pd.read_csv(path), id, decimals=6)
            both = both[(both["column"] == "val-top1") & both["ours"].notna()]
            lines = [["", "ours (drawn world, small nets)", "95% interval", "paper (ImageNet)"]]
            for _, cell in both.iterrows():
                ends = f"{cell['low']:.1f} to {cell['high']:.1f}"
                words = re.sub(r"-(?=[a-z])|(?<=[a-z])-", " ", str(cell["row"]))
                lines.append([words, f"{cell['ours']:.1f}", ends, f"{cell['paper']:.1f}"])
            yield f"{caption} (n = {number(both['n'].max())} images):\n"
            yield markdown(lines)
    for profile, data in BASE.items():
        if (path := figures / profile / "extra-base-nets.csv").exists():
            right = 100 - pd.read_csv(path).set_index(["row", "column"])["value"]
            top1, top5 = right["zfnet", "val-top1"], right["zfnet", "val-top5"]
            net = f"Base ZFNet of profile `{profile}` ({data})"
            yield f"{net}: {top1:.1f}% top-1 and {top5:.1f}% top-5 correct.\n"
    for name, caption in PICTURES.items():
        if (figures / f"{name}.png").exists():
            yield f"{caption}:\n\n![{caption}](figures/{name}.png)\n"
