"""Shipped nets: half-precision weights of the trained ones, and a card that tells the truth."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab.nets.weights import load_net
from cnnlab.profiles import SMOKE, RoleSize
from cnnlab.training.evaluate import error
from cnnlab.training.ship import ship, ship_job
from cnnlab.training.trained import train

TINY = replace(
    SMOKE,
    roles={**SMOKE.roles, "imagenet": RoleSize("world", 3, 64, {"train": 4, "val": 2})},
    base=replace(SMOKE.base, images=64, batch=8, validations=1, checkpoints=()),
)


def test_weights_and_card_are_those_of_the_net(tmp_path: Path) -> None:
    job = ship_job("alexnet", TINY)
    trained = train(job, TINY)
    path = tmp_path / "net.safetensors"
    card = ship(trained, path, command="cnnlab ship alexnet")
    assert json.loads(path.with_suffix(".json").read_text()) == card
    shipped, own = load_net(path), trained.net()
    assert shipped.spec == own.spec
    for a, b in zip(shipped.parameters(), own.parameters(), strict=True):
        torch.testing.assert_close(a, b.half().float(), rtol=0, atol=0)
    found = card["accuracy"]["val-top1"]
    assert found["n"] == 6
    assert found["value"] == pytest.approx(100 - error(*trained.scores("val")), abs=0.01)
    np.testing.assert_allclose(card["mean"], trained.mean.mean(dim=(0, 1)), atol=1e-3)
    assert card["data"] == "world, 3 classes, 64 px"


def test_the_best_recipe_is_the_base_where_there_is_no_other() -> None:
    assert ship_job("zfnet", TINY).recipe.images == TINY.base.images
    better = replace(TINY, best=replace(TINY.base, images=128, dropout=0.4))
    found = ship_job("zfnet", better)
    assert (found.recipe.images, found.spec.dropout) == (128, 0.4)
    assert set(found.spec.fc.values()) == {1024}


def test_an_unknown_net_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no net 'lenet' is shipped; there are zfnet, alexnet"):
        ship_job("lenet", TINY)


def test_what_ships_stays_under_sixteen_megabytes() -> None:
    folder = Path(__file__).resolve().parents[2] / "data" / "weights"
    nets = sorted(folder.glob("*.safetensors"))
    assert {p.stem for p in nets} >= {"alexnet-photographs", "zfnet-photographs"}
    assert sum(p.stat().st_size for p in nets) <= 16_000_000
    assert all(p.with_suffix(".json").exists() for p in nets)
