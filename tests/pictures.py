"""Pictures and small image sets in the layouts of the real ones, for tests."""

import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.datasets.boxed import VOC_CLASSES, BoxedImages, BoxedObject, note_of, open_boxed
from cnnlab.datasets.rows import Rows
from cnnlab.profiles import Profile, RoleSize, resolve

OBJECT = "<object><name>{}</name><bndbox>{}</bndbox>{}</object>"
BOX = "<xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax>"


def encoded(image: Image.Image | np.ndarray, kind: str = "PNG", **how: object) -> bytes:
    buffer = io.BytesIO()
    picture = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def noise(seed: int, height: int = 40, width: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def profile(data_dir: Path, source: str, role: str = "caltech101", **size: int) -> Profile:
    """A profile in which `source` plays `role`: all classes and images at 32 pixels, or as told."""
    cap = size.get("cap", 0)
    splits = {"train": cap, "val": cap} if "imagenet" in source else {"all": cap}
    packed = RoleSize(source, size.get("classes", 0), size.get("pixels", 32), splits)
    return replace(resolve("smoke"), roles={role: packed}, data_dir=data_dir)


def objects(folder: Path, counts: dict[str, int]) -> Path:
    """A Caltech-101 in small: `counts` images of each class, every one different."""
    for row, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            data = encoded(noise(100 * row + i), "JPEG", quality=90)
            (folder / name / f"image_{i + 1:04d}.jpg").write_bytes(data)
    return folder


def tiny_imagenet(folder: Path, wnids: tuple[str, ...] = ("n02", "n01", "n03")) -> Path:
    """A Tiny-ImageNet in small, in its own layout: 4 train and 2 val images per class."""
    for row, wnid in enumerate(wnids):
        images = folder / "train" / wnid / "images"
        images.mkdir(parents=True)
        (images.parent / f"{wnid}_boxes.txt").write_text("image 0 0 63 63\n")
        for i in range(4):
            (images / f"{wnid}_{i}.JPEG").write_bytes(encoded(noise(10 * row + i), "JPEG"))
    (folder / "val" / "images").mkdir(parents=True)
    lines = []
    for i in range(2 * len(wnids)):
        (folder / "val" / "images" / f"val_{i}.JPEG").write_bytes(encoded(noise(90 + i), "JPEG"))
        lines.append(f"val_{i}.JPEG\t{wnids[i % len(wnids)]}\t0\t0\t63\t63\n")
    (folder / "val" / "val_annotations.txt").write_text("".join(lines))
    (folder / "wnids.txt").write_text("\n".join(wnids))
    (folder / "words.txt").write_text("n01\tcrane\nn02\tgoldfish, Carassius auratus\nn03\tcrane\n")
    return folder


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*"), reverse=True):
            archive.write(file, Path(folder.name) / file.relative_to(folder))
    return path


def tarred(folder: Path, path: Path) -> Path:
    files = sorted((f for f in folder.rglob("*") if f.is_file()), reverse=True)
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for file in files:
            archive.add(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
    return path


def boxed_images(
    folder: Path, *pictures: tuple[np.ndarray, list[BoxedObject]], source: str = "x"
) -> BoxedImages:
    """Pictures p0, p1, ... and their objects, packed in a folder and opened from there."""
    folder.mkdir(exist_ok=True)
    pixels = max(max(image.shape) for image, _ in pictures)
    with Rows(folder, len(pictures), pixels) as rows:
        for i, (image, objects) in enumerate(pictures):
            rows.write(i, [image])
            rows.mark([i], [note_of(f"p{i}", image, objects)])
        rows.finish(np.full(len(pictures), -1), VOC_CLASSES)
    return open_boxed(folder, "pascal", "test", source)


def scenes_profile(
    source: str, count: int, data_dir: Path | None = None, pixels: int = 48
) -> Profile:
    """A profile in which `source` plays both boxed roles with `count` scenes a split."""
    roles = {
        "pascal": RoleSize(source, 20, pixels, {"trainval": count, "test": count}),
        "pascal-2012": RoleSize(source, 20, pixels, {"trainval": count, "val": count}),
    }
    return replace(resolve("smoke"), roles=roles, data_dir=data_dir)


def xml(*objects: tuple[str, tuple[float, ...]], more: str = "") -> str:
    inside = "".join(OBJECT.format(name, BOX.format(*box), more) for name, box in objects)
    return f"<annotation>{inside}</annotation>"


def devkit(folder: Path, pictures: dict[str, tuple[np.ndarray, str]], year: str = "2012") -> Path:
    """A devkit of one list, trainval; each picture with its annotation."""
    root = folder / "VOCdevkit" / f"VOC{year}"
    for name in ("ImageSets/Main", "Annotations", "JPEGImages"):
        (root / name).mkdir(parents=True)
    (root / "ImageSets/Main/trainval.txt").write_text("".join(f"{name}\n" for name in pictures))
    for name, (image, text) in pictures.items():
        (root / f"JPEGImages/{name}.jpg").write_bytes(encoded(image, "JPEG", quality=95))
        (root / f"Annotations/{name}.xml").write_text(text)
    return root
