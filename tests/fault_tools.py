"""Faults made on purpose, and the count of what came of each.

The gate tries each fault a few times. `CNNLAB_FAULTS=long` tries as often as `figures/faults.csv`
says, which it writes.
"""

import csv
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cnnlab.artifacts.store import StoreError

LONG = os.environ.get("CNNLAB_FAULTS") == "long"
# right: used, and it gives what it should; mended: noticed and made again, with the same bytes;
# refused: one sentence says what is wrong; unnoticed: used, of a format that carries no sum;
# the others must not be
OUTCOMES = ("right", "mended", "refused", "unnoticed", "wrong", "crashed")
TABLE = Path(__file__).resolve().parents[1] / "figures" / "faults.csv"

_counts: dict[tuple[str, str], Counter[str]] = {}


def times(short: int, long: int) -> int:
    """How often a fault is tried."""
    return long if LONG else short


def meet(fault: str, thing: str, attempt: Callable[[], str]) -> None:
    """Try `attempt`, which returns an outcome, and count it; AssertionError for a bad one.

    A ValueError or StoreError of one line counts as a refusal, any other exception as a crash.
    """
    said = ""
    try:
        outcome = attempt()
    except (ValueError, StoreError) as error:
        said = str(error)
        outcome = "refused" if said.strip() and "\n" not in said.strip() else "crashed"
    except Exception as error:
        outcome, said = "crashed", f"{type(error).__name__}: {error}"
    assert outcome in OUTCOMES, outcome
    _counts.setdefault((fault, thing), Counter())[outcome] += 1
    assert outcome not in ("wrong", "crashed"), f"{fault}, {thing}: {outcome} {said}"


def count(fault: str, thing: str, outcome: str) -> int:
    """How often a fault came to an outcome so far: a test whose every try is refused shows none."""
    return _counts[fault, thing][outcome]


def write_counts() -> None:
    """Write what came of each fault, a line for each thing; lines of faults not tried now stay."""
    lines: dict[tuple[str, str], list[str]] = {}
    if TABLE.exists():
        with TABLE.open(encoding="utf-8", newline="") as file:
            lines = {(line[0], line[1]): line[2:] for line in list(csv.reader(file))[1:]}
    for key, counts in _counts.items():
        numbers = [counts[outcome] for outcome in OUTCOMES]
        lines[key] = [str(n) for n in (sum(numbers), *numbers)]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["fault", "thing", "tried", *OUTCOMES])
        writer.writerows([*key, *numbers] for key, numbers in sorted(lines.items()))


def fuzzed(data: bytes, rng: random.Random) -> bytes:
    """Bytes with one to eight faults: flipped bits, lost or doubled or foreign parts, a cut end."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(out)) if out else 0
        # headers are where a reader is led astray
        at = min(at, rng.randrange(1, 65)) if rng.random() < 0.4 else at
        part = slice(at, at + rng.randint(1, 64))
        match rng.randrange(6):
            case 0 | 1 if out:
                out[min(at, len(out) - 1)] ^= 1 << rng.randrange(8)
            case 2:
                del out[part]
            case 3:
                out[at:at] = out[part]
            case 4:
                out[part] = rng.randbytes(rng.randint(0, 16))
            case _ if rng.random() < 0.3:
                del out[at:]
    return bytes(out)


def flip(path: Path, rng: random.Random) -> None:
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
