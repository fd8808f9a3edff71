"""What a detector reports: windows scored, the weaker of overlapping ones dropped (R-CNN 2.2).

N pictures, n windows in one, K classes.
"""

import numpy as np

from cnnlab.detection.boxes import Detections
from cnnlab.detection.nms import nms
from cnnlab.detection.svm_mining import Features, SVMs
from cnnlab.detection.windows import Windows
from cnnlab.profiles.detection import Detection


def detect(features: Features, windows: Windows, svms: SVMs, config: Detection) -> Detections:
    """The detections in every picture, from the features (n, D) of its windows.

    Raises ValueError for features of other pictures.

    >>> svms = SVMs(np.array([[1.0]]), np.array([-1.0]), scale=1.0)
    >>> windows = Windows.of([[[1, 1, 9, 9], [1, 1, 9, 8], [20, 1, 29, 9]]])
    >>> rows = [np.array([[3.0], [2.0], [0.0]], np.float32)]
    >>> detect(rows, windows, svms, Detection()).scores.tolist()
    [2.0, -1.0]
    """
    if len(features) != len(windows):
        raise ValueError(f"features of {len(features)} pictures for windows of {len(windows)}")
    parts = [
        picture_detections(svms.scores(features[i]), windows[i], config, i)
        for i in range(len(windows))
    ]
    names = ("images", "labels", "boxes", "scores")
    return Detections(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def picture_detections(
    scores: np.ndarray, boxes: np.ndarray, config: Detection, image: int = 0
) -> Detections:
    """The detections in one picture, from scores (n, K) of its windows, boxes (n, 4).

    Of each class the 100 strongest windows are looked at; one goes that overlaps a stronger one by
    more than 0.3. A class whose scores are NaN, because it was not learned, is not detected.

    >>> scores = np.array([[2.0, np.nan], [1.0, np.nan]])
    >>> alone = picture_detections(scores, np.array([[1, 1, 9, 9], [1, 1, 9, 8]]), Detection())
    >>> len(alone), alone.labels.tolist()
    (1, [0])
    """
    kept = [(np.zeros(0, int), 0)]  # rows, class
    for k in range(scores.shape[1]):
        if not np.isnan(scores[:, k]).all():
            rows = nms(boxes, scores[:, k], overlap=config.suppress_iou, most=config.kept)
            kept.append((rows, k))
    rows = np.concatenate([some for some, _ in kept])
    labels = np.concatenate([np.full(len(some), k) for some, k in kept])
    return Detections(np.full(len(rows), image), labels, boxes[rows], scores[rows, labels])
