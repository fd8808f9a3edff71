"""Where things lie; read from the environment at each call, so that it can be redirected."""

import os
from pathlib import Path


def root() -> Path:
    """The checkout that holds this package, or the working directory for an installed wheel."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


def cache() -> Path:
    """Folder of artifacts (packed data, nets, features): $CNNLAB_CACHE or data/cache."""
    return Path(os.environ.get("CNNLAB_CACHE") or root() / "data" / "cache")


def figures() -> Path:
    """Folder of what runs make again, outside git: $CNNLAB_FIGURES, or figures in the cache."""
    return Path(os.environ.get("CNNLAB_FIGURES") or cache() / "figures")


def committed() -> Path:
    """Folder of the committed figures and tables, by profile; only publishing writes there."""
    return root() / "figures"


def published() -> Path:
    """Folder of the papers' numbers as tidy CSV."""
    return root() / "data" / "published"


def weights() -> Path:
    """Folder of the shipped nets and their cards."""
    return root() / "data" / "weights"


def notebooks() -> Path:
    """Folder of the numbered notebooks."""
    return root() / "notebooks"


def data_dir() -> Path | None:
    """Folder of real image sets, $CNNLAB_DATA_DIR, or None where none was named."""
    named = os.environ.get("CNNLAB_DATA_DIR")
    return Path(named) if named else None
