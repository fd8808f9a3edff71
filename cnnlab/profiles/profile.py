"""What a profile holds: every decision about scale that the notebooks leave open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnnlab.profiles.base import Recipe, RoleSize
from cnnlab.profiles.detection import Detection
from cnnlab.profiles.sun import Sun
from cnnlab.profiles.transfer import PASCAL, Pascal, Transfer
from cnnlab.profiles.units import Units


@dataclass(frozen=True)
class Profile:
    """A scale at which every notebook can run."""

    name: str
    roles: Mapping[str, RoleSize]
    crop: int = 224  # side of the net's input (caffenet: 227)
    width: float = 1.0  # share of the papers' filters and units
    base: Recipe = field(default_factory=Recipe)  # the nets that later notebooks look into
    study: Recipe = field(default_factory=Recipe)  # the twenty nets of the architecture tables
    # Of nets that learn a smaller set alone, and of nets fine-tuned to it: one rule for both
    rival: Recipe = field(default_factory=Recipe)
    live: Recipe = field(
        default_factory=Recipe
    )  # of the net that notebook 01 trains while you wait
    # Base nets that are not the papers' at `width`: name -> maps of layers, as at full size, and
    # "fc", the units of layers 6 and 7 as they are
    nets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    train: bool = False  # every net from nothing, though data/weights may hold it
    study_classes: int = 1000  # classes of role imagenet those nets learn
    ensemble: int = 5  # nets in an ensemble (ZF: 5)
    crops: int = 10  # views averaged at test time: corners and centre, mirrored
    workers: int = 1  # nets trained at once on CPUs
    transfer: Transfer = field(default_factory=Transfer)  # to Caltech-101 and Caltech-256
    sun: Sun = field(default_factory=Sun)  # scenes
    pascal: Pascal = PASCAL  # several objects in a picture
    units: Units = field(default_factory=Units)  # what single units encode
    detection: Detection = field(default_factory=Detection)  # R-CNN
    shards: Mapping[str, int] = field(default_factory=dict)  # role -> images a file; else one file
    data_dir: Path | None = None  # where the real sets lie
