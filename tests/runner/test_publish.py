"""Published notebooks: what is cleaned away, and one faulty notebook for each complaint."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from notebook_files import code, faults, furnish, markdown
from rich.console import Console

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import StoreError
from cnnlab.runner import notebooks
from cnnlab.runner.display import Display
from cnnlab.runner.pipeline import Options, Run
from cnnlab.runner.publish import clean, coalesced, page, publish
from cnnlab.runner.results_folder import ResultsFolder

Notebook = dict[str, Any]


def executed(cells: int = 25) -> Notebook:
    """A notebook as papermill leaves it after a run without injected parameters."""
    made = [
        markdown("# Occlusion\n\nIs the net looking at the dog, or at the grass?"),
        code('profile = "mini"\nseed = 0', tags=["parameters"]),
    ]
    made += [code(f"print({i})") for i in range(cells - len(made))]
    for i, cell in enumerate(made):
        cell["id"] = f"c{i}"
        cell["metadata"]["papermill"] = {"duration": 0.1}
        if cell["cell_type"] == "code":
            cell["execution_count"] = i + 3  # the kernel had counted before
            cell["outputs"] = [stream(f"{i}\n")]
    metadata = {
        "papermill": {"input_path": "/home/someone/notebooks/a.ipynb"},
        "kernelspec": {"name": "python3", "display_name": "mine", "language": "python"},
        "language_info": {"name": "python", "version": "3.11.1"},
        "cnnlab": {"needs": ["01_training"]},
    }
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def stream(text: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def complaints(tmp_path: Path, notebook: Notebook) -> list[str]:
    path = tmp_path / "01_page.ipynb"
    path.write_text(page(notebook))
    return faults(path)


def test_cleaning_leaves_a_fit_notebook(tmp_path: Path) -> None:
    raw = executed()
    bar = "\r 50%|█████     | 1/2 [00:01<00:01, 1.0it/s]"
    widget = {"text/plain": " 50%|█| 1/2", "application/vnd.jupyter.widget-view+json": {}}
    raw["cells"][2]["outputs"] += [
        stream("warning\n", "stderr"),
        stream(bar),
        {"output_type": "display_data", "data": widget, "metadata": {}},
    ]
    raw["cells"].insert(2, code('profile = "mini"', tags=["injected-parameters"]))
    result = {"output_type": "execute_result", "execution_count": 9, "metadata": {}}
    raw["cells"][4]["outputs"] = [{**result, "data": {"text/plain": "3"}}]

    cleaned = clean(raw)
    assert complaints(tmp_path, cleaned) == []
    assert len(cleaned["cells"]) == 25
    assert cleaned["cells"][2]["outputs"] == [stream(["2\n"])]
    assert [c["execution_count"] for c in cleaned["cells"][1:]] == list(range(1, 25))
    assert cleaned["cells"][3]["outputs"][0]["execution_count"] == 3
    assert all(c["metadata"] == {} for c in cleaned["cells"][2:])
    assert cleaned["cells"][1]["metadata"] == {"tags": ["parameters"]}
    assert cleaned["metadata"].keys() == {"cnnlab", "kernelspec", "language_info"}
    own = cleaned["metadata"]["cnnlab"]
    assert (own["needs"], own["profile"], own["seed"]) == (["01_training"], "mini", 0)


def put(cell: int, **values: Any) -> Callable[[Notebook], None]:
    """A fault that sets fields of one cell (counted from 1)."""
    return lambda notebook: notebook["cells"][cell - 1].update(values)


def show(cell: int, output: dict[str, Any]) -> Callable[[Notebook], None]:
    """A fault that adds an output to one cell (counted from 1)."""
    return lambda notebook: notebook["cells"][cell - 1]["outputs"].append(output)


def own(**values: Any) -> Callable[[Notebook], None]:
    return lambda notebook: notebook["metadata"]["cnnlab"].update(values)


def html(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": [text]}}


def wordy(notebook: Notebook) -> None:
    for cell in notebook["cells"][2:]:
        cell["source"] = "x = 1\n" * 7


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["no"]}
FAULTS: dict[str, tuple[Callable[[Notebook], Any], str]] = {
    "not executed": (put(5, execution_count=None), "cell 5 has no output: it was not executed"),
    "out of order": (put(5, execution_count=9), "cell 5 was executed out of order"),
    "no outputs": (
        lambda n: [c.update(outputs=[]) for c in n["cells"] if "outputs" in c],
        "it holds no outputs at all",
    ),
    "error": (show(5, ERROR), "cell 5 ended in an error"),
    "stderr": (show(6, stream("oh\n", "stderr")), "cell 6 shows what was written to stderr"),
    "bar": (show(7, stream("99%|####| 99/100")), "cell 7 shows a progress bar"),
    "home": (show(8, stream("at /home/ann/x.png")), "cell 8 shows the machine's path /home/ann"),
    "temp": (show(8, html("<b>/tmp/abc</b>")), "cell 8 shows the machine's path /tmp/abc"),
    "path in source": (
        put(9, source='open("/Users/ann/x")'),
        "cell 9 shows the machine's path /Users/ann",
    ),
    "other profile": (own(profile="smoke"), "its outputs are of profile smoke, seed 0"),
    "other seed": (own(seed=3), "its outputs are of profile mini, seed 3"),
    "injected": (
        lambda n: n["cells"].insert(2, code('profile = "smoke"', tags=["injected-parameters"])),
        "mixed profiles: it holds a cell of injected parameters",
    ),
    "edited": (put(5, source="print(99)"), "its cells changed after its outputs were made"),
    "kernel": (
        lambda n: n["metadata"]["kernelspec"].update(name="venv"),
        "its kernel is venv; it must be python3",
    ),
    "too big": (show(5, stream("x" * 1_000_000)), "at most 1,000,000"),
    "long cell": (put(5, source="x = 1\n" * 26), "cell 5 has 26 lines; at most 25"),
    "wordy": (wordy, "the median cell has 7 lines of code; at most 6"),
    "too few cells": (lambda n: n["cells"].pop(), "24 cells; between 25 and 45"),
    "no title": (put(1, source="Occlusion. Is it so?"), "the first cell is no title"),
    "no question": (put(1, source="# Occlusion?\n\nNo."), "no question stands before"),
    "parameters": (put(2, source='profile = "smoke"'), "the parameters cell must set"),
    "untagged": (put(2, metadata={}), "has no cell tagged `parameters`"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(name: str, tmp_path: Path) -> None:
    fault, expected = FAULTS[name]
    notebook = copy.deepcopy(clean(executed()))
    fault(notebook)
    found = complaints(tmp_path, notebook)
    assert any(expected in sentence for sentence in found), found


@pytest.mark.parametrize(
    "harmless",
    [
        show(5, stream("see https://a.org/home/ann and cnnlab/data/x, 3/4 of it")),
        show(5, {**html("x"), "data": {"image/png": "iVBO/home/abc/tmp/x"}}),
        show(5, html("<td>a</td></home>")),
        show(5, stream("a share of 50% | of all")),
        put(5, source="", execution_count=None, outputs=[]),
    ],
)
def test_harmless_things_are_let_be(harmless: Callable[[Notebook], None], tmp_path: Path) -> None:
    notebook = executed()
    harmless(notebook)
    assert complaints(tmp_path, clean(notebook)) == []


def test_streams_are_joined_as_a_terminal_shows_them() -> None:
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "abc"}}
    outputs = [
        stream("a"),
        stream(["b\n", "0%\r50%\r100%\n"]),
        stream("oh", "stderr"),
        picture,
        stream("dos\r\nlast\n"),
    ]
    assert coalesced(outputs) == [
        stream(["ab\n", "100%\n"]),
        stream(["oh"], "stderr"),
        picture,
        stream(["dos\n", "last\n"]),
    ]
    long = "x" * 1_000_000
    assert coalesced([stream(long)]) == [stream([long])]


def test_publishing_replaces_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = furnish(tmp_path, monkeypatch)
    for name, text in (("01_fit", "good"), ("02_leaky", "/home/ann/x")):
        blank = executed()
        for cell in blank["cells"]:
            cell["metadata"].pop("papermill")
        blank["cells"][2]["source"] = f"print({text!r})"
        blank["metadata"]["cnnlab"] = {}
        (house / "notebooks" / f"{name}.ipynb").write_text(json.dumps(blank))
    found = notebooks.scan(house / "notebooks")
    before = [n.path.read_text() for n in found]
    display = Display(Console(file=(house / "log").open("a")))
    options = Options("mini", jobs=2)
    outcomes = Run(found, options, display).go()
    assert [o.status for o in outcomes] == ["ran", "ran"]

    with pytest.raises(ValueError, match=r"published: 02_leaky\.ipynb: cell 3 .* /home/ann"):
        publish(found, options.results, paths.committed())
    assert [n.path.read_text() for n in found] == before

    publish(found[:1], options.results, paths.committed())
    assert faults(found[0].path) == []
    cell = json.loads(found[0].path.read_text())["cells"][3]
    assert (cell["execution_count"], cell["outputs"][0]["text"]) == (3, ["1\n"])
    assert Run(notebooks.scan(house / "notebooks"), options, display).go()[0].status == "skipped"


def test_what_runs_write_lies_outside_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Jupyter and under papermill, too: no variable is set there."""
    for name in ("CNNLAB_CACHE", "CNNLAB_FIGURES"):
        monkeypatch.delenv(name)
    assert paths.figures() == paths.root() / "data" / "cache" / "figures"
    assert "data/cache/" in (paths.root() / ".gitignore").read_text().splitlines()
    assert not paths.committed().is_relative_to(paths.figures())


