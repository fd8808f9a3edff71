"""Entropy and the area under its curve: hand-made scores, what may change nothing, bad input."""

from pathlib import Path

import numpy as np
import pytest

from cnnlab.units import (
    entropy_curve,
    mcaue,
    percent_decrease,
    plain_selectivity,
    redrawn_decreases,
    selectivity,
    thresholds_of,
)
from cnnlab.units.selectivity import FRACTIONS, KINDS, SPACINGS, at_fraction

K, EACH, SIDE = 4, 30, 3
LABELS = np.repeat(np.arange(K), EACH)  # (N,)


def maps(best: np.ndarray) -> np.ndarray:
    """Responses (N, 1, p, p) that are 0 but for one position, where they are `best` (N,)."""
    responses = np.zeros((len(best), 1, SIDE, SIDE))
    responses[:, 0, 1, 2] = best
    return responses


def noise(filters: int = 3, boxes: int = 60, side: int = SIDE, seed: int = 0) -> tuple:
    rng = np.random.default_rng(seed)
    responses = np.maximum(rng.normal(-0.3, 1, (boxes, filters, side, side)), 0)
    return responses, rng.integers(0, K, boxes)


# ---- what the measure says -------------------------------------------------------------------


def test_a_filter_that_fires_for_one_class_only_has_no_entropy() -> None:
    one = maps(np.where(LABELS == 2, np.linspace(1, 5, len(LABELS)), 0))
    assert {kind: area[0] for kind, area in selectivity(one, LABELS).items()} == {
        "label": 0,
        "weighted": 0,
        "spmax": 0,
    }


def test_a_filter_that_fires_alike_for_all_has_log_k() -> None:
    same = maps(np.tile(np.linspace(1, 5, EACH), K))
    for kind, area in selectivity(same, LABELS).items():
        assert area[0] == pytest.approx(np.log(K)), kind


def test_the_curve_by_hand() -> None:
    scores, classes = np.array([0.0, 1.0, 2.0, 4.0]), np.array([0, 0, 1, 1])
    two = -(1 / 3) * np.log(1 / 3) - (2 / 3) * np.log(2 / 3)
    rising = thresholds_of(scores)  # 0.04, 0.08 ... 4
    assert rising[0] == pytest.approx(0.04) and rising[-1] == 4
    curve = entropy_curve(scores, classes, rising)
    assert curve == pytest.approx([two if t <= 1 else 0 for t in rising])
    weights = np.array([1, 6]) / 7
    weighted = entropy_curve(scores, classes, rising[:1], weighted=True)
    assert weighted[0] == pytest.approx(-(weights * np.log(weights)).sum())
    assert selectivity(scores.reshape(4, 1, 1, 1), classes, ["label"])["label"][0] == pytest.approx(
        curve.mean()
    )


def test_the_classes_that_reach_high_decide() -> None:
    """Between one class only and all alike; the higher a second class reaches, the less."""
    areas = []
    for height in (0.1, 0.5, 0.9):
        best = np.where(LABELS == 0, 1.0, np.where(LABELS == 1, height, 0))
        areas.append(selectivity(maps(best), LABELS, ["label"])["label"][0])
    assert 0 < areas[0] < areas[1] < areas[2] < np.log(2)
    assert areas == pytest.approx([round(h * 100) / 100 * np.log(2) for h in (0.1, 0.5, 0.9)])


def test_spatial_maximum_counts_a_box_once() -> None:
    """One class covers all positions, another one: they count 9 to 1, or 1 to 1."""
    responses = np.zeros((2, 1, SIDE, SIDE))
    responses[0], responses[1, 0, 0, 0] = 1, 1
    areas = selectivity(responses, np.array([0, 1]))
    share = np.array([0.9, 0.1])
    assert areas["label"][0] == pytest.approx(-(share * np.log(share)).sum())
    assert areas["spmax"][0] == pytest.approx(np.log(2))


def test_what_scale_does() -> None:
    """Thresholds by range bear a new unit only; by rank any monotone change of the scores."""
    responses, labels = noise()
    for kind in ("label", "spmax"):
        by = {s: selectivity(responses, labels, [kind], s)[kind] for s in SPACINGS}
        unit = selectivity(7 * responses, labels, [kind])[kind]
        assert unit == pytest.approx(by["range"])
        cubed = {s: selectivity(responses**3, labels, [kind], s)[kind] for s in SPACINGS}
        assert cubed["rank"] == pytest.approx(by["rank"])
        assert (np.abs(cubed["range"] - by["range"]) > 0.01).all()


def test_ties_stay_together() -> None:
    """Scores are 0 or 1: every threshold but the zeros' keeps all the ones, in any order."""
    best = np.where(LABELS < 2, 1.0, 0.0)
    order = np.random.default_rng(0).permutation(len(LABELS))
    for spacing in SPACINGS:
        for rows in (slice(None), order):
            areas = selectivity(maps(best[rows]), LABELS[rows], ["label"], spacing)["label"]
            assert areas[0] == pytest.approx(np.log(2))


# ---- the fast form ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_one_pass_equals_threshold_by_threshold(kind: str, spacing: str, dtype: str) -> None:
    responses, labels = noise(filters=5)
    responses[:, 3] = np.round(responses[:, 3])  # ties
    responses[:, 4] *= 1e-3
    responses = responses.astype(dtype)
    plain = plain_selectivity(responses, labels, kind, spacing)
    fast = selectivity(responses, labels, [kind], spacing)[kind]
    np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-9)


