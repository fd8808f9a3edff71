"""Tables over several seeds: mean, 95% interval of Student's t, and how many seeds there are."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import read_json
from cnnlab.results.statistics import mean_of
from cnnlab.runner.agreement import CLAIMS

if TYPE_CHECKING:
    import pandas as pd

# the value and the columns of a single seed's own interval, which those over seeds replace
REPLACED = ("value", "low", "high", "n", "plus_minus", "over", "seed", "seeds", "learning")


def folder(profile: str, seed: int) -> Path:
    """Figures folder (in the sense of CNNLAB_FIGURES) of one seed's run."""
    return paths.cache() / "seeds" / profile / str(seed)


def aggregate(
    profile: str, saved: Mapping[int, Collection[str]], out: Path
) -> tuple[list[str], list[str]]:
    """Aggregate the tables among the ids that each seed `saved`, to the folder `out`.

    Returns the ids written, and one sentence for each table that was not.
    """
    import pandas as pd

    folders = {seed: folder(profile, seed) / profile for seed in saved}
    tables = {i for s, ids in saved.items() for i in ids if (folders[s] / f"{i}.csv").is_file()}
    written, refused = [], []
    for id in sorted(id for id in tables if not id.endswith(CLAIMS)):  # verdicts have no mean
        missing = [str(seed) for seed, ids in saved.items() if id not in ids]
        if missing:
            refused.append(f"{id}: not saved by seed {', '.join(missing)}")
            continue
        sums = {store.sha256(f / f"{id}.csv") for f in folders.values()}
        if len(saved) > 1 and len(sums) == 1:
            refused.append(f"{id}: the same for every seed, so it rests on none")
            continue
        try:
            table = combine({s: pd.read_csv(f / f"{id}.csv") for s, f in folders.items()})
        except ValueError as error:
            refused.append(f"{id}: {error}")
            continue
        target = out / f"{id}.csv"
        csv = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        store.write_atomic(target, csv.encode())
        # what the seeds' records agree on, with all seeds and the sum of their seconds
        first, *others = (read_json(f / f"{id}.json") for f in folders.values())
        record = {k: v for k, v in first.items() if all(r.get(k) == v for r in others)}
        record.pop("seed", None)
        seconds = sum(float(r.get("seconds", 0)) for r in (first, *others))
        record |= {"seeds": list(saved), "seconds": round(seconds, 1)}
        record["sha256"] = store.sha256(target)
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        store.write_atomic(target.with_suffix(".json"), text.encode())
        written.append(id)
    return written, refused


def combine(tables: "Mapping[int, pd.DataFrame]") -> "pd.DataFrame":
    """One table of keys, value (mean), low, high, n, seeds from a tidy table per seed.

    A cell is `learning` where a net of any seed still was. Keys are the columns that hold no
    numbers, and those whose numbers are the same for every seed (an epoch, a count of filters).
    Raises ValueError for tables without a numeric `value`, or whose keys do not tell rows apart.
    """
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    first = next(iter(tables.values()))
    for seed, table in tables.items():
        if "value" not in table or not is_numeric_dtype(table["value"]):
            raise ValueError(f"seed {seed} has no numeric column `value`")
    same = [c for c in first if all(c in t and t[c].equals(first[c]) for t in tables.values())]
    keys = [c for c in first if c in same or not is_numeric_dtype(first[c])]
    keys = [c for c in keys if c not in REPLACED]
    for seed, table in tables.items():
        if not set(keys) <= set(table.columns):
            raise ValueError(f"seed {seed} has other columns")
        if table.duplicated(keys).any() or (not keys and len(table) > 1):
            raise ValueError(f"columns {', '.join(keys)} do not tell its rows apart")
    rows = pd.concat([table.assign(seed=seed) for seed, table in tables.items()])
    rows["learning"] = rows["learning"].eq(True) if "learning" in rows else False
    lines = []
    for key, group in rows.groupby(keys, sort=False, dropna=False) if keys else [((), rows)]:
        group = group.dropna(subset=["value"])
        mean = mean_of(group["value"])
        ends = (mean.low, mean.high) if mean.n > 1 else (None, None)
        used = " ".join(str(seed) for seed in group["seed"])
        cell = mean.value, *ends, mean.n, "seeds", used, bool(group["learning"].any())
        lines.append((*cast(tuple[Any, ...], key), *cell))
    names = ("value", "low", "high", "n", "over", "seeds", "learning")
    table = pd.DataFrame(lines, columns=[*keys, *names]).astype({"low": float, "high": float})
    return table if any(line[-1] for line in lines) else table.drop(columns="learning")
