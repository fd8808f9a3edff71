"""Tables over several seeds: mean, 95% interval of Student's t, and how many seeds there are."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import read_json
from cnnlab.results.statistics import mean_of

if TYPE_CHECKING:
    import pandas as pd

# columns of a single seed's own interval, which an interval over seeds replaces
REPLACED = ("low", "high", "n", "plus_minus", "seed", "seeds")


def folder(profile: str, seed: int) -> Path:
    """Figures folder (in the sense of CNNLAB_FIGURES) of one seed's run."""
    return paths.cache() / "seeds" / profile / str(seed)


def aggregate(
    profile: str, saved: Mapping[int, Collection[str]], out: Path
) -> tuple[list[str], list[str]]:
    """Aggregate the tables among the ids that each seed `saved`, to `out`/<profile>-seeds.

    Returns the ids written, and one sentence for each table that was not.
    """
    import pandas as pd

    folders = {seed: folder(profile, seed) / profile for seed in saved}
    tables = (i for s, ids in saved.items() for i in ids if (folders[s] / f"{i}.csv").is_file())
    written, refused = [], []
    for name in sorted(set(tables)):
        missing = [str(seed) for seed, ids in saved.items() if name not in ids]
        if missing:
            refused.append(f"{name}: not saved by seed {', '.join(missing)}")
            continue
        try:
            table = combine({s: pd.read_csv(f / f"{name}.csv") for s, f in folders.items()})
        except ValueError as error:
            refused.append(f"{name}: {error}")
            continue
        records = [read_json(place / f"{name}.json") for place in folders.values()]
        target = out / f"{profile}-seeds" / f"{name}.csv"
        csv = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        store.write_atomic(target, csv.encode())
        record = combine_records(records, list(saved), store.sha256(target))
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        store.write_atomic(target.with_suffix(".json"), text.encode())
        written.append(name)
    return written, refused


def combine(tables: "Mapping[int, pd.DataFrame]") -> "pd.DataFrame":
    """One table of keys, value (mean), low, high, n, seeds from a tidy table per seed.

    Keys are the columns that hold no numbers, and those whose numbers are the same for every
    seed (an epoch, a count of filters). Raises ValueError for tables without a numeric `value`,
    or whose keys do not tell rows apart.
    """
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    first = next(iter(tables.values()))
    for seed, table in tables.items():
        if "value" not in table or not is_numeric_dtype(table["value"]):
            raise ValueError(f"seed {seed} has no numeric column `value`")
    candidates = [c for c in first.columns if c != "value" and c not in REPLACED]
    keys = [
        c
        for c in candidates
        if not is_numeric_dtype(first[c])
        or all(c in table and table[c].equals(first[c]) for table in tables.values())
    ]
    for seed, table in tables.items():
        if not set(keys) <= set(table.columns):
            raise ValueError(f"seed {seed} has other columns")
        if table.duplicated(keys).any() or (not keys and len(table) > 1):
            raise ValueError(f"columns {', '.join(keys)} do not tell its rows apart")
    rows = pd.concat([table.assign(seed=seed) for seed, table in tables.items()])
    lines = []
    for key, group in rows.groupby(keys, sort=False, dropna=False) if keys else [((), rows)]:
        group = group.dropna(subset=["value"])
        mean = mean_of(group["value"])
        ends = (mean.low, mean.high) if mean.n > 1 else (None, None)
        used = " ".join(str(seed) for seed in group["seed"])
        lines.append((*cast(tuple[Any, ...], key), mean.value, *ends, mean.n, used))
    table = pd.DataFrame(lines, columns=[*keys, "value", "low", "high", "n", "seeds"])
    return table.astype({"low": float, "high": float})


def combine_records(
    records: Sequence[Mapping[str, Any]], seeds: list[int], sha256: str
) -> dict[str, Any]:
    """What the seeds' records agree on, with all seeds, their seconds summed and the new hash."""
    first, *others = records
    same = {k: v for k, v in first.items() if all(k in r and r[k] == v for r in others)}
    same.pop("seed", None)
    seconds = sum(float(r.get("seconds", 0)) for r in records)
    return {**same, "seeds": seeds, "seconds": round(seconds, 1), "sha256": sha256}
