"""What lies where: for each role and split of a profile its source, size and packed folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnlab import paths, store
from cnnlab.datasets.sources import WORLD, found
from cnnlab.profiles import Profile, RoleSize
from cnnlab.stamps import load_json


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
    there = {WORLD: WORLD, **found(profile.data_dir)}
    for role, size in profile.roles.items():
        for split in size.splits:
            state = _state(role, split, size, packed)
            if there.get(size.source) is None:
                state = f"{size.source} is not in {profile.data_dir or 'any --data-dir'}"
            yield Entry(role, split, size.source, _size(size, split), state)


def _size(size: RoleSize, split: str) -> str:
    images = size.splits[split] or "all"
    return f"{size.classes} classes, {images} images, {size.pixels} px"


def _packed() -> Iterator[tuple[Path, dict[str, object]]]:
    """Folders of packed sets, with their configuration, that today's code would make again."""
    for folder in sorted((paths.cache() / "packed").glob("*/")):
        manifest = load_json(folder / store.MANIFEST)
        config, code = manifest.get("config", {}), tuple(manifest.get("code", ()))
        if config and store.key_of("packed", config, code) == folder.name:
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
