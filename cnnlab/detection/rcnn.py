"""R-CNN as one task: pictures with what is proposed in them, nets, detectors, results (AGM 3).

N pictures, K classes, D detections.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.detection.boxes import Detections
from cnnlab.detection.detector import detect
from cnnlab.detection.features import WindowFeatures, window_features
from cnnlab.detection.finetune import WindowJob, train_on_windows, window_job
from cnnlab.detection.proposals import proposals
from cnnlab.detection.svm_mining import SVMs, mine
from cnnlab.detection.voc_eval import Scores, ap_estimates, map_gain, redrawn_aps
from cnnlab.detection.windows import Windows, with_truth
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile, role_size
from cnnlab.results.statistics import Estimate
from cnnlab.training.learn import initial_net, weights_name
from cnnlab.training.loop import Report
from cnnlab.training.shipped import base_net
from cnnlab.training.trained import Trained

Change = Callable[[np.ndarray], np.ndarray]  # responses (n, *shape) -> (n, ...)
# Layers that are read in one pass: features of pool5 alone are as large as those of fc-6 and fc-7
READ = (("conv-1",), ("conv-2",), ("conv-3",), ("conv-4",), ("conv-5",), ("fc-6", "fc-7"))
PARTS = ("weights", "bias", "scale")  # of SVMs
FROZEN = ("pre-train", "untrained")  # ways that learn no windows


@dataclass(frozen=True)
class Way:
    """How a detector's net comes by its weights.

    `how` is "pre-train", the net as it is, "untrained", the same before its first step (a control),
    or a way of `window_job`: "scratch", "ft", "fc-ft" or "fc-ft, fresh".

    >>> Way("scratch", data=True)
    Way(how='scratch', data=True, seed=0, checkpoint=None, background=None)
    """

    how: str = "ft"
    data: bool = False  # learns from the pictures of +DATA as well
    seed: int = 0
    checkpoint: int | None = None  # the iteration of its pre-training from which it starts
    background: float | None = None  # windows that overlap objects by less are background


@dataclass(frozen=True, eq=False)
class Proposed:
    """Pictures, and the windows that are proposed in them."""

    scenes: BoxedImages
    proposals: Windows

    @cached_property
    def windows(self) -> Windows:
        """Of each picture its objects and then its proposals: what SVMs learn from."""
        return with_truth(self.scenes, self.proposals)


@dataclass(frozen=True, eq=False)
class Detector:
    """SVMs on a layer of a net. A `change` is done to the layer's features first: an ablation.

    >>> from cnnlab.profiles.tiny import TINY
    >>> detection_task(TINY).detector(Way("pre-train"), "conv-5").svms.weights.shape[0]
    20
    """

    trained: Trained
    layer: str
    svms: SVMs
    change: Change | None = None
    folder: Path | None = None  # where it is stored


@dataclass(frozen=True, eq=False)
class DetectionTask:
    """PASCAL-DET of a profile, and the pictures that +DATA adds to what nets learn from.

    >>> from cnnlab.profiles.tiny import TINY
    >>> task = detection_task(TINY)
    >>> detector = task.detector(Way("pre-train"))
    >>> aps, redrawn = task.score(task.detections(detector))
    >>> aps.shape
    (20,)
    """

    base: Trained
    train: Proposed
    test: Proposed
    extra: Proposed

    @property
    def profile(self) -> Profile:
        """Whose pictures these are."""
        return self.base.profile

    def job(self, way: Way) -> WindowJob:
        """What makes the net of a way that learns. Raises ValueError for another."""
        how = {"seed": way.seed, "checkpoint": way.checkpoint, "background": way.background}
        return window_job(self.base, self.profile, way.how, **how)

    def net(self, way: Way, report: Report | None = None) -> Trained:
        """The net of a way, made once.

        Raises ValueError for a way that is not known, and for the net as it is at a checkpoint.
        """
        if way.how not in FROZEN:
            sets = (self.train, self.extra) if way.data else (self.train,)
            pairs = [(one.scenes, one.proposals) for one in sets]
            return train_on_windows(self.job(way), pairs, self.profile, report)
        if way.checkpoint is not None:
            raise ValueError("a net that is not tuned is taken from the end of its training")
        return self.base if way.how == "pre-train" else untrained(self.base)

    def features(
        self, trained: Trained, layer: str, split: str, change: Change | None = None
    ) -> WindowFeatures:
        """Features of a layer for the windows of "train" (objects first), or of "test"."""
        side = self.train if split == "train" else self.test
        windows = side.windows if split == "train" else side.proposals
        layers = next(group for group in READ if layer in group)
        rows = window_features(trained, side.scenes, windows, layers)[layer]
        return rows.changed(change) if change else rows

    def detector(self, way: Way, layer: str = "fc-7", change: Change | None = None) -> Detector:
        """SVMs with hard negatives on a layer of a way's net (AGM 2.3), made once."""
        trained = self.net(way)
        config = {
            "net": trained.folder.name,
            "layer": layer,
            "data": self.train.scenes.digest,
            "windows": self.train.windows.digest,
            "detection": self.profile.detection,
        }

        def build(workdir: Path) -> None:
            rows = self.features(trained, layer, "train", change)
            scenes, windows = self.train.scenes, self.train.windows
            svms, _ = mine(rows, scenes, windows, self.profile.detection)
            for name in PARTS:
                np.save(workdir / f"{name}.npy", getattr(svms, name))

        code = (mine, window_features, *([change] if change else []))
        folder = store.make("detectors", config, build, code=code)
        weights, bias, scale = (np.load(folder / f"{name}.npy") for name in PARTS)
        svms = SVMs(weights, bias, float(scale))
        return Detector(trained, layer, svms, change, folder)

    def detections(self, detector: Detector) -> Detections:
        """What a detector detects in the test pictures, found once."""
        assert detector.folder is not None
        config = {
            "detector": detector.folder.name,
            "data": self.test.scenes.digest,
            "windows": self.test.proposals.digest,
        }
        names = ("images", "labels", "boxes", "scores")

        def build(workdir: Path) -> None:
            rows = self.features(detector.trained, detector.layer, "test", detector.change)
            result = detect(rows, self.test.proposals, detector.svms, self.profile.detection)
            for name in names:
                np.save(workdir / f"{name}.npy", getattr(result, name))

        folder = store.make("detections", config, build, code=(detect,))
        return Detections(*(np.load(folder / f"{name}.npy") for name in names))

    def score(self, detections: Detections, *, points: int = 11) -> tuple[np.ndarray, np.ndarray]:
        """AP of each class in percent, (K,), and on redrawn test pictures, (draws, K).

        `ap_estimates` gives their intervals, `mean` their mAP, `gain` that of one over another.
        """
        draws = self.profile.detection.draws
        return redrawn_aps(detections, self.test.scenes, points=points, draws=draws)

    def mean(self, scores: Scores) -> Estimate:
        """The mAP of what `score` gives, with the interval that covers the choice of pictures."""
        return ap_estimates(*scores, len(self.test.scenes))[1]

    def gain(self, scores: Scores, others: Scores) -> Estimate:
        """By how many points of mAP one detector lies above another, on the same pictures."""
        return map_gain(scores, others, len(self.test.scenes))


