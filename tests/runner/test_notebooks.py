"""Every notebook runs under `smoke`; what is committed is whole, in order, of one profile."""

import json
from pathlib import Path

import pytest
from notebook_files import faults

from cnnlab.artifacts import paths
from cnnlab.runner import notebooks
from cnnlab.runner.display import Display, console
from cnnlab.runner.pipeline import Options, Run

COMMITTED = sorted(paths.notebooks().glob(notebooks.PATTERN))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_notebook_is_fit(path: Path) -> None:
    assert faults(path) == []


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_notebook_has_its_figures_and_records(path: Path) -> None:
    """What a notebook says it saves lies in figures/mini with a record of that notebook."""
    folder = paths.root() / "figures" / "mini"
    for id in notebooks.read(path).saves:
        record = json.loads((folder / f"{id}.json").read_text(encoding="utf-8"))
        assert (record["notebook"], record["profile"], record["seed"]) == (path.stem, "mini", 0), id
        assert (folder / record["file"]).is_file(), id


def test_no_notebook_is_left_out() -> None:
    every = {path.name for path in paths.notebooks().glob("*.ipynb")}
    assert every == {path.name for path in COMMITTED}


def test_all_notebooks_run_under_smoke() -> None:
    chosen = notebooks.scan(paths.notebooks())
    run = Run(chosen, Options("smoke"), Display(console()))
    outcomes = run.go()
    assert {o.name: o.status for o in outcomes} == {n.name: "ran" for n in chosen}, [
        f"{o.name}: {o.note}" for o in outcomes if o.status != "ran"
    ]
    folder = paths.figures() / "smoke"
    for notebook in chosen:
        for id in notebook.saves:
            assert (folder / f"{id}.json").is_file(), f"{notebook.name} did not save {id}"
