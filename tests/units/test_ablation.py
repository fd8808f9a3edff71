"""What ablations keep and what they take, by hand and by planted cases."""

import numpy as np
import pytest

from cnnlab.units import ablation
from cnnlab.units.ablation import ABLATIONS, ablate


@pytest.fixture
def maps() -> np.ndarray:
    """Sparse maps (6, 5, 3, 3) as rectified ones are."""
    return np.random.default_rng(0).normal(size=(6, 5, 3, 3)).clip(0, None).astype(np.float32)


def test_a_shuffle_moves_whole_columns_and_differs_between_inputs(maps: np.ndarray) -> None:
    shuffled = ablation.sp_shuffle(maps, seed=3)
    columns = [sorted(map(tuple, one.reshape(5, 9).T.tolist())) for one in (*maps, *shuffled)]
    assert columns[:6] == columns[6:]
    alike = np.repeat(maps[:1], 6, axis=0)
    moved = ablation.sp_shuffle(alike)
    assert len({one.tobytes() for one in moved}) == 6
    assert np.array_equal(ablation.sp_shuffle(maps, 3), shuffled)
    assert not np.array_equal(ablation.sp_shuffle(maps, 4), shuffled)


def test_the_drafts_shuffle_tears_columns_apart(maps: np.ndarray) -> None:
    shuffled = ablation.map_shuffle(maps)
    assert np.array_equal(np.sort(shuffled.reshape(6, 5, 9)), np.sort(maps.reshape(6, 5, 9)))
    before, after = (set(map(tuple, m[0].reshape(5, 9).T.tolist())) for m in (maps, shuffled))
    assert len(before & after) < len(before)


def test_a_shuffle_alike_for_all_inputs_is_a_new_order_of_places(maps: np.ndarray) -> None:
    shuffled = ablation.same_shuffle(maps)
    before, after = (m.reshape(30, 9).T for m in (maps, shuffled))  # a row a place
    order = (after[:, None] == before).all(axis=2).argmax(axis=1).tolist()
    assert sorted(order) == list(range(9)) and order != list(range(9))


def test_the_maximum_keeps_its_place_or_loses_it(maps: np.ndarray) -> None:
    kept = ablation.sp_max_in_place(maps)
    assert np.array_equal(kept.max(axis=(2, 3)), ablation.sp_max(maps))
    assert (kept != 0).sum(axis=(2, 3)).max() == 1
    assert np.array_equal(kept[kept != 0], maps[kept != 0])
    binary = ablation.binarised_max_in_place(maps)
    assert set(np.unique(binary)) == {0, 1} and np.array_equal(binary != 0, kept != 0)


def test_silent_maps_stay_silent(maps: np.ndarray) -> None:
    maps[2] = 0
    for name in ABLATIONS:
        assert not ablate(maps, name)[2].any()


def test_maxima_below_zero_are_kept_and_binarise_to_nothing() -> None:
    maps = np.array([[[[-3.0, -1.0], [-2.0, -4.0]]]])  # as before a rectifier
    assert ablation.sp_max_in_place(maps).ravel().tolist() == [0, -1, 0, 0]
    assert not ablation.binarised_max_in_place(maps).any()


@pytest.mark.parametrize("name", [name for name in ABLATIONS if name != "none"])
def test_maps_stay_as_they_are(maps: np.ndarray, name: str) -> None:
    before = maps.copy()
    assert len(ablate(maps, name)) == 6
    assert np.array_equal(maps, before)


def test_the_centre_is_the_middle_place(maps: np.ndarray) -> None:
    middle = maps.shape[2] // 2
    np.testing.assert_array_equal(ablation.centre_place(maps), maps[:, :, middle, middle])
    with pytest.raises(ValueError, match="place can be taken only from maps"):
        ablation.centre_place(maps[:, :, 0, 0])


def test_one_place_is_a_column_of_each_input(maps: np.ndarray) -> None:
    for one, column in zip(maps, ablation.one_place(maps), strict=True):
        assert column.tolist() in one.reshape(5, 9).T.tolist()


def test_units_without_places_can_only_be_binarised() -> None:
    units = np.array([[0.0, 2.0], [3.0, 0.0]])
    assert ablate(units, "binarise").tolist() == [[0, 1], [1, 0]]
    for name in set(ABLATIONS) - {"none", "binarise"}:
        with pytest.raises(ValueError, match="only from maps"):
            ablate(units, name)
    with pytest.raises(ValueError, match="no ablation 'blur'; there are none, binarise"):
        ablate(units, "blur")


def test_what_is_taken_is_what_a_classifier_misses() -> None:
    """Classes by magnitude, by place and by filter: each ablation blinds to one of them alone."""
    rng = np.random.default_rng(5)
    labels = np.arange(400) % 2
    noise = rng.random((400, 2, 3, 3)) * 0.1 + 0.1
    by_size, by_place, by_filter = noise.copy(), noise.copy(), noise.copy()
    by_size[:, 0] += labels[:, None, None]
    by_place[np.arange(400), 0, 0, labels] += 1
    by_filter[np.arange(400), labels, rng.integers(0, 3, 400), rng.integers(0, 3, 400)] += 1

    def right(maps: np.ndarray) -> float:
        rows = maps.reshape(400, -1)
        means = np.stack([rows[:200][labels[:200] == c].mean(axis=0) for c in (0, 1)])
        distances = ((rows[200:, None] - means) ** 2).sum(axis=2)
        return float((distances.argmin(axis=1) == labels[200:]).mean())

    assert right(by_size) == right(by_place) == 1
    assert right(ablation.binarise(by_size)) < 0.6 < right(ablation.sp_max(by_size))
    assert right(ablation.sp_max(by_place)) < 0.7 and right(ablation.sp_shuffle(by_place)) < 0.7
    assert right(ablation.same_shuffle(by_place)) == 1
    assert right(ablation.sp_max_in_place(by_place)) > 0.95 < right(ablation.sp_max(by_filter))


def test_shares_of_responses_that_are_not_zero(maps: np.ndarray) -> None:
    expected = [100 * np.count_nonzero(one) / 45 for one in maps]
    assert ablation.nonzero_shares(maps) == pytest.approx(expected)
