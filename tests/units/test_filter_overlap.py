"""Sets of filters: overlaps by hand, chance by formula and by drawing, related classes."""

import numpy as np
import pytest

from cnnlab.probing.pascal import SHORT
from cnnlab.units.filter_overlap import (
    GROUPS,
    chance_overlaps,
    others,
    overlaps,
    related,
    relation_gain,
    set_size,
    shuffled_overlaps,
)


def test_a_set_is_as_large_a_part_of_a_layer_as_the_papers() -> None:
    assert [set_size(f) for f in (256, 64, 96, 1)] == [50, 12, 19, 1]


def test_overlaps_are_shares_of_equal_sets() -> None:
    order = np.array([[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 2, 3]])
    expected = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    np.testing.assert_array_equal(overlaps(order, 2), expected)
    np.testing.assert_array_equal(overlaps(order, 4), np.ones((3, 3)))
    np.testing.assert_array_equal(others(overlaps(order, 2)), [0.5, 0, 0.5])


@pytest.mark.parametrize(("filters", "n"), [(256, 50), (64, 12)])
def test_chance_drawn_is_chance_by_formula(filters: int, n: int) -> None:
    drawn = others(chance_overlaps(filters, 20, n, draws=200))
    assert drawn.shape == (200, 20)
    assert drawn.mean() == pytest.approx(n / filters, abs=0.003)


def test_shuffled_labels_leave_what_the_features_alone_bring() -> None:
    rng = np.random.default_rng(0)
    labels, rows = np.arange(400) % 20, rng.normal(size=(400, 24)).astype(np.float32)
    even = shuffled_overlaps(rows, labels, 6, draws=5)
    assert others(even).mean() == pytest.approx(6 / 24, abs=0.05)
    # filters that vary little have little to give: with small C, those that vary much win always
    rows[:, 6:] *= 1e-3
    assert others(shuffled_overlaps(rows, labels, 6, draws=3, c=1e-3)).mean() > 0.9


def test_groups_hold_every_class_but_people_once() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(set(SHORT) - {"person"})
    kin = related(SHORT)
    assert (kin == kin.T).all()
    assert not kin.diagonal().any()
    assert kin.sum() == 7 * 6 + 6 * 5 + 6 * 5


def test_relatives_that_share_more_are_noticed() -> None:
    kin = related(SHORT)
    matrix = np.where(kin, 0.5, 0.2) + 0.8 * np.eye(20)
    gain = relation_gain(matrix, kin)
    assert (gain.value, gain.n, gain.over) == (pytest.approx(0.3), 19, "classes")
    assert relation_gain(np.full((20, 20), 0.3), kin).value == pytest.approx(0)
    assert relation_gain(np.ones((2, 2)), related(["bus", "dog"])).n == 0
