"""The yardstick of difficulty knows nothing of pre-training; committed nets are neither extreme."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.probing import by_layer
from cnnlab.profiles import SMOKE, Profile, Recipe, RoleSize, scaled
from cnnlab.training import base_net


def tiny(images: int, **sources: str) -> Profile:
    world = RoleSize("world", 3, 64, {"all": 5})
    roles = {role: world for role in by_layer.ROLES}
    roles |= {role: RoleSize(source, 3, 64, {"all": 5}) for role, source in sources.items()}
    roles["imagenet"] = RoleSize("world", 3, 64, {"train": 4, "val": 2})
    return scaled(SMOKE, roles=roles, base=Recipe(images=images, batch=4, threads=1))


def test_base_nets_are_neither_perfect_nor_poor() -> None:
    table = pd.read_csv(paths.root() / "figures" / "mini" / "extra-base-nets.csv")
    errors = table[table["column"] == "val-top1"]
    assert len(errors) >= 2
    assert min(errors["high"]) >= 15 and max(errors["low"]) <= 40  # 60 to 85% correct


def test_the_yardstick_does_not_know_how_long_a_net_was_trained() -> None:
    short, long = (by_layer.probe_untrained(base_net("zfnet", tiny(n))) for n in (8, 24))
    assert short == long
    table = pd.DataFrame(short)
    assert set(table["column"]) == {"4 a class"}  # five images: four to learn from, one to test
    assert len(table) == 8 * len(by_layer.ROLES)
    assert set(table["over"].dropna()) == {"images"}
    chance = table[table["row"].str.endswith("chance")]
    np.testing.assert_allclose(chance["value"], 100 / 3)


def test_a_role_without_data_is_told_of_and_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cells = by_layer.probe_untrained(base_net("zfnet", tiny(8, caltech256="caltech256")))
    assert {str(cell["row"]).split()[0] for cell in cells} == {"caltech101", "sun"}
    assert "without caltech256: " in capsys.readouterr().out
