"""The README's results: tables of the paper beside ours, the scoreboard of claims, pictures."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.artifacts.store import write_atomic
from cnnlab.results.claims import FAILS, HOLDS, LEARNING, NO_DATA, UNDECIDED
from cnnlab.results.columns import DASH
from cnnlab.results.published import published_table
from cnnlab.runner.report import markdown, records_in

if TYPE_CHECKING:
    import pandas as pd

BEGIN, END = "<!-- results: made by `cnnlab report` -->", "<!-- /results -->"
TABLES = {  # id -> the column shown ("": all), and its caption
    "zf-table2": ("val-top1", "Zeiler & Fergus, Table 2: top-1 error on validation images, %"),
    "zf-table4": ("30-per-class", "Table 4: Caltech-101, 30 training images a class, % correct"),
    "zf-table7": ("caltech-101", "Table 7: Caltech-101, what each layer is worth, % correct"),
    "agm-table1": ("", "Agrawal, Girshick & Malik, Table 1: SUN, % correct, and detection, mAP"),
    "agm-table8": ("", "Table 8: a detector without the sizes of responses, or their places, mAP"),
}
SEEDS = "over seeds"
SIDES = {"photographs": "course", "drawn world": "mini", SEEDS: "mini-seeds"}
VERDICTS = {"photographs": "photographs", "drawn world": "verdict", SEEDS: "seeds"}
PICTURES = {  # profile/id -> caption
    "mini/zf-fig8": "Zeiler & Fergus, Figure 8: what maps respond to, by the deconvnet",
    "mini/zf-fig5": "Zeiler & Fergus, Figure 5: what happens when a grey square hides a part",
    "mini/zf-fig7": "Zeiler & Fergus, Figure 7: how few images a pre-trained net needs",
    "course/extra-finetuning-by-task": (
        "Agrawal, Girshick & Malik, Tables 1 and 2, on photographs: pre-training and fine-tuning"
    ),
    "course/extra-pretraining-curves": (
        "Agrawal, Girshick & Malik, Table 3, on photographs: pre-training time and layers"
    ),
    "course/extra-ablation-layers": (
        "Agrawal, Girshick & Malik, Table 7, on photographs: what a layer may lose"
    ),
}


def fill_readme(readme: Path, figures: Path) -> Path:
    """Renew the results in `readme`; raises ValueError where it lacks the two marks."""
    text = readme.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{readme.name} lacks the lines {BEGIN} and {END}; restore them")
    parts = [*_tables(figures), *_scoreboard(figures), *_pictures(figures)]
    results = "\n".join([BEGIN, "", *parts, END])
    before, rest = text.split(BEGIN, 1)
    write_atomic(readme, (before + results + rest.split(END, 1)[1]).encode())
    return readme


def _tables(figures: Path) -> Iterator[str]:
    """Each main table, or a column of it: the paper, and every committed table of ours."""
    import pandas as pd

    for id, (column, caption) in TABLES.items():
        files = {side: figures / profile / f"{id}.csv" for side, profile in SIDES.items()}
        ours = {side: _cells(pd.read_csv(f), column) for side, f in files.items() if f.exists()}
        theirs = _cells(published_table(id), column)
        rows = [row for row in theirs if any(row in cells for cells in ours.values())]
        rows += [row for cells in ours.values() for row in cells if row not in theirs]
        if rows:
            lines = [["", "paper", *ours]]
            for row in dict.fromkeys(rows):
                words = re.sub(r"-(?=[a-z])|(?<=[a-z])-", " ", row)
                lines.append([words, *(c.get(row, "") for c in (theirs, *ours.values()))])
            yield f"{caption}, [95% interval]:\n\n{markdown(lines)}"


def _cells(table: "pd.DataFrame", column: str) -> dict[str, str]:
    """Row -> value of a column, or "row, column" -> value of all, with interval and marks."""
    texts = {}  # of two versions of a paper the later one's
    for cell in sorted(table.to_dict("records"), key=lambda cell: cell.get("source") == "eccv"):
        if cell["value"] == cell["value"] and column in ("", cell["column"]):  # not NaN
            text = f"{cell['value']:.1f}"
            if abs(cell.get("high", float("inf"))) < float("inf"):
                text += f" [{cell['low']:.1f}, {cell['high']:.1f}]"
            notes = [f"{cell['nets']:.0f} nets"] if cell.get("nets", 1) > 1 else []
            notes += ["still learning"] if cell.get("learning", False) else []
            row = str(cell["row"]) if column else f"{cell['row']}, {cell['column']}"
            texts[row] = text + (f" ({', '.join(notes)})" if notes else "")
    return texts


def _scoreboard(figures: Path) -> Iterator[str]:
    """All claims but our own, in the order of the notebooks; those of the papers are counted."""
    texts = [path.read_text() for path in sorted((figures / "mini").glob("*.claims.csv"))]
    every = [line for text in texts for line in csv.DictReader(text.splitlines())]
    claims = [line for line in every if not line["source"].startswith("ours")]
    if not claims:
        return
    for line in claims:
        if line.get("on_photographs") == "True":
            line["verdict"] = DASH  # which stands under photographs
    theirs = [line for line in claims if line["source"].startswith(("ZF", "ECCV", "AGM", "draft"))]
    yield f"The papers' findings as {len(theirs)} claims, judged by 95% intervals:\n"
    verdicts = (HOLDS, FAILS, UNDECIDED, NO_DATA)
    counts = {side: Counter(line[key] for line in theirs) for side, key in VERDICTS.items()}
    lines = [[side, *(str(count[v]) for v in verdicts)] for side, count in counts.items()]
    yield markdown([["", *verdicts], *lines])
    if lacking := sum(line["verdict"] == DASH for line in theirs):
        yield f"Claims about nets of photographs only, not judged in the drawn world: {lacking}.\n"
    if brief := {r["notebook"][:2] for r in records_in(figures / "mini-seeds") if r.get("shorter")}:
        numbers = ", ".join(sorted(brief))
        yield f"Notebooks whose nets saw fewer images over seeds than in `mini`: {numbers}.\n"
    lines = [["claim", "where", *VERDICTS]]
    for line in claims:
        marked = (line.get(LEARNING) or "").split()
        marks = (" (still learning)" if key in marked else "" for key in VERDICTS.values())
        texts = [line[key] + mark for key, mark in zip(VERDICTS.values(), marks, strict=True)]
        lines.append([line["statement"], line["source"], *texts])
    summary = "<summary>All claims, with their controls and those of later papers</summary>"
    yield f"<details>{summary}\n\n{markdown(lines)}\n</details>\n"


def _pictures(figures: Path) -> Iterator[str]:
    for name, caption in PICTURES.items():
        if (figures / f"{name}.png").exists():
            yield f"{caption}:\n\n![{caption}](figures/{name}.png)\n"
