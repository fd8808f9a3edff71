"""Network dissection (Bau et al. 2017): which named concept does each unit answer to?

U units with maps of h x h positions, N windows of P x P pixels, C concepts, D draws.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.datasets import load
from cnnlab.profiles import Profile, role_size
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.seeing.chain import receptive_field
from cnnlab.training.trained import Trained
from cnnlab.units.concepts import Concepts
from cnnlab.units.precision import redrawings
from cnnlab.units.responses import responses
from cnnlab.units.tuned import ROLE


def unit_ious(marks: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Intersection over union in percent, (U, C), of what units mark and where concepts are.

    `marks` are (U, N, P, P), `masks` (C, N, P, P), both bool; sums run over the whole set. 0 for a
    unit that marks nothing. `dissect` gives the same from labels, and faster. (Bau et al. 3.2)

    >>> marks = np.array([[[[True, True, False]]]])  # one unit, one window of 1 x 3 pixels
    >>> unit_ious(marks, np.array([[[[False, True, True]]], [[[True, True, True]]]])).round(1)
    array([[33.3, 66.7]])
    """
    a, b = (pixels.reshape(len(pixels), -1).astype(int) for pixels in (marks, masks))
    both = a @ b.T  # (U, C) pixels
    either = a.sum(axis=1)[:, None] + b.sum(axis=1) - both
    return 100 * both / np.maximum(either, 1)


def marks_of(maps: np.ndarray, centres: np.ndarray, pixels: int, share: float) -> np.ndarray:
    """Where one unit responds most, (N, P, P) bool, from its maps (N, h, h).

    The threshold is what a `share` of all its responses exceed. Then each map is enlarged, linear
    between the middles (h,) of what its positions see, and flat outside of them.

    >>> maps = np.array([[[0.0, 2.0], [0.0, 2.0]]])
    >>> marks_of(maps, np.array([0, 2]), pixels=3, share=0.75)[0, 0]
    array([False,  True,  True])
    """
    threshold = np.quantile(maps, 1 - share)
    weights = [np.interp(np.arange(pixels), centres, row) for row in np.eye(len(centres))]
    weights = np.array(weights, dtype=maps.dtype)  # (h, P)
    return weights.T @ maps @ weights > threshold


@dataclass(frozen=True, eq=False)
class Dissection:
    """How many pixels each unit marks, and how many of them each concept covers.

    >>> planes = {"class": (np.array([[[1, 2]]]), ("cat", "dog"))}
    >>> concepts = Concepts.of(planes, {}, owner=np.zeros(1))
    >>> both, marked, area = np.array([[[2, 1]]]), np.array([[2]]), np.array([[4, 3]])
    >>> Dissection(concepts, both, marked, area, chance=np.array([[40.0]])).ious.tolist()
    [[50.0, 25.0]]
    """

    concepts: Concepts
    both: np.ndarray  # (U, N, C) marked pixels of a window that a concept covers
    marked: np.ndarray  # (U, N) marked pixels of a window
    area: np.ndarray  # (N, C) pixels of a window that a concept covers
    chance: np.ndarray  # (D, U) a unit's best IoU where its marks are laid on other windows

    @property
    def ious(self) -> np.ndarray:
        """IoU in percent of each unit with each concept, (U, C)."""
        return _ious(self.both.sum(axis=1), self.marked.sum(axis=1)[:, None], self.area.sum(axis=0))

    @property
    def beyond_chance(self) -> np.ndarray:
        """Which units have an IoU above all D best ones by chance, (U,) bool."""
        return self.ious.max(axis=1) > self.chance.max(axis=0)

    def best(self, unit: int, *, draws: int = 200, seed: int = 0) -> tuple[str, Estimate]:
        """The concept of a unit's largest IoU and that IoU in percent.

        The interval covers the choice of images, not that of the best among many concepts: what
        this choice alone brings is `chance`.
        """
        c = int(self.ious[unit].argmax())
        counts = redrawings(self.concepts.owner, draws, seed=seed)  # (N, 1 + draws)
        parts = (self.both[unit, :, c], self.marked[unit], self.area[:, c])
        values = _ious(*(part @ counts for part in parts))
        images = len(np.unique(self.concepts.owner))
        return self.concepts.names[c], bootstrap(values[0], values[1:], images, "images")


