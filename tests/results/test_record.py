"""Figures and tables with their records, and our numbers beside a hand-made published table."""

import json
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import StoreError, sha256
from cnnlab.profiles import resolve
from cnnlab.results.published import compare_with_paper
from cnnlab.results.record import Recorder, start

PRINTED = """table,row,column,value,plus_minus,source,note
demo,second,top1,40.5,,zf,
demo,second,top5,18.1,,zf,
demo,first,top1,38.4,,zf,
demo,first,top5,,,zf,a dash
"""
# one cell printed differently by two versions
VERSIONS = """table,row,column,value,plus_minus,source,note
versions,sun,ft,56.8,,eccv,overall
versions,sun,ft,52.2,,arxiv,class-averaged
versions,det,ft,54.1,,both,
"""
ROWS = [
    {"row": "zebra", "column": "top1", "value": 12.34, "low": 11.0, "high": 13.0, "n": 800},
    {"row": "first", "column": "top1", "value": 30.0, "low": 28.0, "high": 32.06, "n": 800},
    {"row": "second", "column": "top1", "value": 41.0, "low": 39.0, "high": 43.0, "n": 800},
    {"row": "ape", "column": "top1", "value": 1.0, "low": 0.0, "high": 2.0, "n": 800},
]


@pytest.fixture
def run() -> Recorder:
    return Recorder("01_training", resolve("smoke"), seed=3)


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "demo.csv").write_text(PRINTED)
    (folder / "versions.csv").write_text(VERSIONS)
    monkeypatch.setattr(paths, "published", lambda: folder)
    return folder


def record_of(run: Recorder, name: str) -> dict:
    return json.loads((run.folder / f"{name}.json").read_text())


# ---- saving ------------------------------------------------------------------------------------


def test_a_table_is_tidy_csv_with_a_record(run: Recorder) -> None:
    returned = run.save_table(ROWS[:2], "zf-table1", roles=["imagenet", "sun"])
    path = paths.figures() / "smoke" / "zf-table1.csv"
    expected = "row,column,value,low,high,n\n"
    expected += "zebra,top1,12.34,11,13,800\nfirst,top1,30,28,32.06,800\n"
    assert path.read_bytes() == expected.encode()
    assert list(returned["value"]) == [12.34, 30.0]
    record = record_of(run, "zf-table1")
    assert record["sha256"] == sha256(path)
    assert record["versions"]["numpy"] == metadata.version("numpy")
    assert record["sources"] == {"imagenet": "world", "sun": "world"}
    named = {key: record[key] for key in ("id", "file", "notebook", "profile", "seed")}
    assert named == {
        "id": "zf-table1",
        "file": "zf-table1.csv",
        "notebook": "01_training",
        "profile": "smoke",
        "seed": 3,
    }
    assert record["seconds"] >= 0 and len(record["commit"].rstrip("+")) in (0, 40)


def test_the_source_that_played_a_role_is_recorded() -> None:
    profile = resolve("smoke", sources={"imagenet": "tiny-imagenet"})
    Recorder("n", profile, 0).save_table(ROWS, "t")
    assert record_of(Recorder("n", profile, 0), "t")["sources"] == {"imagenet": "tiny-imagenet"}


def test_the_same_table_is_the_same_bytes(run: Recorder) -> None:
    run.save_table([{"row": "a", "column": "b", "value": 1 / 3}], "t")
    first = (run.folder / "t.csv").read_bytes()
    run.save_table(pd.DataFrame([{"row": "a", "column": "b", "value": 1 / 3 + 1e-12}]), "t")
    assert (run.folder / "t.csv").read_bytes() == first == b"row,column,value\na,b,0.333333\n"


def test_a_figure_is_the_same_bytes_each_time(run: Recorder) -> None:
    import matplotlib.pyplot as plt

    written = []
    for _ in range(2):
        figure, axes = plt.subplots(figsize=(2, 1))
        axes.plot([0, 1], [0, 1])
        run.save_figure(figure, "zf-fig2")
        plt.close(figure)
        written.append((run.folder / "zf-fig2.png").read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(b"\x89PNG")
    assert record_of(run, "zf-fig2")["sha256"] == sha256(run.folder / "zf-fig2.png")


def test_a_record_says_that_a_figure_shows_images_but_for_filters(run: Recorder) -> None:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(2, 1))
    left.imshow([[0.0, 1.0]])  # a map
    run.save_figure(figure, "map")
    right.imshow([[[0.0, 0.5, 1.0]]])
    run.save_figure(figure, "image")
    run.save_figure(figure, "filter", filters=True)
    plt.close(figure)
    shows = [record_of(run, id).get("shows") for id in ("map", "image", "filter")]
    assert shows == [None, "images", None]


def test_a_cell_given_twice_is_refused(run: Recorder) -> None:
    with pytest.raises(ValueError, match=r"table t gives \{'row': 'ape'.*twice"):
        run.save_table([*ROWS, {**ROWS[3], "value": 5.0}], "t")
    run.save_table([{**ROWS[3], "set": "a"}, {**ROWS[3], "set": "b"}], "t")  # told apart
    assert len(run.table("t")) == 2


