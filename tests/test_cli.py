"""The command line: what it prints, what it refuses, and with which exit status."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from notebook_files import SAVE, furnish, write
from PIL import Image
from typer.testing import CliRunner, Result

from cnnlab.cli import app
from cnnlab.runner import pipeline
from cnnlab.runner.doctor import examine


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    house = furnish(tmp_path, monkeypatch)
    work = 'save("01_first", "zf-t", f"row,column,value\\na,b,{seed}.5\\n")'
    write(house, "01_first", SAVE, work)
    write(house, "02_second", 'save_figure(f, "zf-fig1")', needs=("01_first",))
    return house


def cnnlab(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def plain(text: str) -> str:
    """Text with its line breaks taken out."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("run --profile huge", "no profile 'huge'; there are smoke, mini, course, paper"),
        ("run --only 7", "no notebook matches '7'; there are 01_first, 02_second"),
        ("run --source caltech101", "given as ROLE=NAME or ROLE=FOLDER, not 'caltech101'"),
        ("run --source cats=world", "no role 'cats'; there are imagenet, caltech101"),
        ("run --source sun=moon", "no source 'moon'; there are world, imagenet"),
        ("run --data-dir /no/such", "the data folder /no/such is no folder; name one with"),
        ("run --publish --profile smoke", "--publish takes mini, course or paper"),
        (
            "run --publish --source sun=sun397",
            "--publish takes mini, course or paper",
        ),
        ("run --profile mini-seeds", "no profile 'mini-seeds'; there are smoke, mini, course"),
        ("run --check", "--check needs committed tables, and "),
        ("compare", "holds no tables; name a folder that a run wrote"),
        ("list --profile huge", "no profile 'huge'"),
        ("data pack cats", "no role 'cats'; there are imagenet"),
        ("data pack pascal", "role 'pascal' is scenes with boxes"),
        ("data --profile smoke pack sun", "options come after the word pack"),
        ("data export zip out", "no format 'zip'; there are voc, caltech, imagenet"),
    ],
)
def test_errors_are_one_sentence(house: Path, arguments: str, sentence: str) -> None:
    result = cnnlab(*arguments.split())
    assert result.exit_code == 2
    assert result.stderr.startswith("cnnlab: ") and result.stderr.count("\n") == 1
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_folder_without_notebooks_is_named(house: Path) -> None:
    for path in (house / "notebooks").iterdir():
        path.unlink()
    result = cnnlab("run")
    assert result.exit_code == 2 and "no notebooks named NN_name.ipynb in" in result.stderr


def test_run_list_run_again_and_fail(house: Path) -> None:
    # one kernel for all of this: running costs seconds
    result = cnnlab("run", "--profile", "smoke", "--only", "01")
    assert result.exit_code == 0
    assert "✓ ran" in result.stdout and "zf-t" in result.stdout
    again = cnnlab("run", "--profile", "smoke", "--only", "01")
    assert again.exit_code == 0 and "· skipped" in again.stdout
    assert heavy_imports_of_a_run(house) == set()

    committed = house / "committed" / "smoke"
    shutil.copytree(house / "figures" / "smoke", committed)
    check = ("run", "--profile", "smoke", "--only", "01", "--check")
    agrees = cnnlab(*check)
    assert agrees.exit_code == 0 and "committed/smoke: 1 cells equal" in agrees.stdout
    (committed / "zf-t.csv").write_text("row,column,value,low,high\na,b,0.7,0.6,0.8\n")
    differs = cnnlab(*check)
    assert differs.exit_code == 1 and "01_first: 0 cells equal" in differs.stdout
    assert "1 outside (zf-t)" in differs.stdout
    assert cnnlab(*check[:-1]).exit_code == 0  # said, and no failure

    listed = plain(cnnlab("list", "--profile", "smoke").stdout)
    assert "01_first zf-t fresh" in listed or "01 01_first fresh" in listed
    assert "Does it run?" in listed and "zf-fig1 never run" in listed
    write(house, "01_first", "x = 1")
    assert "stale: changed" in plain(cnnlab("list", "--profile", "smoke").stdout)

    (house / "notebooks" / "01_first.ipynb").write_text("{")
    result = cnnlab("run", "--profile", "smoke")
    assert result.exit_code == 1
    assert "01_first.ipynb is not a readable notebook" in result.stdout
    assert "needs 01_first" in result.stdout