def dissect(
    maps: np.ndarray,
    centres: np.ndarray,
    concepts: Concepts,
    share: float,
    *,
    draws: int = 20,
    seed: int = 0,
) -> Dissection:
    """Where each unit responds most, `marks_of`, against every concept, from maps (N, U, h, h).

    For chance the same marks are laid on windows dealt anew, and the best concept is sought again.
    Raises ValueError for maps and concepts of different windows.

    >>> right = {"part": (np.array([[[0, 1], [0, 1]]]), ("right",))}
    >>> concepts = Concepts.of(right, {}, owner=np.zeros(1))
    >>> maps = np.array([[[[0.0, 9.0], [0.0, 8.0]]]])
    >>> dissect(maps, np.arange(2), concepts, share=0.6).ious
    array([[100.]])
    """
    total, pixels = len(concepts.labels), concepts.labels.shape[-1]
    if len(maps) != total:
        raise ValueError(f"maps of {len(maps)} windows and concepts of {total} do not pair")
    labels = concepts.labels.reshape(total, -1, pixels**2).transpose(0, 2, 1)
    labels = np.ascontiguousarray(labels)  # (N, P * P, J)
    area = np.stack([concepts.covered(part) for part in labels])  # (N, C)
    rng = np.random.default_rng([seed, 47])
    orders = [rng.permutation(total) for _ in range(draws)]
    both, marked, chance = [], [], []
    for u in range(maps.shape[1]):
        marks = marks_of(maps[:, u].astype(np.float32), centres, pixels, share)
        window, pixel = np.divmod(np.flatnonzero(marks), pixels**2)  # (M,), window by window
        parts = np.split(labels[window, pixel], np.searchsorted(window, np.arange(1, total)))
        both.append([concepts.covered(part) for part in parts])
        marked.append(np.bincount(window, minlength=total))
        laid = np.stack([concepts.covered(labels[order[window], pixel]) for order in orders])
        chance.append(_ious(laid, len(window), area.sum(axis=0)).max(axis=1))
    return Dissection(concepts, np.array(both), np.array(marked), area, np.array(chance).T)


def _ious(both: np.ndarray, marked: np.ndarray | int, area: np.ndarray) -> np.ndarray:
    return 100 * both / np.maximum(marked + area - both, 1)


def window_maps(
    trained: Trained, profile: Profile, checkpoint: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Maps (N, U, h, h) of conv-5 on the test windows, and the middles (h,) of what they see.

    They are those before the last pooling, which has fewer positions.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> maps, centres = window_maps(base_net("caffenet", TINY), TINY)
    >>> maps.shape, centres[:2]
    ((4, 24, 7, 7), array([ 6., 14.]))
    """
    windows = load(ROLE, profile, role_size(profile, "pascal").ends[1])
    maps = responses(trained, windows, ["relu5"], checkpoint=checkpoint)["relu5"]
    field = receptive_field(trained.job.spec, "relu5")
    return maps, field.start + (field.size - 1) / 2 + field.stride * np.arange(maps.shape[-1])


def dissected(
    trained: Trained,
    profile: Profile,
    concepts: Concepts,
    *,
    checkpoint: int | None = None,
    seed: int = 0,
) -> Dissection:
    """`dissect` of the filters of conv-5 on the windows that `concepts` are of; made once.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> from cnnlab.units import window_concepts
    >>> dissected(base_net("caffenet", TINY), TINY, window_concepts(TINY)).chance.shape
    (20, 24)
    """
    share = profile.units.marked

    def build(workdir: Path) -> None:
        one = dissect(*window_maps(trained, profile, checkpoint), concepts, share, seed=seed)
        counts = {"both": one.both, "marked": one.marked, "area": one.area}
        np.savez(workdir / "counts.npz", allow_pickle=False, chance=one.chance, **counts)

    config: dict[str, object] = {"net": trained.address, "checkpoint": checkpoint, "seed": seed}
    config |= {"concepts": concepts.digest, "share": share}
    folder = store.make("dissection", config, build, code=(dissect, window_maps))
    with np.load(folder / "counts.npz") as counts:
        return Dissection(concepts, **counts)
