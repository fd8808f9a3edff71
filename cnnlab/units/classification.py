"""PASCAL-CLS (AGM 2): what the features of whole scenes are worth to one linear SVM a class.

K classes; present (N, K) of 1, 0 (difficult only, which counts neither way) and -1.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.datasets.squares import squares
from cnnlab.nets.convnet import ALIASES
from cnnlab.probing.fast.newton import squared_hinge
from cnnlab.probing.features import features
from cnnlab.probing.metrics import average_precisions, mean_ap
from cnnlab.probing.pascal import SceneClassifier, ap_gain, redrawn_aps
from cnnlab.probing.probes import search_c
from cnnlab.profiles import PooledLayer, Profile, role_size
from cnnlab.profiles.sun import LAYERS
from cnnlab.profiles.transfer import Pascal
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.machine import device, threads
from cnnlab.training.trained import Trained
from cnnlab.units.ablation import ablate

# The draft's Table 9 by Caffe's names, from the input up; it has no relu-5.
SUBLAYERS = (
    *("conv1", "relu1", "pool1", "norm1", "conv2", "relu2", "pool2", "norm2"),
    *("conv3", "relu3", "conv4", "relu4", "conv5", "pool5"),
    *("fc6", "relu6", "fc7", "relu7", "fc8", "prob"),
)
Probe = tuple[str, str]  # a layer, and an ablation of its activations


class SceneSVM(SceneClassifier):
    """One linear SVM a class; a scene that shows a class only as difficult is left out of its.

    >>> x, present = np.array([[0.0], [1.0], [2.0]]), np.array([[-1], [0], [1]])
    >>> np.sign(SceneSVM("svm").fit(x, present).decision_function(x)).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """

    def regression(self, x: Tensor, present: np.ndarray) -> tuple[Tensor, Tensor]:
        """Weights (D, K) and bias (K,) at the least of `svm_objective`, x (N, D) standardised."""
        x = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)  # the bias is a last weight
        y = torch.from_numpy(present).to(x)
        w = squared_hinge(x, torch.where(y == 0, 1, y), self.C * (y != 0), tol=1e-3)
        return w[:-1], w[-1]

    def score(self, X: np.ndarray, y: np.ndarray, sample_weight: None = None) -> float:
        """Mean AP in percent; 0 where no class has one."""
        return float(np.nan_to_num(mean_ap(average_precisions(self.decision_function(X), y))))


def by_threads(
    score: Callable[[Probe], np.ndarray], probes: Sequence[Probe], title: str
) -> dict[Probe, np.ndarray]:
    """What `score` gives for each probe, several at a time under one bar."""
    workers, scored = 1 if device().type == "cuda" else processors(), {}
    with ThreadPoolExecutor(workers) as pool, bar(title, len(probes), unit=" probes") as progress:
        for probe, aps in zip(probes, pool.map(score, probes), strict=True):
            scored[probe] = aps
            progress.update()
    return scored


@dataclass(frozen=True, eq=False)
class PascalCls:
    """The scenes of PASCAL-CLS, and how well features tell what they show."""

    learn: BoxedImages
    test: BoxedImages
    profile: Profile
    seed: int = 0

    @property
    def sizes(self) -> Pascal:
        """Values of C to choose from, rounds of cross-validation, and draws of the bootstrap."""
        return replace(self.profile.pascal, costs=self.profile.units.costs)

    def values(self, trained: Trained, layer: str, checkpoint: int | None = None) -> np.ndarray:
        """Activations of a layer, (N, C, p, p) or (N, units): of `learn`, then of `test`.

        `checkpoint` is an iteration of the net's training; 0 is the net before it saw anything.
        """
        spec, name = trained.job.spec, ALIASES.get(layer, layer)
        layers = [layer for layer in SUBLAYERS if layer in spec.shapes()]
        main = {ALIASES[layer] for layer in LAYERS}  # read in one pass, all others in another
        group = [layer for layer in layers if (layer in main) == (name in main)]
        side, crop = len(trained.mean), spec.pixels
        rows = [
            features(trained, packed, [PooledLayer(one) for one in group], checkpoint=checkpoint)
            for packed in (squares(scenes, side, crop) for scenes in (self.learn, self.test))
        ]
        both = np.concatenate([np.asarray(one[name], np.float32) for one in rows])
        return both.reshape(-1, *spec.shapes()[name])

    def aps(
        self, trained: Trained, probes: Sequence[Probe], checkpoint: int | None = None
    ) -> dict[Probe, np.ndarray]:
        """AP in percent of each class on the test scenes and, below, redrawn: (1 + draws, K).

        One array for each pair of a layer and an ablation of its activations. They are made once
        and do not depend on the number of processors.
        """

        def score(probe: Probe) -> np.ndarray:
            layer, ablation = probe

            def build(workdir: Path) -> None:
                values = ablate(self.values(trained, layer, checkpoint), ablation, self.seed)
                np.save(workdir / "aps.npy", self.score(values))

            config: dict[str, object] = {"net": trained.address, "checkpoint": checkpoint}
            config |= {"layer": layer, "ablation": ablation, "seed": self.seed}
            config |= {"data": [s.digest for s in (self.learn, self.test)]}
            config |= {"sizes": self.sizes}
            code = (scene_aps, ablate, features)
            return np.load(store.make("aps", config, build, code=code) / "aps.npy")

        for layer in (probes[0][0], probes[-1][0]):  # not by several threads at once
            self.values(trained, layer, checkpoint)
        return by_threads(score, probes, "probes")

    def score(self, values: np.ndarray) -> np.ndarray:
        """As `aps`, for any features (N, ...) of the scenes to learn from, then of the others."""
        present = self.learn.present, self.test.present
        return scene_aps(values, *present, self.sizes, seed=self.seed)

    def mean(self, aps: np.ndarray) -> Estimate:
        """Mean AP with the interval that covers the choice of the test scenes."""
        means = np.array([mean_ap(one) for one in aps])
        return bootstrap(means[0], means[1:], len(self.test), "scenes")

    def gain(self, aps: np.ndarray, others: np.ndarray) -> Estimate:
        """By how many points of mean AP `aps` lie above others, on the same redrawn scenes."""
        return ap_gain(aps, others, len(self.test))


def scene_aps(
    values: np.ndarray, learn: np.ndarray, test: np.ndarray, sizes: Pascal, *, seed: int = 0
) -> np.ndarray:
    """`redrawn_aps` (1 + draws, K) of features (N, ...) of scenes to learn from, then to test on.

    `learn` and `test` are the classes present in either. C is chosen by cross-validation on the
    scenes to learn from.

    >>> x, present = np.arange(24.0)[:, None] % 12, np.where(np.arange(12) < 6, 1, -1)[:, None]
    >>> scene_aps(x, present, present, Pascal(draws=2))[:, 0].tolist()
    [100.0, 100.0, 100.0]
    """
    rows, split = values.reshape(len(values), -1), len(learn)
    rounds_of = np.random.default_rng([seed, 17]).permutation(split) % sizes.rounds  # (N,)
    with threads(1):
        c = search_c(SceneSVM("svm"), rows[:split], learn, sizes.costs, rounds_of)
        scores = SceneSVM("svm", c).fit(rows[:split], learn).decision_function(rows[split:])
    return redrawn_aps(scores, test, sizes, seed=seed)


def pascal_cls(profile: Profile, seed: int = 0) -> PascalCls:
    """The scenes of role "pascal": those of its first split to learn from, of its last to test on.

    >>> from cnnlab.profiles.tiny import TINY
    >>> len(pascal_cls(TINY).test)
    2
    """
    ends = role_size(profile, "pascal").ends
    learn, test = (load_scenes("pascal", profile, split) for split in ends)
    return PascalCls(learn, test, profile, seed)
