"""Verdicts by hand."""

import pandas as pd
import pytest

from cnnlab.results.claims import FAILS, HOLDS, UNDECIDED, Claim, judge

CELLS = [
    {"row": "clear", "column": "c", "value": 3.0, "low": 1.0, "high": 5.0, "n": 40},
    {"row": "wide", "column": "c", "value": 1.0, "low": -1.0, "high": 3.0, "n": 40},
    {"row": "touches", "column": "c", "value": 1.0, "low": 0.0, "high": 2.0, "n": 40},
    {"row": "none", "column": "c", "value": 1.0, "low": float("nan"), "high": float("nan"), "n": 1},
]


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
        ("touches", {"below": 2}, UNDECIDED),
        ("none", {"above": 0}, UNDECIDED),
    ],
)
def test_verdict_follows_the_whole_interval(
    row: str, thresholds: dict[str, float], verdict: str
) -> None:
    claim = Claim("a finding", "Table 1", row, "c", **thresholds)
    (line,) = judge([claim], pd.DataFrame(CELLS)).to_dict("records")
    assert line["verdict"] == verdict


def test_a_line_says_what_was_judged() -> None:
    claim = Claim("a finding", "Table 1", "clear", "c", above=0.5)
    (line,) = judge([claim], pd.DataFrame(CELLS)).to_dict("records")
    assert line == {
        "claim": "a finding",
        "source": "Table 1",
        "value": 3.0,
        "95% interval": "[1.00, 5.00]",
        "n": 40,
        "holds if": "> 0.5",
        "verdict": HOLDS,
    }


def test_claims_keep_their_order() -> None:
    claims = [Claim(row, "s", row, "c", below=0) for row in ("wide", "clear")]
    assert list(judge(claims, pd.DataFrame(CELLS))["claim"]) == ["wide", "clear"]


@pytest.mark.parametrize("thresholds", [{}, {"above": 1.0, "below": 2.0}])
def test_a_claim_has_one_threshold(thresholds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="one threshold"):
        Claim("a finding", "Table 1", "clear", "c", **thresholds)


def test_a_cell_that_is_missing_or_twice_is_refused() -> None:
    table = pd.DataFrame(CELLS)
    with pytest.raises(ValueError, match=r"no cell \(other, c\)"):
        judge([Claim("a finding", "s", "other", "c", above=0)], table)
    with pytest.raises(ValueError, match=r"2 cells \(clear, c\)"):
        judge([Claim("a finding", "s", "clear", "c", above=0)], pd.concat([table, table]))


def test_a_table_without_intervals_is_refused() -> None:
    with pytest.raises(ValueError, match="'low'"):
        judge([], pd.DataFrame(CELLS).drop(columns="low"))
