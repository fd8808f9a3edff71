"""Intervals against scipy's, and by hand."""

import warnings

import numpy as np
import pytest
from scipy import stats

from cnnlab.results.statistics import (
    Estimate,
    bootstrap,
    correlation,
    difference,
    mean_of,
    paired_difference,
    share,
    share_of_mean,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (1, 7), (13, 40), (799, 800), (800, 800)])
def test_share_has_wilsons_interval(hits: int, n: int) -> None:
    found = share(np.arange(n) < hits)
    z = stats.norm.ppf(0.975)
    p = hits / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert found.value == pytest.approx(100 * hits / n)
    assert (found.low, found.high) == pytest.approx((100 * (centre - half), 100 * (centre + half)))
    assert found.low <= found.value <= found.high
    assert found.n == n
    if hits in (0, n):
        assert found.value in (found.low, found.high)  # exactly


def test_a_paired_difference_is_students_over_pairs() -> None:
    rng = np.random.default_rng(0)
    a = rng.random(500) < 0.4
    b = a ^ (rng.random(500) < 0.1)
    found = paired_difference(100.0 * a, 100.0 * b)
    low, high = stats.ttest_rel(100.0 * a, 100.0 * b).confidence_interval(0.95)
    assert found.value == pytest.approx(100 * (a.mean() - b.mean()))
    assert (found.low, found.high, found.n) == (pytest.approx(low), pytest.approx(high), 500)
    unpaired = difference(100.0 * a, 100.0 * b)
    assert found.high - found.low < 0.7 * (unpaired.high - unpaired.low)


def test_a_paired_difference_has_the_sign_of_a_minus_b() -> None:
    worse, better = np.array([1, 1, 1, 0]), np.array([0, 1, 0, 0])
    assert paired_difference(worse, better).value == 0.5
    assert paired_difference(better, worse).value == -0.5
    same = paired_difference(worse, worse)
    assert (same.low, same.value, same.high) == (0, 0, 0)


def test_pairs_are_of_things_that_both_have() -> None:
    a, b = np.array([5.0, 7.0, np.nan, 1.0]), np.array([4.0, 4.0, 3.0, np.nan])
    found = paired_difference(a, b)
    assert (found.value, found.n) == (2.0, 2) and found.low < 0 < 4 < found.high
    none = paired_difference(a[2:], b[2:])
    assert none.n == 0 and np.isnan([none.value, none.low, none.high]).all()


def test_a_single_value_has_an_interval_without_ends() -> None:
    for found in (mean_of([3.0]), paired_difference([5.0], [2.0])):
        assert found == Estimate(3.0, -np.inf, np.inf, 1)


@pytest.mark.parametrize("n", [2, 5, 8])
def test_the_mean_has_students_interval(n: int) -> None:
    values = np.array([3.0, 4.5, 2.0, 6.25, 5.0, 4.0, 1.0, 2.5])[:n]
    found = mean_of([*values, np.nan])
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high, found.n) == (pytest.approx(low), pytest.approx(high), n)


def test_the_interval_of_few_values_covers_as_often_as_it_says() -> None:
    """At n = 8 the normal quantile would miss the truth in 9 of 100 draws; Student's in 5."""
    draws = np.random.default_rng(0).normal(size=(4000, 8))
    covered = np.mean([e.low < 0 < e.high for e in map(mean_of, draws)])
    assert abs(covered - 0.95) < 0.012


def test_a_mean_of_nothing_is_unknown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (mean_of([]), mean_of([np.nan]), difference([1.0], [2.0, 3.0])):
            assert found.n == 0 and np.isnan([found.value, found.low, found.high]).all()


def test_the_difference_of_two_sets_is_welchs() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(3, 1, 7), rng.normal(1, 4, 12)
    found = difference([*a, np.nan], b)
    low, high = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found.value, found.n) == (pytest.approx(a.mean() - b.mean()), 7)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert difference([2.0, 2.0], [1.0, 1.0]) == Estimate(1.0, 1.0, 1.0, 2)


