"""The papers' numbers: every table reads, is told of in the README, and prints no cell twice."""

import re
from collections import Counter

import pandas as pd
import pytest

from cnnlab.artifacts import paths
from cnnlab.results.published import published_ids, published_table

COLUMNS = ["table", "row", "column", "value", "plus_minus", "source", "note"]
SOURCES = {"zf-arxiv2013", "zf14", "zf14-guide", "draft", "eccv", "arxiv", "both"}


def in_readme() -> dict[str, int]:
    """Id -> number of rows, from the README's table."""
    text = (paths.published() / "README.md").read_text()
    lines = re.findall(r"^\| ([a-z0-9-]+) \|.*\| (\d+) \|$", text, re.MULTILINE)
    return {name: int(rows) for name, rows in lines if name != "id"}


def test_the_readme_lists_every_table_and_no_other() -> None:
    assert sorted(in_readme()) == published_ids()
    assert len(published_ids()) >= 31


@pytest.mark.parametrize("name", published_ids())
def test_a_table_is_tidy(name: str) -> None:
    table = published_table(name)
    assert list(table.columns) == COLUMNS
    assert len(table) == in_readme()[name]
    assert set(table["table"]) == {name}
    assert set(table["source"]) <= SOURCES
    assert all(isinstance(key, str) for key in (*table["row"], *table["column"]))
    assert pd.api.types.is_numeric_dtype(table["value"])
    assert pd.api.types.is_numeric_dtype(table["plus_minus"])
    assert not table.duplicated(["row", "column", "source"]).any()


@pytest.mark.parametrize("name", published_ids())
def test_a_cell_is_given_twice_only_where_the_sources_differ(name: str) -> None:
    table = published_table(name)
    twice = table[table.duplicated(["row", "column"], keep=False)]
    assert "both" not in set(twice["source"])
    assert set(Counter(zip(twice["row"], twice["column"], strict=True)).values()) <= {2}


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [  # read off the papers
        ("zf-table1", "krizhevsky-replication", "val-top5", 18.1),
        ("zf-table2", "ours-5-convnets", "val-top1", 36.6),
        ("zf14-table2", "our-model-6-convnets", "test-top5", 14.8),
        ("zf-table3", "random", "layer5", 0.107),
        ("agm-table8", "conv-5", "sp-max", 25.4),
    ],
)
def test_numbers_of_the_papers(table: str, row: str, column: str, value: float) -> None:
    printed = published_table(table)
    cells = zip(printed["row"], printed["column"], printed["value"], strict=True)
    assert [v for r, c, v in cells if (r, c) == (row, column)] == [value]


def test_an_unknown_table_is_refused_with_the_names() -> None:
    with pytest.raises(ValueError, match=r"'zf-table99'; there are agm-.*zf-table1,"):
        published_table("zf-table99")
