"""The grid of the paper, photographs and this run, and the sentence on one cell of it."""

from pathlib import Path

import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.profiles import resolve
from cnnlab.results.columns import DASH, three_columns
from cnnlab.results.record import Recorder

HEADER = "table,row,column,value,plus_minus,source,note\n"
DEMO = (
    HEADER + "demo,second,top1,40.5,,zf,\ndemo,second,top5,18.1,,zf,\ndemo,first,top1,38.4,,zf,\n"
)
VERSIONS = HEADER + "v,sun,ft,56.8,,eccv,\nv,sun,ft,52.2,,arxiv,\nv,det,ft,54.1,,both,\n"
OURS = [
    {"row": "first", "column": "top1", "value": 30.0, "low": 28.0, "high": 32.06, "n": 800},
    {"row": "extra", "column": "top1", "value": 41.0, "low": 39.0, "high": 43.0, "n": 600},
]
PHOTOGRAPHS = [{"row": "first", "column": "top1", "value": 50, "low": 48, "high": 52, "n": 3}]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand-made published tables, and a folder of committed ones."""
    for folder in ("published", "committed/course"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "published" / "demo.csv").write_text(DEMO)
    (tmp_path / "published" / "zf-table9.csv").write_text(DEMO)
    (tmp_path / "published" / "v.csv").write_text(VERSIONS)
    monkeypatch.setattr(paths, "published", lambda: tmp_path / "published")
    monkeypatch.setattr(paths, "committed", lambda: tmp_path / "committed")


def commit(cells: list[dict], id: str) -> None:
    pd.DataFrame(cells).to_csv(paths.committed() / "course" / f"{id}.csv", index=False)


def recorder(profile: str = "mini") -> Recorder:
    return Recorder("09_caltech", resolve(profile), 0)


# ---- three columns -----------------------------------------------------------------------------


def test_the_layout_is_the_papers_with_three_sides_under_each_column() -> None:
    commit([cell | {"over": "folds"} for cell in PHOTOGRAPHS], "demo")
    grid = three_columns(pd.DataFrame(OURS).assign(over="images"), "demo")
    assert list(grid.index) == ["second", "first", "extra"]
    sides = ["paper", "photographs", "this run"]
    assert list(grid.columns) == [*(("top1", side) for side in sides), ("top5", "paper")]
    assert grid.loc["first", "top1"].tolist() == ["38.4", "50.0 [48.0, 52.0]", "30.0 [28.0, 32.1]"]
    assert grid.loc["extra", "top1"].tolist() == [DASH, DASH, "41.0 [39.0, 43.0]"]
    note = "[95% interval]. Photographs: n = 3 folds. This run: n = 600 to 800 images."
    assert grid.attrs["caption"] == note
    assert note in grid._repr_html_() and note in repr(grid)


def test_without_photographs_their_column_is_left_out() -> None:
    grid = three_columns(pd.DataFrame(OURS), "demo")
    assert [side for _, side in grid.columns] == ["paper", "this run", "paper"]
    assert not grid.isna().any().any()


def test_a_part_of_a_table_has_the_same_part_of_the_photographs() -> None:
    commit([*PHOTOGRAPHS, PHOTOGRAPHS[0] | {"row": "gain", "column": "points"}], "extra-part")
    table = recorder().save_table(OURS, "extra-part")
    assert "gain" in str(three_columns(table, "extra-part").index)
    grid = three_columns(table.query("row == 'first'"), "extra-part")
    assert list(grid.index) == ["first"]
    assert list(grid.columns) == [("top1", "photographs"), ("top1", "this run")]


def test_a_run_on_photographs_stands_alone_beside_the_paper() -> None:
    commit(PHOTOGRAPHS, "demo")
    table = recorder("course").save_table(OURS, "demo", roles=())
    assert "photographs" not in {side for _, side in three_columns(table, "demo").columns}
    saved = recorder().save_table(OURS, "zf-fig7")  # shown in the layout of another table
    assert "photographs" not in {side for _, side in three_columns(saved, "demo").columns}
    commit(PHOTOGRAPHS, "zf-fig7")
    assert "photographs" in {side for _, side in three_columns(saved, "demo").columns}


def test_of_many_columns_half_the_interval_is_shown() -> None:
    cells = [OURS[0] | {"column": f"top{k}"} for k in range(1, 6)]
    grid = three_columns(pd.DataFrame(cells), "demo")
    assert grid.loc["first", ("top1", "this run")] == "30.0 ± 2.0"
    assert grid.attrs["caption"].startswith("± half of the 95% interval. This run")


def test_of_many_columns_an_interval_with_unlike_sides_is_shown_whole() -> None:
    none = {"column": "top5", "value": 0.0, "low": 0.0, "high": 32.4}  # a share of nothing
    cells = [OURS[0] | {"column": f"top{k}"} for k in range(1, 5)] + [OURS[0] | none]
    grid = three_columns(pd.DataFrame(cells), "demo")
    assert grid.loc["first", ("top5", "this run")] == "0.0 [0.0, 32.4]"
    assert grid.attrs["caption"].startswith("± half of the 95% interval, or [95% interval]. This")


def test_a_table_whose_rows_have_one_column_each_is_slim() -> None:
    cells = [OURS[0] | {"row": f"r{k}", "column": f"c{k // 2}"} for k in range(8)]
    commit([PHOTOGRAPHS[0] | {"row": "r7", "column": "c3"}], "extra-slim")
    grid = three_columns(pd.DataFrame(cells), "extra-slim")
    assert list(grid.columns) == ["photographs", "this run"]
    assert sorted(grid.index) == [(f"c{k // 2}", f"r{k}") for k in range(8)]
    assert grid.loc[("c3", "r7")].tolist() == ["50.0 [48.0, 52.0]", "30.0 [28.0, 32.1]"]
    assert grid.loc[("c0", "r0")].tolist() == [DASH, "30.0 [28.0, 32.1]"]
    wide = three_columns(pd.DataFrame([*cells, cells[0] | {"column": "c9"}]), "extra-slim")
    assert ("c9", "this run") in wide.columns


def test_a_value_without_an_interval_stands_alone() -> None:
    single = [OURS[0] | {"low": float("-inf"), "high": float("inf"), "n": 1}]
    grid = three_columns(pd.DataFrame(single), "demo")
    assert grid.loc["first", ("top1", "this run")] == "30.0"


def test_two_versions_of_a_row_have_a_line_each() -> None:
    ours = pd.DataFrame([{"row": "sun", "column": "ft", "value": 50.0}])
    grid = three_columns(ours, "v")
    assert list(grid.index) == ["sun (eccv)", "sun (arxiv)", "det"]
    assert grid["ft", "this run"].tolist() == ["50.0", "50.0", DASH]
    own = [{"row": "sun", "column": "ft", "source": s, "value": v} for s, v in [("eccv", 1.0)]]
    assert three_columns(pd.DataFrame(own), "v")["ft", "this run"].tolist() == ["1.0", DASH, DASH]


def test_a_table_that_no_paper_prints_has_no_papers_column() -> None:
    commit(PHOTOGRAPHS, "extra-demo")
    grid = three_columns(pd.DataFrame(OURS), "extra-demo")
    assert list(grid.columns) == [("top1", "photographs"), ("top1", "this run")]
    with pytest.raises(ValueError, match="no published table 'dmeo'"):
        three_columns(pd.DataFrame(OURS), "dmeo")


# ---- sentences ---------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], run: Recorder, **options: object) -> str:
    run.sentence("t", "deep - shallow", "c", **options)  # pyright: ignore[reportArgumentType]
    return " ".join(capsys.readouterr().out.split())


def contrast(value: float, half: float, n: int = 5) -> list[dict]:
    ends = {"low": value - half, "high": value + half}
    return [{"row": "deep - shallow", "column": "c", "value": value, **ends, "n": n}]


def test_a_sentence_tells_this_run_photographs_and_the_paper(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = recorder()
    run.save_table(contrast(16.4, 3), "t")
    commit(contrast(-4.6, 1.9, n=3), "t")
    words = {"sides": ("deep", "shallow"), "words": ("beats", "loses to")}
    paper = ("zf-table9", ("second", "top1"), ("first", "top1"))
    text = said(capsys, run, **words, paper=paper)
    assert text == (
        "This run (drawn world): deep beats shallow by 16.4 points [13.4, 19.4], n = 5. "
        "Photographs: deep loses to shallow by 4.6 points [2.7, 6.5], n = 3. "
        "Paper (ZF Table 9, top1): deep beats shallow by 2.1 points."
    )


@pytest.mark.parametrize(
    ("value", "half", "clause"),
    [
        (1.2, 1.7, "undecided: a minus b is 1.2% [-0.5, 2.9], which includes 0"),
        (1.2, float("inf"), "undecided: a minus b is 1.2%, without an interval"),
        (-0.05, 0.006, "a is below b by 0.050% [0.044, 0.056]"),
        (0.0, 0.0, "a and b are equal, 0.0%"),
        (0.2, 0.18, "a is above b by 0.20% [0.02, 0.38]"),
    ],
)
def test_a_sentence_claims_no_more_than_the_interval(
    capsys: pytest.CaptureFixture[str], value: float, half: float, clause: str
) -> None:
    run = recorder()
    run.save_table(contrast(value, half), "t")
    text = said(capsys, run, sides=("a", "b"), unit="%")
    assert text == f"This run (drawn world): {clause}, n = 5."


def test_a_single_number_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    run = recorder("course")
    run.save_table(contrast(70.2, 2.5), "t", roles=())
    text = said(capsys, run, sides="the share", unit="%")
    assert text == "This run (photographs): the share is 70.2% [67.7, 72.7], n = 5."


def test_a_sentence_names_the_version_of_a_number_printed_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (paths.published() / "agm-table9.csv").write_text(
        "row,column,value,source\nsun,ft,56.8,eccv\nsun,ft,52.2,arxiv\nsun,scratch,35.7,arxiv\n"
    )
    run = recorder()
    run.save_table(contrast(5.0, 1.0), "t")
    cells = ("sun", "ft", "arxiv"), ("sun", "scratch", "arxiv")
    text = said(capsys, run, sides=("a", "b"), paper=("agm-table9", *cells))
    assert text.endswith("Paper (AGM Table 9, sun): a is above b by 16.5 points.")


def test_a_cell_that_is_not_there_is_refused() -> None:
    run = recorder()
    run.save_table(OURS, "t")
    with pytest.raises(ValueError, match=r"table t has no cell \(first, top9\)"):
        run.sentence("t", "first", "top9", sides="x")
    with pytest.raises(ValueError, match=r"2 numbers of v stand at \(sun, ft\)"):
        run.sentence("t", "first", "top1", sides="x", paper=("v", ("sun", "ft")))