def test_the_difference_of_two_independent_estimates_by_hand() -> None:
    found = Estimate(50.0, 47.0, 54.0, 5).minus(Estimate(40.0, 37.0, 44.0, 3))
    assert found == Estimate(10.0, 5.0, 15.0, 3)  # 3 and 4 below, 4 and 3 above: five each
    alone = Estimate(50.0, 47.0, 54.0, 5).minus(Estimate(40.0, -np.inf, np.inf, 1))
    assert (alone.low, alone.high) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("ends", "limits", "text"),
    [
        ((0.02, 0.38), [0], "0.20 [0.02, 0.38]"),
        ((0.02, 0.38), [], "0.2 [0.0, 0.4]"),
        ((0.0, 0.4), [0], "0.2 [0.0, 0.4]"),  # it ends there
        ((-6.0, -0.004), [0, 6], "0.200 [-6.000, -0.004]"),
        ((3.0, 5.98), [0.5, 6], "0.20 [3.00, 5.98]"),
        ((float("nan"), float("nan")), [0], "0.2"),
    ],
)
def test_an_end_is_not_rounded_onto_the_limit_that_it_is_judged_by(
    ends: tuple[float, float], limits: list[float], text: str
) -> None:
    assert Estimate(0.2, *ends, 9).text(limits=limits) == text


def test_a_bootstrap_interval_has_the_draws_deviation_and_stays_a_percentage() -> None:
    draws = np.array([70.0, 74.0, np.nan, 72.0])  # deviation 2, t of 29 is 2.045230
    found = bootstrap(72.0, draws, 30)
    assert (found.low, found.high) == pytest.approx((72 - 4.090460, 72 + 4.090460))
    assert (found.value, found.n) == (72.0, 30)
    assert bootstrap(99.0, draws, 3).high == 100
    assert bootstrap(1.0, draws, 3).low == 0
    loss = bootstrap(-72.0, -draws, 30, bounds=(-100, 100))
    assert (loss.low, loss.high) == (-found.high, -found.low)
    assert np.isnan(bootstrap(np.nan, draws, 3).low)


def test_the_correlation_is_pearsons() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 5, 6))
    assert correlation(a, b) == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1])
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert np.isnan(correlation(np.ones(3), np.arange(3)))


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        share(np.empty(0, bool))


def test_a_share_of_a_mean_covers_the_redrawn_pairs() -> None:
    rng = np.random.default_rng(0)
    whole = rng.uniform(0.01, 1, 400)  # small ones would spoil a mean of quotients
    part = 0.7 * whole + rng.normal(0, 0.2, 400)
    found = share_of_mean(part, whole, "images")
    assert found.value == pytest.approx(100 * part.sum() / whole.sum())
    assert found.low < 70 < found.high and (found.n, found.over) == (400, "images")
    # the delta method, for many pairs
    half = 1.96 * (part - found.value / 100 * whole).std() / 400**0.5 / whole.mean() * 100
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)
    assert share_of_mean(part, whole) != share_of_mean(part[:50], whole[:50])
    assert share_of_mean([0.5], [1.0]).high == float("inf")


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="5 and 1 values do not pair"):
        share_of_mean(np.ones(5), np.ones(1))
    with pytest.raises(ValueError, match="5 and 1 values do not pair"):
        paired_difference(np.ones(5), np.ones(1))


def test_an_estimate_is_a_line_of_a_table() -> None:
    found = share(np.array([True, False]))
    assert found.cell("a", "b").keys() == {*("row", "column", "value", "low", "high", "n", "over")}
    assert found.cell("a", "b")["value"] == 50
    assert str(found).startswith("50.0 [") and str(found).endswith("n = 2")


def test_an_estimate_says_what_it_covers() -> None:
    over = [
        mean_of([1.0, 2.0], "folds"),
        paired_difference([1.0, 2.0], [0.0, 2.0], "folds"),
        difference([1.0, 2.0], [0.0, 2.0], "nets"),
        share(np.array([True, False]), "images"),
        bootstrap(50.0, np.array([49.0, 51.0]), 9, "images"),
    ]
    assert [e.over for e in over] == ["folds", "folds", "nets", "images", "images"]
    assert over[0].minus(over[1]).over == "folds"
    assert over[0].minus(over[3]).over == "folds and images"


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (62.0, 5.0, "62.0 [57.0, 67.0]"),
        (0.05, 0.009, "0.050 [0.041, 0.059]"),
        (0.04, 0.0, "0.04 [0.04, 0.04]"),
        (0.0, 0.0, "0.0 [0.0, 0.0]"),
        (3.0, float("inf"), "3.0"),
    ],
)
def test_decimals_follow_the_interval(value: float, half: float, text: str) -> None:
    assert Estimate(value, value - half, value + half, 3).text() == text
