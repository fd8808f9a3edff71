"""The part of the command line about data/weights: detect with what is there, ship it anew."""

import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import write_atomic
from cnnlab.cli_data import DataDir, ProfileName, Sources, options_from
from cnnlab.runner.display import console, near

if TYPE_CHECKING:
    from numpy import ndarray

    from cnnlab.detection import Detections
    from cnnlab.detection.shipped import ShippedDetector
    from cnnlab.profiles import Profile

DETECTORS = {"course": "photographs", "mini": "world"}  # profile -> the shipped detector


def detect(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path(),
    profile: Annotated[str, typer.Option(help="course: photographs; mini: the world.")] = "course",
    least: Annotated[float | None, typer.Option(help="Lowest score; the card's if none.")] = None,
) -> None:
    """Detect objects of PASCAL's 20 classes in pictures: NAME.detections.png and .json of each.

    Exit status 1 if a picture could not be read; the others are done.
    """
    if profile not in DETECTORS:
        raise ValueError(f"no detector of profile {profile!r}; there are {', '.join(DETECTORS)}")
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is no folder; name another with --out")
    names = [image.stem for image in images]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two pictures are named {twice}; give them to two runs, each with --out")
    from cnnlab.datasets.errors import DataError
    from cnnlab.datasets.images import upright
    from cnnlab.detection import shipped_detector

    paths.in_checkout("data/weights")
    detector = shipped_detector(DETECTORS[profile])
    least = detector.card.least if least is None else least
    status = 0
    for path in images:
        try:
            pixels = upright(_read(path))
        except DataError as error:
            Console(stderr=True).print(Text(f"cnnlab: {path}: {error}", "red"), soft_wrap=True)
            status = 1
            continue
        detections = detector(pixels, least)
        title = f"{path.name}, detector of {detector.name}, scores of {least:g} or more"
        _draw(out / f"{path.stem}.detections.png", pixels, detections, detector.card.classes, title)
        about = {"image": str(path), "detector": detector.name, "least": least}
        _write(out / f"{path.stem}.detections.json", about, pixels, detections, detector)
        counts = Counter(detector.card.classes[k] for k in detections.labels)
        words = ", ".join(f"{n} {name}" for name, n in counts.most_common())
        console().print(Text(f"{path}: {words or 'nothing'}"), soft_wrap=True)
    raise typer.Exit(status)


def _read(path: Path) -> bytes:
    """The bytes of a file; raises DataError, with the reason alone, where there are none."""
    from cnnlab.datasets.errors import DataError

    if path.is_dir():
        raise DataError("it is a folder; name the pictures in it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(error.strerror or str(error)) from error


def _draw(
    path: Path, pixels: "ndarray", detections: "Detections", classes: Sequence[str], title: str
) -> None:
    from cnnlab.figures.detected import with_detections

    buffer = io.BytesIO()
    with_detections(pixels, detections, classes, title).savefig(buffer, format="png", dpi=150)
    write_atomic(path, buffer.getvalue())


def _write(
    path: Path,
    about: dict[str, object],
    pixels: "ndarray",
    detections: "Detections",
    detector: "ShippedDetector",
) -> None:
    high, wide = pixels.shape[:2]
    about |= {"width": wide, "height": high}
    about["box"] = "x1, y1, x2, y2: pixels of the upright picture, counted from 1, ends inside"
    boxes, scores = detections.boxes.round(1).tolist(), detections.scores.round(4).tolist()
    about["detections"] = [
        {"class": detector.card.classes[k], "score": score, "box": box}
        for k, score, box in zip(detections.labels, scores, boxes, strict=True)
    ]
    write_atomic(path, (json.dumps(about, indent=1) + "\n").encode())


def ship(
    net: Annotated[str, typer.Argument(help="zfnet, alexnet, caffenet or detector.")],
    profile: ProfileName = "mini",
    source: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Train a base net of a profile, or a detector, and write it to data/weights with its card."""
    from cnnlab.datasets.sources import WORLD
    from cnnlab.training import shipped
    from cnnlab.training.trained import train_all

    paths.in_checkout("data/weights")
    resolved = options_from(profile, source, data_dir).resolve()
    command = f"cnnlab ship {net} --profile {profile}"
    if any(size.source != WORLD for size in resolved.roles.values()):
        command += " --data-dir DIR"
    if net == "detector":
        _ship_detector(resolved, command)
        return
    (trained,) = train_all([shipped.ship_job(net, resolved)], resolved)
    name = shipped.shipped_name(net, resolved)
    card = shipped.ship(trained, name, command=command, checkpoints=net in shipped.KEPT)
    top1 = card.accuracy["val-top1"]
    path = near(shipped.weights_file(name))
    console().print(f"wrote {path}: {top1['value']}% top-1, n = {top1['n']:,}")


def _ship_detector(profile: "Profile", command: str) -> None:
    from cnnlab.detection.shipping import ship_detector, shipping

    task, way, layer = shipping(profile)
    card = ship_detector(task, task.detector(way, layer), way, command=command)
    ap = card.mean_ap
    where = near(paths.weights() / "detectors" / next(iter(card.files)))
    interval = f"{ap['value']}% [{ap['low']}, {ap['high']}]"
    console().print(f"wrote {where}: mAP {interval}, n = {ap['n']:,} images")
