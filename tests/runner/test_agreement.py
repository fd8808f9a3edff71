"""Tables that differ from committed ones in known ways: what the comparison counts and says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cnnlab.cli import app
from cnnlab.runner.agreement import Agreement, compare, total

HEAD = "row,column,value,low,high,n,over\n"
# an interval, an interval, a zero-width one, one without ends, none, and a cell without a value
COMMITTED = f"""{HEAD}a,x,10,8,12,5,folds
b,x,20,18,22,5,folds
c,x,0,0,0,3,folds
d,x,5,-inf,inf,1,nets
e,x,7,,,1,
f,x,,,,0,
"""
CLAIMS = "statement,source,verdict\ndeeper is better,ZF 5,holds\nwider helps,ZF 4,undecided\n"


def save(folder: Path, id: str, csv: str, **about: Any) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{id}.csv").write_text(csv)
    record = {"id": id, "file": f"{id}.csv", "notebook": "01_a", "profile": "mini", "seed": 0}
    record |= {"sources": {"imagenet": "world"}, "sha256": "", **about}
    (folder / f"{id}.json").write_text(json.dumps(record))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        save(folder, "zf-t", COMMITTED)
        save(folder, "01_a.claims", CLAIMS)
    return ours, theirs


def only(folders: tuple[Path, Path]) -> Agreement:
    (one,) = compare(*folders)
    return one


def test_the_same_tables_agree_wholly(folders: tuple[Path, Path]) -> None:
    one = only(folders)
    assert (one.equal, one.judged, one.verdicts) == (6, 3, 2)
    assert one.same and one.good


def test_cells_are_equal_inside_outside_or_bare(folders: tuple[Path, Path]) -> None:
    changed = COMMITTED.replace("a,x,10,8,12", "a,x,11.9,9,14").replace("b,x,20,", "b,x,22.1,")
    changed = changed.replace("c,x,0,", "c,x,1,").replace("d,x,5,", "d,x,900,")
    save(folders[0], "zf-t", changed.replace("e,x,7,", "e,x,8,"))
    one = only(folders)
    assert (one.equal, one.inside, one.outside, one.bare, one.judged) == (1, 1, 2, 2, 3)
    assert not one.good and one.moved == ["zf-t"]
    assert str(one) == (
        "01_a: 1 cells equal, 1 inside their interval, 2 outside (zf-t), 2 others without one, "
        "0 of 2 verdicts changed"
    )


def test_our_own_interval_does_not_excuse_a_cell(folders: tuple[Path, Path]) -> None:
    save(folders[0], "zf-t", COMMITTED.replace("a,x,10,8,12", "a,x,13,0,100"))
    assert only(folders).outside == 1


@pytest.mark.parametrize(("outside", "good"), [(5, True), (6, False)])
def test_one_cell_in_twenty_may_move(tmp_path: Path, outside: int, good: bool) -> None:
    def lines(value: int) -> str:
        return HEAD + "".join(
            f"r{i},x,{value if i < outside else 1},0,2,5,folds\n" for i in range(100)
        )

    save(tmp_path / "ours", "zf-t", lines(9))
    save(tmp_path / "theirs", "zf-t", lines(1))
    one = only((tmp_path / "ours", tmp_path / "theirs"))
    assert (one.outside, one.judged, one.good) == (outside, 100, good)


def test_verdicts_that_changed_are_named(folders: tuple[Path, Path]) -> None:
    save(folders[0], "01_a.claims", CLAIMS.replace("5,holds", "5,does not hold"))
    one = only(folders)
    assert not one.good and "1 of 2 verdicts changed: deeper is better (holds -> " in str(one)
    save(folders[0], "01_a.claims", CLAIMS.replace("wider", "narrower"))
    assert only(folders).turned == ["wider helps (undecided -> no longer judged)"]


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"profile": "course"}, "zf-t: profile course here, mini committed"),
        ({"seed": 3}, "zf-t: seed 3 here, 0 committed"),
        ({"sources": {}}, "zf-t: sources {} here, {'imagenet': 'world'} committed"),
    ],
)
def test_a_table_of_another_kind_is_not_compared(
    folders: tuple[Path, Path], about: dict[str, Any], sentence: str
) -> None:
    save(folders[0], "zf-t", COMMITTED.replace("a,x,10", "a,x,99"), **about)
    one = only(folders)
    assert (one.outside, one.judged) == (0, 0) and sentence in str(one)


def test_other_rows_are_said_and_lost_ones_count_as_outside(folders: tuple[Path, Path]) -> None:
    save(folders[0], "zf-t", COMMITTED.replace("a,x", "z,x"))
    save(folders[0], "zf-new", COMMITTED)
    save(folders[1], "zf-gone", COMMITTED)
    one = only(folders)
    assert one.outside == 1 + 6  # and all of zf-gone
    for sentence in (
        "zf-t: 1 cells are not committed yet",
        "zf-t: 1 committed cells are not in this run",
        "zf-new: not committed yet",
        "zf-gone: not saved by this run",
    ):
        assert sentence in str(one)


def test_lost_verdicts_have_changed(folders: tuple[Path, Path]) -> None:
    for path in folders[0].glob("*.claims.*"):
        path.unlink()
    one = only(folders)
    assert len(one.turned) == one.verdicts == 2 and not one.good


def test_all_notebooks_are_added_up(folders: tuple[Path, Path]) -> None:
    for folder, value in zip(folders, ("99", "10"), strict=True):
        save(folder, "zf-u", COMMITTED.replace("a,x,10", f"a,x,{value}"), notebook="02_b")
    whole = total(compare(*folders), "all")
    assert (whole.equal, whole.outside, whole.judged, whole.verdicts) == (11, 1, 6, 2)
    assert [one.name for one in compare(*folders, ["02_b"])] == ["02_b"]


def test_the_command_compares_two_folders(folders: tuple[Path, Path]) -> None:
    def compared() -> tuple[int, str]:
        result = CliRunner().invoke(app, ["compare", *map(str, folders)], env={"COLUMNS": "200"})
        return result.exit_code, result.stdout

    code, said = compared()
    assert code == 0 and "6 cells equal" in said and "01_a" not in said
    save(folders[0], "01_a.claims", CLAIMS.replace("holds", "undecided"))
    code, said = compared()
    assert code == 1 and "01_a: 6 cells equal" in said and "(holds -> undecided)" in said