def test_one_pass_of_negative_scores_and_of_scores_on_thresholds() -> None:
    responses, labels = noise(filters=3)
    responses[:, 0] -= 5
    responses[:, 1] = np.random.default_rng(3).integers(-50, 51, responses[:, 1].shape) / 50
    responses[:, 2] = np.arange(responses[:, 2].size).reshape(responses[:, 2].shape) / 7
    for kind in ("label", "spmax"):
        plain = plain_selectivity(responses, labels, kind)
        fast = selectivity(responses, labels, [kind])[kind]
        np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-9)


def test_a_layer_on_disk_is_read_filter_by_filter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses, labels = noise(filters=7)
    np.save(tmp_path / "layer.npy", responses.astype(np.float16))
    layer = np.load(tmp_path / "layer.npy", mmap_mode="r")
    whole = selectivity(layer, labels)
    monkeypatch.setattr("cnnlab.units.fast.selectivity.BLOCK", 2 * len(labels) * SIDE**2)
    parts = selectivity(layer, labels)  # two filters at a time, the last alone
    assert all(np.array_equal(whole[kind], parts[kind]) for kind in KINDS)


# ---- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, 3.0])
@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_filter_that_never_changes_tells_nothing(value: float, spacing: str) -> None:
    """Dead or stuck: the entropy of all boxes, with a class that is rarer than others."""
    labels = np.array([0, 0, 0, 1])
    base = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    responses = np.full((4, 1, 2, 2), value)
    for kind, area in selectivity(responses, labels, spacing=spacing).items():
        assert area[0] == pytest.approx(base), kind
        assert plain_selectivity(responses, labels, kind, spacing) == pytest.approx([base])


def test_few_boxes_and_a_class_without_any() -> None:
    responses = np.arange(3.0).reshape(3, 1, 1, 1)  # fewer than thresholds
    areas = selectivity(responses, np.array([0, 2, 2]))  # no box of class 1
    assert areas["label"][0] == 0  # 0 is below the first threshold, 1 and 2 are of one class
    assert all(np.isfinite(area).all() for area in areas.values())
    one = selectivity(responses[:1], np.array([5]))
    assert [area[0] for area in one.values()] == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"responses": np.full((4, 2, 2, 2), np.nan)}, "filter 0 has scores that are not finite"),
        ({"responses": np.full((4, 2, 2, 2), np.inf)}, "not finite"),
        ({"responses": -np.ones((4, 2, 2, 2))}, "filter 0 has negative scores"),
        ({"responses": np.ones((4, 2))}, r"responses \(4, 2\) and 4 labels do not pair"),
        ({"labels": np.zeros(3, int)}, "3 labels do not pair"),
        ({"responses": np.ones((0, 2, 2, 2)), "labels": np.zeros(0, int)}, "one box or more"),
        ({"kinds": ["entropy"]}, "by label, weighted, spmax .* not by 'entropy'"),
        ({"spacing": "log"}, "by range or rank, not by 'log'"),
    ],
)
def test_what_is_refused(change: dict, error: str) -> None:
    good = {"responses": np.ones((4, 2, 2, 2)), "labels": np.arange(4)}
    with pytest.raises(ValueError, match=error):
        selectivity(**{**good, **change})


def test_negative_scores_are_counted_where_they_need_no_weight() -> None:
    responses, labels = -noise()[0], noise()[1]
    areas = selectivity(responses, labels, ["label", "spmax"])
    assert all(np.isfinite(area).all() for area in areas.values())


# ---- layers ----------------------------------------------------------------------------------


def test_the_curve_of_a_layer() -> None:
    curve = mcaue(np.array([4.0, 1.0, 3.0, 2.0]))
    assert curve.tolist() == [1, 1.5, 2, 2.5]
    assert [at_fraction(curve, f) for f in (0.01, 0.25, 0.5, 1.0)] == [1, 1, 1.5, 2.5]


def test_percent_decrease_is_the_papers() -> None:
    before, after = np.array([4.0, 1.0, 3.0, 2.0]), np.array([4.0, 0.5, 3.0, 2.5])
    values = [percent_decrease(before, after, f) for f in FRACTIONS]
    assert values == pytest.approx([50, 50, 0, 0])
    assert percent_decrease(after, before, 0.1) == pytest.approx(-100)
    zero = np.zeros(2)
    assert (percent_decrease(zero, zero, 0.5), percent_decrease(zero, zero + 1, 0.5)) == (0, -100)


def test_redrawn_filters_keep_their_past() -> None:
    rng = np.random.default_rng(0)
    before = rng.random(64) + 1
    halved = redrawn_decreases(before, before / 2, draws=20)
    assert halved.shape == (21, 4) and np.allclose(halved, 50)  # of any filters
    after = before * rng.random(64)
    mixed = redrawn_decreases(before, after, draws=20)
    assert (mixed[1:].std(axis=0) > 0).all()
    assert np.array_equal(mixed, redrawn_decreases(before, after, draws=20))
    assert not np.array_equal(mixed, redrawn_decreases(before, after, draws=20, seed=1))
