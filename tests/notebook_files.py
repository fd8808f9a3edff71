"""Small notebooks for tests, a house of their own to run them in, and faults of committed ones."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from cnnlab.runner import notebooks
from cnnlab.runner.publish import KERNEL, PROFILE, SEED, check, digest, progress

# a cell that defines save(notebook, name, text), which saves a table as cnnlab.results.record does
SAVE = """
import hashlib, json, os
from pathlib import Path
def save(notebook, name, text):
    folder = Path(os.environ["CNNLAB_FIGURES"]) / profile
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    about = {"id": name, "file": f"{name}.csv", "notebook": notebook, "sha256": digest}
    (folder / f"{name}.json").write_text(json.dumps(about))
"""


def furnish(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `folder` a house: notebooks, cache, figures and committed ones of its own."""
    (folder / "notebooks").mkdir()
    monkeypatch.setattr("cnnlab.artifacts.paths.committed", lambda: folder / "committed")
    monkeypatch.setattr("cnnlab.artifacts.paths.notebooks", lambda: folder / "notebooks")
    monkeypatch.setenv("CNNLAB_CACHE", str(folder / "cache"))
    monkeypatch.setenv("CNNLAB_FIGURES", str(folder / "figures"))
    monkeypatch.delenv("CNNLAB_DATA_DIR", raising=False)
    monkeypatch.delenv("CNNLAB_SOURCES", raising=False)
    return folder


def write(house: Path, name: str, *sources: str, needs: tuple[str, ...] = ()) -> Path:
    """Write a notebook: a title, a parameters cell, then one code cell per source."""
    cells = [
        markdown(f"# {name}\n\nDoes it run?"),
        code('profile = "mini"\nseed = 0', tags=["parameters"]),
        *(code(source) for source in sources),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    data = {
        "cells": [{"id": f"c{i}", **cell} for i, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "cnnlab": {"needs": list(needs)}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = house / "notebooks" / f"{name}.ipynb"
    path.write_text(json.dumps(data))
    return path


def code(source: str, tags: list[str] | None = None) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": tags} if tags else {},
        "outputs": [],
        "source": source,
    }


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def faults(path: Path) -> list[str]:
    """What makes the committed notebook at `path` unfit, a sentence each; empty when it is fit."""
    notebook, text = notebooks.read(path), path.read_text(encoding="utf-8")
    if notebook.problem:
        return [notebook.problem]
    data = json.loads(text)
    return [*check(text), *_anatomy(notebook), *_origin(data), *_execution(data["cells"])]


def _anatomy(notebook: notebooks.Notebook) -> Iterator[str]:
    """A title, a question, the parameters, and cells that are read at a glance."""
    cells = notebook.cells
    if not 25 <= len(cells) <= 45:
        yield f"{len(cells)} cells; between 25 and 45"
    if not notebooks.heading(cells[0].source, cells[0].kind):
        yield "the first cell is no title (a markdown heading)"
    if not notebook.question:
        yield "no question stands before the parameters"
    parameters = next(cell.source for cell in cells if "parameters" in cell.tags)
    set_here = {ast.unparse(statement) for statement in ast.parse(parameters).body}
    if not {f"profile = '{PROFILE}'", f"seed = {SEED}"} <= set_here:
        yield f'the parameters cell must set profile = "{PROFILE}" and seed = {SEED}'
    code = ((i, cell.source) for i, cell in enumerate(cells, 1) if cell.kind == "code")
    lines = {i: len([t for t in text.splitlines() if t.strip()]) for i, text in code if text}
    yield from (f"cell {i} has {n} lines; at most 25" for i, n in lines.items() if n > 25)
    if (middle := median(lines.values())) > 6:
        yield f"the median cell has {middle:g} lines of code; at most 6"


def _origin(data: dict[str, Any]) -> Iterator[str]:
    """Outputs that are not of these cells, this profile and seed."""
    about, kernel = data["metadata"].get("cnnlab", {}), data["metadata"]["kernelspec"]["name"]
    if (about["profile"], about["seed"]) != (PROFILE, SEED):
        yield f"its outputs are of profile {about['profile']}, seed {about['seed']}"
    elif about["source"] != digest(data["cells"]):
        yield "its cells changed after its outputs were made; run `cnnlab run --publish`"
    if kernel != KERNEL["name"]:
        yield f"its kernel is {kernel}; it must be {KERNEL['name']}"
    if any("injected-parameters" in cell["metadata"].get("tags", ()) for cell in data["cells"]):
        yield "mixed profiles: it holds a cell of injected parameters"


def _execution(cells: list[dict[str, Any]]) -> Iterator[str]:
    """Code that was not executed whole and in order, and outputs that cleaning takes away."""
    numbered = ((i, cell) for i, cell in enumerate(cells, 1) if "".join(cell["source"]).strip())
    executed = [(i, cell) for i, cell in numbered if cell["cell_type"] == "code"]
    for expected, (i, cell) in enumerate(executed, 1):
        if cell["execution_count"] is None:
            yield f"cell {i} has no output: it was not executed"
        elif cell["execution_count"] != expected:
            yield f"cell {i} was executed out of order"
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"cell {i} ended in an error"
            if output.get("name") == "stderr":
                yield f"cell {i} shows what was written to stderr"
            if progress(output):
                yield f"cell {i} shows a progress bar"
    if not any(cell["outputs"] for _, cell in executed):
        yield "it holds no outputs at all"
