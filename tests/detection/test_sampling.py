"""Windows for fine-tuning: what they show, in which shares, the same ones for the same seed."""

import numpy as np
import pytest
import torch
from boxed import boxed

from cnnlab.detection.sampling import Samples, WindowBatches, window_labels
from cnnlab.detection.windows import Windows

# an object of class 3, and windows that overlap it by 1, 0.5, 0.4, 0.2 and 0
OBJECT = (1, 1, 10, 10)
NEAR = [[1, 1, 10, 10], [1, 1, 10, 5], [1, 1, 10, 4], [1, 1, 10, 2], [30, 30, 40, 40]]


def read(sets: np.ndarray, pictures: np.ndarray, boxes: np.ndarray) -> torch.Tensor:
    """Inputs (B, 3, 2, 4) that ascend from left to right and tell the first number of a box."""
    ramp = torch.arange(4.0).expand(len(boxes), 3, 2, 4)
    return ramp + 10 * torch.from_numpy(boxes[:, 0]).float()[:, None, None, None]


def samples(**how: float) -> Samples:
    scenes = boxed([[(3, OBJECT)], []])
    return Samples.of([(scenes, Windows.of([NEAR, [[1, 1, 20, 20]]]))], **how)


@pytest.mark.parametrize(
    ("background", "expected"), [(0.5, [3, 3, 20, 20, 20]), (0.3, [3, 3, -1, 20, 20])]
)
def test_a_window_shows_what_it_overlaps(background: float, expected: list[int]) -> None:
    scenes = boxed([[(3, OBJECT)]])
    labels = window_labels(scenes, Windows.of([NEAR]), background=background)
    assert labels.tolist() == expected


def test_the_nearest_of_two_objects_counts() -> None:
    scenes = boxed([[(3, (1, 1, 10, 10)), (7, (1, 1, 10, 8))]])
    assert window_labels(scenes, Windows.of([[[1, 1, 10, 8]]])).tolist() == [7]


def test_samples_hold_objects_and_both_kinds_of_windows() -> None:
    every = samples(background=0.3)
    assert every.labels.tolist() == [3, 3, 3, 20, 20, 20]  # the object itself comes first
    assert every.pictures.tolist() == [0, 0, 0, 0, 0, 1]
    assert len(every.positive) == len(every.background) == 3


def test_sets_are_told_apart() -> None:
    one = boxed([[(3, OBJECT)]])
    every = Samples.of([(one, Windows.of([NEAR])), (one, Windows.of([[]]))])
    assert every.sets.tolist() == [0] * 6 + [1]


def test_a_batch_holds_a_quarter_of_objects() -> None:
    labels = WindowBatches(samples(), read, batch=128, seed=0)[0][1]
    assert (labels < 20).sum() == 32 and (labels == 20).sum() == 96


def test_windows_are_drawn_evenly() -> None:
    some = samples()
    rows = some.draw(np.random.default_rng(0), 9000, 1 / 3)
    counts = np.bincount(rows, minlength=len(some.labels))
    assert (np.abs(counts[some.positive] - 1000) < 150).all()
    assert (np.abs(counts[some.background] - 1500) < 150).all()


def test_half_of_the_windows_are_mirrored() -> None:
    pixels, _ = WindowBatches(samples(), read, batch=400, seed=0)[3]
    mirrored = pixels[:, 0, 0, 0] > pixels[:, 0, 0, 3]
    assert 150 < int(mirrored.sum()) < 250
    right = pixels.sort(dim=3).values
    assert torch.equal(torch.where(mirrored[:, None, None, None], right.flip(3), right), pixels)


def test_a_batch_is_a_function_of_seed_and_number() -> None:
    batches, again = (WindowBatches(samples(), read, batch=64, seed=s) for s in (5, 5))
    assert torch.equal(batches[7][0], again[7][0])
    assert not torch.equal(batches[7][0], batches[8][0])
    assert not torch.equal(batches[7][0], WindowBatches(samples(), read, 64, seed=6)[7][0])


@pytest.mark.parametrize(
    ("objects", "boxes", "lacking"),
    [([], [[1, 1, 5, 5]], "an object"), ([(3, (1, 1, 64, 64))], [], "background")],
)
def test_nothing_to_draw_from_is_said(objects: list, boxes: list, lacking: str) -> None:
    with pytest.raises(ValueError, match=f"no window shows {lacking}"):
        Samples.of([(boxed([objects]), Windows.of([boxes]))])
