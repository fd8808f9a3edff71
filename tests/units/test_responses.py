"""The net that is fine-tuned on objects, and the responses of its layers to them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab.datasets import load
from cnnlab.nets.convnet import weighted_layers
from cnnlab.profiles import SMOKE, Recipe, RoleSize, profiles, scaled
from cnnlab.seeing import CentreCrops, activations
from cnnlab.training import base_net
from cnnlab.training.trained import Trained
from cnnlab.units import responses, tuned_net, tuning_job

ROLES = {
    "imagenet": RoleSize("world", classes=3, pixels=64, splits={"train": 4, "val": 2}),
    "pascal": RoleSize("world", classes=20, pixels=64, splits={"trainval": 8, "test": 4}),
}
BASE = Recipe(images=16, batch=4, threads=1, checkpoints=(0.5,))
PROFILE = scaled(SMOKE, roles=ROLES, base=BASE)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def base(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setenv("CNNLAB_CACHE", str(cache))
    return base_net("caffenet", PROFILE)


def test_fine_tuning_starts_from_the_net_and_every_layer_learns(base: Trained) -> None:
    tuned = tuned_net(base, PROFILE)
    before, first, after = (weighted_layers(n) for n in (base.net(), tuned.net(0), tuned.net()))
    for name, layer in before.items():
        start, end = first[name].get_parameter("weight"), after[name].get_parameter("weight")
        assert name == "fc8" or torch.equal(layer.get_parameter("weight"), start)
        assert not torch.equal(start, end), name
    assert tuned.net().spec.classes == len(tuned.classes) == 20
    assert torch.equal(tuned.mean, base.mean)
    (checkpoint,) = base.checkpoints
    early = tuned_net(base, PROFILE, checkpoint=checkpoint)
    kept = weighted_layers(base.net(checkpoint))["conv1"].get_parameter("weight")
    assert torch.equal(weighted_layers(early.net(0))["conv1"].get_parameter("weight"), kept)


def test_the_papers_fine_tuning(base: Trained) -> None:
    paper = profiles()["paper"].units
    recipe = paper.tuning
    assert (recipe.images // recipe.batch, recipe.lr, recipe.step) == (70_000, 0.001, 20_000)
    assert paper.crop == 227
    job = tuning_job(base, replace(PROFILE, units=paper), seed=3)
    assert job.start and job.start.fresh == ("fc8",) and job.frozen == "none" and job.seed == 3
    assert job.data.watched == ()  # no test window steers the rate


def test_responses_are_the_layers_activations(base: Trained) -> None:
    packed = load("pascal-windows", PROFILE, "test")
    values = responses(base, packed, ["conv-1", "conv-5", "fc-7", "norm1"])
    crops = CentreCrops(base.mean, base.net().spec.pixels)
    layers = ["pool1", "pool5", "relu7", "norm1"]
    expected = activations(base.net(), np.array(packed.images), layers, preprocess=crops)
    for name, layer in zip(values, layers, strict=True):
        value = expected[layer].float().numpy()
        assert values[name].dtype == np.float16 and values[name].ndim == 4
        assert isinstance(values[name], np.memmap)
        np.testing.assert_allclose(values[name].reshape(value.shape), value, rtol=0.02, atol=0.02)
    fresh = responses(base, packed, ["fc-7"], checkpoint=0)["fc-7"]
    assert fresh.shape == values["fc-7"].shape and not np.array_equal(fresh, values["fc-7"])


def test_what_responses_refuse(base: Trained) -> None:
    packed = load("pascal-windows", PROFILE, "test")
    with pytest.raises(ValueError, match="no layer 'conv-9'"):
        responses(base, packed, ["conv-9"])
    with pytest.raises(ValueError, match="no checkpoint at iteration 5"):
        responses(base, packed, checkpoint=5)
