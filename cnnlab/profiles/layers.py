"""Which layers of a net a protocol reads, and how much of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PooledLayer:
    """A layer of the net and how much of its map is kept."""

    name: str  # Caffe's or that in one of the papers
    grid: int = 0  # 0 keeps every position; g pools a larger map to g x g
    how: str = "mean"  # or "max"

    def __post_init__(self) -> None:
        if self.how not in ("mean", "max") or self.grid < 0:
            raise ValueError(f"a layer is pooled by mean or max to a grid of 0 or more, not {self}")

    @property
    def file(self) -> str:
        """Name of the file its features go to."""
        return f"{self.name}-{self.how}{self.grid}.npy" if self.grid else f"{self.name}.npy"
