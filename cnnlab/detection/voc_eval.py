"""Detections against the truth, as PASCAL VOC's devkit scores them.

D detections in N pictures; M objects of K classes.
"""

from collections.abc import Iterator

import numpy as np

from cnnlab.datasets import BoxedImages
from cnnlab.detection.boxes import Detections, iou
from cnnlab.results.statistics import Estimate, bootstrap

TRUE, FALSE, IGNORED = 1, 0, -1


def match(detections: Detections, truth: BoxedImages, *, overlap: float = 0.5) -> np.ndarray:
    """What each detection is, (D,): 1 true, 0 false, -1 ignored.

    The strongest first, each looks at the object of its class and picture that it overlaps most. By
    `overlap` or more it is true, if that object was not matched before, and ignored, if that object
    is difficult. Raises ValueError for scores that are not finite and for pictures that the truth
    does not have.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.ones(len(scenes.labels)))
    >>> match(sure, scenes)[~scenes.difficult].min()
    np.int64(1)
    """
    _check(detections, truth)
    outcome = np.full(len(detections), FALSE)
    for rows, objects in _by_picture_and_class(detections, truth):
        if not len(objects):
            continue
        overlaps = iou(detections.boxes[rows], truth.boxes[objects])
        matched: set[int] = set()
        for row, values in zip(rows, overlaps, strict=True):
            best = int(values.argmax())
            if values[best] < overlap or best in matched:
                continue
            if truth.difficult[objects[best]]:
                outcome[row] = IGNORED
            else:
                outcome[row] = TRUE
                matched.add(best)
    return outcome


