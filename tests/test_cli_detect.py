"""`cnnlab detect`: what it draws and writes for any picture, and what it says of others."""

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pictures import encoded, noise
from PIL import Image
from typer.testing import CliRunner, Result

from cnnlab.cli import app
from cnnlab.detection.rcnn import Way, detection_task
from cnnlab.detection.shipping import ship_detector
from cnnlab.detection.svm_mining import SVMs
from cnnlab.profiles.tiny import TINY


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a detector of the world whose SVMs like many windows."""
    root = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNLAB_CACHE", str(root / "cache"))
        task = detection_task(TINY)
        learned = task.detector(Way("pre-train"))
        values = np.random.default_rng(0).normal(size=learned.svms.weights.shape)
        svms = SVMs(values.astype(np.float32), np.zeros(20, np.float32), learned.svms.scale)
        patch.setattr("cnnlab.artifacts.paths.root", lambda: root)
        detector = replace(learned, svms=svms)
        ship_detector(task, detector, Way("pre-train"), command="cnnlab ship detector")
    return root


@pytest.fixture
def house(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("cnnlab.artifacts.paths.root", lambda: weights)
    return tmp_path


def detect(*arguments: object) -> Result:
    words = ["detect", "--profile", "mini", *map(str, arguments)]
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


PICTURE = noise(0, 48, 64)
KINDS = {
    "rgb.png": encoded(PICTURE),
    "grey.jpg": encoded(PICTURE[..., 0], "JPEG"),
    "alpha.png": encoded(Image.fromarray(PICTURE).convert("RGBA")),
    "cmyk.jpg": encoded(Image.fromarray(PICTURE).convert("CMYK"), "JPEG"),
    "deep.png": encoded(PICTURE[..., 0].astype(np.uint16) * 257),
}


@pytest.mark.parametrize("name", KINDS)
def test_pictures_of_every_mode_are_drawn_and_written(house: Path, name: str) -> None:
    picture = house / name
    picture.write_bytes(KINDS[name])
    result = detect(picture, "--out", house / "out", "--least", 0)
    assert (result.exit_code, result.stderr) == (0, "")
    stem = picture.stem
    assert sorted(path.name for path in (house / "out").iterdir()) == [
        f"{stem}.detections.json",
        f"{stem}.detections.png",
    ]
    about = json.loads((house / "out" / f"{stem}.detections.json").read_text())
    assert (about["width"], about["height"], about["detector"]) == (64, 48, "world")
    boxes = np.array([one["box"] for one in about["detections"]])
    assert len(boxes) and (boxes >= 1).all() and (boxes <= [64, 48, 64, 48]).all()
    scores = [one["score"] for one in about["detections"]]
    assert scores == sorted(scores, reverse=True) and scores[-1] >= 0
    classes = {one["class"] for one in about["detections"]}
    assert f"{picture}: " in result.stdout and all(name in result.stdout for name in classes)
    with Image.open(house / "out" / f"{stem}.detections.png") as drawn:
        assert drawn.width > 500 and abs(drawn.width / (drawn.height - 45) - 64 / 48) < 0.02


def test_a_turned_photograph_is_seen_upright(house: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    turned = np.rot90(PICTURE)  # as the camera stored it
    for name, data in (
        ("turned.png", encoded(np.ascontiguousarray(turned), exif=exif)),
        ("upright.png", encoded(PICTURE)),
    ):
        (house / name).write_bytes(data)
    assert detect(house / "turned.png", house / "upright.png", "--out", house).exit_code == 0
    one, other = (
        json.loads((house / f"{name}.detections.json").read_text())
        for name in ("turned", "upright")
    )
    assert (one["width"], one["height"]) == (64, 48)
    assert one["detections"] == other["detections"] != []


def test_a_higher_least_score_reports_less(house: Path) -> None:
    (house / "a.png").write_bytes(encoded(PICTURE))
    counts = []
    for least in (-1e9, 0, 1e9):
        result = detect(house / "a.png", "--out", house, "--least", least)
        assert result.exit_code == 0
        counts.append(len(json.loads((house / "a.detections.json").read_text())["detections"]))
    assert counts[0] > counts[1] > counts[2] == 0
    assert "a.png: nothing" in result.stdout


@pytest.mark.parametrize(
    ("size", "value"), [((1, 1), 7), ((1, 300), 7), ((64, 64), 128)], ids=("pixel", "line", "plain")
)
def test_a_picture_without_proposals_shows_nothing(
    house: Path, size: tuple[int, int], value: int
) -> None:
    (house / "a.png").write_bytes(encoded(np.full((*size, 3), value, np.uint8)))
    result = detect(house / "a.png", "--out", house, "--least", 1e9)
    assert result.exit_code == 0 and "a.png: nothing" in result.stdout
    assert json.loads((house / "a.detections.json").read_text())["detections"] == []
    assert (house / "a.detections.png").stat().st_size > 0


def huge() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return encoded(Image.new("1", (20_000, 5_001)))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("cut.jpg", encoded(PICTURE, "JPEG")[:-200], "image file is truncated"),
        ("huge.png", huge(), "20000 x 5001 pixels are too many"),
        ("text.jpg", b"no picture", "not an image of a known format"),
        ("empty.jpg", b"", "not an image of a known format"),
        ("missing.jpg", None, "No such file or directory"),
        ("folder", None, "it is a folder; name the pictures in it"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_done(
    house: Path, name: str, data: bytes | None, sentence: str
) -> None:
    if data is not None:
        (house / name).write_bytes(data)
    elif name == "folder":
        (house / name).mkdir()
    (house / "good.png").write_bytes(encoded(PICTURE))
    result = detect(house / name, house / "good.png", "--out", house / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"cnnlab: {house / name}: ") and sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert len(list((house / "out").iterdir())) == 2  # the good one's


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--profile paper a.png", "no detector of profile 'paper'; there are course, mini"),
        ("a.png b/a.jpg", "two pictures are named a; give them to two runs, each with --out"),
        ("a.png --out a.png", "a.png is no folder; name another with --out"),
        ("a.png --profile course", "no detector 'photographs' in data/weights/detectors"),
    ],
)
def test_errors_are_one_sentence(
    house: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, sentence: str
) -> None:
    monkeypatch.chdir(house)
    (house / "a.png").write_bytes(encoded(PICTURE))
    result = detect(*arguments.split())
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.startswith("cnnlab: ") and result.stderr.count("\n") == 1
    assert sentence in result.stderr