def save(folder: Path, id: str, text: str, **about: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{id}.csv").write_text(text)
    record = {"id": id, "file": f"{id}.csv", "notebook": "01_a", **about}
    record["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / f"{id}.json").write_text(json.dumps(record))


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.*")}


def test_publishing_copies_what_changed_and_removes_what_went(tmp_path: Path) -> None:
    """Profile course has tables and records to publish, and no notebooks."""
    ours, theirs = tmp_path / "figures" / "course", tmp_path / "committed" / "course"
    notebook = notebooks.Notebook(tmp_path / "01_a.ipynb")

    def published() -> list[str]:
        return publish([notebook], ResultsFolder(ours), tmp_path / "committed")

    save(ours, "zf-same", "1", commit="new")
    save(ours, "zf-moved", "2", commit="new")
    save(theirs, "zf-same", "1", commit="old")
    save(theirs, "zf-moved", "1", commit="old")
    save(theirs, "zf-gone", "1")
    save(theirs, "zf-other", "1", notebook="02_b")
    assert published() == ["zf-moved"]
    files = contents(theirs)
    assert sorted(files) == sorted(
        f"zf-{name}.{kind}" for name in ("same", "moved", "other") for kind in ("csv", "json")
    )
    assert (files["zf-moved.csv"], json.loads(files["zf-moved.json"])["commit"]) == ("2", "new")
    # a record changes only with its table
    assert json.loads(files["zf-same.json"])["commit"] == "old"
    assert published() == [] and contents(theirs) == files

    # killed between a table and its record: the next time goes on
    save(ours, "zf-moved", "3", commit="newer")
    (theirs / "zf-moved.csv").write_text("3")
    assert published() == ["zf-moved"]
    assert json.loads(contents(theirs)["zf-moved.json"])["commit"] == "newer"


def test_a_figure_that_shows_photographs_is_not_published(tmp_path: Path) -> None:
    ours, drawn, photographs = tmp_path / "figures" / "course", "world", "caltech101"
    save(ours, "zf-drawn", "1", shows="images", sources={"imagenet": drawn})
    save(ours, "zf-curve", "2", sources={"imagenet": drawn, "caltech101": photographs})
    both = {"imagenet": drawn, "caltech101": photographs}
    save(ours, "zf-photographs", "3", shows="images", sources=both)
    save(tmp_path / "committed" / "course", "zf-photographs", "2")
    notebook = notebooks.Notebook(tmp_path / "01_a.ipynb")
    published = publish([notebook], ResultsFolder(ours), tmp_path / "committed")
    assert sorted(published) == ["zf-curve", "zf-drawn"]
    assert "zf-photographs.csv" not in contents(tmp_path / "committed" / "course")


def test_what_is_damaged_is_not_published(tmp_path: Path) -> None:
    ours = tmp_path / "figures" / "course"
    save(ours, "zf-t", "1")
    (ours / "zf-t.csv").write_text("2")
    notebook = notebooks.Notebook(tmp_path / "01_a.ipynb")
    assert publish([notebook], ResultsFolder(ours), tmp_path / "committed") == []
    assert not (tmp_path / "committed").exists()


def test_two_runs_do_not_publish_at_once(tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path / "figures" / "course")
    refused = pytest.raises(StoreError, match="another run of course is writing")
    with results.locked(), refused:
        publish([], results, tmp_path / "committed")
