"""The runner against small notebooks of its own: what it runs, skips, keeps and leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from notebook_files import SAVE, furnish, write
from rich.console import Console

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import StoreError
from cnnlab.runner import notebooks
from cnnlab.runner.display import Display, Outcome
from cnnlab.runner.pipeline import Options, Run


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return furnish(tmp_path, monkeypatch)


def run(house: Path, *only: str, **options: Any) -> dict[str, Outcome]:
    """Run the notebooks of `house`; returns name -> outcome."""
    found = notebooks.scan(house / "notebooks")
    display = Display(Console(file=(house / "log").open("a"), width=200))
    chosen = notebooks.select(found, only)
    opts = Options(**{"profile": "smoke", **options})
    return {o.name: o for o in Run(found, opts, display, chosen).go()}


def executed_in(house: Path) -> Path:
    return house / "figures" / "smoke" / "notebooks"


def states(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {name: outcome.status for name, outcome in outcomes.items()}


def test_runs_once_then_skips_then_runs_what_changed(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnlab.runner.display.PLAIN_EVERY", 0.0)
    startup = house / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("raise SystemExit('a startup file of the user was read')")
    (startup.parent / "ipython_kernel_config.py").write_text(
        "get_config().InteractiveShellApp.exec_lines = ['import sys; sys.stdout = None']"
    )
    monkeypatch.setenv("IPYTHONDIR", str(house / "ipython"))
    # long enough for the run, which looks twice a second, to see the cell at work
    rest = 'import time\ntime.sleep(1.5)\nsave("01_first", "a", f"{profile} {seed}")'
    work = f'print("half done", flush=True)\n{rest}'
    write(house, "01_first", SAVE, work)
    first = run(house)["01_first"]
    assert (first.status, first.saved) == ("ran", ("a",))
    assert first.peak_mb > 20 and first.seconds > 0
    # the kernel got the parameters asked for, which differ from the notebook's own
    assert (house / "figures/smoke/a.csv").read_text() == "smoke 0"

    log = (house / "log").read_text()
    assert "01_first: started (never run)" in log
    assert "01_first: cell 4/4 · 01_first · half done (" in log
    assert "✓ 01_first: ran in" in log

    again = run(house)["01_first"]
    assert (again.status, again.saved, again.peak_mb) == ("skipped", ("a",), first.peak_mb)

    (house / "figures/smoke/a.csv").write_text("tampered")
    assert run(house)["01_first"].status == "ran"
    assert (house / "figures/smoke/a.csv").read_text() == "smoke 0"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda h: write(h, "01_first", "x = 2"), id="source"),
        pytest.param(lambda h: {"seed": 1}, id="seed"),
        pytest.param(lambda h: write(h, "00_zero", "pass", "y = 1"), id="need"),
        pytest.param(lambda h: (h / "published" / "t.csv").write_text("2"), id="published"),
        pytest.param(lambda h: (h / "data" / "new.zip").write_text("set"), id="data"),
        pytest.param(
            lambda h: (h / "committed/course/t.json").write_text(
                '{"notebook": "01_first", "sha256": "other"}'
            ),
            id="shown beside",
        ),
    ],
)
def test_a_key_changes_with_what_results_depend_on(
    house: Path, change: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("published", "data", "committed/course"):
        (house / folder).mkdir(parents=True)
    (house / "published" / "t.csv").write_text("1")
    monkeypatch.setattr(paths, "published", lambda: house / "published")
    write(house, "00_zero", "pass")
    write(house, "01_first", "x = 1", needs=("00_zero",))

    def key(seed: int = 0) -> str:
        options = Options("smoke", seed=seed, data_dir=house / "data")
        return options.keys(notebooks.scan(house / "notebooks"))["01_first"]

    before = key()
    assert key() == before
    changed = change(house)
    assert key(**changed if isinstance(changed, dict) else {}) != before


def test_a_key_ignores_outputs(house: Path) -> None:
    path = write(house, "01_first", "from cnnlab.artifacts import store\nstore.sha256")
    notebook = notebooks.read(path)
    options = Options("smoke")
    before = options.keys([notebook])
    data = json.loads(path.read_text())
    data["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    data["cells"][2]["execution_count"] = 7
    path.write_text(json.dumps(data))
    assert options.keys([notebooks.read(path)]) == before


def test_failure_is_kept_and_only_its_dependents_wait(house: Path) -> None:
    last = "def last():\n    raise ValueError('the last straw')\nlast()"
    write(house, "01_bad", "print('before')", last)
    write(house, "02_waits", "x = 1", needs=("01_bad",))
    write(house, "03_waits_too", "x = 1", needs=("02_waits",))
    write(house, "04_free", "x = 1")
    (house / "notebooks" / "05_broken.ipynb").write_text("{ not json")
    write(house, "06_lost", "x = 1", needs=("77_nothing",))
    write(house, "07_killed", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    cobol = write(house, "08_cobol", "x = 1")  # what a kernel is called does not matter
    cobol.write_text(cobol.read_text().replace('"name": "python3"', '"name": "cobol"'))
    outcomes = run(house, jobs=2)
    assert states(outcomes) == {
        "01_bad": "failed",
        "02_waits": "not run",
        "03_waits_too": "not run",
        "04_free": "ran",
        "05_broken": "failed",
        "06_lost": "failed",
        "07_killed": "failed",
        "08_cobol": "ran",
    }
    assert outcomes["01_bad"].note.startswith("ValueError: the last straw (see ")
    log = (house / "log").read_text()
    assert "    cell 4/4 · 01_bad\n    cell, line 3\n    cell, line 2\n" in log
    assert "05_broken.ipynb is not a readable notebook" in outcomes["05_broken"].note
    assert "77_nothing" in outcomes["06_lost"].note and "04_free" in outcomes["06_lost"].note
    assert "its kernel was killed" in outcomes["07_killed"].note

    kept = json.loads((executed_in(house) / "01_bad.failed.ipynb").read_text())
    kinds = [o["output_type"] for cell in kept["cells"] for o in cell.get("outputs", [])]
    assert kinds == ["stream", "error"]
    assert kept["metadata"]["papermill"]["exception"] is True
    assert not (executed_in(house) / "01_bad.ipynb").exists()
    assert not (executed_in(house) / "01_bad.json").exists()

    write(house, "01_bad", "x = 1")
    assert states(run(house, "01", "04")) == {"01_bad": "ran", "04_free": "skipped"}
    assert not (executed_in(house) / "01_bad.failed.ipynb").exists()


SLOW = """
import os, pathlib, time
folder = pathlib.Path(os.environ["CNNLAB_FIGURES"]).parent
(folder / "kernel").write_text(str(os.getpid()))
while not (folder / "go").exists():
    time.sleep(0.05)
