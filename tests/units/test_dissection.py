"""Network dissection: planted units are what they are, noise is at chance; parts, and silence."""

from dataclasses import replace

import numpy as np
import pytest
from codes import GRANDMOTHER, REDUNDANT, planted

from cnnlab.units.concepts import Concepts
from cnnlab.units.dissection import Dissection, dissect, marks_of, unit_ious
from cnnlab.units.distributed import sweep
from cnnlab.units.parts import part_shares
from cnnlab.units.silencing import silencing

PIXELS, GRID, WINDOWS = 24, 6, 120
CENTRES = np.arange(GRID) * 4 + 1.5  # every position sees 4 pixels
SHARE = 0.04


def planted_concepts(seed: int = 0) -> Concepts:
    """Dogs and cats, 16 px wide, at random places; the face of each is a quarter of it."""
    rng = np.random.default_rng(seed)
    classes, parts = np.zeros((2, WINDOWS, PIXELS, PIXELS), int)
    for n, (y, x) in enumerate(rng.integers(0, 3, (WINDOWS, 2)) * 4):
        classes[n, y : y + 16, x : x + 16] = 1 + n % 2
        dy, dx = rng.integers(0, 2, 2) * 8
        parts[n, y + dy : y + dy + 8, x + dx : x + dx + 8] = 1 + n % 2
    planes = {"class": (classes, ("dog", "cat")), "part": (parts, ("dog face", "cat face"))}
    unions = {"animals": ("dog", "cat"), "face": ("dog face", "cat face", "cow face")}
    return Concepts.of(planes, unions, np.arange(WINDOWS) // 2)


def firing_on(concepts: Concepts, name: str) -> np.ndarray:
    """Maps (N, h, h) of a unit that answers to a concept and to nothing else."""
    mask = concepts.mask(name).reshape(WINDOWS, GRID, 4, GRID, 4)
    noise = np.random.default_rng(5).random((WINDOWS, GRID, GRID))
    return mask.mean(axis=(2, 4)) * (5 + noise)


def planted_dissection(names: tuple[str, ...]) -> Dissection:
    concepts = planted_concepts()
    maps = [firing_on(concepts, name) for name in names]
    rng = np.random.default_rng(1)
    maps += [rng.random(maps[0].shape), np.zeros_like(maps[0])]  # of noise, and dead
    return dissect(np.stack(maps, axis=1), CENTRES, concepts, SHARE)


def test_a_unit_that_fires_on_a_concept_answers_to_it_and_noise_and_the_dead_to_nothing() -> None:
    names = ("dog face", "cat face", "face")
    dissection = planted_dissection(names)
    assert dissection.beyond_chance.tolist() == [True, True, True, False, False]
    assert [dissection.best(u)[0] for u in range(2)] == ["dog face", "cat face"]
    for u in range(2):
        name, iou = dissection.best(u)
        assert iou.low > dissection.chance[:, u].max()
        assert iou.count == "n = 60 images"
        assert iou.value == dissection.ious[u, dissection.concepts.names.index(name)]
    assert (dissection.ious[4] == 0).all()
    assert (dissection.chance[:, 4] == 0).all()


def test_the_threshold_lets_through_more_where_more_is_asked_for() -> None:
    concepts = planted_concepts()
    maps = firing_on(concepts, "dog")
    few, many = (marks_of(maps, CENTRES, PIXELS, share).mean() for share in (0.01, 0.2))
    assert 0 < few < 0.01
    assert 0.1 < many < 0.25
    whole = dissect(maps[:, None], CENTRES, concepts, 0.2)
    assert whole.best(0)[0] == "dog"
    assert whole.ious.max() > 2 * whole.chance.max()


def test_marks_lie_where_the_position_looks() -> None:
    maps = np.zeros((1, GRID, GRID))
    maps[0, 1, 4] = 1
    y, x = np.nonzero(marks_of(maps, CENTRES, PIXELS, share=0.02)[0])
    assert (y.mean(), x.mean()) == (CENTRES[1], CENTRES[4])


def test_the_counts_give_the_ious_of_whole_masks() -> None:
    dissection = planted_dissection(("dog face", "face"))
    concepts = dissection.concepts
    maps = np.stack([firing_on(concepts, name) for name in ("dog face", "face")])
    marks = np.stack([marks_of(m.astype(np.float32), CENTRES, PIXELS, SHARE) for m in maps])
    masks = np.stack([concepts.mask(name) for name in concepts.names])
    np.testing.assert_allclose(dissection.ious[:2], unit_ious(marks, masks))
    np.testing.assert_array_equal(dissection.area.sum(axis=0), masks.sum(axis=(1, 2, 3)))
    np.testing.assert_array_equal(dissection.marked[:2], marks.sum(axis=(2, 3)))


def test_chance_is_the_best_concept_of_marks_on_other_windows() -> None:
    dissection = planted_dissection(("dog face",))
    noise = dissection.ious[1].max()
    assert dissection.chance.shape == (20, 3)
    assert dissection.chance[:, 1].min() < noise < 1.5 * dissection.chance[:, 1].max()
    assert dissection.ious[0].max() > 2 * dissection.chance[:, 0].max()


def test_labels_that_no_pixel_shows_are_no_concepts_and_unions_of_one_neither() -> None:
    concepts = planted_concepts()
    assert concepts.names == ("dog", "cat", "dog face", "cat face", "animals", "face")
    assert concepts.kinds == ("class", "class", "part", "part", "class", "part")
    few = Concepts.of(
        {"part": (np.ones((1, 2, 2), int), ("a", "b"))}, {"c": ("a", "b")}, np.zeros(1)
    )
    assert few.names == ("a",)
    with pytest.raises(ValueError, match="no pixel shows 'cow'; there are dog"):
        concepts.mask("cow")


def test_maps_of_other_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="maps of 3 windows and concepts of 120 do not pair"):
        dissect(np.zeros((3, 1, GRID, GRID)), CENTRES, planted_concepts(), SHARE)


