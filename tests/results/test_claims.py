"""Verdicts by hand: on this run, on photographs, over seeds."""

import math
from pathlib import Path

import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.profiles import resolve
from cnnlab.results.claims import FAILS, HOLDS, NO_DATA, UNDECIDED, Claim, judge
from cnnlab.results.columns import DASH
from cnnlab.results.record import Recorder

CELLS = [
    {"row": "clear", "column": "c", "value": 3.0, "low": 1.0, "high": 5.0, "n": 40},
    {"row": "wide", "column": "c", "value": 1.0, "low": -1.0, "high": 3.0, "n": 40},
    {"row": "touches", "column": "c", "value": 1.0, "low": 0.0, "high": 2.0, "n": 40},
    {"row": "none", "column": "c", "value": 1.0, "low": float("nan"), "high": float("nan"), "n": 1},
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A run that saved CELLS as table t, beside an empty folder of committed tables."""
    monkeypatch.setattr(paths, "committed", lambda: tmp_path / "committed")
    recorder = Recorder("02_architecture", resolve("smoke"), 0)
    recorder.save_table(CELLS, "t")
    return recorder


def commit(profile: str, cells: list[dict], id: str = "t") -> None:
    folder = paths.committed() / profile
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(cells).to_csv(folder / f"{id}.csv", index=False)


@pytest.mark.parametrize(
    ("row", "thresholds", "verdict"),
    [
        ("clear", {"above": 0}, HOLDS),
        ("clear", {"above": 2}, UNDECIDED),
        ("clear", {"above": 6}, FAILS),
        ("clear", {"below": 6}, HOLDS),
        ("clear", {"below": 2}, UNDECIDED),
        ("clear", {"below": 0}, FAILS),
        ("wide", {"above": 0}, UNDECIDED),
        ("wide", {"below": 0}, UNDECIDED),
        ("touches", {"above": 0}, UNDECIDED),
        ("touches", {"below": 0}, UNDECIDED),
        ("clear", {"above": 0, "below": 6}, HOLDS),
        ("clear", {"above": 2, "below": 6}, UNDECIDED),
        ("clear", {"above": 0, "below": 4}, UNDECIDED),
        ("clear", {"above": -6, "below": 0}, FAILS),
        ("clear", {"above": 6, "below": 9}, FAILS),
        ("none", {"above": 0, "below": 6}, UNDECIDED),
        ("touches", {"below": 2}, UNDECIDED),
        ("none", {"above": 0}, UNDECIDED),
    ],
)
def test_verdict_follows_the_whole_interval(
    run: Recorder, row: str, thresholds: dict[str, float], verdict: str
) -> None:
    above, below = thresholds.get("above"), thresholds.get("below")
    judge([Claim("a finding", "Table 1", row, "c", above=above, below=below)], run, "t")
    assert run.table("02_architecture.claims")["verdict"].tolist() == [verdict]


def test_a_line_says_what_was_judged(run: Recorder) -> None:
    claim = Claim("a finding", "Table 1", "clear", "c", above=0.5, below=6)
    (line,) = judge([claim], run, "t").to_dict("records")
    assert line == {
        "claim": "a finding",
        "source": "Table 1",
        "holds if": "0.5 to 6",
        "this run": "holds: 3.0 [1.0, 5.0], n = 40",
        "photographs": NO_DATA,
        "seeds": NO_DATA,
    }


def test_photographs_and_seeds_have_verdicts_of_their_own(run: Recorder) -> None:
    cell = {"row": "clear", "column": "c", "value": -4.6, "low": -6.5, "high": -2.7}
    commit("course", [cell | {"n": 3, "over": "folds"}])
    commit("mini-seeds", [cell | {"low": -12.0, "high": 2.8, "n": 5, "over": "seeds"}])
    (line,) = judge([Claim("a finding", "s", "clear", "c", above=0)], run, "t").to_dict("records")
    assert line["this run"] == "holds: 3.0 [1.0, 5.0], n = 40"
    assert line["photographs"] == "does not hold: -4.6 [-6.5, -2.7], n = 3 folds"
    assert line["seeds"] == "undecided: -4.6 [-12.0, 2.8], n = 5 seeds"
    saved = run.table("02_architecture.claims").iloc[0]
    assert (saved["photographs"], saved["seeds"]) == (FAILS, UNDECIDED)


def test_a_claim_on_photographs_has_its_verdict_in_their_column(run: Recorder) -> None:
    commit("course", [CELLS[1]])
    commit("mini-seeds", [CELLS[0]])  # the same nets for every seed: no distribution over seeds
    claim = Claim("a finding", "s", "clear", "c", above=0, on_photographs=True)
    (line,) = judge([claim], run, "t").to_dict("records")
    sides = (line["this run"], line["photographs"], line["seeds"])
    assert sides == (DASH, "holds: 3.0 [1.0, 5.0], n = 40", NO_DATA)
    saved = run.table("02_architecture.claims").iloc[0]
    assert (saved["verdict"], saved["photographs"]) == (HOLDS, HOLDS)


def test_a_cell_for_which_nothing_was_measured_is_no_data(run: Recorder) -> None:
    commit("course", [CELLS[0] | {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0}])
    (line,) = judge([Claim("a finding", "s", "clear", "c", above=0)], run, "t").to_dict("records")
    assert line["photographs"] == NO_DATA


def test_a_verdict_shows_the_digit_that_decides(run: Recorder) -> None:
    run.save_table([CELLS[0] | {"value": 0.2, "low": 0.02, "high": 0.38}], "close")
    lines = judge([Claim("a finding", "s", "clear", "c", above=0)], run, "close")
    assert lines["this run"].tolist() == ["holds: 0.20 [0.02, 0.38], n = 40"]


def test_a_verdict_on_nets_that_still_learned_says_so(run: Recorder) -> None:
    learning = [CELLS[0] | {"learning": True}, CELLS[1] | {"learning": False}]
    run.save_table(learning, "t")
    commit("course", [cell | {"learning": not cell["learning"]} for cell in learning])
    commit("mini-seeds", [CELLS[0] | {"learning": True}, CELLS[1] | {"learning": None}])
    claims = [Claim(row, "s", row, "c", above=0) for row in ("clear", "wide")]
    first, second = judge(claims, run, "t").to_dict("records")
    assert first["this run"] == "holds: 3.0 [1.0, 5.0], n = 40 (still learning)"
    assert first["photographs"] == "holds: 3.0 [1.0, 5.0], n = 40"
    assert second["this run"] == second["seeds"] == "undecided: 1.0 [-1.0, 3.0], n = 40"
    assert second["photographs"].endswith("n = 40 (still learning)")
    saved = run.table("02_architecture.claims")
    assert saved["still learning"].tolist() == ["verdict seeds", "photographs"]
    assert saved["verdict"].tolist() == [HOLDS, UNDECIDED]


def test_a_run_on_photographs_has_no_others(run: Recorder) -> None:
    course = Recorder("02_architecture", resolve("course"), 0)
    course.save_table(CELLS, "t", roles=())
    lines = judge([Claim("a finding", "s", "clear", "c", above=0)], course, "t")
    assert list(lines) == ["claim", "source", "holds if", "this run"]


def test_verdicts_of_one_notebook_are_saved_together(run: Recorder) -> None:
    judge([Claim("one", "s", "clear", "c", above=0, table="t")], run)
    judge([Claim("two", "s", "wide", "c", below=0)], run, "t")
    judge([Claim("two", "s", "wide", "c", below=9)], run, "t")  # judged again: replaced
    saved = run.table("02_architecture.claims")
    assert saved["statement"].tolist() == ["one", "two"]
    assert saved["verdict"].tolist() == [HOLDS, HOLDS]
    assert saved[["row", "column", "value", "n"]].iloc[0].tolist() == ["clear", "c", 3.0, 40]


def test_a_long_claim_is_shown_whole(run: Recorder) -> None:
    statement = "a finding " * 30
    with pd.option_context("display.max_colwidth", None):
        page = judge([Claim(statement, "s", "clear", "c", above=0)], run, "t")._repr_html_()
    assert statement.strip() in page


def test_claims_keep_their_order(run: Recorder) -> None:
    claims = [Claim(row, "s", row, "c", below=0) for row in ("wide", "clear")]
    assert list(judge(claims, run, "t")["claim"]) == ["wide", "clear"]


def test_a_claim_has_a_threshold() -> None:
    with pytest.raises(ValueError, match="above, below or both"):
        Claim("a finding", "Table 1", "clear", "c")


def test_a_cell_that_is_missing_or_twice_is_refused(run: Recorder) -> None:
    with pytest.raises(ValueError, match=r"no cell \(other, c\)"):
        judge([Claim("a finding", "s", "other", "c", above=0)], run, "t")
    run.save_table([CELLS[0] | {"net": net} for net in "ab"], "twice")
    with pytest.raises(ValueError, match=r"2 cells \(clear, c\)"):
        judge([Claim("a finding", "s", "clear", "c", above=0)], run, "twice")


def test_a_table_that_was_not_saved_or_has_no_intervals_is_refused(run: Recorder) -> None:
    claim = Claim("a finding", "s", "clear", "c", above=0)
    with pytest.raises(ValueError, match="table u was not saved yet"):
        judge([claim], run, "u")
    run.save_table(pd.DataFrame(CELLS).drop(columns="low"), "bare")
    with pytest.raises(ValueError, match="'low'"):
        judge([claim], run, "bare")
