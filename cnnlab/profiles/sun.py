"""How much of SUN-CLS a profile runs (AGM 2 and 3.1). PAPER holds the paper's numbers."""

from dataclasses import dataclass

from cnnlab.profiles.base import PooledLayer, Recipe
from cnnlab.profiles.recipes import tuning

# AGM's layers, from the input up.
LAYERS = ("conv-1", "conv-2", "conv-3", "conv-4", "conv-5", "fc-6", "fc-7")

# The rate is a tenth of the pre-training's.
TUNING = Recipe(images=128 * 40_000, lr=0.001, schedule="step", step=20_000, validations=20)


@dataclass(frozen=True)
class Sun:
    """Splits, probes and recipes for scenes. The defaults are the paper's, where it has any."""

    runs: int = 3  # splits (arXiv: 3, ECCV: 5)
    early_runs: int = 3  # of them, those on which nets start from checkpoints (AGM Table 4)
    train: float = 0.5  # shares of every class
    val: float = 0.1
    tuning: Recipe = TUNING  # the net from scratch learns by the profile's `rival`
    costs: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0)  # values of C to choose from
    rounds: int = 5  # of cross-validation, on training images only
    grid: int = 0  # conv-1 pooled to so many positions a side; 0 keeps them all

    def layers(self) -> tuple[PooledLayer, ...]:
        """Every layer of AGM that is probed."""
        return tuple(PooledLayer(name, self.grid if name == "conv-1" else 0) for name in LAYERS)


PAPER = Sun()


def small(rival: Recipe, *, images: int, runs: int) -> Sun:
    """Scenes below `paper`."""
    return Sun(
        runs=runs, early_runs=1, tuning=tuning(rival, images), costs=(1.0, 10.0), rounds=2, grid=7
    )