def test_marks_on_a_part_are_told_from_marks_at_its_usual_place() -> None:
    concepts = planted_concepts()
    dogs = np.arange(0, WINDOWS, 2)
    part, whole = (concepts.mask(name)[dogs] for name in ("dog face", "dog"))
    marks = marks_of(firing_on(concepts, "dog face"), CENTRES, PIXELS, 0.05)[dogs]
    on_faces = part_shares(marks, part, whole, concepts.owner[dogs])
    assert on_faces["marked"].value > 90
    assert on_faces["area"].value == 25
    assert on_faces["marked minus elsewhere"].low > 30
    place = np.zeros_like(marks)
    place[:, 8:16, 8:16] = True  # the same in every window, whatever is there
    by_place = part_shares(place, part, whole, concepts.owner[dogs])
    assert by_place["marked minus elsewhere"].low < 0 < by_place["marked minus elsewhere"].high
    none = part_shares(np.zeros_like(marks), part, whole, concepts.owner[dogs])
    assert np.isnan(none["marked"].value)


def test_a_silent_grandmother_cell_is_missed_most_by_its_class_and_a_copy_by_none() -> None:
    train, test = planted(seed=1), planted(seed=2)
    lost = silencing(train, test, [0])
    assert lost["class 0"][2].high < -5
    others = [lost[f"class {k}"][2].value for k in range(1, 5)]
    assert lost["class 0"][2].high < min(others)
    assert min(others) < -1  # its silence told them apart from class 0
    copy = silencing(train, test, [1])  # seven others say the same
    assert abs(copy[f"class {REDUNDANT}"][2].value) < 0.5
    everything = sweep(train, test, sizes=(), draws=0).aps[:, 0, 0]
    np.testing.assert_allclose([before.value for before, _, _ in lost.values()], everything)
    before, after, change = lost[f"class {GRANDMOTHER}"]
    assert change.value == pytest.approx(after.value - before.value)
    one_sided = replace(train, classes=(*train.classes, "none"))
    assert "none" not in silencing(one_sided, replace(test, classes=one_sided.classes), [0])