def test_seeds_run_apart_and_are_aggregated(house: Path) -> None:
    result = cnnlab("run", "--profile", "smoke", "--only", "01", "--seeds", "2")
    assert result.exit_code == 0 and "aggregated over 2 seeds: zf-t" in result.stdout
    lines = (house / "figures/smoke-seeds/zf-t.csv").read_text().splitlines()
    # 0.5 and 1.5: mean 1, error 0.5, times 12.7062
    assert lines == ["row,column,value,low,high,n,over,seeds", "a,b,1,-5.3531,7.3531,2,seeds,0 1"]
    assert not (house / "figures/smoke").exists()


def heavy_imports_of_a_run(house: Path) -> set[str]:
    """Which slow libraries `cnnlab run` imports when there is nothing to do."""
    script = (
        "import sys; from pathlib import Path\n"
        "from cnnlab import cli; from cnnlab.artifacts import paths\n"
        "paths.notebooks = lambda: Path(sys.argv[1])\n"
        "cli.app(['run', '--profile', 'smoke', '--only', '01'], standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, str(house / "notebooks")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "· skipped" in result.stdout
    slow = {"torch", "papermill", "nbformat", "pandas", "sklearn", "matplotlib", "numpy", "scipy"}
    loaded = set(result.stderr.split())
    assert "cnnlab.runner.pipeline" in loaded
    return loaded & slow


def test_data_tells_source_size_and_what_is_missing(house: Path) -> None:
    shown = plain(cnnlab("data", "--profile", "course").stdout)
    assert "caltech101 all caltech101 101 classes, all images each, 64 px" in shown
    assert "caltech101 is a set of photographs and no data folder is named" in shown
    shown = plain(cnnlab("data", "--profile", "smoke", "--source", "sun=sun397").stdout)
    assert "sun all sun397" in shown and "sun397 is a set of photographs" in shown


def test_pack_makes_what_data_then_finds(house: Path) -> None:
    packed = cnnlab("data", "pack", "caltech101", "--profile", "smoke")
    assert packed.exit_code == 0, packed.stderr
    size = pipeline.Options("smoke").resolve().roles["caltech101"]
    images = size.classes * size.splits["all"]
    assert f"caltech101 all: {images} images, {size.classes} classes" in packed.stdout
    shown = plain(cnnlab("data", "--profile", "smoke").stdout)
    assert f"{size.pixels} px packed, " in shown and str(house / "cache" / "packed")[:20] in shown
    assert "packed, " not in plain(cnnlab("data").stdout)


def test_sample_writes_a_contact_sheet(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(house)
    result = cnnlab("data", "sample", "imagenet", "--profile", "smoke")
    assert result.exit_code == 0, result.stderr
    assert "wrote imagenet.png" in result.stdout
    with Image.open(house / "imagenet.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 1000  # pictures, not a blank page


def test_report_shows_ours_beside_the_papers(house: Path) -> None:
    folder = house / "committed" / "mini"
    folder.mkdir(parents=True)
    (folder / "zf-table4.csv").write_text(
        "row,column,value,low,high,n\nnon-pretrained-convnet,acc-30,21.25,20,22,5\n"
    )
    (folder / "zf-fig2.png").write_bytes(b"png")
    for name in ("zf-table4.csv", "zf-fig2.png", "zf-gone.csv"):
        about = {"id": name[:-4], "file": name, "notebook": "01_first", "seed": 0}
        (folder / name).with_suffix(".json").write_text(json.dumps(about))
    assert cnnlab("report").exit_code == 0
    text = (house / "committed" / "README.md").read_text()
    assert "![zf-fig2](mini/zf-fig2.png)" in text
    assert "[01_first](../notebooks/01_first.ipynb) · seed 0" in text
    assert "| 21.25 |" in text and "| 20 to 22 |" in text
    assert "zf-gone" not in text
    assert cnnlab("report").exit_code == 0
    assert (house / "committed" / "README.md").read_text() == text


def test_doctor_finds_this_machine_fit_and_names_mends(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {finding.name: finding for finding in examine()}
    assert found["Python"].status == found["torch and torchvision"].status == "ok"
    assert found["real sets"].status == "absent"

    (house / "blocked").write_text("a file")
    monkeypatch.setenv("CNNLAB_CACHE", str(house / "blocked" / "cache"))
    result = cnnlab("doctor")
    assert result.exit_code == 1
    assert "name a writable folder with CNNLAB_CACHE" in plain(result.stdout)


def test_doctor_refuses_a_torch_of_another_pair(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnlab.runner.doctor.version", lambda package: "2.0.1")
    pair = next(f for f in examine() if f.name == "torch and torchvision")
    assert pair.status == "problem" and "install them together" in pair.fix
