"""What profiles are made of: sizes of image sets, how a net is trained, which layers are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RoleSize:
    """How much of which source plays a role."""

    source: str  # "world" (procedural), a real set, or a folder of the reader's, with a slash
    classes: int  # at most; a real set gives as many as it holds
    pixels: int  # side of the packed square; longer side of a scene
    splits: Mapping[str, int]  # split -> images per class (scenes in all for boxed roles); 0: all

    @property
    def ends(self) -> tuple[str, str]:
        """Its first split, to learn from, and its last, to test on."""
        names = tuple(self.splits)
        return names[0], names[-1]


@dataclass(frozen=True)
class Recipe:
    """How a net is trained. The defaults are ZF 3.1 at full scale."""

    images: int = 91_000_000  # seen in all: 70 epochs of 1.3 M
    batch: int = 128
    lr: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 5e-4  # Krizhevsky's; ZF print none
    # x0.1 when validation flattens; or "step"; or "linear" to zero; or "settle": x0.1 when the
    # training loss stops falling, and after `drops` falls the run ends, before `images` are seen
    schedule: str = "plateau"
    patience: int = 3  # validations without improvement before the rate falls
    settled: float = 0.02  # "settle": the training loss improves where it falls by this share
    drops: int = 2  # "settle": falls of the rate
    least: int = 0  # "settle": images seen before the first of them
    step: int = 100_000  # iterations between falls of the "step" schedule (AGM: 100k)
    warmup: float = 0.0  # share of the iterations over which the rate rises
    init: str = "paper"  # N(0, 0.01) everywhere; small nets need "he"
    # Layer 1 starts at so much of the deviation that `init` gives it. Small nets need 0.15, the
    # papers' own proportion, 0.01 / sqrt(2 / 363): with all of He's they keep their random start.
    conv1_scale: float = 1.0
    dropout: float = 0.5
    zoom: float = 0.0  # share by which the sides of training crops vary; ZF's are all alike
    # Radius of filter renormalisation (ECCV: 0.1, ten times the deviation that filters start with);
    # 0 leaves filters alone. Off below `paper`, where He's init already starts some filters there.
    clip_rms: float = 0.0
    precision: str = "auto"  # bf16 where the processor has it, else fp32
    threads: int = 0  # of one training; 0: all. Part of the result, so fixed below paper
    validations: int = 70  # times in a run, evenly spaced, the last at its end
    checkpoints: tuple[float, ...] = ()  # kept weights, as shares of the run


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


def parse_sources(text: str) -> dict[str, str]:
    """Sources by role from "ROLE=NAME,ROLE=FOLDER"; raises ValueError for another form.

    A folder, which has a slash, becomes absolute: notebooks run elsewhere.

    >>> parse_sources("caltech101=world, pascal=/data/my,own")
    {'caltech101': 'world', 'pascal': '/data/my,own'}
    """
    parsed = {}
    for pair in filter(None, (part.strip() for part in re.split(r",(?=\s*[\w-]+=)", text))):
        role, _, source = (part.strip() for part in pair.partition("="))
        if not (role and source):
            raise ValueError(f"a source is given as ROLE=NAME or ROLE=FOLDER, not {pair!r}")
        folder = "/" in source or "\\" in source
        parsed[role] = str(Path(source).expanduser().absolute()) if folder else source
    return parsed
