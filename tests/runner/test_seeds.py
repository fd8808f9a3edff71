"""Tables over seeds against means and intervals worked out by hand."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cnnlab.artifacts import store
from cnnlab.runner import seeds
from cnnlab.runner.seeds import aggregate, combine

# quantiles 0.975 of Student's t, as statistical tables print them
T_1, T_2 = 12.706, 4.303


def table(*values: float, low: float = 0.0) -> pd.DataFrame:
    rows = [{"row": "a", "column": "x"}, {"row": "a", "column": "y"}]
    return pd.DataFrame(
        [
            {**row, "epoch": 5, "value": value, "low": low, "n": 100}
            for row, value in zip(rows, values, strict=True)
        ]
    )


def test_mean_and_interval_by_hand() -> None:
    tables = {0: table(1, 10, low=0.5), 1: table(2, 10, low=1.5), 2: table(6, 10, low=2.5)}
    both = combine(tables)
    assert list(both.columns) == [
        "row",
        "column",
        "epoch",
        "value",
        "low",
        "high",
        "n",
        "over",
        "seeds",
    ]
    assert list(both["epoch"]) == [5, 5]
    x, y = both.iloc[0], both.iloc[1]
    # 1, 2, 6: mean 3, squared deviations 4 + 1 + 9 = 14, variance 7, error sqrt(7/3) = 1.5275
    assert (x["value"], x["n"], x["seeds"]) == (3, 3, "0 1 2")
    assert x["high"] - x["value"] == pytest.approx(T_2 * 1.527525, rel=1e-4)
    assert x["value"] - x["low"] == pytest.approx(T_2 * 1.527525, rel=1e-4)
    assert (y["value"], y["low"], y["high"]) == (10, 10, 10)


def test_a_cell_that_a_seed_left_empty_counts_for_the_others() -> None:
    tables = {0: table(1, 2), 4: table(3, float("nan")), 7: table(5, float("nan"))}
    both = combine(tables)
    assert list(both["n"]) == [3, 1]
    assert list(both["seeds"]) == ["0 4 7", "0"]
    second = both.to_dict("records")[1]
    assert second["value"] == 2 and pd.isna(second["low"]) and pd.isna(second["high"])


def test_a_cell_is_marked_where_a_net_of_any_seed_still_learned() -> None:
    rows = {"row": ["a", "b"], "column": "x", "value": [1.0, 2.0]}
    tables = {s: pd.DataFrame(rows | {"learning": [s == 1, False]}) for s in range(3)}
    assert combine(tables)["learning"].tolist() == [True, False]
    assert "learning" not in combine({s: pd.DataFrame(rows) for s in range(3)})


def test_two_seeds() -> None:
    both = combine({0: table(1, 2), 1: table(3, 2)})
    # 1, 3: variance 2, error sqrt(2/2) = 1
    assert both.to_dict("records")[0]["high"] - 2 == pytest.approx(T_1, rel=1e-4)


def test_numbers_that_differ_between_seeds_are_no_keys() -> None:
    first, second = table(1, 2), table(3, 4)
    both = combine({0: first.assign(loss=0.5), 1: second.assign(loss=0.25)})
    assert "loss" not in both and len(both) == 2


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (table(1, 2).rename(columns={"value": "worth"}), "seed 1 has no numeric column `value`"),
        (table(1, 2).assign(value=["a", "b"]), "seed 1 has no numeric column `value`"),
        (table(1, 2).assign(column="x"), "do not tell its rows apart"),
        (table(1, 2).drop(columns="row"), "seed 1 has other columns"),
    ],
)
def test_unfit_tables_are_refused(broken: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        combine({0: table(1, 2), 1: broken})


def test_aggregate_writes_table_and_record_and_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    for seed in (0, 1):
        folder = seeds.folder("mini", seed) / "mini"
        folder.mkdir(parents=True)
        table(seed, 2).to_csv(folder / "zf-t.csv", index=False)
        about = {"id": "zf-t", "file": "zf-t.csv", "notebook": "01_a", "profile": "mini"}
        about |= {"seed": seed, "seconds": 1.5, "sha256": str(seed), "commit": "abc"}
        (folder / "zf-t.json").write_text(json.dumps(about))
    table(1, 2).to_csv(seeds.folder("mini", 0) / "mini" / "zf-once.csv", index=False)

    # a table of an earlier run, which this one did not save, does not count
    table(1, 2).to_csv(seeds.folder("mini", 1) / "mini" / "zf-once.csv", index=False)

    for seed in (0, 1):  # of a net of photographs, say
        table(1, 2).to_csv(seeds.folder("mini", seed) / "mini" / "zf-same.csv", index=False)

    saved = {0: ["zf-t", "zf-once", "zf-same", "zf-fig"], 1: ["zf-t", "zf-same", "zf-fig"]}
    written, refused = aggregate("mini", saved, tmp_path / "mini-seeds")
    same = "zf-same: the same for every seed, so it rests on none"
    assert (written, refused) == (["zf-t"], ["zf-once: not saved by seed 1", same])
    out = tmp_path / "mini-seeds"
    assert pd.read_csv(out / "zf-t.csv")["value"].tolist() == [0.5, 2.0]
    assert json.loads((out / "zf-t.json").read_text()) == {
        "id": "zf-t",
        "file": "zf-t.csv",
        "notebook": "01_a",
        "profile": "mini",
        "commit": "abc",
        "seconds": 3.0,
        "seeds": [0, 1],
        "sha256": store.sha256(out / "zf-t.csv"),
    }
