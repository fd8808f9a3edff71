"""How hard the sets are: lines of this run, dashed ones of photographs where they were saved."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.figures import world


def cells(roles: tuple[str, ...], value: float) -> pd.DataFrame:
    rows = [
        {"row": f"{role} layer {layer}", "column": f"{n} a class", "value": value}
        for role in roles
        for n in (15, 30)
        for layer in range(1, 8)
    ]
    rows += [{"row": f"{role} chance", "column": "15 a class", "value": 2.5} for role in roles]
    table = pd.DataFrame(rows)
    return table.assign(low=table["value"] - 2, high=table["value"] + 3)


def test_a_panel_a_role_with_a_line_for_each_number_of_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "committed", lambda: tmp_path)
    table = cells(("caltech101", "sun"), 40.0)
    assert [len(a.containers) for a in world.calibration(table, "t").axes] == [2, 2]
    (tmp_path / "course").mkdir()
    cells(("sun",), 30.0).to_csv(tmp_path / "course" / "t.csv", index=False)
    figure = world.calibration(table, "t")
    assert [len(a.containers) for a in figure.axes] == [2, 4]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    sides = [f"{side}, {n} a class" for side in ("this run", "photographs") for n in (15, 30)]
    assert set(labels) == {*sides, "chance"}
    dashed: Any = figure.axes[1].containers[2]
    assert dashed.lines[0].get_ydata().tolist() == [30.0] * 7
