"""Intervals against scipy's."""

import numpy as np
import pytest
from scipy import stats

from cnnlab.results.statistics import difference, mean_of, share


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (1, 7), (13, 40), (799, 800), (800, 800)])
def test_share_has_wilsons_interval(hits: int, n: int) -> None:
    found = share(np.arange(n) < hits)
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert found.value == pytest.approx(100 * hits / n)
    assert (found.low, found.high) == pytest.approx((100 * expected.low, 100 * expected.high))
    assert found.low <= found.value <= found.high
    assert found.n == n


def test_difference_is_paired() -> None:
    rng = np.random.default_rng(0)
    a = rng.random(500) < 0.4
    b = a ^ (rng.random(500) < 0.1)
    found = difference(a, b)
    d = a.astype(float) - b
    low, high = stats.norm.interval(0.95, d.mean(), stats.sem(d))
    assert found.value == pytest.approx(100 * d.mean())
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high))
    unpaired = stats.norm.interval(0.95, d.mean(), np.hypot(stats.sem(a), stats.sem(b)))
    assert found.high - found.low < 70 * (unpaired[1] - unpaired[0])


def test_difference_has_the_sign_of_a_minus_b() -> None:
    worse, better = np.array([True, True, True, False]), np.array([False, True, False, False])
    assert difference(worse, better).value == 50
    assert difference(better, worse).value == -50
    same = difference(worse, worse)
    assert (same.low, same.value, same.high) == (0, 0, 0)


def test_a_single_pair_says_nothing() -> None:
    found = difference(np.array([True]), np.array([False]))
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_mean_of_has_students_interval() -> None:
    values = np.array([3.0, 4.5, 2.0, 6.25, 5.0])
    found = mean_of(values)
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.value == pytest.approx(4.15)
    assert (found.low, found.high, found.n) == pytest.approx((low, high, 5))
    assert mean_of(values[:1]).high == np.inf


@pytest.mark.parametrize("call", [share, mean_of, lambda none: difference(none, none)])
def test_nothing_is_refused(call) -> None:
    with pytest.raises(ValueError, match=r"nothing|pair"):
        call(np.empty(0, bool))


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="5 and 1 answers"):
        difference(np.ones(5, bool), np.ones(1, bool))


def test_an_estimate_is_a_line_of_a_table() -> None:
    found = share(np.array([True, False]))
    assert found.cell("a", "b").keys() == {"row", "column", "value", "low", "high", "n"}
    assert found.cell("a", "b")["value"] == 50
    assert str(found).startswith("50.0 [") and str(found).endswith("n = 2")
