"""Proposals: what is proposed, in which order, and that a killed run resumes."""

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from boxed import boxed

from cnnlab.detection import best_overlaps, proposals, selective_search
from cnnlab.detection.windows import Windows
from cnnlab.profiles.detection import PAPER

MODULE = import_module("cnnlab.detection.proposals")
SMALL = replace(PAPER, proposals=30)


def pictures(count: int, side: int = 48) -> np.ndarray:
    """Dark squares on bright noise, (count, side, side, 3)."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(200, 230, (count, side, side, 3)).astype(np.uint8)
    for picture in pixels:
        x, y = rng.integers(4, side - 24, 2)
        picture[y : y + 20, x : x + 20] = 30
    return pixels


def test_an_object_that_stands_out_is_proposed() -> None:
    (picture,) = pictures(1)
    ys, xs = np.nonzero(picture[..., 0] < 100)
    box = [xs.min() + 1, ys.min() + 1, xs.max() + 1, ys.max() + 1]
    for mode in ("fast", "quality"):
        boxes = selective_search(picture, mode=mode)
        assert box in boxes.tolist()
        assert (boxes[:, :2] >= 1).all() and (boxes[:, 2:] <= 48).all()
        assert (boxes[:, :2] <= boxes[:, 2:]).all()


def test_the_order_is_the_same_each_time_and_the_first_are_kept() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    picture = picture.repeat(2, axis=0).repeat(2, axis=1)
    boxes = selective_search(picture)
    assert len(boxes) > 20 and np.array_equal(selective_search(picture), boxes)
    assert np.array_equal(selective_search(picture, most=7), boxes[:7])
    thick = selective_search(picture, least=0.2)  # of 100 px
    sides = (thick[:, 2:] - thick[:, :2] + 1).min(axis=1)
    assert sides.min() >= 20 and 0 < len(thick) < len(boxes)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (60, 1), (2, 2)])
def test_tiny_pictures_give_few_boxes_or_none(shape: tuple[int, int]) -> None:
    boxes = selective_search(np.full((*shape, 3), 9, np.uint8))
    assert boxes.shape == (len(boxes), 4) and len(boxes) <= 1


def test_a_large_picture_is_searched_small(monkeypatch: pytest.MonkeyPatch) -> None:
    (picture,) = pictures(1)
    boxes = selective_search(picture)
    large = picture.repeat(3, axis=0).repeat(2, axis=1)  # 144 x 96 px, whose shrinking is exact
    monkeypatch.setattr(MODULE, "LONGEST", 48)
    whole = selective_search(picture.repeat(2, axis=0).repeat(2, axis=1))
    ends = boxes - np.array([1, 1, 0, 0])
    assert np.array_equal(whole, 2 * ends + np.array([1, 1, 0, 0]))
    tall = selective_search(large)
    assert len(tall) and (tall[:, 2:] <= (96, 144)).all() and (tall[:, :2] >= 1).all()
    assert (tall[:, :2] <= tall[:, 2:]).all()


def test_a_hundred_megapixels_and_a_line_are_searched_as_well() -> None:
    blank = np.broadcast_to(np.uint8(7), (10_000, 10_000, 3))
    assert selective_search(blank).tolist() in ([], [[1, 1, 10_000, 10_000]])
    assert len(selective_search(np.zeros((1, 200_000, 3), np.uint8))) <= 1


def test_what_is_no_picture_is_refused() -> None:
    for wrong in (np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)):
        with pytest.raises(ValueError, match=r"a picture is \(H, W, 3\) uint8"):
            selective_search(wrong)


def test_another_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="no mode 'slow'; it has fast, quality"):
        selective_search(pictures(1)[0], mode="slow")


def test_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = pictures(18)
    np.save(tmp_path / "images.npy", pixels)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    monkeypatch.setattr(MODULE, "processors", lambda: 2)
    one = proposals(boxed([[]] * 18, pixels), SMALL)
    several = proposals(replace(boxed([[]] * 18, mapped), digest="mapped"), SMALL)
    assert np.array_equal(one.boxes, several.boxes) and np.array_equal(one.first, several.first)
    assert np.array_equal(one[5], selective_search(pixels[5], most=30))


def test_a_killed_run_resumes_at_the_pictures_it_was_on(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = boxed([[]] * 10, pictures(10))
    calls: list[int] = []
    search = MODULE._search

    def dying(image: np.ndarray, *how: object) -> list[list[int]]:
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return search(image, *how)

    monkeypatch.setattr(MODULE, "_search", dying)
    with pytest.raises(KeyboardInterrupt):
        proposals(scenes, SMALL)
    (ledger,) = Path(os.environ["CNNLAB_CACHE"]).glob("proposals/*.partial/done.jsonl")
    lines = ledger.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace("[[", "[[1", 1)  # a box of picture 1, damaged
    ledger.write_text("".join(lines) + "0a0b0c0d [4, [[1, 1")  # and a line torn by the kill
    windows = proposals(scenes, SMALL)
    assert len(calls) == 7 + 7  # four pictures were done, one of them was lost
    assert np.array_equal(windows[1], selective_search(scenes.image(1), most=30))
    monkeypatch.undo()
    assert np.array_equal(windows[9], selective_search(scenes.image(9), most=30))


def test_recall_counts_the_first_boxes_of_each_picture() -> None:
    truth = boxed([[(0, (1, 1, 10, 10)), (1, (21, 21, 30, 30))], [], [(2, (1, 1, 4, 4))]])
    boxes = [[1, 1, 10, 5], [1, 1, 10, 10], [40, 40, 50, 50]]
    windows = Windows.of([np.array(boxes), np.array(boxes[:1]), np.zeros((0, 4))])
    best = best_overlaps(windows, truth, [1, 3])
    assert best.tolist() == [[0.5, 1.0], [0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match="windows of 1 pictures for 3"):
        best_overlaps(Windows.of([np.zeros((0, 4))]), truth, [1])
