"""How PASCAL VOC classification is run (ZF 5, Table 6): alike in every profile."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pascal:
    """Choice of C and intervals; the paper prints none of these numbers."""

    costs: tuple[float, ...] = (1.0, 10.0, 100.0)  # values of C to choose from
    rounds: int = 3  # of cross-validation, on training images only
    draws: int = 200  # of the bootstrap over test images


PAPER = Pascal()
