"""Speed and precision, measured on the reader's machine beside a rival in the same run."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

# Each is a module of this package with a function run() -> list[Row].
NAMES = ("start", "world", "lrn", "training", "evaluation")
NAMES += ("seeing", "probing", "units", "subsets", "detection", "precision")


def main(names: Sequence[str], folder: Path) -> None:
    """Run the named benchmarks, all where none is named; print each, save it below `folder`.

    Raises ValueError, with the valid names, for an unknown one.
    """
    from cnnlab.bench.report import save, show

    for name in names:
        if name not in NAMES:
            raise ValueError(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
    for name in names or NAMES:
        rows = import_module(f"{__name__}.{name}").run()
        show(name, rows)
        save(name, rows, folder)
