"""The fast form of the training loop against the plain one: the same bits in one process."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from small_training import OFTEN, RECIPE, batches, narrow, small_net, validate
from torch import nn

from cnnlab.artifacts.store import StoreError
from cnnlab.nets.convnet import build
from cnnlab.profiles import SMOKE
from cnnlab.profiles.tiny import TINY
from cnnlab.training import learn, loop
from cnnlab.training.batches import Batches, mean_image
from cnnlab.training.fast import engine
from cnnlab.training.fast.sharded import Part, Rows
from cnnlab.training.fast.step import Settings
from cnnlab.training.jobs import imagenet_job, job_images


def same(a: nn.Module, b: nn.Module) -> bool:
    pairs = zip(a.parameters(), b.parameters(), strict=True)
    return all(torch.equal(x, y) for x, y in pairs)


# ---- parts of batches ------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [0.0, 0.3])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_parts_are_the_batch(zoom: float, size: int) -> None:
    whole = batches(zoom=zoom)
    for i in (0, 5, 6, 23):  # of several epochs
        parts = [Part(whole, rank, size)[i] for rank in range(size)]
        pixels, labels = whole[i]
        assert torch.equal(torch.cat([part for part, _ in parts]), pixels)
        assert torch.equal(torch.cat([part for _, part in parts]), labels)
        assert parts[0][0].is_contiguous(memory_format=torch.channels_last)


def test_processes_that_do_not_divide_the_batch() -> None:
    with pytest.raises(ValueError, match="3 processes do not divide a batch of 16; start 2 or 4"):
        Part(batches(), 0, 3)[0]


def test_rows_are_read_by_slices() -> None:
    images = np.arange(20).reshape(10, 2)
    chosen = Rows(images, np.array([3, 4, 5, 9]))
    assert len(chosen) == 4
    assert np.shares_memory(chosen[0:3], images)
    assert chosen[1:4].tolist() == images[[4, 5, 9]].tolist()


# ---- one process -----------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_one_process_ends_with_the_bits_of_the_plain_loop(tmp_path: Path, precision: str) -> None:
    recipe = replace(RECIPE, precision=precision)
    plain, fast = small_net(), small_net()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    expected = loop.fit(plain, batches(), recipe, validate, tmp_path / "a")
    history = engine.fit(fast, Part(batches()), recipe, validate, tmp_path / "b", settings=OFTEN)
    assert history == expected and same(plain, fast)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("study", [False, True])
def test_learn_writes_the_same_files(tmp_path: Path, study: bool) -> None:
    job = imagenet_job("zfnet", SMOKE, study=study)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    learn.learn(job, *job_images(job, SMOKE), tmp_path / "a")
    engine.learn(job, *job_images(job, SMOKE), tmp_path / "b")
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}


@pytest.mark.parametrize("stop", [1, 6, 11])
def test_it_resumes_with_the_same_bits(tmp_path: Path, stop: int) -> None:
    def interrupt(done: int, row: dict[str, float]) -> None:
        if done == stop:
            raise KeyboardInterrupt

    whole, again = small_net(), small_net()
    history = loop.fit(whole, batches(), RECIPE, validate, tmp_path)
    part = Part(batches())
    with pytest.raises(KeyboardInterrupt):
        engine.fit(small_net(), part, RECIPE, validate, tmp_path, interrupt, OFTEN)
    assert (tmp_path / "resume.safetensors").exists()
    assert engine.fit(again, part, RECIPE, validate, tmp_path) == history
    assert same(whole, again)


def test_settling_ends_a_run_early(tmp_path: Path) -> None:
    recipe = replace(RECIPE, schedule="settle", patience=1, drops=1, settled=0.9, validations=6)
    plain, fast = small_net(), small_net()
    expected = loop.fit(plain, batches(), recipe, validate, tmp_path)
    assert engine.fit(fast, Part(batches()), recipe, validate, tmp_path) == expected
    assert expected[-1]["iteration"] < 12 and same(plain, fast)


# ---- what may go wrong -----------------------------------------------------------------------


def test_out_of_memory_takes_micro_batches_of_the_same_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, net = small_net(0.0), narrow(5)
    expected = loop.fit(plain, batches(), RECIPE, validate, tmp_path)
    history = engine.fit(net, Part(batches()), RECIPE, validate, tmp_path)
    assert [row.pop("micro_batch") for row in history] == [4] * 4
    for row, other in zip(history, expected, strict=True):
        assert row == pytest.approx(other, rel=1e-4)
    for a, b in zip(net.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)
    assert "4 of 16 images at a time" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.json"))


def test_memory_for_no_image_is_a_clear_stop(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not hold one image"):
        engine.fit(narrow(0), Part(batches()), RECIPE, validate, tmp_path)


def interrupted(folder: Path) -> None:
    def interrupt(done: int, row: dict[str, float]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.fit(small_net(), Part(batches()), RECIPE, validate, folder, interrupt, OFTEN)


def test_a_save_of_another_net_is_refused(tmp_path: Path) -> None:
    interrupted(tmp_path)
    other = build(replace(small_net().spec, classes=4))
    before = [value.clone() for value in other.parameters()]
    message = r"resume.safetensors is a save of another net: layers.fc8.weight is \(3, "
    with pytest.raises(ValueError, match=message):
        engine.fit(other, Part(batches()), RECIPE, validate, tmp_path)
    assert all(torch.equal(a, b) for a, b in zip(before, other.parameters(), strict=True))


def test_a_damaged_save_is_refused(tmp_path: Path) -> None:
    (tmp_path / "resume.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no readable save"):
        engine.fit(small_net(), Part(batches()), RECIPE, validate, tmp_path)


# ---- where a GPU is --------------------------------------------------------------------------


def test_the_compiler_takes_the_net_whole() -> None:
    """No part of the net falls back to Python; the same function and gradients."""
    net, twin = small_net(0.0), small_net(0.0)
    compiled = torch.compile(twin, backend="aot_eager", fullgraph=True)
    pixels, labels = batches()[0]
    nn.functional.cross_entropy(net(pixels), labels).backward()
    nn.functional.cross_entropy(compiled(pixels), labels).backward()
    for a, b in zip(net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-3, atol=1e-5)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("how", [{}, {"compile": False}, {"resident": 0.0}])
def test_a_gpu_learns_what_a_cpu_does(tmp_path: Path, how: dict[str, Any]) -> None:
    recipe = replace(RECIPE, precision="bf16", checkpoints=())
    job = replace(imagenet_job("zfnet", TINY), recipe=replace(recipe, batch=4, images=48))
    job = replace(job, spec=replace(job.spec, dropout=0.0))
    (tmp_path / "cpu").mkdir()
    (tmp_path / "gpu").mkdir()
    training, watched = job_images(job, TINY)
    mean = mean_image(training.images)
    plain = build(job.spec, seed=0, init="he")
    whole = Batches.of(training, mean, crop=job.spec.pixels, batch=4, seed=0)
    expected = loop.fit(plain, whole, replace(job.recipe, precision="fp32"), validate, tmp_path)
    engine.learn(job, training, watched, tmp_path / "gpu", settings=Settings(**how))
    history = json.loads((tmp_path / "gpu" / "history.json").read_text())
    for row, other in zip(history, expected, strict=True):
        assert row["train_loss"] == pytest.approx(other["train_loss"], rel=0.05, abs=0.02)