@pytest.mark.parametrize("column", ["row", "column", "value"])
def test_a_missing_column_is_refused(run: Recorder, column: str) -> None:
    with pytest.raises(ValueError, match=f"table t lacks column '{column}'"):
        run.save_table(pd.DataFrame(ROWS).drop(columns=column), "t")
    assert not run.folder.exists()


def test_an_unknown_role_is_refused_before_anything_is_written(run: Recorder) -> None:
    with pytest.raises(ValueError, match="no role 'caltech'; there are imagenet"):
        run.save_table(ROWS, "t", roles=["caltech"])
    assert not run.folder.exists()


def test_figures_that_cannot_be_written_say_so(
    run: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("in the way")
    monkeypatch.setenv("CNNLAB_FIGURES", str(tmp_path / "a-file" / "figures"))
    with pytest.raises(StoreError, match=r"cannot write .*a-file.*CNNLAB_FIGURES"):
        run.save_table(ROWS, "t")


def test_a_table_is_read_back_or_its_mend_is_said(run: Recorder) -> None:
    run.save_table(ROWS, "t")
    pd.testing.assert_frame_equal(run.table("t"), pd.DataFrame(ROWS), check_dtype=False)
    with pytest.raises(ValueError, match="table u was not saved yet; run the notebook"):
        run.table("u")


def test_start_settles_the_profile() -> None:
    assert start("01_training", "mini", 2).folder == paths.figures() / "mini"
    with pytest.raises(ValueError, match="no profile 'tiny'; there are smoke, mini"):
        start("01_training", "tiny", 0)


def test_a_parameter_that_no_notebook_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papermill adds a cell with the parameters that it was given, known or not."""
    cells = ["", 'profile = "mini"\nseed = 0', '# Parameters\nseed = 1\nprofil = "smoke"\n']
    shell = SimpleNamespace(user_ns={"In": cells})
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    monkeypatch.setattr("cnnlab.results.record.use_style", lambda: None)
    with pytest.raises(ValueError, match="no parameter 'profil'; there are profile, seed"):
        start("01_training", "smoke", 0)
    cells[2] = '# Parameters\nseed = 1\nprofile = "smoke"\n'
    assert start("01_training", "smoke", 1).seed == 1


# ---- ours beside the paper's -------------------------------------------------------------------


def test_the_comparison_keeps_both_sides_in_order(printed: Path) -> None:
    both = compare_with_paper(pd.DataFrame(ROWS), "demo")
    columns = ["row", "column", "ours", "low", "high", "n", "paper", "difference"]
    assert list(both.columns) == columns
    keys = list(zip(both["row"], both["column"], strict=True))
    theirs = [("second", "top1"), ("second", "top5"), ("first", "top1"), ("first", "top5")]
    assert keys == [*theirs, ("zebra", "top1"), ("ape", "top1")]
    assert list(both["paper"].dropna()) == [40.5, 18.1, 38.4]
    assert list(both["difference"].dropna()) == [0.5, -8.4]
    assert list(both["ours"].dropna()) == [41.0, 30.0, 12.3, 1.0]
    assert list(both["high"].dropna()) == [43.0, 32.1, 13.0, 2.0]  # rounded
    assert list(both["n"].dropna()) == [800] * 4 and "800.0" not in both.to_string()


def test_numbers_as_keys_meet_the_published_text(printed: Path) -> None:
    lines = "demo2,60,15,1.5,,zf,\ndemo2,all,30,2.5,,zf,\n"
    (printed / "demo2.csv").write_text(PRINTED.splitlines()[0] + "\n" + lines)
    both = compare_with_paper(pd.DataFrame([{"row": 60, "column": 15.0, "value": 2.0}]), "demo2")
    assert list(both["difference"].dropna()) == [0.5]
    assert len(both) == 2


def test_two_versions_of_a_cell_are_both_shown(printed: Path) -> None:
    ours = pd.DataFrame([{"row": "sun", "column": "ft", "value": 50.0}])
    both = compare_with_paper(ours, "versions")
    assert list(both["source"]) == ["eccv", "arxiv", "both"]
    assert list(both["difference"].dropna()) == [-6.8, -2.2]


def test_our_own_versions_are_matched(printed: Path) -> None:
    cells = [("sun", "eccv", 50.0), ("sun", "arxiv", 45.0), ("det", "both", 40.0)]
    ours = [{"row": r, "column": "ft", "source": s, "value": v} for r, s, v in cells]
    both = compare_with_paper(pd.DataFrame(ours), "versions")
    assert list(both["difference"]) == [-6.8, -7.2, -14.1]


@pytest.mark.parametrize("name", ["agm-table1", "agm-table7", "zf-table6", "draft-table3"])
def test_the_published_tables_meet_themselves(name: str) -> None:
    from cnnlab.results.published import published_table

    ours = published_table(name).filter(["row", "column", "source", "value"])
    printed = len(ours["value"].dropna())
    assert list(compare_with_paper(ours, name)["difference"].dropna()) == [0.0] * printed
