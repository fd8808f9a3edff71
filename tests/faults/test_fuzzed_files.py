"""Files that are no longer what they were: every reader uses them rightly or refuses them."""

import io
import json
import random
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from fault_tools import fuzzed, meet, times
from PIL import Image

from cnnlab.artifacts import plain, store
from cnnlab.datasets.archives import opened
from cnnlab.datasets.images import fit, square, whole_images_only
from cnnlab.datasets.rows import Rows
from cnnlab.datasets.voc import parse_annotation
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.nets.weights import load_net, save_net
from cnnlab.runner import notebooks

TRIES = times(12, 300)
XML = b"""<annotation><filename>a.jpg</filename><size><width>500</width><height>375</height></size>
<object><name>dog</name><difficult>0</difficult><bndbox><xmin>8</xmin><ymin>12</ymin><xmax>352
</xmax><ymax>340.5</ymax></bndbox></object><object><name>person</name><truncated>1</truncated>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"""


def picture(kind: str) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 56, 3), np.uint8)
    pixels[10:30] = 128
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def variants(data: bytes) -> list[bytes]:
    rng = random.Random(len(data))
    return [fuzzed(data, rng) for _ in range(TRIES)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"])
def test_images(kind: str) -> None:
    def attempt(data: bytes) -> str:
        with warnings.catch_warnings(), whole_images_only():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata
            pixels = square(data, 24)
            whole, scale, _ = fit(data, 48)
        good = pixels.shape == (24, 24, 3) and pixels.dtype == whole.dtype == np.uint8
        good = good and whole.ndim == 3 and max(whole.shape[:2]) <= 48 and 0 < scale <= 1
        wholes.append(pixels)
        if not good:
            return "wrong"
        return "right" if np.array_equal(pixels, wholes[0]) else "unnoticed"  # it has no sum

    wholes: list[np.ndarray] = []
    assert attempt(picture(kind)) == "right"  # without a fault
    for data in variants(picture(kind)):
        meet("fuzzed", kind, lambda data=data: attempt(data))


def test_annotations() -> None:
    def attempt(data: bytes) -> str:
        objects, _ = parse_annotation(data)
        for item in objects:
            x1, y1, x2, y2 = item.box
            if not (np.isfinite(item.box).all() and x1 <= x2 and y1 <= y2 and 0 <= item.label < 20):
                return "wrong"
        wholes.append(objects)
        return "right" if objects == wholes[0] else "unnoticed"

    wholes: list[list] = []
    assert attempt(XML) == "right"  # without a fault
    for data in variants(XML):
        meet("fuzzed", "XML", lambda data=data: attempt(data))


def test_weights(tmp_path: Path) -> None:
    """Half of the faults befall the header, which says what the bytes after it are."""
    path = tmp_path / "net.safetensors"
    net = build(ZFNET.scaled(56, 0.02, 3), init="he")
    save_net(net, path)
    whole = net.state_dict()
    data = path.read_bytes()

    def attempt(data: bytes) -> str:
        path.write_bytes(data)
        net = load_net(path, expect=ZFNET.scaled(56, 0.02, 3))
        if net.spec != ZFNET.scaled(56, 0.02, 3):
            return "wrong"
        # the store and the cards have sums of such files; alone they have none
        same = all(torch.equal(v, whole[k]) for k, v in net.state_dict().items())
        return "right" if same else "unnoticed"

    assert attempt(data) == "right"  # without a fault
    start = 8 + int.from_bytes(data[:8], "little")
    headers = (data[:8] + changed + data[start:] for changed in variants(data[8:start]))
    for changed in (*variants(data), *headers):
        meet("fuzzed", "safetensors", lambda data=changed: attempt(data))


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_archives(kind: str, tmp_path: Path) -> None:
    members = {f"a/class{i}/image{j}.png": picture("PNG") for i in range(3) for j in range(2)}
    path = tmp_path / f"set.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    def attempt(data: bytes) -> str:
        path.write_bytes(data)
        with opened(path, tmp_path) as files:
            names = [f"{f}/{n}".lstrip("/") for f, names in files.folders.items() for n in names]
            same = all(files.read(name) == members.get(name) for name in names)
        # a tar has no sums: what is inside is then for the reader of images to refuse
        return "right" if same else "unnoticed" if kind == "tar" else "wrong"

    assert attempt(path.read_bytes()) == "right"  # without a fault
    for data in variants(path.read_bytes()):
        meet("fuzzed", kind, lambda data=data: attempt(data))
        (tmp_path / "expanded.tar").unlink(missing_ok=True)


def npy(tmp_path: Path) -> Callable[[], None]:
    """A build that makes and reads an array, of 30 rows in blocks of 4."""
    wanted = np.arange(30 * 8 * 8 * 3).reshape(30, 8, 8, 3).astype(np.uint8)

    def build(workdir: Path) -> None:
        with Rows(workdir, 30, 8) as rows:
            for run in rows.blocks(4):
                rows.write(int(run[0]), list(wanted[run]))
                rows.mark(run)
            rows.finish(np.arange(30), ["a"])

    folder = store.make("rows", {}, build)
    assert np.array_equal(np.load(folder / "images.npy"), wanted)
    return lambda: store.make("rows", {}, build) and None


def test_arrays_and_json_of_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = npy(tmp_path)
    (folder,) = (p for p in (tmp_path / "cache" / "rows").iterdir() if p.is_dir())
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    kinds = {"npy": "images.npy", "json": "classes.json", "manifest": store.MANIFEST}

    def attempt(name: str, data: bytes) -> str:
        (folder / name).write_bytes(data)
        again()
        (folder / store.MANIFEST).read_text()
        good = all((folder / n).read_bytes() == d for n, d in whole.items() if n != store.MANIFEST)
        return ("mended" if "damaged" in capsys.readouterr().err else "right") if good else "wrong"

    for kind, name in kinds.items():
        for data in variants(whole[name]):
            meet("fuzzed", kind, lambda name=name, data=data: attempt(name, data))


def test_notebooks_and_records(tmp_path: Path) -> None:
    path = tmp_path / "01_a.ipynb"
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["x = 1\n"]}
    page = {"cells": [cell] * 3, "metadata": {"cnnlab": {"needs": ["00_a"]}}, "nbformat": 4}

    def attempt(data: bytes) -> str:
        path.write_bytes(data)
        notebook = notebooks.read(path)
        if notebook.problem:
            return "refused" if "\n" not in notebook.problem else "wrong"
        wholes.append(notebook)
        if not isinstance(plain.read_json(path), dict):
            return "wrong"
        return "right" if notebook == wholes[0] else "unnoticed"  # as with any source

    wholes: list[notebooks.Notebook] = []

    assert attempt(json.dumps(page).encode()) == "right"  # without a fault
    for data in variants(json.dumps(page).encode()):
        meet("fuzzed", "notebook", lambda data=data: attempt(data))
