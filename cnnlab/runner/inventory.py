"""What lies where: for each role and split of a profile its source, size and packed folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import read_json
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.roles import load, packing
from cnnlab.datasets.sources import BOXED, WORLD, locate
from cnnlab.profiles import Profile, role_size

SAMPLE = 96  # pixels of a procedural image on a contact sheet


def inventory(profile: Profile) -> Iterator[tuple[str, str, str, str, str]]:
    """Role, split, source, size in words and state of every split of every role of a profile."""
    packed = dict(_packed())
    for role, size in profile.roles.items():
        for split, count in size.splits.items():
            unit = "scenes" if role in BOXED else "images each"
            words = f"{size.classes} classes, {count or 'all'} {unit}, {size.pixels} px"
            config = {"source": size.source, "split": split, "pixels": size.pixels}
            config |= {"classes": size.classes, "per_class": count}
            config |= {"role": role} if size.source == WORLD else {}
            folder = next((f for f, c in packed.items() if config.items() <= c.items()), None)
            if lack := _lack(size.source, profile.data_dir, split):
                state = lack
            elif role in BOXED:
                state = "scenes, packed when first opened"
            elif folder is None:
                state = "not packed"
            else:
                megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
                state = f"packed, {megabytes:.0f} MB, {folder}"
            yield role, split, size.source, words, state


def _lack(source: str, data_dir: Path | None, split: str) -> str:
    """Why a source cannot be read, or nothing where it lies where it should."""
    try:
        if source != WORLD:
            locate(source, data_dir, split)
    except DataError as error:
        return str(error).partition(": put")[0]
    return ""


def _packed() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folders of packed sets, with their configuration, that today's code would make again."""
    for folder in sorted((paths.cache() / "packed").glob("*/")):
        config = read_json(folder / store.MANIFEST).get("config", {})
        code = packing(config["source"], config.get("shard", 0)) if config else ()
        if config and store.key_of("packed", config, code) == folder.name:
            yield folder, config


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
