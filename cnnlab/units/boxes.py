"""What is in a given box (the draft's 4): classifiers on any layer, and how well they tell.

M windows about boxes, K classes. Scores are NaN for a class that no training window shows.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.metrics import pairwise_distances
from torch import Tensor

from cnnlab.artifacts import store
from cnnlab.datasets import Packed, load, load_scenes
from cnnlab.probing.linear import Standardiser
from cnnlab.probing.pascal import ap_gain
from cnnlab.probing.probes import search_c
from cnnlab.profiles import Profile, role_size
from cnnlab.results.statistics import Estimate
from cnnlab.training.machine import threads
from cnnlab.training.trained import Trained
from cnnlab.units.classification import SceneSVM
from cnnlab.units.precision import column_aps, redrawings
from cnnlab.units.responses import responses
from cnnlab.units.tuned import ROLE

LEAVES = 8  # of each boosted tree


@dataclass(frozen=True, eq=False)
class KernelSpace:
    """Coordinates in which a product is a Gaussian kernel, as wide as examples lie apart.

    >>> z = KernelSpace.of(np.array([[0.0], [1.0], [3.0]]))(np.array([[0.0], [1.0], [3.0]]))
    >>> (z @ z.T).diagonal().numpy().round(3).tolist()
    [1.0, 1.0, 1.0]
    """

    standardiser: Standardiser
    kernel: Nystroem

    @classmethod
    def of(cls, features: np.ndarray) -> "KernelSpace":
        """The space that training features (M, D) span; products with one of them are exact."""
        standardiser = Standardiser.of(features)
        x = standardiser(features).cpu().numpy()
        apart = pairwise_distances(x, metric="sqeuclidean")
        gamma = 1 / float(np.median(apart[apart > 0]))
        return cls(standardiser, Nystroem(gamma=gamma, n_components=len(x), random_state=0).fit(x))

    def __call__(self, features: np.ndarray) -> Tensor:
        """Coordinates (N, M) of features (N, D)."""
        x = self.kernel.transform(self.standardiser(features).cpu().numpy())
        return torch.from_numpy(np.asarray(x, np.float32))


class KernelSVM(SceneSVM):
    """One SVM a class with a Gaussian kernel: the linear one of `SceneSVM` in that kernel's space.

    >>> x, present = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([[-1], [1], [1], [-1]])
    >>> np.sign(KernelSVM("svm", C=100.0).fit(x, present).decision_function(x)).ravel().tolist()
    [-1.0, 1.0, 1.0, -1.0]
    """

    scaling = KernelSpace  # pyright: ignore[reportAssignmentType]


SVMS = {"linear": SceneSVM, "kernel": KernelSVM}


@dataclass(frozen=True, eq=False)
class BoxTask:
    """Windows about the boxes of role "pascal": those to learn from, and those to test on.

    >>> from cnnlab.profiles.tiny import TINY
    >>> task = box_task(TINY)
    >>> scores = np.eye(len(task.test.classes))[task.test.labels]  # 1 for the class that is shown
    >>> task.mean(task.aps(scores)).value
    100.0
    """

    learn: Packed
    test: Packed
    owner: tuple[np.ndarray, np.ndarray]  # the scene of each window, of both sets
    counted: np.ndarray  # (M,) bool, of the test: False for difficult objects
    profile: Profile
    seed: int = 0

    def scores(
        self, trained: Trained, layer: str, kind: str, checkpoint: int | None = None
    ) -> np.ndarray:
        """Scores (M, K) of the test windows by a "linear", "kernel" or "boosted" classifier.

        It reads a layer of a net whose weights stay as they are, and is made once. `checkpoint` is
        an iteration of the net's training, 0 before the first. Raises ValueError for another kind.
        """

        def build(workdir: Path) -> None:
            sets = (self.learn, self.test)
            both = [responses(trained, p, [layer], checkpoint=checkpoint)[layer] for p in sets]
            x, tested = (np.asarray(v, np.float32).reshape(len(v), -1) for v in both)
            with threads(1):
                np.save(workdir / "scores.npy", self.classify(kind, x, tested))

        config: dict[str, object] = {"net": trained.address, "layer": layer, "kind": kind}
        config |= {"checkpoint": checkpoint}
        config |= {"data": [self.learn.digest, self.test.digest], "seed": self.seed}
        units, rounds = self.profile.units, self.profile.pascal.rounds
        config |= {"costs": units.costs, "rounds": (units.rounds, rounds)}
        code = (BoxTask, responses)
        return np.load(store.make("box-scores", config, build, code=code) / "scores.npy")

    def classify(self, kind: str, x: np.ndarray, tested: np.ndarray) -> np.ndarray:
        """Scores of rows `tested` after learning from rows x (N, D), one a window to learn from.

        An SVM's C has the best mean AP in cross-validation over the scenes to learn from. Boosting
        adds small trees, a class at a time, each where those before it are wrong.
        """
        labels, units, classes = self.learn.labels, self.profile.units, len(self.learn.classes)
        if kind == "boosted":
            options = {"max_leaf_nodes": LEAVES, "max_features": 0.1, "random_state": self.seed}
            trees = HistGradientBoostingClassifier(max_iter=units.rounds, **options).fit(x, labels)
            scores = np.full((len(tested), classes), np.nan)
            scores[:, trees.classes_] = trees.predict_proba(tested)
            return scores
        if kind not in SVMS:
            raise ValueError(f"a classifier is {', '.join(SVMS)} or boosted, not {kind!r}")
        present = np.where(labels[:, None] == np.arange(classes), 1, -1)  # (N, K)
        scenes = np.random.default_rng([self.seed, 43]).permutation(1 + self.owner[0].max())
        held = scenes % self.profile.pascal.rounds  # in which round, scene by scene
        rounds_of = held[self.owner[0]]
        c = search_c(SVMS[kind]("svm"), x, present, units.costs, rounds_of)
        return SVMS[kind]("svm", c).fit(x, present).decision_function(tested)

    def aps(self, scores: np.ndarray) -> np.ndarray:
        """AP in percent of each class on the test windows and, below, of redrawn scenes.

        It is (1 + draws, K), NaN for a class without scores or without windows. Difficult objects
        are left out.
        """
        some = self.counted
        counts = redrawings(self.owner[1][some], self.profile.pascal.draws, seed=self.seed)
        aps = np.full((counts.shape[1], scores.shape[1]), np.nan)
        for k in np.flatnonzero(np.isfinite(scores).all(axis=0)):
            positive = self.test.labels[some, None] == k  # (m, 1)
            aps[:, k] = column_aps(scores[some, k], positive, counts)
        return aps

    def mean(self, aps: np.ndarray) -> Estimate:
        """Mean AP with the interval that covers the choice of the test scenes."""
        return self.gain(aps, np.zeros_like(aps))

    def gain(self, aps: np.ndarray, others: np.ndarray) -> Estimate:
        """By how many points of mean AP `aps` lie above others, on the same redrawn scenes."""
        return ap_gain(aps, others, len(np.unique(self.owner[1][self.counted])))


def box_task(profile: Profile, seed: int = 0) -> BoxTask:
    """The windows of role "pascal": of its first split to learn from, of its last to test on.

    >>> from cnnlab.profiles.tiny import TINY
    >>> task = box_task(TINY)
    >>> len(task.learn), len(task.test)
    (4, 4)
    """
    ends = role_size(profile, "pascal").ends
    learn, test = (load(ROLE, profile, split) for split in ends)
    scenes = [load_scenes("pascal", profile, split) for split in ends]
    owner = scenes[0].owner, scenes[1].owner
    return BoxTask(learn, test, owner, ~scenes[1].difficult, profile, seed)
