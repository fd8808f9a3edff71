"""What lies where: for each role and split of a profile its source, size and packed folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import read_json
from cnnlab.datasets import BOXED, available_sets, load, packing
from cnnlab.datasets.sources import WORLD
from cnnlab.profiles import Profile, RoleSize, role_size

SAMPLE = 96  # pixels of a procedural image on a contact sheet


@dataclass(frozen=True)
class Entry:
    """One split of a role: `size` in words; `state` says packed, not packed or what is missing."""

    role: str
    split: str
    source: str
    size: str
    state: str


def inventory(profile: Profile) -> Iterator[Entry]:
    """Every split of every role of a profile."""
    packed = list(_packed())
    sets = {WORLD: WORLD, **available_sets(profile.data_dir)}
    for role, size in profile.roles.items():
        for split in size.splits:
            boxed = role in BOXED
            state = (
                "scenes, packed when first opened" if boxed else _state(role, split, size, packed)
            )
            if sets.get(size.source) is None:
                where = profile.data_dir or "any folder; name one with --data-dir"
                state = f"{size.source} is not in {where}"
            images = f"{size.splits[split] or 'all'} {'scenes' if boxed else 'images each'}"
            words = f"{size.classes} classes, {images}, {size.pixels} px"
            yield Entry(role, split, size.source, words, state)


def _packed() -> Iterator[tuple[Path, dict[str, object]]]:
    """Folders of packed sets, with their configuration, that today's code would make again."""
    for folder in sorted((paths.cache() / "packed").glob("*/")):
        manifest = read_json(folder / store.MANIFEST)
        config = manifest.get("config", {})
        if config and store.key_of("packed", config, packing(config["source"])) == folder.name:
            yield folder, config


def _state(
    role: str, split: str, size: RoleSize, packed: list[tuple[Path, dict[str, object]]]
) -> str:
    wanted = {
        "source": size.source,
        "split": split,
        "classes": size.classes,
        "per_class": size.splits[split],
        "pixels": size.pixels,
    }
    if size.source == WORLD:
        wanted["role"] = role
    for folder, config in packed:
        if wanted.items() <= config.items():
            megabytes = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
            return f"packed, {megabytes:.0f} MB, {folder}"
    return "not packed"


def one_of_each(role: str, profile: Profile) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """One image (S, S, 3) of each class of a role, with the names of the classes.

    Raises ValueError for an unknown role; a real set is packed first where it is not yet.
    """
    size = role_size(profile, role)
    split = next(iter(size.splits))
    if size.source == WORLD:
        from cnnlab.datasets import world

        names = world.classes(role, size.classes)
        first = range(len(names))  # image i is of class i modulo their number
        return [world.image(role, split, i, size=SAMPLE, classes=names) for i in first], names
    packed = load(role, profile, split)
    _, rows = np.unique(packed.labels, return_index=True)
    return [packed.images[row] for row in rows], packed.classes
