"""World images in the exact layouts of Caltech-256 and SUN-397, read as the real sets are.

torchvision's loaders of those sets are the oracle.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest
from pictures import profile, tarred

from cnnlab import datasets
from cnnlab.datasets import world
from cnnlab.datasets.errors import DataError

NAMES = {"caltech256": 3, "sun": 4}
EACH = 3  # images of a class


def exported(role: str, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """One folder a class of world images, and the names of the classes."""
    names = world.classes(role, NAMES[role])
    world.export(role, folder, format="caltech", count=EACH * len(names), classes=names, size=32)
    return folder / "101_ObjectCategories", names


def same(one: datasets.Packed, other: datasets.Packed) -> bool:
    """Whether two sets hold the same images, labels and names."""
    return one.digest == other.digest and np.array_equal(one.images, other.images)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))


def caltech256(tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """256_ObjectCategories/001.name/001_0001.jpg; one class of Caltech-101, and the clutter."""
    source, names = exported("caltech256", tmp_path / "world")
    target = tmp_path / "caltech256" / "256_ObjectCategories"
    for number, name in enumerate([*names, names[0]], 1):
        folder = f"{number:03d}.{name}" + "-101" * (number == 2)
        folder = "257.clutter" if number > len(names) else folder
        (target / folder).mkdir(parents=True)
        for i, path in enumerate(sorted((source / name).glob("*.jpg")), 1):
            shutil.copy(path, target / folder / f"{number:03d}_{i:04d}.jpg")
    return target, names


def sun397(tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """SUN397/b/beach/sun_aaa.jpg; the last class is the `indoor` of a second level."""
    source, names = exported("sun", tmp_path / "world")
    target, said = tmp_path / "SUN397", []
    for row, name in enumerate(sorted(names)):
        place = f"{name}/indoor" if row == len(names) - 1 else name
        said.append(place)
        (target / name[0] / place).mkdir(parents=True)
        for i, path in enumerate(sorted((source / name).glob("*.jpg"))):
            shutil.copy(path, target / name[0] / place / f"sun_{'abc'[i]}{name}.jpg")
    (target / "ClassName.txt").write_text("".join(f"/{s[0]}/{s}\n" for s in said))
    return target, tuple(said)


def test_caltech256_is_what_torchvision_reads(tmp_path: Path) -> None:
    from torchvision.datasets import Caltech256

    folder, names = caltech256(tmp_path)
    packed = datasets.load("caltech256", profile(tmp_path, "caltech256", "caltech256"))
    assert packed.classes == names  # without numbers, "-101" and clutter
    theirs = Caltech256(str(tmp_path))
    shown = [i for i, y in enumerate(theirs.y) if y < len(names)]
    assert packed.labels.tolist() == [theirs.y[i] for i in shown]
    for mine, i in zip(packed.images, shown, strict=True):
        assert np.array_equal(mine, np.asarray(theirs[i][0].convert("RGB")))
    (tmp_path / "tars").mkdir()
    tarred(folder, tmp_path / "tars" / "256_ObjectCategories.tar")
    archived = profile(tmp_path / "tars", "caltech256", "caltech256")
    assert same(packed, datasets.load("caltech256", archived))


def test_sun397_is_what_torchvision_reads(tmp_path: Path) -> None:
    from torchvision.datasets import SUN397

    folder, names = sun397(tmp_path)
    packed = datasets.load("sun", profile(tmp_path, "sun397", "sun"))
    theirs = SUN397(str(tmp_path))
    assert packed.classes == names == tuple(theirs.classes)
    order = sorted(range(len(theirs)), key=lambda i: theirs._image_files[i])
    assert packed.labels.tolist() == [theirs._labels[i] for i in order]
    for mine, i in zip(packed.images, order, strict=True):
        assert np.array_equal(mine, np.asarray(theirs[i][0]))
    (tmp_path / "tars").mkdir()
    tarred(folder, tmp_path / "tars" / "SUN397.tar.gz")
    assert same(packed, datasets.load("sun", profile(tmp_path / "tars", "sun397", "sun")))


@pytest.mark.parametrize("source", ["caltech256", "sun397"])
def test_an_empty_class_is_refused_by_name(tmp_path: Path, source: str) -> None:
    role, made = {"caltech256": ("caltech256", caltech256), "sun397": ("sun", sun397)}[source]
    folder, _ = made(tmp_path)
    first = sorted(path.parent for path in folder.rglob("*.jpg"))[0]
    for path in first.glob("*.jpg"):
        path.unlink()
    with pytest.raises(DataError, match=f"class folder {first.name} in .* holds no image"):
        datasets.load(role, profile(tmp_path, source, role))


@pytest.mark.parametrize("source", ["caltech256", "sun397"])
def test_a_damaged_image_is_named(tmp_path: Path, source: str) -> None:
    role, made = {"caltech256": ("caltech256", caltech256), "sun397": ("sun", sun397)}[source]
    folder, _ = made(tmp_path)
    broken = sorted(folder.rglob("*.jpg"))[1]
    broken.write_bytes(broken.read_bytes()[:40])
    with pytest.raises(DataError, match=broken.name):
        datasets.load(role, profile(tmp_path, source, role))
