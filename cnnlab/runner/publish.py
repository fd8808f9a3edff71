"""Committed notebooks: cleaned copies of executed ones, and what makes one unfit for that."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnlab.artifacts import paths
from cnnlab.artifacts.plain import read_json
from cnnlab.artifacts.store import write_atomic
from cnnlab.runner.notebooks import Notebook
from cnnlab.runner.results_folder import ResultsFolder
from cnnlab.runner.surroundings import home

PROFILE, SEED = "mini", 0
MAX_BYTES = 1_000_000
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ROOTS = "home|Users|root|tmp|var|private|mnt|media|srv|opt|usr|work|workspace|builds|content|data"
MACHINE_PATH = re.compile(rf"(?<![\w.:/~<-])/(?:{ROOTS})/[\w.@-]+|\b[A-Z]:\\\\?Users\\\\?\w+")
PROGRESS = re.compile(r"\d%\|.*\||\d(?:it|s)/(?:it|s)\b|\r(?!\n)")


def publish(chosen: Sequence[Notebook], results: ResultsFolder, committed: Path) -> list[str]:
    """Copy what `chosen`, which all succeeded, saved into the folder `committed`, where it changed.

    Each notebook of profile mini is also replaced by its executed copy, cleaned. Returns the ids
    copied. Raises ValueError, and changes nothing, where any such copy has a complaint.
    """
    target = ResultsFolder(committed / results.path.name)
    shown = chosen if results.path.name == PROFILE else ()
    with results.locked():
        pages = {n.path: page(clean(read_json(results.executed(n)))) for n in shown}
        complaints = [
            f"{path.name}: {what}" for path, text in pages.items() for what in check(text)
        ]
        if complaints:
            raise ValueError("nothing published: " + "; ".join(complaints))
        copied = [id for notebook in chosen for id in results.publish(notebook, target)]
        for path, text in pages.items():
            write_atomic(path, text.encode())
    return copied


def clean(data: dict[str, Any]) -> dict[str, Any]:
    """An executed notebook without traces of its execution: timing, stderr, bars, machine."""
    cells = [_clean_cell(c) for c in data["cells"] if "injected-parameters" not in _tags(c)]
    code = [c for c in cells if c["cell_type"] == "code" and _text(c["source"]).strip()]
    for number, cell in enumerate(code, 1):
        cell["execution_count"] = number
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = number
    old = data.get("metadata", {})
    origin = {"profile": PROFILE, "seed": SEED, "source": digest(cells)}
    about = {**old.get("cnnlab", {}), **origin}
    metadata = {"cnnlab": about, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    if "widgets" in old and any(_mime(o, "widget-view") for c in code for o in c["outputs"]):
        metadata["widgets"] = old["widgets"]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def coalesced(outputs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Outputs with neighbours of one stream joined, and each line as a terminal would show it.

    How often a stream was flushed is chance; nbclient's own joining takes quadratic time on long
    lines and moves text across the pictures between.
    """
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if joined and "name" in output and joined[-1].get("name") == output["name"]:
            joined[-1]["text"] = _text(joined[-1]["text"]) + _text(output["text"])
        else:
            joined.append(dict(output))
    for output in joined:
        if "name" in output:
            lines = _text(output["text"]).split("\n")
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
            output["text"] = text.splitlines(keepends=True)
    return joined


def page(data: dict[str, Any]) -> str:
    """A notebook as text, laid out as Jupyter does."""
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def digest(cells: Iterable[Mapping[str, Any]]) -> str:
    """Hash of the cells' source, which tells outputs of these cells from outputs of others."""
    text = json.dumps([[c["cell_type"], _text(c["source"])] for c in cells])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def check(text: str) -> list[str]:
    """What makes a cleaned notebook, given as text, unfit to be committed: a sentence each."""
    size = len(text.encode())
    large = [f"{size:,} bytes; at most {MAX_BYTES:,}"] if size >= MAX_BYTES else []
    cells = enumerate(json.loads(text)["cells"], 1)
    paths = ((i, path) for i, cell in cells for path in sorted(_machine_paths(cell)))
    return large + [f"cell {i} shows the machine's path {path}" for i, path in paths]


def _clean_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in cell["metadata"].items() if k not in ("papermill", "execution")}
    if not kept.get("tags"):
        kept.pop("tags", None)
    cell = {**cell, "metadata": kept}
    if cell["cell_type"] == "code":
        outputs = [o for o in cell["outputs"] if o.get("name") != "stderr" and not progress(o)]
        return {**cell, "execution_count": None, "outputs": coalesced(outputs)}
    return cell


def progress(output: Mapping[str, Any]) -> bool:
    """Whether an output is a progress bar, of the textual or of the widget kind."""
    return bool(PROGRESS.search(_text(output.get("text") or _mime(output, "text/plain"))))


def _mime(output: Mapping[str, Any], kind: str) -> str:
    data = output.get("data", {})
    return next((_text(value) for mime, value in data.items() if kind in mime and value), "")


def _machine_paths(cell: Mapping[str, Any]) -> set[str]:
    texts = [_text(cell["source"])]
    for output in cell.get("outputs", ()):
        texts += [_text(v) for v in (output.get("text", ""), *output.get("traceback", ()))]
        data = output.get("data", {})
        texts += [_text(v) for mime, v in data.items() if not mime.startswith("image/")]
    text = "\n".join(texts)
    here = [f"{folder}/" for folder in (paths.root(), home()) if folder and str(folder) != "/"]
    matches = {match[0] for match in MACHINE_PATH.finditer(text)}
    return matches | {folder for folder in here if folder in text}


def _text(value: Any) -> str:
    """Text of a notebook field: a string, a list of lines, or what holds strings."""
    if isinstance(value, list):
        return "".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def _tags(cell: Mapping[str, Any]) -> Sequence[str]:
    return cell.get("metadata", {}).get("tags", ())
