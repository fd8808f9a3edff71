"""The README's results: three columns, how many nets an ensemble is, the scoreboard of claims."""

import json
from pathlib import Path

import pytest

from cnnlab.runner.front import BEGIN, END, fill_readme
from cnnlab.runner.report import write_gallery

HEAD = "row,column,value,low,high,n,nets,learning\n"
MINI = f"""{HEAD}ours-1-convnet,val-top1,21.84,18,25,600,1,True
ours-5-convnets,val-top1,17,14,20,600,3,False
ours-1-convnet,val-top5,3,2,4,600,1,True
our-own,val-top1,9,-inf,inf,1,1,False
"""
TASKS = """row,column,value,low,high,n,over,source,learning
sun-cls,scratch,20,10,30,40,classes,arxiv,False
sun-cls,scratch,20,19,21,3200,answers,eccv,False
pascal-det,scratch,28,25,31,300,images,both,True
"""
COURSE = "row,column,value,low,high,n\nours-1-convnet,val-top1,67,66,68,5000\n"
CLAIMS = """statement,source,verdict,photographs,seeds,on_photographs,still learning
deeper is better,ZF 4,holds,does not hold,no data,False,
wider helps,ZF Table 1,undecided,undecided,no data,False,verdict photographs
chance does not do it,control,holds,holds,holds,False,
our own idea,ours,holds,holds,holds,False,
cameras do it,ZF 4,holds,holds,no data,True,
"""


def filled(folder: Path) -> str:
    (folder / "README.md").write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    return fill_readme(folder / "README.md", folder / "figures").read_text()


@pytest.fixture
def text(tmp_path: Path) -> str:
    files = {"mini/zf-table2.csv": MINI, "course/zf-table2.csv": COURSE}
    files |= {"mini/agm-table1.csv": TASKS, "mini/01_a.claims.csv": CLAIMS, "mini/zf-fig8.png": ""}
    for name, content in files.items():
        (tmp_path / "figures" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "figures" / name).write_text(content)
    return filled(tmp_path)


def test_tables_show_the_paper_photographs_and_the_world(text: str) -> None:
    assert "|  | paper | photographs | drawn world |" in text
    ours = "21.8 [18.0, 25.0] (still learning)"
    assert f"| ours 1 convnet | 38.3 | 67.0 [66.0, 68.0] | {ours} |" in text
    assert "| ours 5 convnets | 36.6 |  | 17.0 [14.0, 20.0] (3 nets) |" in text
    assert "| our own |  |  | 9.0 |" in text  # one number has no interval


def test_a_table_of_several_columns_has_a_row_for_each_cell(text: str) -> None:
    assert "| sun cls, scratch | 40.4 | 20.0 [19.0, 21.0] |" in text  # of ECCV, both
    assert "| pascal det, scratch | 40.7 | 28.0 [25.0, 31.0] (still learning) |" in text


def test_the_scoreboard_counts_the_papers_claims(text: str) -> None:
    assert "The papers' findings as 3 claims" in text and "our own idea" not in text
    assert "|  | holds | does not hold | undecided | no data |" in text
    assert "| drawn world | 1 | 0 | 1 | 0 |" in text and "| photographs | 1 | 1 | 1 | 0 |" in text
    assert "| cameras do it | ZF 4 | holds | \N{EN DASH} | no data |" in text
    assert "| chance does not do it | control | holds | holds | holds |" in text
    assert "| deeper is better | ZF 4 | does not hold | holds | no data |" in text
    undecided = "undecided (still learning)"
    assert f"| wider helps | ZF Table 1 | {undecided} | {undecided} | no data |" in text


def test_the_scoreboard_names_notebooks_of_a_shorter_run_over_seeds(tmp_path: Path) -> None:
    seeds = tmp_path / "figures" / "mini-seeds"
    seeds.mkdir(parents=True)
    (seeds.parent / "mini").mkdir()
    (seeds.parent / "mini" / "01_a.claims.csv").write_text(CLAIMS)
    (seeds / "a.csv").write_text(MINI)
    about = {"id": "a", "file": "a.csv", "notebook": "21_pretraining"}
    (seeds / "a.json").write_text(json.dumps(about))
    assert "saw fewer images" not in filled(tmp_path)
    (seeds / "a.json").write_text(json.dumps(about | {"shorter": {"base.images": []}}))
    assert "Notebooks whose nets saw fewer images over seeds than in `mini`: 21." in filled(
        tmp_path
    )


def test_the_gallery_marks_nets_and_shows_our_rows_first(tmp_path: Path) -> None:
    mini = tmp_path / "mini"
    mini.mkdir()
    (mini / "zf-table2.csv").write_text(MINI)
    record = {"id": "zf-table2", "file": "zf-table2.csv", "notebook": "01_training"}
    (mini / "zf-table2.json").write_text(json.dumps(record))
    lines = write_gallery(tmp_path).read_text().splitlines()
    start = lines.index("|---|---|---|---|---|---|---|") + 1
    rows = [line.split(" | ")[0] for line in lines[start : start + 4]]
    still, five = "| ours-1-convnet (still learning)", "| ours-5-convnets (here 3 nets)"
    assert rows[0] == still and five in rows and "| our-own" in rows


def test_only_what_lies_between_the_marks_changes(text: str, tmp_path: Path) -> None:
    assert text.startswith(f"before\n{BEGIN}\n") and text.endswith(f"{END}\nafter\n")
    assert "\nold\n" not in text and "(figures/mini/zf-fig8.png)" in text
    assert "zf-fig5" not in text and filled(tmp_path) == text


def test_nothing_committed_leaves_an_empty_section(tmp_path: Path) -> None:
    assert filled(tmp_path) == f"before\n{BEGIN}\n\n{END}\nafter\n"


def test_a_readme_without_marks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(BEGIN)
    with pytest.raises(ValueError, match=r"README\.md lacks the lines .*restore them"):
        fill_readme(tmp_path / "README.md", tmp_path)
