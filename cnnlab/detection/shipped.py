"""Detectors of data/weights/detectors: written with a card, opened by it, run on any picture.

n windows in a picture, D features in a layer, K classes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain
from cnnlab.datasets.images import shrunk
from cnnlab.detection.boxes import Detections
from cnnlab.detection.detector import picture_detections
from cnnlab.detection.proposals import selective_search
from cnnlab.detection.rcnn import Way
from cnnlab.detection.svm_mining import SVMs
from cnnlab.detection.warp import warp
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import load_net
from cnnlab.profiles.detection import Detection
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import LayerReader
from cnnlab.training.machine import device

BATCH = 128  # windows that a net reads at once


@dataclass(frozen=True)
class DetectorCard:
    """What a shipped detector is: all that it was made from, and what it reached."""

    source: str  # of the pictures that it learned from
    pictures: Mapping[str, int]  # by what they were for
    searched: int  # longer side of the pictures in which windows are proposed
    pixels: int  # and of those from which they are cut
    way: Way
    spec: NetSpec
    layer: str
    scale: float  # of features
    detection: Detection
    classes: tuple[str, ...]
    mean_ap: Mapping[str, float]  # percent, 11 points; its interval covers test pictures
    aps: Mapping[str, float]  # of each class that the test pictures show
    least: float  # score from which on a third of what is detected in test pictures is true
    files: Mapping[str, str]  # name -> SHA-256
    command: str  # makes it again


@dataclass(frozen=True, eq=False)
class ShippedDetector:
    """A detector that needs no data: call it with a picture."""

    name: str
    card: DetectorCard
    net: ConvNet
    mean: Tensor  # (S, S, 3) in [0, 255]
    svms: SVMs

    def __call__(self, image: np.ndarray, least: float = 0.0) -> Detections:
        """What it detects in a picture (H, W, 3) uint8, with scores of at least `least`.

        The picture is scaled as those were that it learned from; a smaller one stays as it is. The
        boxes, as VOC writes them, are those of the picture given; the surest come first.
        """
        config, cut = self.card.detection, scaled(image, self.card.pixels)
        small = scaled(cut, self.card.searched)
        options = {"mode": config.mode, "most": config.proposals, "least": config.least}
        boxes = enlarged(selective_search(small, **options), small, cut)
        every = picture_detections(self.svms.scores(self.features(cut, boxes)), boxes, config)
        rows = np.argsort(-every.scores, kind="stable")
        rows = rows[every.scores[rows] >= least]
        boxes = enlarged(every.boxes[rows], cut, image)
        return Detections(every.images[rows], every.labels[rows], boxes, every.scores[rows])

    def features(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """Features (n, D) of the windows about boxes (n, 4) of a scaled picture."""
        fill = self._crops.middle.permute(1, 2, 0).cpu().numpy()
        rows = [np.zeros((0, self.svms.weights.shape[1]), np.float32)]
        with LayerReader(self.net, [self.card.layer]) as read:
            for start in range(0, len(boxes), BATCH):
                some = boxes[start : start + BATCH]
                windows = warp([image] * len(some), some, self.net.spec.pixels, fill)
                values = read(self._crops(windows))[self.card.layer]
                rows.append(values.flatten(1).float().cpu().numpy())
        return np.concatenate(rows)

    @cached_property
    def _crops(self) -> CentreCrops:
        return CentreCrops(self.mean.to(device()), self.net.spec.pixels)


def shipped_detector(name: str = "photographs") -> ShippedDetector:
    """A detector of data/weights/detectors by its name: "photographs" or "world".

    Raises ValueError for one that is not there, and for files that its card does not describe.

    >>> detector = shipped_detector("photographs")
    >>> len(detector(np.full((60, 80, 3), 128, np.uint8)))
    0
    """
    from safetensors import safe_open

    card = read_detector_card(name)
    net, svms = (folder() / file for file in files(name))
    with safe_open(net, framework="pt") as tensors:
        mean = tensors.get_tensor("mean").float()
    with safe_open(svms, framework="np") as tensors:
        weights, bias = (tensors.get_tensor(key).astype(float) for key in ("weights", "bias"))
    trained = load_net(net, expect=card.spec).eval().to(device())
    return ShippedDetector(name, card, trained, mean, SVMs(weights, bias, card.scale))


def scaled(image: np.ndarray, longest: int) -> np.ndarray:
    """A picture (H, W, 3) uint8 with its longer side at most so long.

    >>> scaled(np.zeros((30, 900, 3), np.uint8), 90).shape
    (3, 90, 3)
    """
    return np.asarray(shrunk(Image.fromarray(image), longest)[0])


def enlarged(boxes: np.ndarray, small: np.ndarray, large: np.ndarray) -> np.ndarray:
    """VOC boxes (n, 4) of a picture as those of a larger copy: edges scale, not pixel numbers.

    >>> small, large = (np.zeros((side, side, 3), np.uint8) for side in (10, 30))
    >>> enlarged(np.array([[1, 2, 10, 3]]), small, large).tolist()
    [[1.0, 4.0, 30.0, 9.0]]
    """
    share = np.divide(large.shape[1::-1], small.shape[1::-1])  # of x and y
    values = np.concatenate([(boxes[:, :2] - 1) * share + 1, boxes[:, 2:] * share], axis=1)
    return values.round(6)  # or the border would lie beyond the border


def read_detector_card(name: str) -> DetectorCard:
    """The card of a shipped detector, after a check that it describes the files beside it.

    Raises ValueError for a missing file, an unreadable card, and for files with other sums.
    """
    path = folder() / f"{name}.json"
    if not path.exists():
        names = ", ".join(sorted(one.stem for one in folder().glob("*.json"))) or "none"
        raise ValueError(f"no detector {name!r} in data/weights/detectors; there are {names}")
    try:
        card = from_plain(DetectorCard, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no card of a detector ({error}); restore it") from error
    for file, digest in card.files.items():
        here = folder() / file
        if not here.exists() or store.sha256(here) != digest:
            raise ValueError(
                f"data/weights/detectors/{file} is not the file of its card; restore both, or run "
                f"{card.command}"
            )
    return card


def files(name: str) -> tuple[str, str]:
    """The files of a detector: its net, and its SVMs."""
    return f"{name}.safetensors", f"{name}-svms.safetensors"


def folder() -> Path:
    """Where detectors are shipped."""
    return paths.weights() / "detectors"