def untrained(trained: Trained) -> Trained:
    """A net before its first step, as a net of its own: what is left without training.

    >>> from cnnlab.profiles.tiny import TINY
    >>> untrained(base_net("caffenet", TINY)).history
    []
    """

    def build(workdir: Path) -> None:
        save_net(initial_net(trained.job), workdir / weights_name(None))
        np.save(workdir / "mean.npy", trained.mean.numpy())
        store.write_atomic(workdir / "history.json", b"[]")

    folder = store.make("nets", {"untrained": trained.address}, build, code=(initial_net,))
    return replace(trained, folder=folder)


def detection_task(profile: Profile, seed: int = 0) -> DetectionTask:
    """Open role "pascal" and what +DATA adds, propose windows, and take CaffeNet to start from.

    It is the CaffeNet of `seed`. A profile without role "pascal-extra" adds what it has.

    >>> from cnnlab.profiles.tiny import TINY
    >>> task = detection_task(TINY)
    >>> len(task.train.proposals) == len(task.train.scenes)
    True
    """
    learn, test = role_size(profile, "pascal").ends
    more = "pascal-extra" if "pascal-extra" in profile.roles else "pascal"
    parts = [("pascal", learn), ("pascal", test), (more, role_size(profile, more).ends[0])]
    share, scenes = profile.detection.pictures, [load_scenes(r, profile, s) for r, s in parts]
    if share < 1:
        scenes = [one.take(range(max(1, round(share * len(one))))) for one in scenes]
    sides = [Proposed(one, proposals(one, profile.detection)) for one in scenes]
    return DetectionTask(base_net("caffenet", profile, seed), *sides)
