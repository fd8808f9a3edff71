"""The shipped net stands in for a base net only where it is the same net."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab import datasets
from cnnlab.artifacts import paths
from cnnlab.artifacts.plain import to_plain
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.weights import save_net
from cnnlab.probing import pretrained as module
from cnnlab.probing.extract import Tap
from cnnlab.probing.features import features
from cnnlab.probing.pretrained import pretrained, same
from cnnlab.profiles import COURSE, SMOKE, RoleSize
from cnnlab.seeing.photographs import Shipped, shipped
from cnnlab.training.learn import Job
from cnnlab.training.ship import NETS
from cnnlab.training.trained import job, train

SIZE = RoleSize("world", classes=3, pixels=32, splits={"train": 6, "val": 2})
PROFILE = replace(
    SMOKE,
    roles={**SMOKE.roles, "imagenet": SIZE},
    crop=28,
    base=replace(SMOKE.base, images=32, batch=16, validations=1, checkpoints=(0.5,)),
)


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """What PROFILE's base net is, in a house whose data/weights is empty."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("cnnlab.artifacts.paths.root", lambda: tmp_path)
    (tmp_path / "data" / "weights").mkdir(parents=True)
    return job(zoo.spec("zfnet"), PROFILE, seed=1)


def put(wanted: Job, **changes: object) -> Shipped:
    """Ship a net like `wanted` with a card that says so, but for `changes`."""
    path = paths.root() / "data" / "weights" / f"{module.SHIPPED}.safetensors"
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
    there = shipped(module.SHIPPED)
    assert there is not None
    return there


def test_the_shipped_net_is_opened_as_a_trained_one(wanted: Job) -> None:
    there = put(wanted)
    base = pretrained(PROFILE, 1)
    assert str(base).startswith(f"zfnet, shipped as {module.SHIPPED}: 46.5% of")
    assert base.trained.checkpoints == []
    np.testing.assert_array_equal(base.trained.mean[5, 7], [10, 20, 30])
    images = torch.rand(2, 3, 28, 28) * 100
    torch.testing.assert_close(base.trained.net()(images), there.net(images))
    packed = datasets.load("imagenet", PROFILE, "val")
    taps = [Tap("layer7")]
    ready = features(base.trained, packed, taps)["layer7"]
    fresh = features(base.trained, packed, taps, checkpoint=0)["layer7"]
    assert ready.shape == fresh.shape and not np.array_equal(ready, fresh)


@pytest.mark.parametrize(
    "changes",
    [{"seed": 2}, {"data": "world, 3 classes, 64 px"}, {"recipe": {}}],
    ids=["seed", "data", "recipe"],
)
def test_another_net_does_not_stand_in(wanted: Job, changes: dict[str, object]) -> None:
    assert same(wanted, PROFILE, put(wanted))
    assert not same(wanted, PROFILE, put(wanted, **changes))


def test_another_spec_does_not_stand_in(wanted: Job) -> None:
    wider = replace(wanted, spec=wanted.spec.with_fc(64))
    assert not same(wanted, PROFILE, put(wider))


def test_a_net_in_the_cache_comes_first_and_one_is_trained_where_none_fits(wanted: Job) -> None:
    here = train(wanted, PROFILE)
    put(wanted)
    assert pretrained(PROFILE, 1).trained.folder == here.folder
    put(wanted, seed=3)
    assert pretrained(PROFILE, 1).origin == "zfnet, trained here"


def test_a_best_recipe_comes_before_the_base(wanted: Job) -> None:
    profile = replace(PROFILE, best=replace(PROFILE.base, images=48))
    found = pretrained(profile, 1).trained.job
    assert found.recipe.images == 48
    assert found.spec.convs[3].maps > wanted.spec.convs[3].maps


def test_the_shipped_net_of_this_project_is_the_best_of_course() -> None:
    there = shipped(module.SHIPPED)
    assert there is not None and COURSE.best is not None
    full, units = NETS["zfnet"]
    spec = full.scaled(COURSE.crop, COURSE.width, classes=100).with_fc(units)
    wanted = Job(replace(spec, dropout=COURSE.best.dropout), COURSE.best)
    assert same(wanted, COURSE, there)
    assert not same(replace(wanted, recipe=replace(COURSE.best, images=1)), COURSE, there)
