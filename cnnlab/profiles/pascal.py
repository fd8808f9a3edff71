"""How much of PASCAL VOC classification a profile runs (ZF 5, Table 6)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pascal:
    """Classifier and intervals, the same in every profile: the paper gives none of these."""

    costs: tuple[float, ...] = (1.0, 10.0, 100.0)  # values of C to choose from
    rounds: int = 3  # of cross-validation, on training images only
    tolerance: float = 1e-3  # of the gradient at the start
    draws: int = 200  # of the bootstrap over images
