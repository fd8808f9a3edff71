"""Sets in shards: they are arrays, a killed packing goes on, and what is not whole is refused."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictures import objects, profile

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.store import StoreError
from cnnlab.datasets import photographs, sharding, shards
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.sharding import write_shards
from cnnlab.datasets.shards import Shards
from cnnlab.profiles import Profile
from cnnlab.runner import doctor
from cnnlab.training.batches import mean_image

C101 = "101_ObjectCategories"
COUNTS = {"accordion": 40, "anchor": 30}  # in shards of 16, of which the last holds 6


def sharded(folder: Path, images: int = 16) -> Profile:
    return replace(profile(folder, "caltech101"), shards={"caltech101": images})


def pictures(count: int, side: int = 8, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).integers(0, 256, (count, side, side, 3))
    return values.astype(np.uint8)


def written(folder: Path, count: int = 10, images: int = 4, seed: int = 0) -> np.ndarray:
    """Pictures, and their shards in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    every = pictures(count, seed=seed)
    assert write_shards(folder, (count, 8), images, lambda row: every[row]) == []
    return every


# ---- as an array -------------------------------------------------------------------------------


def test_shards_are_an_array(tmp_path: Path) -> None:
    every = written(tmp_path)
    given = Shards(tmp_path)
    assert given.shape == (10, 8, 8, 3) and len(given) == 10 and given.dtype == np.uint8
    chosen = np.array([9, 0, 3, 4, 3])
    for rows in (
        0,
        9,
        -1,
        np.int64(5),
        slice(2, 9, 3),
        slice(8, None),
        chosen,
        every[:, 0, 0, 0] > 99,
    ):
        assert np.array_equal(given[rows], every[rows])
    assert np.array_equal(given, every)
    assert given[:] is given
    assert np.array_equal(mean_image(given), mean_image(every))  # pyright: ignore
    with pytest.raises(IndexError):
        given[10]
    given.verify()


def test_a_shard_opens_as_any_array_does(tmp_path: Path) -> None:
    every = written(tmp_path)
    files = sorted(tmp_path.glob("*.npy"))
    assert [np.load(file).tolist() for file in files] == [
        every[start : start + 4].tolist() for start in (0, 4, 8)
    ]


def test_more_than_fits_in_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = written(tmp_path)
    given = Shards(tmp_path)
    monkeypatch.setattr(shards, "memory", lambda: 10 * every[0].nbytes)
    assert len(given[:5]) == 5
    with pytest.raises(DataError, match="6 images take 0 GB of memory; read them in parts"):
        given[:6]
    with pytest.raises(DataError, match="10 images take"):
        np.asarray(given)


def test_a_role_in_shards_is_the_role_in_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(tmp_path / C101, COUNTS)
    one = datasets.load("caltech101", profile(tmp_path, "caltech101"))
    other = datasets.load("caltech101", sharded(tmp_path))
    assert isinstance(other.images, Shards) and len(other.images.shards) == 5
    assert np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)
    assert one.classes == other.classes and one.digest != other.digest
    assert np.array_equal(one.first_classes(1).images, other.first_classes(1).images)
    monkeypatch.setattr(photographs, "write_shards", lambda *_: pytest.fail("packed again"))
    again = datasets.load("caltech101", sharded(tmp_path))
    assert again.digest == other.digest


def test_the_store_does_not_read_shards_to_open_them(tmp_path: Path) -> None:
    objects(tmp_path / C101, COUNTS)
    images = datasets.load("caltech101", sharded(tmp_path)).images
    assert isinstance(images, Shards)
    manifest = (images.folder / store.MANIFEST).read_text()
    assert shards.INDEX in manifest and images.shards[0].file not in manifest


def test_shards_of_another_size_are_written_anew(tmp_path: Path) -> None:
    written(tmp_path)
    larger = pictures(10, side=9)
    write_shards(tmp_path, (10, 9), 4, lambda row: larger[row])
    assert np.array_equal(Shards(tmp_path), larger)


# ---- a packing that ends early -----------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from datasets.test_shards import sharded
from cnnlab import datasets
from cnnlab.datasets import photographs

plain, seen = photographs.square, []
def square(*how):
    seen.append(1)
    if len(seen) == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*how)
photographs.square = square
datasets.load("caltech101", sharded(Path({folder!r})))
"""


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows with each image that is decoded."""
    read: list[int] = []
    plain = photographs.square
    monkeypatch.setattr(photographs, "square", lambda *how: read.append(1) or plain(*how))
    return read


def test_a_killed_packing_goes_on_from_its_last_whole_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(tmp_path / C101, COUNTS)
    code = KILLED.format(tests=str(Path(__file__).parents[1]), folder=str(tmp_path))
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    (partial,) = (tmp_path / "cache" / "packed").glob("*.partial")
    whole = list(partial.glob("images-*"))
    assert 1 <= len(whole) < 4
    read = counted(monkeypatch)
    resumed = datasets.load("caltech101", sharded(tmp_path))
    assert len(read) == 70 - 16 * len(whole)
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "another"))
    assert datasets.load("caltech101", sharded(tmp_path)).digest == resumed.digest
    assert isinstance(resumed.images, Shards)
    resumed.images.verify()


