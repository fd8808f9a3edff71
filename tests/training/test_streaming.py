"""Batches read ahead from shards: those of `Batches`, from any number on, in bounded memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pictures import profile, tiny_imagenet

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.sharding import write_shards
from cnnlab.datasets.shards import Shards
from cnnlab.nets import spec
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.profiles import Recipe
from cnnlab.training import loop, streaming
from cnnlab.training.batches import Batches, Images
from cnnlab.training.jobs import imagenet_job, job_images
from cnnlab.training.loop import fit
from cnnlab.training.streaming import Streamed

HOW: dict[str, Any] = {"crop": 16, "batch": 12, "seed": 3}


@pytest.fixture
def pictures() -> Images:
    rng = np.random.default_rng(0)
    return Images(rng.integers(0, 256, (50, 20, 20, 3), dtype=np.uint8), rng.integers(0, 9, 50))


@pytest.fixture
def sharded(pictures: Images, tmp_path: Path) -> Images:
    """The same pictures, in shards of 16."""
    write_shards(tmp_path, (50, 20), 16, lambda row: pictures.images[row])
    return Images(Shards(tmp_path), pictures.labels)  # pyright: ignore[reportArgumentType]


def same(a: tuple[torch.Tensor, ...], b: tuple[torch.Tensor, ...]) -> bool:
    return all(torch.equal(one, other) for one, other in zip(a, b, strict=True))


@pytest.mark.parametrize("zoom", [0.0, 0.4])
def test_streamed_batches_are_those_of_batches(
    pictures: Images, sharded: Images, zoom: float
) -> None:
    plain = Batches.of(pictures, **HOW, zoom=zoom)
    streamed = Streamed.of(sharded, **HOW, zoom=zoom)
    assert (streamed.seed, streamed.batch, streamed.per_epoch) == (3, 12, plain.per_epoch)
    for i in (*range(10), 3, 4, 100, 99):  # in order, once more, and far away
        assert same(streamed[i], plain[i])
        assert streamed[i][0].is_contiguous(memory_format=torch.channels_last)
    assert same(Streamed.of(sharded, **HOW, zoom=zoom)[7], plain[7])  # resumed in mid-epoch


def test_whole_images_cut_on_the_device_give_the_same(pictures: Images, sharded: Images) -> None:
    streamed = Streamed.of(sharded, **HOW)
    streamed._whole = True  # as for a GPU
    plain = Batches.of(pictures, **HOW)
    assert all(same(streamed[i], plain[i]) for i in range(5))


def test_a_memory_map_is_streamed_too(pictures: Images, tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", pictures.images)
    mapped = Images(np.load(tmp_path / "images.npy", mmap_mode="r"), pictures.labels)
    assert same(Streamed.of(mapped, **HOW)[2], Batches.of(pictures, **HOW)[2])


@pytest.mark.parametrize("zoom", [0.0, 0.4])
def test_a_process_reads_its_part_alone(
    pictures: Images, sharded: Images, monkeypatch: pytest.MonkeyPatch, zoom: float
) -> None:
    read: list[int] = []
    plain = Shards.read
    monkeypatch.setattr(Shards, "read", lambda s, row, to: read.append(row) or plain(s, row, to))
    monkeypatch.setattr(streaming, "_AHEAD", 0)
    mean = Batches.of(pictures, **HOW).mean
    parts = [Streamed.of(sharded, mean, part=(rank, 3), **HOW, zoom=zoom)[5] for rank in range(3)]
    assert len(read) == 12 and [len(labels) for _, labels in parts] == [4, 4, 4]
    whole = tuple(torch.cat(some) for some in zip(*parts, strict=True))
    assert same(whole, Batches.of(pictures, **HOW, zoom=zoom)[5])
    with pytest.raises(ValueError, match="5 processes do not divide a batch of 12"):
        Streamed.of(sharded, mean, part=(0, 5), **HOW)[0]


def test_a_net_learns_the_same_after_a_stop_in_mid_epoch(
    pictures: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "SAVE_EVERY", 0.0)
    large = Images(pictures.images.repeat(3, 1).repeat(3, 2), pictures.labels)  # 60 px
    write_shards(tmp_path, (50, 60), 16, lambda row: large.images[row])
    sharded = Images(Shards(tmp_path), large.labels)  # pyright: ignore[reportArgumentType]
    how: dict[str, Any] = {"crop": 56, "batch": 10, "seed": 1}
    recipe = Recipe(images=60, batch=10, validations=3, init="he", precision="fp32")

    def learned(batches: object, folder: Path, stop: int = 0) -> tuple[list, ConvNet]:
        def report(done: int, row: dict[str, float]) -> None:
            if done == stop:
                raise KeyboardInterrupt

        folder.mkdir(exist_ok=True)
        net = build(spec("zfnet").scaled(56, width=0.05, classes=9), seed=0, init="he")
        check = dict.fromkeys(["val_top1"], 0.0)
        return fit(net, batches, recipe, lambda net: check, folder, report), net  # pyright: ignore

    with pytest.raises(KeyboardInterrupt):
        learned(Streamed.of(sharded, **how), tmp_path / "streamed", stop=3)
    history, net = learned(Streamed.of(sharded, **how), tmp_path / "streamed")
    wanted, plain = learned(Batches.of(large, **how), tmp_path / "plain")
    assert history == wanted
    assert all(map(torch.equal, net.state_dict().values(), plain.state_dict().values()))


def test_the_images_of_a_job_stay_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_imagenet(tmp_path / "tiny-imagenet-200")
    plain = profile(tmp_path, "tiny-imagenet", "imagenet", pixels=64)
    sharded = replace(plain, shards={"imagenet": 5})
    monkeypatch.setattr(Shards, "read", lambda *how: pytest.fail("an image was read"))
    training, watched = job_images(imagenet_job("zfnet", sharded), sharded)
    assert isinstance(training.images, Shards) and isinstance(watched.images, Shards)
    assert training.images.shape == (12, 64, 64, 3) and len(watched.labels) == 6


def test_few_batches_are_in_memory_and_none_is_written_over(
    pictures: Images, sharded: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, plain = set[int](), Streamed._memory

    def lend(self: Streamed, *how: int) -> np.ndarray:
        lent = plain(self, *how)
        memory.add(lent.ctypes.data)
        return lent

    monkeypatch.setattr(Streamed, "_memory", lend)
    streamed, wanted = Streamed.of(sharded, **HOW), Batches.of(pictures, **HOW)
    for i in range(40):
        streamed[i]
    assert len(memory) <= streaming._AHEAD + 2
    kept = [streamed[i][0][1:] for i in range(40, 50)]  # views are looked at, too
    assert all(torch.equal(kept[k], wanted[40 + k][0][1:]) for k in range(10))


def test_what_is_no_longer_wanted_is_let_go(sharded: Images) -> None:
    streamed = Streamed.of(sharded, **HOW)
    streamed[0]
    assert set(streamed._coming) == {1, 2}
    streamed[1000]
    assert set(streamed._coming) == {1001, 1002}


def test_a_shard_cut_short_stops_the_training_with_its_name(
    sharded: Images, tmp_path: Path
) -> None:
    file = tmp_path / "images-00001.bulk.npy"
    file.write_bytes(file.read_bytes()[:200])
    streamed = Streamed.of(sharded, torch.zeros(20, 20, 3), **HOW)
    with pytest.raises(DataError, match=r"images-00001\.bulk\.npy ends early; rename the folder"):
        for i in range(4):
            streamed[i]


def test_too_few_images_are_refused(sharded: Images) -> None:
    with pytest.raises(ValueError, match="50 training images do not fill one batch of 51"):
        Streamed.of(sharded, crop=16, batch=51, seed=0)
