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
    job = ship_job("alexnet", TINY, fc=24)
    assert set(job.spec.fc.values()) == {24}
    trained = train(job, TINY)
    path = tmp_path / "net.safetensors"
    card = ship(trained, path, command="cnnlab ship alexnet --fc 24")
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


def test_without_a_width_the_net_is_as_scaled() -> None:
    assert ship_job("zfnet", TINY).spec.fc != ship_job("zfnet", TINY, fc=24).spec.fc


def test_an_unknown_net_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no net 'lenet'; there are alexnet"):
        ship_job("lenet", TINY)


def test_what_ships_stays_under_sixteen_megabytes() -> None:
    folder = Path(__file__).resolve().parents[1] / "data" / "weights"
    nets = sorted(folder.glob("*.safetensors"))
    assert {p.stem for p in nets} >= {"alexnet-photographs", "zfnet-photographs"}
    assert sum(p.stat().st_size for p in nets) <= 16_000_000
    assert all(p.with_suffix(".json").exists() for p in nets)
