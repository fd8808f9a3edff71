"""PASCAL-CLS: the SVM against liblinear, difficult scenes left out, APs made once."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from cnnlab.artifacts import paths
from cnnlab.probing.linear import Standardiser
from cnnlab.profiles import SMOKE, Profile, RoleSize
from cnnlab.profiles.transfer import Pascal
from cnnlab.profiles.units import Units
from cnnlab.training import base_net
from cnnlab.units import classification
from cnnlab.units.classification import SUBLAYERS, PascalCls, SceneSVM


@pytest.fixture
def profile() -> Profile:
    three = RoleSize("world", classes=3, pixels=64, splits={"train": 4, "val": 2})
    few = RoleSize("world", classes=20, pixels=64, splits={"trainval": 12, "test": 12})
    base = replace(SMOKE.base, images=8, batch=4, threads=1, validations=1)
    roles, units = {"imagenet": three, "pascal": few}, Units(costs=(1.0,))
    return replace(SMOKE, roles=roles, base=base, pascal=Pascal(draws=5), units=units)


@pytest.fixture
def task(profile: Profile) -> PascalCls:
    return classification.pascal_cls(profile)


def test_an_svm_is_liblinears_without_the_difficult_scenes() -> None:
    rng = np.random.default_rng(0)
    x, present = (
        rng.normal(size=(60, 4)).astype(np.float32),
        np.where(rng.random((60, 2)) < 0.4, 1, -1),
    )
    x[:, :2] += present
    present[:10, 0] = 0
    model = SceneSVM("svm", C=10.0).fit(x, present)
    rows = Standardiser.of(x)(x).numpy()
    for k in range(2):
        known = present[:, k] != 0
        other = LinearSVC(C=10.0, dual=False, tol=1e-8)  # pyright: ignore[reportArgumentType]
        other.fit(rows[known], present[known, k])
        assert model.coef_[k] == pytest.approx(other.coef_[0], abs=0.02)


def test_a_class_that_no_scene_shows_has_no_ap(task: PascalCls) -> None:
    present = task.learn.present.copy()
    x = np.random.default_rng(1).normal(size=(12, 3))
    present[:, 4] = -1
    assert np.isnan(SceneSVM("svm").fit(x, present).decision_function(x)[:, 4]).all()


def test_sublayers_are_read_and_scored_once(task: PascalCls, profile: Profile) -> None:
    net = base_net("caffenet", profile)
    probes = [(layer, "none") for layer in SUBLAYERS[9::2]]  # pool5 among them
    probes += [("conv-5", "sp-max"), ("fc-7", "binarise")]
    aps = task.aps(net, probes)
    assert {values.shape for values in aps.values()} == {(1 + profile.pascal.draws, 20)}
    made = {path: path.stat().st_mtime_ns for path in (paths.cache() / "aps").glob("*/aps.npy")}
    again = task.aps(net, probes)
    assert all(np.array_equal(aps[p], again[p], equal_nan=True) for p in probes)
    assert {path: path.stat().st_mtime_ns for path in made} == made and len(made) == len(probes)
    values = task.values(net, "conv-5")
    assert values.shape == (24, *net.job.spec.shapes()["pool5"])
    assert np.array_equal(values, task.values(net, "pool5"))
    assert np.array_equal(task.score(values), aps["pool5", "none"], equal_nan=True)


def test_before_training_a_layer_gives_other_values(task: PascalCls, profile: Profile) -> None:
    net = base_net("caffenet", profile)
    assert not np.array_equal(task.values(net, "fc-7", 0), task.values(net, "fc-7"))
    assert ("fc-7", "none") in task.aps(net, [("fc-7", "none")], checkpoint=0)
