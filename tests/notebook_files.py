"""Small notebooks for tests, and a house of their own to run them in."""

import json
from pathlib import Path
from typing import Any

import pytest

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
