"""Speed and precision, measured on the reader's machine beside a rival in the same run."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

# Each is a module of this package with a function run() -> list[Row].
NAMES = ("start", "world", "lrn", "training", "streaming", "scale", "evaluation")
NAMES += ("seeing", "probing", "units", "subsets", "detection", "precision")


def main(names: Sequence[str], folder: Path) -> list[str]:
    """Run the named benchmarks, all where none is named, and print one table of them.

    Each is saved below `folder` as it ends. Returns the names of those that failed, for which no
    other is lost. Raises ValueError, with the valid names, for an unknown one.
    """
    import time

    from cnnlab.bench.report import failed, progress, save, show

    for name in names:
        if name not in NAMES:
            raise ValueError(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
    every, failures = {}, []
    for name in names or NAMES:
        began = time.monotonic()
        try:
            every[name] = import_module(f"{__name__}.{name}").run()
            save(name, every[name], folder)
            progress(name, time.monotonic() - began)
        except Exception as error:  # whatever it is, hours of others must not be lost
            failures.append(name)
            failed(name, error)
    show(every)
    return failures
