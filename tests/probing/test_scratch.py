"""Nets that learn a transfer set alone; data and profiles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnlab import datasets
from cnnlab.nets import zoo
from cnnlab.probing.caltech import TransferSet, scratch_job, scratch_jobs
from cnnlab.probing.splits import Split
from cnnlab.profiles import SMOKE, Recipe, profiles
from cnnlab.profiles.transfer import PAPER
from cnnlab.training.jobs import Job, job_images
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
    for images in job_images(job, PROFILE):  # a plateau is one of the training error
        assert np.array_equal(images.images, target.packed.images[split.train])
        assert np.array_equal(images.labels, target.packed.labels[split.train])
    net = train(job, PROFILE)
    answers = net.probabilities(split.test)
    assert answers.shape == (len(split.test), 4)
    np.testing.assert_allclose(answers.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(net.probabilities(split.test[:3]), answers[:3], atol=1e-6)
    fewer = Split(split.train, split.test[:3])  # other test images, the same net
    assert train(scratch_job(PRETRAINED, target, fewer, PROFILE), PROFILE).folder == net.folder


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


def test_scratch_has_a_job_for_every_number_and_fold(target: TransferSet) -> None:
    jobs = scratch_jobs(PRETRAINED, {"caltech101": target}, PROFILE)
    assert list(jobs) == [("caltech101", n, fold) for n in (2, 4) for fold in range(3)]
    for (_, n, fold), job in jobs.items():
        assert job.data.rows == tuple(target.folds(n)[fold].train) and job.classes == 4


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