def test_after_a_mend_only_the_shard_with_the_mended_file_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = objects(tmp_path / C101, COUNTS)
    lost = folder / "accordion" / "image_0020.jpg"
    whole = lost.read_bytes()
    lost.write_bytes(whole[:-200])
    with pytest.raises(DataError, match=r"cannot use accordion/image_0020\.jpg \(.*delete it$"):
        datasets.load("caltech101", sharded(tmp_path))
    lost.write_bytes(whole)
    read = counted(monkeypatch)
    mended = datasets.load("caltech101", sharded(tmp_path))
    assert len(read) == 16
    assert not list((tmp_path / "cache" / "unfinished").iterdir())
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "another"))
    assert datasets.load("caltech101", sharded(tmp_path)).digest == mended.digest


def test_too_little_room_is_said_before_the_first_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(tmp_path / C101, COUNTS)
    usage = shutil.disk_usage(tmp_path)._replace(free=70 * 32 * 32 * 3 - 1)
    monkeypatch.setattr(sharding.shutil, "disk_usage", lambda folder: usage)
    read = counted(monkeypatch)
    with pytest.raises(StoreError, match="No space left on device; free space"):
        datasets.load("caltech101", sharded(tmp_path))
    assert not read


def test_a_disk_that_fills_up_loses_no_whole_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects(tmp_path / C101, COUNTS)
    plain, written = sharding._write, []

    def full(*how: object) -> object:
        written.append(1)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(*how)  # pyright: ignore

    with monkeypatch.context() as patched:
        patched.setattr(sharding, "_write", full)
        with pytest.raises(StoreError, match="No space left on device; free space"):
            datasets.load("caltech101", sharded(tmp_path))
    read = counted(monkeypatch)
    assert len(datasets.load("caltech101", sharded(tmp_path))) == 70
    assert len(read) == 70 - 2 * 16


# ---- shards that are not what was written ------------------------------------------------------


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def swap(file: Path) -> None:
    other = file.with_name(file.name.replace("00001", "00000"))
    data = file.read_bytes()
    file.write_bytes(other.read_bytes())
    other.write_bytes(data)


def foreign(file: Path) -> None:
    written(file.parent.parent / "foreign", seed=1)
    shutil.copy(file.parent.parent / "foreign" / file.name, file)


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (cut, r"images-00001\.bulk\.npy has 895 bytes, 896 were written"),
    "missing": (Path.unlink, r"images-00001\.bulk\.npy is missing"),
    "reordered": (swap, r"00000\.bulk\.npy holds what belongs in images-00001\.bulk\.npy"),
    "of another set": (foreign, r"images-00001\.bulk\.npy holds images of another set"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_shard_that_is_not_whole_is_refused_with_its_fix(tmp_path: Path, fault: str) -> None:
    damage, sentence = FAULTS[fault]
    every = written(tmp_path / "set")
    damage(tmp_path / "set" / "images-00001.bulk.npy")
    with pytest.raises(DataError, match=sentence + r"; rename the folder to set\.partial"):
        Shards(tmp_path / "set")
    read = []
    write_shards(
        tmp_path / "set", (10, 8), 4, lambda row: read.append(row) or every[row]
    )  # the fix
    assert sorted(read) == (list(range(8)) if fault == "reordered" else [4, 5, 6, 7])
    assert np.array_equal(Shards(tmp_path / "set"), every)


def test_the_fix_mends_a_packed_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects(tmp_path / C101, COUNTS)
    images = datasets.load("caltech101", sharded(tmp_path)).images
    assert isinstance(images, Shards)
    cut(images.folder / images.shards[2].file)
    with pytest.raises(DataError, match=r"00002.* rename the folder to"):
        datasets.load("caltech101", sharded(tmp_path))
    images.folder.rename(images.folder.with_name(f"{images.folder.name}.partial"))
    read = counted(monkeypatch)
    assert len(datasets.load("caltech101", sharded(tmp_path))) == 70
    assert len(read) == 16


def test_a_changed_byte_is_noticed_by_its_sum(tmp_path: Path) -> None:
    every = written(tmp_path)
    file = tmp_path / "images-00002.bulk.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(DataError, match=r"^images-00002\.bulk\.npy in .* changed; rename the "):
        Shards(tmp_path).verify()
    write_shards(tmp_path, (10, 8), 4, lambda row: every[row])  # the fix
    Shards(tmp_path).verify()


def test_doctor_checks_every_byte_of_packed_shards(tmp_path: Path) -> None:
    objects(tmp_path / C101, COUNTS)
    images = datasets.load("caltech101", sharded(tmp_path)).images
    assert isinstance(images, Shards)
    (finding,) = doctor._shards()
    assert finding.status == "ok" and finding.value.startswith("70 images in ")
    with (images.folder / images.shards[3].file).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))
    (finding,) = doctor._shards()
    assert finding.value.startswith(images.shards[3].file)
    assert finding.fix.startswith("rename the folder to")


def test_an_index_that_lacks_shards_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    index = tmp_path / shards.INDEX
    lines = index.read_text().splitlines(keepends=True)
    for kept in ([], lines[1:]):
        index.write_text("".join(kept))
        with pytest.raises(DataError, match="lacks shards; rename the folder"):
            Shards(tmp_path)


def test_a_shard_cut_while_it_is_in_use_is_named(tmp_path: Path) -> None:
    written(tmp_path)
    given = Shards(tmp_path)
    cut(tmp_path / "images-00002.bulk.npy")
    with pytest.raises(DataError, match=r"images-00002\.bulk\.npy ends early; rename"):
        given[9]
