"""Is the committed world neither saturated nor hopeless, and is that read from saved tables?"""

import numpy as np
import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.figures.training import SATURATED
from cnnlab.probing import by_layer


@pytest.fixture(scope="module")
def probes() -> pd.DataFrame:
    return pd.read_csv(paths.root() / "figures" / "mini" / "extra-calibration.csv")


def test_base_nets_are_neither_perfect_nor_poor() -> None:
    table = pd.read_csv(paths.root() / "figures" / "mini" / "extra-base-nets.csv")
    errors = table.loc[table["column"] == "val-top1", "value"]
    assert len(errors) == 2
    assert errors.between(15, 40).all()  # 60 to 85% correct


@pytest.mark.parametrize("role", by_layer.SPLITS)
def test_no_role_is_saturated_or_hopeless(probes: pd.DataFrame, role: str) -> None:
    own = [cell for cell in probes.to_dict("records") if cell["row"] == role]
    (chance,) = (cell["value"] for cell in own if cell["column"] == "chance")
    layers = [cell for cell in own if cell["column"] != "chance"]
    assert len(layers) == 7
    assert max(cell["value"] for cell in layers) < SATURATED
    assert max(cell["low"] for cell in layers) > 2 * chance


def test_halves_are_even_and_apart() -> None:
    labels = np.repeat([0, 1, 2], [5, 8, 6])
    dealt = by_layer.halve(labels, ("a", "b", "c"), seed=0)
    assert np.bincount(labels[dealt.train]).tolist() == [2, 2, 2]
    assert np.bincount(labels[dealt.test]).tolist() == [2, 2, 2]
    assert not set(dealt.train) & set(dealt.test)
