"""Every figure and table of both papers is saved by exactly one notebook, excused, or still due."""

from collections import Counter

import pytest

from cnnlab.artifacts import paths
from cnnlab.results.published import published_ids, published_table
from cnnlab.runner import notebooks
from cnnlab.runner.notebooks import Notebook


def numbered(stem: str, last: int) -> set[str]:
    return {f"{stem}{n}" for n in range(1, last + 1)}


# The list of design section 7. Figures and tables of the ECCV version of Zeiler & Fergus that
# repeat those of the arXiv version have no ids of their own.
ZF = numbered("zf-fig", 8) | numbered("zf-table", 7)
ZF14 = {"zf14-fig6", "zf14-table2", "zf14-table3", "zf14-overlap"}
AGM = numbered("agm-table", 8) | numbered("agm-fig", 6) | {"agm-imagenet-spmax"}
AGM |= {"agm-supp-fig1", "agm-supp-table9", "agm-supp-fig2", "agm-supp-table10"}
DRAFT = numbered("draft-table", 9) | {"draft-fig-training", "draft-fig2", "draft-fig3"}
DRAFT |= {"draft-fig4", "draft-fig5", "draft-nonlinear", "draft-narrow", "draft-shallow"}
IDS = ZF | ZF14 | AGM | DRAFT

# Not regenerated yet: id -> the notebook that will save it. An id leaves this list when it is.
LATER: dict[str, str] = {}

# Cells that are printed and never regenerated: (table, row or None for all, column) -> why.
EXCUSED = {
    ("zf-table2", None, "test-top5"): "the labels of ImageNet's test images are not public",
    ("zf14-table2", None, "test-top5"): "the labels of ImageNet's test images are not public",
    ("draft-table6", "crop-l", None): "the draft does not say what it crops",
}


@pytest.fixture(scope="module")
def found() -> list[Notebook]:
    return notebooks.scan(paths.notebooks())


def test_the_list_is_whole() -> None:
    assert Counter(name.partition("-")[0] for name in IDS) == {
        "zf": 15,
        "zf14": 4,
        "agm": 19,
        "draft": 17,
    }


def test_every_printed_table_is_on_the_list() -> None:
    prose = {"zf-text", "agm-text", "draft-text"}
    assert set(published_ids()) - prose <= IDS


def test_every_notebook_reads(found: list[Notebook]) -> None:
    assert {n.name: n.problem for n in found if n.problem} == {}


def test_every_id_has_exactly_one_notebook(found: list[Notebook]) -> None:
    savers = {name: [n.name for n in found if name in n.saves] for name in IDS}
    assert {name: by for name, by in savers.items() if len(by) > 1} == {}, "saved more than once"
    nowhere = {name for name, by in savers.items() if not by} - LATER.keys()
    assert nowhere == set(), "saved by no notebook, and not listed as due"


def test_what_is_due_is_on_the_list_and_not_saved_yet(found: list[Notebook]) -> None:
    assert LATER.keys() - IDS == set()
    saved = {name for notebook in found for name in notebook.saves}
    assert LATER.keys() & saved == set(), "saved now: take these out of LATER"


def test_a_notebook_that_exists_owes_nothing(found: list[Notebook]) -> None:
    there = {notebook.number: notebook.name for notebook in found}
    owed = {name: by for name, by in LATER.items() if by.partition("_")[0] in there}
    assert owed == {}, "these notebooks exist without saving what is theirs"


def test_an_id_is_saved_once_and_only_extras_are_free(found: list[Notebook]) -> None:
    saved = Counter(name for notebook in found for name in notebook.saves)
    assert {name for name in saved if name not in IDS and not name.startswith("extra-")} == set()
    assert [name for name, times in saved.items() if times > 1] == []


@pytest.mark.parametrize(("table", "row", "column"), EXCUSED)
def test_what_is_excused_is_printed(table: str, row: str | None, column: str | None) -> None:
    printed = published_table(table)
    cells = printed[
        (printed["row"] == row if row else True) & (printed["column"] == column if column else True)
    ]
    assert len(cells) > 0
    assert EXCUSED[table, row, column]