"""


def interrupt(house: Path, how: signal.Signals) -> None:
    """Run in a process, end it with a signal during the cell SLOW; its kernel must end with it."""
    script = (
        # where the tests run in the background, a shell has made Python ignore Ctrl-C
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1].split(chr(58));"
        "import test_pipeline; test_pipeline.run(Path(sys.argv[2]))"
    )
    here = f"{Path(__file__).parent}:{Path(__file__).parents[1]}"
    process = subprocess.Popen(
        [sys.executable, "-c", script, here, str(house)], stderr=subprocess.DEVNULL
    )
    kernel = wait_for(lambda: int((house / "kernel").read_text()))
    process.send_signal(how)
    process.wait(60)  # a loaded machine may take its time
    wait_for(lambda: not alive(kernel) or None)


def test_a_run_that_is_killed_leaves_nothing_half_made_and_is_continued(house: Path) -> None:
    write(house, "02_slow", SAVE, SLOW, 'save("02_slow", "b", "2")')
    interrupt(house, signal.SIGKILL)
    assert [path.name for path in executed_in(house).iterdir() if path.name != ".lock"] == []

    (house / "go").touch()
    outcome = run(house)["02_slow"]
    assert (outcome.status, outcome.saved) == ("ran", ("b",))
    assert (house / "figures/smoke/b.csv").read_text() == "2"


def test_ctrl_c_ends_the_kernel_and_says_so(house: Path) -> None:
    write(house, "02_slow", SLOW)
    interrupt(house, signal.SIGINT)
    assert [path.name for path in executed_in(house).iterdir() if path.name != ".lock"] == []
    assert "02_slow: stopped" in (house / "log").read_text()


def wait_for(probe: Callable[[], Any], seconds: float = 60) -> Any:
    """What `probe` returns once it is neither None nor an error."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if (value := probe()) is not None:
                return value
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def alive(process: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        os.kill(process, 0)
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_a_second_run_of_the_same_profile_is_refused(house: Path) -> None:
    write(house, "01_first", "x = 1")
    refused = pytest.raises(StoreError, match="another run of smoke is writing")
    with Options("smoke").results.locked(), refused:
        run(house)


def test_unwritable_figures_are_one_sentence(house: Path) -> None:
    write(house, "01_first", "x = 1")
    (house / "figures").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=r"cannot write .*CNNLAB_FIGURES"):
        run(house)


def test_a_notebook_needs_only_what_comes_before_it(house: Path) -> None:
    write(house, "01_late", "x = 1", needs=("02_early",))
    write(house, "02_early", "x = 1")
    late, early = notebooks.scan(house / "notebooks")
    assert late.problem == "01_late needs 02_early; before it comes nothing"
    assert early.problem is None


def test_a_copied_notebook_does_not_write_into_the_originals_record(house: Path) -> None:
    write(house, "03_mine", 'run = start("03_mine", profile, seed)')
    write(house, "03_mine-Copy1", 'run = start("03_mine", profile, seed)')
    problems = {n.name: n.problem for n in notebooks.scan(house / "notebooks") if n.number == "03"}
    assert problems["03_mine"] is None
    assert "03_mine-Copy1 is a copy of 03_mine and would" in (problems["03_mine-Copy1"] or "")


def test_selection_by_number_and_name(house: Path) -> None:
    for name in ("01_first", "02_second", "10_tenth"):
        write(house, name, "x = 1")
    found = notebooks.scan(house / "notebooks")

    def names(*only: str) -> list[str]:
        return [n.name for n in notebooks.select(found, only)]

    assert names() == ["01_first", "02_second", "10_tenth"]
    assert names("1") == names("01") == names("01_fi") == names("first") == ["01_first"]
    assert names("10,02") == ["02_second", "10_tenth"]
    with pytest.raises(ValueError, match="matches '03'; there are 01_first, 02_second, 10_tenth"):
        names("03")


def test_what_a_notebook_says_of_itself(house: Path) -> None:
    path = write(
        house,
        "01_first",
        "%matplotlib inline\nfrom cnnlab.results.record import save_figure",
        'save_figure(draw(), "zf-fig1")\nrecord.save_table(t, name="zf-table1")',
        'print("save_table(t, nothing)")',
    )
    notebook = notebooks.read(path)
    assert (notebook.title, notebook.question) == ("01_first", "Does it run?")
    assert notebook.saves == ("zf-fig1", "zf-table1")
