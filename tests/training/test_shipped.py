"""Shipped nets: weights and card of the trained ones, and when one stands in for another."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab import datasets
from cnnlab.artifacts.plain import to_plain
from cnnlab.nets.convnet import build
from cnnlab.nets.weights import load_net, save_net
from cnnlab.probing.features import features
from cnnlab.profiles import COURSE, SMOKE, PooledLayer, RoleSize
from cnnlab.training.evaluate import error_rate
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.shipped import (
    NETS,
    TRANSFER,
    ship,
    ship_job,
    shipped_net,
    stands_for,
    transfer_net,
    weights_file,
)
from cnnlab.training.trained import Trained, train

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
    assert found["value"] == pytest.approx(100 - error_rate(*trained.scores("val")), abs=0.01)
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


# ---- what a shipped net stands for ------------------------------------------------------------

PHOTOS = RoleSize("world", classes=3, pixels=32, splits={"train": 6, "val": 2})
PROFILE = replace(
    SMOKE,
    roles={**SMOKE.roles, "imagenet": PHOTOS},
    crop=28,
    base=replace(SMOKE.base, images=32, batch=16, validations=1, checkpoints=(0.5,)),
)


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """What PROFILE's base net is, in a house whose data/weights is empty."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("cnnlab.artifacts.paths.root", lambda: tmp_path)
    (tmp_path / "data" / "weights").mkdir(parents=True)
    return imagenet_job("zfnet", PROFILE, seed=1)


def put(wanted: Job, **changes: object) -> Trained:
    """Ship a net like `wanted` with a card that says so, but for `changes`."""
    path = weights_file(TRANSFER)
    save_net(build(wanted.spec, seed=9, init="he"), path)
    card = {
        "net": "zfnet",
        "data": "world, 3 classes, 32 px",
        "recipe": {**to_plain(wanted.recipe), "precision": "another"},
        "seed": 1,
        "accuracy": {"val-top1": {"value": 46.5, "n": 9}, "val-top5": {"value": 70.0, "n": 9}},
        "mean": [10.0, 20.0, 30.0],
        **changes,
    }
    path.with_suffix(".json").write_text(json.dumps(card))
    return shipped_net(profile=PROFILE)


def test_the_shipped_net_is_opened_as_a_trained_one(wanted: Job) -> None:
    shipped = put(wanted)
    base = transfer_net(PROFILE, 1)
    assert str(base).startswith("zfnet, shipped (world, 3 classes, 32 px): 46.5% of")
    assert base.checkpoints == []
    np.testing.assert_array_equal(base.mean[5, 7], [10, 20, 30])
    images = torch.rand(2, 3, 28, 28) * 100
    torch.testing.assert_close(base.net()(images), shipped.net()(images))
    packed = datasets.load("imagenet", PROFILE, "val")
    taps = [PooledLayer("layer7")]
    ready = features(base, packed, taps)["layer7"]
    fresh = features(base, packed, taps, checkpoint=0)["layer7"]
    assert ready.shape == fresh.shape and not np.array_equal(ready, fresh)


@pytest.mark.parametrize(
    "changes",
    [{"seed": 2}, {"data": "world, 3 classes, 64 px"}, {"recipe": {}}],
    ids=["seed", "data", "recipe"],
)
def test_another_net_does_not_stand_in(wanted: Job, changes: dict[str, object]) -> None:
    assert stands_for(put(wanted), wanted, PROFILE)
    assert not stands_for(put(wanted, **changes), wanted, PROFILE)


def test_another_spec_does_not_stand_in(wanted: Job) -> None:
    wider = replace(wanted, spec=wanted.spec.with_fc(64))
    assert not stands_for(put(wider), wanted, PROFILE)


def test_a_recipe_without_the_newest_field_is_read_with_its_default(wanted: Job) -> None:
    older = {k: v for k, v in to_plain(wanted.recipe).items() if k != "zoom"}
    assert stands_for(put(wanted, recipe=older), wanted, PROFILE)
    zoomed = replace(wanted, recipe=replace(wanted.recipe, zoom=0.3))
    assert not stands_for(put(wanted, recipe=older), zoomed, PROFILE)


def test_a_net_in_the_cache_comes_first_and_one_is_trained_where_none_fits(wanted: Job) -> None:
    here = train(wanted, PROFILE)
    put(wanted)
    assert transfer_net(PROFILE, 1).folder == here.folder
    put(wanted, seed=3)
    assert str(transfer_net(PROFILE, 1)).startswith("zfnet, trained here: ")


def test_a_best_recipe_comes_before_the_base(wanted: Job) -> None:
    profile = replace(PROFILE, best=replace(PROFILE.base, images=48))
    found = transfer_net(profile, 1).job
    assert found.recipe.images == 48
    assert found.spec.convs[3].maps > wanted.spec.convs[3].maps


def test_the_shipped_net_of_this_project_is_the_best_of_course() -> None:
    assert COURSE.best is not None
    full, units = NETS["zfnet"]
    spec = full.scaled(COURSE.crop, COURSE.width, classes=100).with_fc(units)
    wanted = Job(replace(spec, dropout=COURSE.best.dropout), COURSE.best)
    assert stands_for(shipped_net(), wanted, COURSE)
    shorter = replace(wanted, recipe=replace(COURSE.best, images=1))
    assert not stands_for(shipped_net(), shorter, COURSE)


# ---- cards -----------------------------------------------------------------------------------


def test_the_shipped_net_and_its_card(wanted: Job) -> None:
    net = put(wanted, accuracy={"val-top1": {"value": 46.75, "n": 5000}})
    assert net.mean.shape == (32, 32, 3) and net.card["net"] == "zfnet"
    assert net.mean[1, 1].tolist() == net.card["mean"]
    text = "zfnet, shipped (world, 3 classes, 32 px): 46.8% of its validation images right"
    assert str(net) == text


def test_the_shipped_net_began_where_its_card_says() -> None:
    net = shipped_net()
    other = replace(net, job=replace(net.job, seed=net.job.seed + 1))
    end, first, another = (
        one.layers.get_parameter("conv1.weight").detach().flatten()
        for one in (net.net(), net.net(0), other.net(0))
    )
    near, far = (float(torch.corrcoef(torch.stack([end, w]))[0, 1]) for w in (first, another))
    assert near > 5 * abs(far) and near > 0.1, (near, far)


def test_a_net_that_is_not_there_is_named(wanted: Job) -> None:
    with pytest.raises(ValueError, match=r"zfnet-photographs.* is not there; restore it"):
        shipped_net()


@pytest.mark.parametrize(
    ("card", "why"),
    [
        (None, "No such file"),
        ({}, "mean"),
        ({"mean": [1]}, "no pixel"),
        ({"mean": [1, 2, 3], "recipe": {"rate": 1}}, "rate"),
    ],
)
def test_a_net_without_a_fit_card_is_refused(card: dict | None, why: str, wanted: Job) -> None:
    path = weights_file("net")
    save_net(build(wanted.spec), path)
    if card is not None:
        path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match=rf"net\.safetensors needs its card net\.json: .*{why}"):
        shipped_net("net")
