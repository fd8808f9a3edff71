"""Nets that learn a transfer set alone; data and profiles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab import datasets
from cnnlab.nets import zoo
from cnnlab.nets.convnet import weighted_layers
from cnnlab.probing.caltech import TransferSet, mean_accuracy, rival_jobs, scratch_job
from cnnlab.profiles import SMOKE, Recipe, profiles
from cnnlab.profiles.transfer import PAPER
from cnnlab.results.statistics import mean_of
from cnnlab.training.jobs import Job, Start, job_images
from cnnlab.training.learn import initial_net
from cnnlab.training.trained import train, train_all


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datasets.Packed:
    """Four classes of six images at 32 px play Caltech-101; the profile is SMOKE at that size."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path))
    return datasets.load("caltech101", PROFILE)


ROLES = {
    "caltech101": replace(SMOKE.roles["caltech101"], classes=4, pixels=32, splits={"all": 6}),
    "imagenet": replace(
        SMOKE.roles["imagenet"], classes=5, pixels=32, splits={"train": 4, "val": 2}
    ),
}
RECIPE = Recipe(
    images=16 * 12, batch=16, lr=0.02, schedule="linear", init="he", precision="fp32", threads=1,
    validations=1, dropout=0.0,
)  # fmt: skip
SPEC = zoo.spec("zfnet").scaled(28, 0.05, classes=9)
SIZES = replace(PAPER, caltech101=(2, 4), scratch_folds=3)
PROFILE = replace(SMOKE, roles=ROLES, crop=28, crops=1, study=RECIPE, rival=RECIPE)
PRETRAINED = Job(SPEC, SMOKE.base)


@pytest.fixture
def target(small: datasets.Packed) -> TransferSet:
    return TransferSet(small, SIZES)


# ---- from scratch ----------------------------------------------------------------------------


def test_scratch_trains_on_its_fold_and_not_on_the_test_images(target: TransferSet) -> None:
    split = target.folds(4)[0]
    job = scratch_job(PRETRAINED, target, split, PROFILE)
    assert (job.classes, job.recipe.batch, job.data.role) == (4, 16, "caltech101")
    for images, rows in zip(job_images(job, PROFILE), (split.train, split.test), strict=True):
        assert np.array_equal(images.images, target.packed.images[rows])
        assert np.array_equal(images.labels, target.packed.labels[rows])
    flattens = replace(PROFILE, rival=replace(RECIPE, schedule="plateau"))
    blind = job_images(scratch_job(PRETRAINED, target, split, flattens), flattens)
    assert all(np.array_equal(one.labels, target.packed.labels[split.train]) for one in blind)
    net = train(job, PROFILE)
    answers = net.probabilities(split.test)
    assert answers.shape == (len(split.test), 4)
    np.testing.assert_allclose(answers.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(net.probabilities(split.test[:3]), answers[:3], atol=1e-6)


def test_scratch_of_one_image_a_class(target: TransferSet) -> None:
    split = target.folds(1)[0]
    job = scratch_job(PRETRAINED, target, split, PROFILE)
    assert job.recipe.batch == 4
    assert train(job, PROFILE).probabilities(split.test).shape == (20, 4)


def test_scratch_does_not_depend_on_the_number_of_workers(
    target: TransferSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [scratch_job(PRETRAINED, target, split, PROFILE) for split in target.folds(4, 2)]
    rows = np.arange(len(target.packed))
    two = [net.probabilities(rows) for net in train_all(jobs, replace(PROFILE, workers=2))]
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "other"))
    one = [net.probabilities(rows) for net in train_all(jobs, replace(PROFILE, workers=1))]
    for a, b in zip(two, one, strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(two[0], two[1])


@pytest.mark.parametrize("name", ["mini", "course", "paper"])
def test_a_rival_learns_until_it_has_settled(target: TransferSet, name: str) -> None:
    profile = profiles()[name]
    job = scratch_job(replace(PRETRAINED, seed=3), target, target.folds(4)[0], profile)
    rival = replace(profile.rival, batch=16, precision=job.recipe.precision)
    assert (job.seed, job.recipe) == (3, rival)
    assert job.spec == replace(SPEC, dropout=rival.dropout, classes=4)
    assert rival.schedule == "settle" and 60_000 <= rival.least < rival.images
    assert rival.validations >= 24  # windows short enough to see the loss stop falling


def test_every_number_and_fold_has_a_net_from_scratch_and_a_tuned_one(target: TransferSet) -> None:
    base = train(Job(replace(SPEC, classes=5), RECIPE), PROFILE)
    jobs = rival_jobs(base, {"caltech101": target}, PROFILE)
    rows = "non-pretrained", "fine-tuned"
    assert list(jobs) == [(r, "caltech101", n, f) for n in (2, 4) for f in range(3) for r in rows]
    for (row, _, n, fold), job in jobs.items():
        assert job.data.rows == tuple(target.folds(n)[fold].train) and job.classes == 4
        assert (job.start is None) == (row == rows[0])
    scratch, tuned = (jobs[row, "caltech101", 4, 0] for row in rows)
    assert tuned.recipe == replace(scratch.recipe, lr=SIZES.tuning_rate * scratch.recipe.lr)
    assert tuned.start == Start(base.address) and tuned.spec == scratch.spec
    first, before = (weighted_layers(net) for net in (initial_net(tuned), base.net()))
    assert torch.equal(first["fc7"].weight, before["fc7"].weight)  # pyright: ignore
    assert first["fc8"].weight.shape[0] == 4  # pyright: ignore


def test_an_interval_covers_folds_where_there_are_enough_else_classes() -> None:
    few = np.array([[40.0, 60, 80, 60], [60, 60, 80, 60]])
    assert mean_accuracy(few) == mean_of([50, 60, 80, 60], "classes")
    many = np.concatenate([few, few[:1]])
    assert mean_accuracy(many) == mean_of([60, 65, 60], "folds")


# ---- profiles and classes --------------------------------------------------------------------


def test_every_profile_has_folds_that_fit_and_paper_the_papers() -> None:
    for profile in profiles().values():
        chosen = profile.transfer
        sizes = profile.roles["caltech101"].splits["all"], profile.roles["caltech256"].splits["all"]
        asked = max(chosen.caltech101), max([*chosen.caltech256, *chosen.shots])
        assert all(not has or wants < has for wants, has in zip(asked, sizes, strict=True))
    assert profiles()["paper"].transfer == PAPER
    assert (PAPER.folds, PAPER.test) == (5, 50)
    assert PAPER.caltech101 == (15, 30)
    assert PAPER.caltech256 == (15, 30, 45, 60)
    assert not any(layer.grid for layer in PAPER.layers())
    assert PAPER.choices("softmax") == PAPER.choices("svm") == PAPER.costs
    own = replace(PAPER, softmax_costs=(7.0,))
    assert (own.choices("softmax"), own.choices("svm")) == ((7.0,), PAPER.costs)


def test_first_classes(small: datasets.Packed) -> None:
    two = small.first_classes(2)
    assert (len(two), two.classes) == (12, small.classes[:2])
    assert two.digest != small.digest
    for i, row in enumerate(np.flatnonzero(small.labels < 2)):
        assert np.array_equal(two.images[i], small.images[row])
    assert small.first_classes(0) is small
    assert small.first_classes(4) is small
