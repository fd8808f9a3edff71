"""What an unfinished build has done, a line each with its sum: damaged lines are done again."""

import contextlib
import json
import zlib
from pathlib import Path
from typing import Any


def line(value: Any) -> str:
    """A value of JSON as a line to append.

    >>> line([1, "é"])
    'ebe0fe32 [1, "é"]\\n'
    """
    text = json.dumps(value, ensure_ascii=False)
    return f"{zlib.crc32(text.encode()):08x} {text}\n"


def values(path: Path) -> list[Any]:
    """The values in a file of such lines, less what a kill tore or a disk damaged; none without it.

    >>> values(Path("no ledger"))
    []
    """
    whole: list[Any] = []
    with contextlib.suppress(OSError):
        for text in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            with contextlib.suppress(ValueError):
                value = json.loads(text.partition(" ")[2])
                if f"{text}\n" == line(value):
                    whole.append(value)
    return whole
