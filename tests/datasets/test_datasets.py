"""Sets by role to packed arrays: the same from every source, whole or not at all."""

import errno
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictures import encoded, noise, objects, profile, tarred, tiny_imagenet, zipped
from PIL import Image

from cnnlab import datasets
from cnnlab.artifacts import ledger
from cnnlab.artifacts.store import StoreError
from cnnlab.datasets import Packed, photographs, render, rows
from cnnlab.datasets.archives import opened
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.images import square
from cnnlab.datasets.layouts import select
from cnnlab.datasets.sources import available_sets
from cnnlab.profiles import RoleSize, resolve

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
TINY, CALTECH = SHARED / "tiny-imagenet-100.zip", SHARED / "101_ObjectCategories.tar.gz"
needs_tiny = pytest.mark.skipif(not TINY.exists(), reason=f"no {TINY.name} in ../shared/data")
needs_caltech = pytest.mark.skipif(
    not CALTECH.exists(), reason=f"no {CALTECH.name} in ../shared/data"
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, so that every test packs for itself."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CNNLAB_SOURCES", raising=False)
    monkeypatch.delenv("CNNLAB_DATA_DIR", raising=False)
    return tmp_path / "cache"


def same(one: Packed, other: Packed) -> bool:
    return one.digest == other.digest and np.array_equal(one.images, other.images)


# --- sets by role


def test_a_packed_set_is_what_its_files_hold(tmp_path: Path) -> None:
    folder = objects(tmp_path / "101_ObjectCategories", {"anchor": 3, "accordion": 40})
    packed = datasets.load("caltech101", profile(tmp_path, "caltech101", pixels=40))
    assert isinstance(packed.images, np.memmap) and not packed.images.flags.writeable
    assert packed.images.shape == (43, 40, 40, 3) and packed.images.dtype == np.uint8
    assert packed.classes == ("accordion", "anchor") and packed.labels.dtype == np.int64
    assert packed.labels.tolist() == [0] * 40 + [1] * 3
    assert (packed.role, packed.split, packed.source) == ("caltech101", "all", "caltech101")
    for i in (0, 39, 40, 42):
        name = f"{packed.classes[packed.labels[i]]}/image_{i % 40 + 1:04d}.jpg"
        with Image.open(folder / name) as image:
            assert np.array_equal(packed.images[i], np.asarray(image))


def test_folder_and_archives_give_the_same(tmp_path: Path) -> None:
    tiny = tiny_imagenet(tmp_path / "folder" / "tiny-imagenet-200")
    (tmp_path / "zip").mkdir()
    zipped(tiny, tmp_path / "zip" / "tiny-imagenet-200.zip")
    for split in ("train", "val"):
        one, other = (
            datasets.load("imagenet", profile(tmp_path / d, "tiny-imagenet", "imagenet"), split)
            for d in ("folder", "zip")
        )
        assert same(one, other) and len(one) == {"train": 12, "val": 6}[split]

    counts = {"anchor": 3, "BACKGROUND_Google": 2, "accordion": 40}
    folder = objects(tmp_path / "folder" / "101_ObjectCategories", counts)
    (tmp_path / "tar").mkdir()
    tarred(folder, tmp_path / "tar" / "101_ObjectCategories.tar.gz")
    one, other = (
        datasets.load("caltech101", profile(tmp_path / d, "caltech101")) for d in ("folder", "tar")
    )
    assert same(one, other) and len(one) == 43


def test_the_bytes_do_not_depend_on_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(tmp_path / "101_ObjectCategories", {"anchor": 60, "accordion": 80})
    one = datasets.load("caltech101", profile(tmp_path, "caltech101"))
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache of five"))
    monkeypatch.setattr(rows, "processors", lambda: 5)
    assert same(one, datasets.load("caltech101", profile(tmp_path, "caltech101")))


def test_packing_once_is_enough_until_the_files_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = objects(tmp_path / "101_ObjectCategories", {"anchor": 3, "accordion": 3})
    first = datasets.load("caltech101", profile(tmp_path, "caltech101"))
    with monkeypatch.context() as patched:
        patched.setattr(photographs, "Rows", lambda *_: pytest.fail("packed again"))
        assert same(first, datasets.load("caltech101", profile(tmp_path, "caltech101")))
    (folder / "anchor" / "image_0002.jpg").write_bytes(encoded(noise(77), "JPEG"))
    assert not same(first, datasets.load("caltech101", profile(tmp_path, "caltech101")))


def test_fewer_than_asked_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    tiny_imagenet(tmp_path / "tiny-imagenet-200")
    asked = profile(tmp_path, "tiny-imagenet", "imagenet", classes=200, cap=3)
    for _ in range(2):
        assert len(datasets.load("imagenet", asked, "train")) == 9
        assert len(datasets.load("imagenet", asked, "val")) == 6
    said = capsys.readouterr().err
    assert said.count("3 classes of the 200 asked for") == 1
    assert said.count("in one class 2 val images of the 3 asked for") == 1


