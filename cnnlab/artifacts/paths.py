"""Where things lie; read from the environment at each call, so that it can be redirected."""

import os
from pathlib import Path


def root() -> Path:
    """The checkout that holds this package, or the working directory for an installed wheel."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


def in_checkout(name: str) -> Path:
    """A file or folder of the repository; raises FileNotFoundError, with the fix, outside of it.

    The installed package holds code alone: no notebooks, no numbers of the papers, no nets.
    """
    path = root() / name
    if not path.exists() and not (root() / "cnnlab").exists():
        raise FileNotFoundError(
            f"{name} is part of the repository, not of the installed package, and {root()} is no "
            "clone of it: clone the repository and run this in its folder"
        )
    return path


def cache() -> Path:
    """Folder of artifacts (packed data, nets, features): $CNNLAB_CACHE or data/cache."""
    return _named("CNNLAB_CACHE") or root() / "data" / "cache"


def figures() -> Path:
    """Folder of what runs make again, outside git: $CNNLAB_FIGURES, or figures in the cache."""
    return _named("CNNLAB_FIGURES") or cache() / "figures"


def committed() -> Path:
    """Folder of the committed figures and tables, by profile; only publishing writes there."""
    return root() / "figures"


def published() -> Path:
    """Folder of the papers' numbers as tidy CSV."""
    return in_checkout("data/published")


def weights() -> Path:
    """Folder of the shipped nets and their cards."""
    return root() / "data" / "weights"


def notebooks() -> Path:
    """Folder of the numbered notebooks."""
    return in_checkout("notebooks")


def data_dir() -> Path | None:
    """Folder of real image sets, $CNNLAB_DATA_DIR, or None where none was named."""
    return _named("CNNLAB_DATA_DIR")


def whole(path: Path) -> Path:
    """A path with the home folder for ~, which a shell puts in only at the start of a word.

    Raises ValueError where there is no such home.
    """
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"no home folder is known for {path}; name the whole path") from error


def _named(variable: str) -> Path | None:
    path = os.environ.get(variable)
    return whole(Path(path)) if path else None
