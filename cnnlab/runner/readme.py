"""The README's results, written from recorded tables between two marks: none is typed."""

import re
from collections.abc import Iterator
from pathlib import Path

from cnnlab.artifacts.store import write_atomic
from cnnlab.results.published import compare_with_paper
from cnnlab.runner.gallery import markdown, number

BEGIN, END = "<!-- results: made by `cnnlab report` -->", "<!-- /results -->"
TABLES = {  # id -> column shown, caption
    "zf-table2": ("val-top1", "Zeiler & Fergus, Table 2: top-1 error on validation images, %"),
    "zf14-table3": (
        "val-top1",
        "Zeiler & Fergus (ECCV), Table 3: the same, for each cut of the net, %",
    ),
}
PICTURES = {  # profile/id -> caption
    "mini/zf-fig8": "Zeiler & Fergus, Figure 8: what maps respond to, by the deconvnet",
    "mini/zf-fig5": "Zeiler & Fergus, Figure 5: what happens when a grey square hides a part",
    "mini/zf-fig7": "Zeiler & Fergus, Figure 7: how few images a pre-trained net needs",
    "course/extra-layers-by-training-curves": (
        "Caltech-101, photographs: what each layer is worth there as pre-training goes on"
    ),
}
BASE = "extra-base-nets"


def fill(readme: Path, figures: Path) -> Path:
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

    for id, (column, caption) in TABLES.items():
        path = figures / "mini" / f"{id}.csv"
        if path.exists():
            both = compare_with_paper(pd.read_csv(path), id, decimals=6)
            both = both[(both["column"] == column) & both["ours"].notna()]
            lines = [["", "ours (drawn world, small nets)", "95% interval", "paper (ImageNet)"]]
            for _, cell in both.iterrows():
                ends = f"{cell['low']:.1f} to {cell['high']:.1f}"
                lines.append(
                    [_words(str(cell["row"])), f"{cell['ours']:.1f}", ends, f"{cell['paper']:.1f}"]
                )
            yield f"{caption} (n = {number(both['n'].max())} images):\n"
            yield markdown(lines)
    for profile, data in (("mini", "the drawn world"), ("course", "photographs, Tiny-ImageNet")):
        path = figures / profile / f"{BASE}.csv"
        if path.exists():
            error = pd.read_csv(path).set_index(["row", "column"])["value"]
            yield (
                f"Base ZFNet of profile `{profile}` ({data}): "
                f"{100 - error['zfnet', 'val-top1']:.1f}% top-1 and "
                f"{100 - error['zfnet', 'val-top5']:.1f}% top-5 correct.\n"
            )
    for name, caption in PICTURES.items():
        if (figures / f"{name}.png").exists():
            yield f"{caption}:\n\n![{caption}](figures/{name}.png)\n"


def _words(row: str) -> str:
    return re.sub(r"-(?=[a-z])|(?<=[a-z])-", " ", row)
