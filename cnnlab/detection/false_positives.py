"""What false detections are of: the kinds of Hoiem, Chodpathumwan and Dai (ECCV 2012).

D detections; M objects of K classes.
"""

import numpy as np

from cnnlab.datasets import BoxedImages
from cnnlab.detection.boxes import Detections, iou
from cnnlab.detection.voc_eval import FALSE, IGNORED, match

KINDS = ("localisation", "similar", "other", "background")
SIMILAR = (  # classes that are taken for each other
    {"aeroplane", "bicycle", "boat", "bus", "car", "motorbike", "train"},  # vehicles
    {"bird", "cat", "cow", "dog", "horse", "person", "sheep"},  # animals
    {"chair", "diningtable", "sofa"},
    {"aeroplane", "bird"},
)
TOUCH = 0.1  # overlap from which a detection has to do with an object


def false_positives(detections: Detections, truth: BoxedImages) -> np.ndarray:
    """The kind of each detection, (D,), as a number in `KINDS`; -1 for one that is not false.

    It is of "localisation" where it touches an object of its class (overlap 0.1 or more): its box
    is poor, or another detection took the object. Else it may touch an object of a "similar" class,
    or of any "other"; the rest is "background".

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> labels, scores = (scenes.labels + 1) % 20, np.ones(len(scenes.labels))
    >>> wrong = Detections(scenes.owner, labels, scenes.boxes, scores)
    >>> set(false_positives(wrong, scenes)) <= {0, 1, 2}
    True
    """
    alike = np.array([[_similar(a, b) for b in truth.classes] for a in truth.classes])
    kinds = np.full(len(detections), -1)
    wrong = match(detections, truth) == FALSE
    for image in np.unique(detections.images[wrong]):
        rows = np.flatnonzero(wrong & (detections.images == image))
        objects = truth.objects(int(image))
        touched = iou(detections.boxes[rows], truth.boxes[objects]) >= TOUCH  # (rows, objects)
        own, labels = detections.labels[rows, None], truth.labels[objects]
        similar = alike[own, labels]
        reasons = [(touched & (own == labels)), (touched & similar), touched]
        tests = [reason.any(axis=1) for reason in reasons]
        kinds[rows] = np.select(tests, range(len(tests)), KINDS.index("background"))
    return kinds


def kinds_of_strongest(detections: Detections, truth: BoxedImages) -> dict[str, np.ndarray]:
    """How many of a class's strongest detections are "true" and false of each kind: name -> (K,).

    Of each class as many are looked at as it has objects that count, without ignored ones: a
    perfect detector's are all true (Hoiem et al. 3).

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.ones(len(scenes.labels)))
    >>> int(kinds_of_strongest(sure, scenes)["true"].sum()) == int((~scenes.difficult).sum())
    True
    """
    outcome, kinds = match(detections, truth), false_positives(detections, truth)
    counts = {name: np.zeros(len(truth.classes), int) for name in ("true", *KINDS)}
    for k in range(len(truth.classes)):
        rows = np.flatnonzero((detections.labels == k) & (outcome != IGNORED))
        most = int((~truth.difficult & (truth.labels == k)).sum())
        strongest = rows[np.argsort(-detections.scores[rows], kind="stable")[:most]]
        for number, name in enumerate(counts, -1):
            counts[name][k] = int((kinds[strongest] == number).sum())
    return counts


def _similar(a: str, b: str) -> bool:
    return a != b and any({a, b} <= some for some in SIMILAR)
