"""PASCAL's boxes as vectors: the largest response of every filter of one layer (AGM 4).

N boxes, F filters, K classes.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import datasets
from cnnlab.probing.pascal import SHORT
from cnnlab.profiles import Profile, role_size
from cnnlab.training.trained import Trained
from cnnlab.units.ablation import sp_max
from cnnlab.units.responses import responses
from cnnlab.units.tuned import ROLE

LAYERS = ("conv-5", "fc-7")  # whose codes AGM look into


@dataclass(frozen=True, eq=False)
class Boxes:
    """What one layer answers to N boxes, and what they show.

    >>> rows, labels, every = np.eye(2, dtype=np.float32), np.array([0, 1]), np.arange(2)
    >>> Boxes(rows, labels, every < 1, owner=every, classes=("cat", "dog")).tested().labels
    array([0])
    """

    rows: np.ndarray  # (N, F) float32, the largest response of each filter
    labels: np.ndarray  # (N,) int
    counted: np.ndarray  # (N,) bool: False for difficult objects, which tests leave out
    owner: np.ndarray  # (N,) int, the image of each box
    classes: tuple[str, ...]  # by the short names of tables

    @property
    def present(self) -> np.ndarray:
        """Of which class each box is, (N, K) bool."""
        return self.labels[:, None] == np.arange(len(self.classes))

    @property
    def known(self) -> np.ndarray:
        """The classes that some box shows and some does not, (K,) bool."""
        shown = self.present.sum(axis=0)
        return (shown > 0) & (shown < len(self.labels))

    def tested(self) -> "Boxes":
        """The boxes that a test counts."""
        keep = self.counted
        parts = (self.rows[keep], self.labels[keep], keep[keep], self.owner[keep])
        return Boxes(*parts, self.classes)


def box_features(
    trained: Trained, profile: Profile, layer: str, *, checkpoint: int | None = None
) -> tuple[Boxes, Boxes]:
    """The training boxes and the test boxes of role "pascal" in one layer, "conv-5" or "fc-7".

    `checkpoint` reads the net as it was after that iteration, 0 before the first.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> train, test = box_features(base_net("caffenet", TINY), TINY, "conv-5")
    >>> train.rows.shape[1] == test.rows.shape[1]
    True
    """
    both = []
    for split in role_size(profile, "pascal").ends:
        packed = datasets.load(ROLE, profile, split)
        scenes = datasets.load_scenes("pascal", profile, split)
        values = responses(trained, packed, LAYERS, checkpoint=checkpoint)[layer]
        rows = sp_max(values).astype(np.float32)
        both.append(Boxes(rows, packed.labels, ~scenes.difficult, scenes.owner, SHORT))
    return both[0], both[1]
