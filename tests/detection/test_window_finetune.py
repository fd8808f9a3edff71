"""Fine-tuning on windows: what stays, what is drawn anew, resume after a kill, that it learns."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from boxed import boxed

from cnnlab.datasets import BoxedImages
from cnnlab.detection import finetune
from cnnlab.detection.finetune import WindowJob, learn_windows, train_on_windows, window_job
from cnnlab.detection.windows import Windows
from cnnlab.nets import zoo
from cnnlab.nets.convnet import weighted_layers
from cnnlab.nets.weights import load_net
from cnnlab.profiles import Recipe
from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net
from cnnlab.training.jobs import Job
from cnnlab.training.learn import initial_net

RECIPE = Recipe(images=16 * 30, batch=16, lr=0.02, schedule="linear", init="he", validations=2)
RECIPE = replace(RECIPE, precision="fp32", threads=1, dropout=0.5)
SPEC = replace(zoo.spec("caffenet").scaled(56, 0.05, 21), pixels=28)
JOB = WindowJob(Job(SPEC, RECIPE, seed=1))


def coloured(pictures: int = 12) -> tuple[BoxedImages, Windows]:
    """Dark noise, and in it a red square of class 0 or a blue one of class 1."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 90, (pictures, 64, 64, 3), dtype=np.uint8)
    objects, proposals = [], []
    for i in range(pictures):
        x, y = rng.integers(0, 32, 2)
        pixels[i, y : y + 30, x : x + 30, 2 * (i % 2)] += 140
        objects.append([(i % 2, (x + 1, y + 1, x + 30, y + 30))])
        corners = rng.integers(1, 44, (8, 2))
        proposals.append(np.hstack([corners, corners + 20]))
    return boxed(objects, pixels), Windows.of(proposals)


def test_it_learns_what_windows_show(tmp_path: Path) -> None:
    rows: list[dict[str, float]] = []
    recipe = replace(RECIPE, images=16 * 80, lr=0.03, dropout=0.0)
    job = replace(JOB, job=replace(JOB.job, spec=replace(SPEC, dropout=0.0), recipe=recipe))
    learn_windows(job, [coloured()], tmp_path, lambda done, row: rows.append(row))
    assert rows[-1]["val_top1"] < 15 < 25  # to answer "background" errs on a quarter
    assert load_net(tmp_path / "net.safetensors").spec.classes == 21


def test_a_killed_run_ends_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = replace(JOB, job=replace(JOB.job, recipe=replace(RECIPE, images=16 * 6)))
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)

    def kill(done: int, row: dict[str, float]) -> None:
        if done == 4:
            raise KeyboardInterrupt

    folders = [tmp_path / name for name in ("whole", "killed")]
    for folder in folders:
        folder.mkdir()
    learn_windows(job, [coloured()], folders[0])
    with pytest.raises(KeyboardInterrupt):
        learn_windows(job, [coloured()], folders[1], kill)
    assert (folders[1] / "resume.safetensors").exists()
    learn_windows(job, [coloured()], folders[1])
    for name in ("net.safetensors", "history.json", "mean.npy"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        ("ft", ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7"]),
        ("fc-ft", ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7"]),
        ("fc-ft, fresh", ["conv1", "conv2", "conv3", "conv4", "conv5"]),
        ("scratch", []),
    ],
)
def test_a_way_says_what_is_kept(way: str, kept: list[str]) -> None:
    base = base_net("caffenet", TINY)
    net = initial_net(window_job(base, TINY, way, seed=3).job)
    before = weighted_layers(base.net())
    same = [
        name
        for name, layer in weighted_layers(net).items()
        if torch.equal(layer.get_parameter("weight"), before[name].get_parameter("weight").cpu())
    ]
    assert same == kept
    learning = {name for name, value in net.named_parameters() if value.requires_grad}
    assert any("conv" in name for name in learning) == (way in ("ft", "scratch"))
    assert net.spec.classes == 21


def test_another_way_is_refused() -> None:
    with pytest.raises(ValueError, match="there are scratch, ft, fc-ft"):
        window_job(base_net("caffenet", TINY), TINY, "all")


def test_a_net_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[WindowJob] = []

    def learn(job: WindowJob, sets: object, folder: Path, report: object) -> None:
        calls.append(job)
        (folder / "net.safetensors").touch()

    learn.__module__, learn.__qualname__ = finetune.__name__, "learn_windows"
    monkeypatch.setattr(finetune, "learn_windows", learn)
    scenes, proposals = coloured(2)
    first = train_on_windows(JOB, [(scenes, proposals)], TINY)
    assert train_on_windows(JOB, [(scenes, proposals)], TINY).folder == first.folder
    others = [replace(JOB, background=0.3), replace(JOB, job=replace(JOB.job, seed=2))]
    folders = {train_on_windows(job, [(scenes, proposals)], TINY).folder for job in others}
    folders.add(train_on_windows(JOB, [(scenes, Windows.of([[], []]))], TINY).folder)
    assert len(calls) == 4 and len(folders | {first.folder}) == 4