def test_a_damaged_image_is_named_and_nothing_is_kept(tmp_path: Path, cache: Path) -> None:
    folder = objects(tmp_path / "101_ObjectCategories", {"anchor": 3, "accordion": 3})
    victim = folder / "anchor" / "image_0002.jpg"
    victim.write_bytes(victim.read_bytes()[:-300])
    with pytest.raises(DataError, match=r"use anchor/image_0002\.jpg .*truncated.*delete it"):
        datasets.load("caltech101", profile(tmp_path, "caltech101"))
    assert not [path for path in (cache / "packed").rglob("*") if path.suffix != ".lock"]
    victim.unlink()  # the mend
    assert len(datasets.load("caltech101", profile(tmp_path, "caltech101"))) == 5

    tarred(folder, tmp_path / "101_ObjectCategories.tar.gz")
    archive = tmp_path / "101_ObjectCategories.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-2000])
    with pytest.raises(DataError, match=r"101_ObjectCategories\.tar\.gz is damaged or incomplete"):
        datasets.load("caltech101", profile(tmp_path, "caltech101"))


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects(tmp_path / "101_ObjectCategories", {"anchor": 3})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", full)
        with pytest.raises(StoreError, match="No space left on device; free space"):
            datasets.load("caltech101", profile(tmp_path, "caltech101"))
    with monkeypatch.context() as patched:
        patched.setattr(rows, "write_rows", full)
        with pytest.raises(StoreError, match="No space left on device; free space"):
            datasets.load("caltech101", profile(tmp_path, "caltech101"))
    assert len(datasets.load("caltech101", profile(tmp_path, "caltech101"))) == 3


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
import pictures
from cnnlab import datasets
from cnnlab.datasets import photographs, rows
rows._SAVE_EVERY = 0.0
whole = photographs.square
def slow(data, pixels):
    time.sleep(0.004)
    return whole(data, pixels)