def precision_recall(
    detections: Detections, truth: BoxedImages, label: int, outcome: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall in [0, 1] of one class after each of its detections, strongest first.

    Ignored detections are left out. `outcome` is what `match` gave, where that is known. Raises
    ValueError for a class of which there is no object, but for difficult ones.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.ones(len(scenes.labels)))
    >>> [float(values[0]) for values in precision_recall(sure, scenes, scenes.labels[0])]
    [1.0, 1.0]
    """
    if outcome is None:
        outcome = match(detections, truth)
    objects = int((~truth.difficult & (truth.labels == label)).sum())
    if objects == 0:
        raise ValueError(f"no picture shows a {truth.classes[label]} that counts; it has no recall")
    rows = np.flatnonzero((detections.labels == label) & (outcome != IGNORED))
    hits = outcome[rows[np.argsort(-detections.scores[rows], kind="stable")]] == TRUE
    return np.cumsum(hits) / np.arange(1, len(hits) + 1), np.cumsum(hits) / objects


def average_precisions(
    detections: Detections, truth: BoxedImages, *, points: int = 0, overlap: float = 0.5
) -> np.ndarray:
    """AP in percent of each class, (K,); NaN for one without an object that counts.

    `points=11` averages the best precision at recall 0, 0.1 ... 1 (VOC 2007); 0 is the area under
    the falling envelope of precision (VOC 2010 on). A class of which nothing is detected has 0.
    Raises as `match`, and ValueError for another number of points.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.ones(len(scenes.labels)))
    >>> float(np.nanmin(average_precisions(sure, scenes, points=11)))
    100.0
    """
    outcome = match(detections, truth, overlap=overlap)
    return _aps(detections, truth, outcome, np.ones((1, len(truth))), points)[0]


def ap_estimates(
    values: np.ndarray, redrawn: np.ndarray, pictures: int
) -> tuple[list[Estimate], Estimate]:
    """AP of each class and their mean, the mAP, from what `redrawn_aps` gives for N pictures.

    The intervals cover the choice of test pictures.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.ones(len(scenes.labels)))
    >>> print(ap_estimates(*redrawn_aps(sure, scenes), len(scenes))[1])
    100.0 [100.0, 100.0], n = 2 images
    """
    each = [bootstrap(v, redrawn[:, k], pictures, "images") for k, v in enumerate(values)]
    return each, bootstrap(float(_mean(values)), _mean(redrawn), pictures, "images")


Scores = tuple[np.ndarray, np.ndarray]  # what `redrawn_aps` gives


def map_gain(a: Scores, b: Scores, pictures: int) -> Estimate:
    """By how many points the mAP of one detector lies above that of another, on N pictures.

    Both are what `redrawn_aps` gives, with the same seed. The interval covers the choice of test
    pictures; classes without AP on either side are left out.

    >>> redrawn = np.array([[40.0], [42.0]])
    >>> print(map_gain((redrawn[0], redrawn), (redrawn[0] - 1, redrawn - 1), 9))
    1.0 [1.0, 1.0], n = 9 images
    """
    value, draws = float(_mean(a[0] - b[0])), _mean(a[1] - b[1])
    return bootstrap(value, draws, pictures, "images", bounds=(-100, 100))


def lost_share(a: Scores, b: Scores) -> np.ndarray:
    """Percentage of the mAP of one detector that another lacks, and on redrawn pictures: (1 + D,).

    Both are what `redrawn_aps` gives, with the same seed and D draws. NaN where the first has none.

    >>> redrawn = np.array([[40.0], [50.0]])
    >>> lost_share((redrawn[0], redrawn), (redrawn[0] - 10, redrawn - 10))
    array([25., 25., 20.])
    """
    kept = [np.append(_mean(values), _mean(redrawn)) for values, redrawn in (a, b)]
    return 100 * (
        1 - np.divide(kept[1], kept[0], out=np.full_like(kept[0], np.nan), where=kept[0] > 0)
    )


def redrawn_aps(
    detections: Detections,
    truth: BoxedImages,
    *,
    points: int = 0,
    overlap: float = 0.5,
    draws: int = 200,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """AP of each class (K,), and that on redrawn pictures (draws, K).

    A picture is redrawn with all that it shows and all that was detected in it.
    The same seed redraws the same pictures, so that two detectors can be compared draw by draw.
    NaN where no redrawn picture shows a class.

    >>> from cnnlab.datasets import load_scenes
    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> none = Detections(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 4)), np.zeros(0))
    >>> float(np.nanmax(redrawn_aps(none, scenes, draws=3)[1]))
    0.0
    """
    outcome = match(detections, truth, overlap=overlap)
    count, rng = len(truth), np.random.default_rng(seed)
    times = [np.bincount(rng.integers(0, count, count), minlength=count) for _ in range(draws)]
    aps = _aps(detections, truth, outcome, np.array([np.ones(count), *times]), points)
    return aps[0], aps[1:]


def _aps(
    detections: Detections, truth: BoxedImages, outcome: np.ndarray, times: np.ndarray, points: int
) -> np.ndarray:
    """AP of each class in each of D sets, (D, K), in which picture i counts `times[:, i]` times."""
    if points not in (0, 11):
        raise ValueError(f"average precision has 11 points, or 0 for the area, not {points}")
    counted = ~truth.difficult
    values = np.full((len(times), len(truth.classes)), np.nan)
    order = np.argsort(-detections.scores, kind="stable")
    order = order[outcome[order] != IGNORED]
    for k in range(values.shape[1]):
        objects = times[:, truth.owner[counted & (truth.labels == k)]].sum(axis=1)  # (D,)
        rows = order[detections.labels[order] == k]
        hits = np.flatnonzero(outcome[rows] == TRUE)  # elsewhere precision only falls
        images = detections.images[rows]
        for d in np.flatnonzero(objects):
            gained, every = np.cumsum(times[d, images[hits]]), np.cumsum(times[d, images])[hits]
            precision = gained / np.maximum(every, 1)  # a picture may not be in the set
            values[d, k] = 100 * _average(precision, gained / objects[d], points)
    return values


def _average(precision: np.ndarray, recall: np.ndarray, points: int) -> float:
    """Average precision of a curve, whose recall rises."""
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points:
        reached = [envelope[recall >= r - 1e-9][:1].sum() for r in np.linspace(0, 1, points)]
        return float(np.mean(reached))
    return float((envelope * np.diff(recall, prepend=0.0)).sum())


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the classes (..., K) that have an AP; NaN where none has."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    return np.where(count, np.where(known, values, 0).sum(axis=-1) / np.maximum(count, 1), np.nan)


def _by_picture_and_class(
    detections: Detections, truth: BoxedImages
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Detections of one picture and class, the strongest first, and the objects it has of that."""
    order = np.lexsort((-detections.scores, detections.labels, detections.images))
    keys = np.stack([detections.images, detections.labels])[:, order]
    changes = np.flatnonzero((np.diff(keys) != 0).any(axis=0)) + 1
    for rows in np.split(order, changes) if len(order) else []:
        objects = np.arange(len(truth.labels))[truth.objects(int(detections.images[rows[0]]))]
        yield rows, objects[truth.labels[objects] == detections.labels[rows[0]]]


def _check(detections: Detections, truth: BoxedImages) -> None:
    if not np.isfinite(detections.scores).all():
        number = int((~np.isfinite(detections.scores)).argmax())
        raise ValueError(f"the score of detection {number} is not finite")
    for values, count, what in (
        (detections.images, len(truth), "pictures"),
        (detections.labels, len(truth.classes), "classes"),
    ):
        if len(values) and not 0 <= values.min() <= values.max() < count:
            raise ValueError(f"a detection is of none of the {count} {what} of the truth")
