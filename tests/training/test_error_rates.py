"""Cells of error tables by hand, from nets that only hold scores."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cnnlab.results import marks
from cnnlab.training.evaluate import (
    error_cells,
    error_differences,
    mean_scores,
)
from cnnlab.training.trained import Trained

LABELS = np.array([0, 1, 2, 2])


class Scored:
    """What error tables need of a trained net."""

    def __init__(self, scores: list[list[float]], labels: np.ndarray = LABELS):
        self.given = np.array(scores), labels
        self.history = [{"images": n, "val_top1": 50.0} for n in (1, 2, 3, 4)]

    def scores(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        assert split in ("val", "train")
        return self.given


def net(*answers: list[float], labels: np.ndarray = LABELS) -> Trained:
    return cast(Trained, Scored(list(answers), labels))


# of images of classes 0, 1, 2, 2: right, right, wrong (in the top two), wrong (last)
HALF = net([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.5, 0.4], [0.5, 0.4, 0.1])
# right, wrong, right, wrong, and sure of itself
OTHER = net([1.0, 0.0, 0.0], [0.9, 0.0, 0.1], [0.0, 0.0, 1.0], [0.4, 0.5, 0.1])


def values(found: list[dict[str, Any]]) -> list[float]:
    return [cell["value"] for cell in found]


def test_cells_of_one_net() -> None:
    found = error_cells("a-net", [HALF], ["train-top1", "val-top1", "val-top2"])
    assert values(found) == [50, 50, 25]
    assert [c["column"] for c in found] == ["train-top1", "val-top1", "val-top2"]
    assert {c["row"] for c in found} == {"a-net"} and {c["n"] for c in found} == {4}
    assert found[1]["low"] == pytest.approx(15.0, abs=0.1)  # Wilson, 2 of 4
    assert found[1]["high"] == pytest.approx(85.0, abs=0.1)


def test_cells_say_how_many_nets_and_whether_they_still_learn() -> None:
    falling = net([1.0, 0.0, 0.0], *[[0.0, 0.0, 1.0]] * 3)
    falling.history[-1]["val_top1"] = 40.0
    cells = error_cells("one", [HALF], ["val-top1"])
    cells += error_cells("two", [HALF, falling], ["val-top1"])
    assert [(c["nets"], c["learning"], c["over"]) for c in cells] == [
        (1, False, "images"),
        (2, True, "images"),
    ]
    shown = {"one": "one", "two": "two (here 2 nets, still learning)"}
    assert marks(pd.DataFrame(cells)) == shown
    assert marks(pd.DataFrame([{"row": "one", "value": 1.0}])) == {}
    mixed = [{"row": "a", "learning": True}, {"row": "a", "learning": False}, {"row": "b"}]
    assert marks(pd.DataFrame(mixed)) == {"a": "a (still learning)", "b": "b"}
    contrasts = {"two minus one": ("two", "one"), "one minus one": ("one", "one")}
    nets = {"one": [HALF], "two": [HALF, falling]}
    assert [c["learning"] for c in error_differences(nets, contrasts)] == [True, False]


def test_gaps_are_differences_of_two_paired_differences() -> None:
    class Two(Scored):
        """Other answers on training images."""

        def scores(self, split: str) -> tuple[np.ndarray, np.ndarray]:
            right = np.eye(3)[LABELS]
            return (right, LABELS) if split == "train" else self.given

    by_heart = cast(Trained, Two([[0.8, 0.1, 0.1], *[[1.0, 0.0, 0.0]] * 3]))  # 75% wrong, 0%
    nets = {"by heart": [by_heart], "half": [HALF]}  # 50% wrong on both
    (cell,) = error_differences(nets, {"gap": ("by heart", "half")}, gap=True)
    assert (cell["column"], cell["value"]) == ("top1-gap-difference", 75)  # (75 - 50) - (0 - 50)
    assert cell["low"] < 75 < cell["high"] and cell["over"] == "images"
    with pytest.raises(ValueError, match="no row 'c'; there are by heart, half"):
        error_differences(nets, {"x": ("half", "c")}, gap=True)


def test_an_ensemble_answers_by_its_mean() -> None:
    scores, labels = mean_scores([HALF, OTHER], "val")
    expected = [[0.9, 0.05, 0.05], [0.5, 0.4, 0.1], [0.05, 0.25, 0.7], [0.45, 0.45, 0.1]]
    np.testing.assert_allclose(scores, expected)
    assert labels is LABELS
    assert values(error_cells("both", [HALF, OTHER], ["val-top1"])) == [50]  # images 2 and 4
    assert values(error_cells("both", [HALF, OTHER], ["val-top2"])) == [25]


def test_costs_are_paired_differences() -> None:
    better = net([1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0])  # wrong once
    (cell,) = error_differences({"a": [HALF], "b": [better]}, {"a minus b": ("a", "b")})
    assert (cell["row"], cell["column"]) == ("a minus b", "val-top1-difference")
    assert cell["value"] == 25 and cell["n"] == 4
    # answers differ on the third image only
    half = stats.t.ppf(0.975, 3) * np.std([0, 0, 1, 0], ddof=1) / 2
    assert cell["high"] == pytest.approx(25 + 100 * half)
    (cell,) = error_differences({"a": [HALF], "b": [better]}, {"x": ("b", "a")})
    assert cell["value"] == -25


def test_nets_of_other_classes_are_refused() -> None:
    other = net(*[[1.0, 0.0, 0.0]] * 4, labels=np.array([0, 1, 2, 0]))
    with pytest.raises(ValueError, match="same classes"):
        error_cells("mixed", [HALF, other], ["val-top1"])
    with pytest.raises(ValueError, match="same classes"):
        error_differences({"a": [HALF], "b": [other]}, {"a minus b": ("a", "b")})


@pytest.mark.parametrize("column", ["val", "val-top", "val-top0", "top1"])
def test_a_column_that_says_nothing_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match=f"not '{column}'"):
        error_cells("a", [HALF], [column])


def test_no_nets_and_unknown_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one net"):
        error_cells("none", [], ["val-top1"])
    with pytest.raises(ValueError, match="no row 'c'; there are a"):
        error_differences({"a": [HALF]}, {"a minus c": ("a", "c")})


def test_a_net_that_diverged_is_no_perfect_net() -> None:
    diverged = net(*[[float("nan")] * 3] * 4)
    diverged.job = SimpleNamespace(spec=SimpleNamespace(name="zfnet"))  # pyright: ignore
    with pytest.raises(ValueError, match="zfnet: scores are not finite, training diverged"):
        mean_scores([diverged], "val")