photographs.square = slow
datasets.load("caltech101", pictures.profile(Path({data!r}), "caltech101"))
"""


def recorded(cache: Path) -> int:
    """How many rows an unfinished packing has recorded as written."""
    entries = [e for path in cache.rglob("*.partial/done.jsonl") for e in ledger.values(path)]
    return sum(len(rows) for rows, *_ in entries)


@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_a_killed_packing_goes_on_where_it_was(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = objects(tmp_path / kind / "101_ObjectCategories", {"anchor": 300, "accordion": 300})
    if kind == "tar":
        tarred(folder, tmp_path / kind / "101_ObjectCategories.tar.gz")
    wanted = profile(tmp_path / kind, "caltech101")
    script = KILLED.format(tests=str(Path(__file__).parents[1]), data=str(tmp_path / kind))
    child = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 60
    while not (done := recorded(cache)):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not list(cache.rglob("manifest.json")), "it was killed too late to prove anything"

    decoded: list[int] = []
    whole = photographs.square

    def counting(data: bytes, pixels: int) -> np.ndarray:
        decoded.append(1)
        return whole(data, pixels)

    with monkeypatch.context() as patched:
        patched.setattr(photographs, "square", counting)
        resumed = datasets.load("caltech101", wanted)
    assert len(decoded) <= 600 - done
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "another"))
    assert same(resumed, datasets.load("caltech101", wanted))


def test_rows_of_another_shape_are_not_gone_on_with(tmp_path: Path) -> None:
    for count in (4, 6):
        with rows.Rows(tmp_path, count, 8) as filled:
            assert filled.todo.tolist() == list(range(count))
            filled.write(0, np.full((count - 1, 8, 8, 3), count, np.uint8))
            filled.mark(range(count - 1))
            with pytest.raises(RuntimeError, match="1 of"):
                filled.finish(np.zeros(count), ["one"])


# --- what is asked for wrongly


def test_unknown_role_split_and_source(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no role 'caltech'; there are .*caltech101"):
        datasets.load("caltech", "smoke")
    with pytest.raises(DataError, match=r"no split 'test' in profile 'smoke'; it has train, val"):
        datasets.load("imagenet", "smoke", "test")
    with pytest.raises(DataError, match=r"no source 'flickr'; there are world, imagenet"):
        datasets.load("caltech101", profile(tmp_path, "flickr"))
    with pytest.raises(DataError, match=r"'pascal' is scenes with boxes"):
        datasets.load("pascal", "smoke")
    with pytest.raises(DataError, match="voc2007 is a set of scenes with boxes"):
        datasets.load("caltech101", profile(tmp_path, "voc2007"))


def test_a_missing_set_says_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"put 101_ObjectCategories\.tar\.gz .*there") as missing:
        datasets.load("caltech101", profile(tmp_path, "caltech101"))
    assert str(tmp_path) in str(missing.value) and isinstance(missing.value, FileNotFoundError)
    with pytest.raises(DataMissing, match=r"the data folder .*nowhere is no folder: .*--data-dir"):
        datasets.load("caltech101", profile(tmp_path / "nowhere", "caltech101"))
    with pytest.raises(DataMissing, match=r"no data folder is named: put .*--data-dir"):
        datasets.load("caltech101", replace(profile(tmp_path, "caltech101"), data_dir=None))


def test_available_sets_names_what_is_there(tmp_path: Path) -> None:
    assert not any(available_sets(None).values())
    for name in ("tiny-imagenet-100.zip", "tiny-imagenet-200.zip", "101_ObjectCategories.tar.gz"):
        (tmp_path / name).touch()
    (tmp_path / "VOCdevkit/VOC2007/ImageSets/Main").mkdir(parents=True)
    (tmp_path / "VOCdevkit/VOC2012").mkdir()
    there = {name: paths for name, paths in available_sets(tmp_path).items() if paths}
    assert there == {
        "tiny-imagenet": [tmp_path / f"tiny-imagenet-{n}.zip" for n in (100, 200)],
        "caltech101": [tmp_path / "101_ObjectCategories.tar.gz"],
        "voc2007": [tmp_path / "VOCdevkit" / "VOC2007"],
    }


def test_importing_datasets_imports_nothing_heavy() -> None:
    code = "import sys, cnnlab.datasets; print({'torch', 'cv2', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- ImageNet


def test_imagenets_own_archives_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scipy.io import savemat
    from torchvision.datasets import imagenet

    folder = tmp_path / "imagenet"
    kit = folder / "ILSVRC2012_devkit_t12" / "data"
    kit.mkdir(parents=True)
    synsets = np.array(
        [(1, "n01", "tench, Tinca tinca", "a fish", 0), (2, "n02", "shark", "a fish", 0)],
        dtype=[(k, object) for k in ("ILSVRC2012_ID", "WNID", "words", "gloss", "num_children")],
    )
    savemat(kit / "meta.mat", {"synsets": synsets})
    (kit / "ILSVRC2012_validation_ground_truth.txt").write_text("2\n1\n")
    tarred(kit.parent, folder / "ILSVRC2012_devkit_t12.tar.gz")
    outer = folder / "outer"
    for row, wnid in enumerate(("n01", "n02")):
        inner = folder / wnid
        inner.mkdir()
        for i in range(2):
            (inner / f"{wnid}_{i}.JPEG").write_bytes(encoded(noise(10 * row + i), "JPEG"))
        outer.mkdir(exist_ok=True)
        with tarfile.open(outer / f"{wnid}.tar", "w") as archive:
            for image in sorted(inner.iterdir()):
                archive.add(image, image.name)
    with tarfile.open(folder / "ILSVRC2012_img_train.tar", "w") as archive:
        for inner in sorted(outer.iterdir()):
            archive.add(inner, inner.name)
    with tarfile.open(folder / "ILSVRC2012_img_val.tar", "w") as archive:
        for i in (1, 2):
            archive.add(folder / "n01" / "n01_0.JPEG", f"ILSVRC2012_val_0000000{i}.JPEG")
    for made in (kit.parent, outer, folder / "n01", folder / "n02"):
        shutil.rmtree(made)
    meta = {
        key: (name, hashlib.md5((folder / name).read_bytes()).hexdigest())
        for key, (name, _) in imagenet.ARCHIVE_META.items()
    }
    wanted = profile(tmp_path, "imagenet", "imagenet")
    with pytest.raises(DataError, match=r"cannot be unpacked .*corrupted.*fetch it again"):
        datasets.load("imagenet", wanted, "train")  # not the published checksums
    assert not (folder / "train").exists()
    monkeypatch.setattr(imagenet, "ARCHIVE_META", meta)
    train, val = (datasets.load("imagenet", wanted, split) for split in ("train", "val"))
    assert train.classes == val.classes == ("tench", "shark")
    assert train.labels.tolist() == [0, 0, 1, 1] and val.labels.tolist() == [0, 1]
    for mine, split in ((train, "train"), (val, "val")):
        theirs = imagenet.ImageNet(folder, split)
        assert theirs.targets == mine.labels.tolist()
        assert [names[0] for names in theirs.classes] == list(mine.classes)
        assert np.array_equal(mine.images[1], square(Path(theirs.imgs[1][0]).read_bytes(), 32))


# --- the real archives


@needs_tiny
def test_three_classes_of_the_real_tiny_imagenet() -> None:
    wanted = profile(SHARED, "tiny-imagenet", "imagenet", classes=3, cap=4, pixels=64)
    train, val = (datasets.load("imagenet", wanted, split) for split in ("train", "val"))
    assert len(train) == len(val) == 12 and train.classes == val.classes
    with zipfile.ZipFile(TINY) as archive:
        top = "tiny-imagenet-200"
        wnids = sorted(archive.read(f"{top}/wnids.txt").decode().split())
        words = archive.read(f"{top}/words.txt").decode().splitlines()
        names = dict(line.split("\t") for line in words)
        picked = [wnids[i] for i in (0, len(wnids) // 3, 2 * len(wnids) // 3)]
        assert train.classes == tuple(names[w].split(",")[0] for w in picked)
        stored = sorted(
            n for n in archive.namelist() if n.startswith(f"{top}/train/{picked[1]}/images/")
        )
        for row, place in zip(range(4, 8), (0, 125, 250, 375), strict=True):
            with Image.open(io.BytesIO(archive.read(stored[place]))) as image:
                assert np.array_equal(train.images[row], np.asarray(image.convert("RGB")))
        notes = archive.read(f"{top}/val/val_annotations.txt").decode().splitlines()
        mine = sorted(line.split("\t")[0] for line in notes if line.split("\t")[1] == picked[2])
        with Image.open(io.BytesIO(archive.read(f"{top}/val/images/{mine[0]}"))) as image:
            assert np.array_equal(val.images[8], np.asarray(image.convert("RGB")))


@needs_caltech
def test_the_real_caltech101_is_torchvisions(tmp_path: Path) -> None:
    from torchvision.datasets import Caltech101

    packed = datasets.load("caltech101", profile(SHARED, "caltech101", classes=3, cap=5, pixels=64))
    with tarfile.open(CALTECH) as archive:
        if hasattr(tarfile, "data_filter"):  # from Python 3.11.4 on
            archive.extractall(tmp_path / "caltech101", filter="data")
        else:
            archive.extractall(tmp_path / "caltech101")
    theirs = Caltech101(tmp_path)
    names = theirs.categories
    with opened(CALTECH, tmp_path) as files:
        whole = select(files, "caltech101", "all", classes=0, per_class=0)
    assert list(whole.classes) == names and len(names) == 101
    assert whole.labels.tolist() == theirs.y
    assert packed.classes == (names[0], names[33], names[67])
    assert packed.labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    folder = profile(tmp_path, "caltech101", classes=3, cap=5, pixels=64)
    assert same(packed, datasets.load("caltech101", folder))


# --- the world


def test_the_world_is_the_same_with_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = []
    for workers in (1, 2):
        workdir = tmp_path / str(workers)
        workdir.mkdir()
        sizes = {"classes": 3, "per_class": 200, "pixels": 32}
        monkeypatch.setattr(render, "processors", lambda workers=workers: workers)
        render.pack(workdir, "imagenet", "train", **sizes)
        packs.append(np.load(workdir / "images.npy"))
    assert packs[0].shape == (600, 32, 32, 3)
    assert np.array_equal(*packs)
    labels = np.load(tmp_path / "2" / "labels.npy")
    assert labels.tolist() == [0, 1, 2] * 200
    assert len(json.loads((tmp_path / "2" / "classes.json").read_text())) == 3


def test_the_world_plays_a_role() -> None:
    from cnnlab.datasets import world

    wanted = replace(resolve("smoke"), roles={"caltech101": RoleSize("world", 4, 32, {"all": 3})})
    packed = datasets.load("caltech101", wanted)
    assert packed.source == "world" and packed.classes == world.classes("caltech101", 4)
    assert packed.labels.tolist() == [0, 1, 2, 3] * 3
    for i in (0, 7, 11):
        image = world.image("caltech101", "all", i, size=32, classes=packed.classes)
        assert np.array_equal(packed.images[i], image)


def test_a_killed_rendering_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"classes": 3, "per_class": 100, "pixels": 32}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for workdir in (whole, killed):
        workdir.mkdir()
    render.pack(whole, "imagenet", "train", **sizes)
    with rows.Rows(killed, 300, 32) as begun:
        monkeypatch.setattr(rows, "_SAVE_EVERY", 0.0)
        begun.write(100, np.load(whole / "images.npy")[100:180])
        begun.mark(range(100, 180))
    rendered: list[tuple[int, int]] = []
    block = render.render_block
    monkeypatch.setattr(
        render, "render_block", lambda *task: rendered.append(task[2:4]) or block(*task)
    )
    render.pack(killed, "imagenet", "train", **sizes)
    assert rendered == [(0, 100), (180, 120)]
    for name in ("images.npy", "labels.npy", "classes.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    assert not (killed / "done.jsonl").exists()


def test_the_world_needs_a_number_of_images(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ask for 1 or more images per class"):
        render.pack(tmp_path, "imagenet", "train", classes=3, per_class=0, pixels=32)
