"""Benchmarks: their arithmetic by hand, and that contestants compute the same thing.

Nothing here measures speed.
"""

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import torch
from rich.console import Console

from cnnlab import bench
from cnnlab.artifacts import paths
from cnnlab.bench import paired as pairing
from cnnlab.bench import report
from cnnlab.bench.row import Row
from cnnlab.nets import zoo
from cnnlab.profiles import MINI
from cnnlab.runner import notebooks
from cnnlab.runner.notebooks import Cell, Notebook
from cnnlab.runner.report import write_gallery

SMALL = replace(zoo.spec("zfnet").scaled(56, 0.05, 7), dropout=0.5)


# ---- rows --------------------------------------------------------------------------------------


def test_a_rate_is_good_when_it_is_high() -> None:
    row = Row("r", ours=(30.0, 10.0, 20.0), rival=(10.0, 5.0, 4.0), must=">= 2.5x")
    assert (row.value, row.against, row.ratio) == (20, 5, 3)  # ratios 3, 2, 5
    assert row.reached is True
    assert replace(row, must=">= 3.1x").reached is False
    assert replace(row, must=">= 20").reached is True
    assert replace(row, must="<= 19.9").reached is False
    assert replace(row, must="").reached is None


@pytest.mark.parametrize("unit", ["s", "ms", "MB"])
def test_a_time_is_good_when_it_is_short(unit: str) -> None:
    row = Row("r", ours=(2.0, 4.0), rival=(6.0, 4.0), unit=unit)
    assert row.ratio == 2  # 3 and 1


def test_without_a_rival_there_is_no_ratio() -> None:
    row = Row("r", ours=(3.5,), unit="s", must="<= 4")
    assert (row.against, row.ratio, row.reached) == (None, None, True)


@pytest.mark.parametrize(
    ("ours", "rival", "must"),
    [
        ((), (), ""),
        ((1.0, 2.0), (1.0,), ""),
        ((1.0,), (), ">= 2x"),
        ((1.0,), (1.0,), "> 2"),
        ((1.0,), (1.0,), ">= fast"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    ours: tuple[float, ...], rival: tuple[float, ...], must: str
) -> None:
    with pytest.raises(ValueError, match="r: "):
        Row("r", ours, rival, must=must)


def test_what_cannot_be_measured_says_why() -> None:
    row = Row("r", (), unit="s", must=">= 2x", note="not measured: no bf16")
    assert not row.measured and row.reached is None and row.ratio is None
    said = io.StringIO()
    report.show({"demo": [row]}, Console(file=said, width=200))
    assert "not measured: no bf16" in said.getvalue() and "nan" not in said.getvalue()
    (line,) = csv.DictReader(report.save("demo", [row], paths.figures()).open())
    assert (line["ours"], line["reached"], line["repeats"]) == ("", "", "0")


# ---- turns and reports -------------------------------------------------------------------------


def test_contestants_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, order = [0.0], []
    monkeypatch.setattr(pairing.time, "perf_counter", lambda: clock[0])

    def contestant(name: str, takes: float):
        def call() -> None:
            order.append(name)
            clock[0] += takes

        return call

    calls = [contestant("a", 1.0), contestant("b", 3.0)]
    assert pairing.paired(calls, 3, at_least=0.0) == [(1, 1, 1), (3, 3, 3)]
    assert "".join(order) == "ab" + "abbaab"  # once to warm up
    assert pairing.seconds(calls[0], at_least=2.5) == 1.0
    assert pairing.rates((2.0, 4.0), 8) == (4, 2)


def test_the_table_shows_what_was_measured_and_where() -> None:
    rows = [
        Row("quick", (3000.0,), (1000.0,), must=">= 2.2x", note="against it"),
        Row("slow", (9.0,), unit="s", must="<= 4"),
    ]
    said = io.StringIO()
    report.show({"demo": rows}, Console(file=said, width=200))
    lines = said.getvalue().splitlines()
    machine = next(line for line in lines if "torch" in line)
    assert torch.__version__.partition("+")[0] in machine and "threads" in machine
    quick = next(line.split() for line in lines if line.startswith("quick"))
    assert quick == ["quick", "3,000", "images/s", "1,000", "3.00x", ">=", "2.2x", "reached"]
    assert next(line for line in lines if line.startswith("slow")).split()[-1] == "missed"
    assert any("against it" in line for line in lines)


def test_the_csv_holds_the_rows_and_the_machine() -> None:
    rows = [Row("a, b", (4.0, 6.0), (1.0, 2.0), must=">= 2x"), Row("c", (1 / 3,), unit="s")]
    path = report.save("demo", rows, paths.figures())
    assert path == paths.figures() / "bench" / "demo.csv"
    first, second = csv.DictReader(path.open())
    assert (first["name"], first["ours"], first["rival"]) == ("a, b", "5", "1.5")
    assert (first["ratio"], first["reached"], first["repeats"]) == ("3.5", "True", "2")
    assert (second["ours"], second["rival"], second["reached"]) == ("0.33333", "", "")
    assert (first["least"], first["most"]) == ("4", "6")
    assert (first["rival least"], first["rival most"]) == ("1", "2")
    assert first["cpu"] and int(first["cores"]) >= int(first["threads"]) >= 1
    assert torch.__version__.startswith(first["torch"].partition("+")[0])


def test_the_gallery_shows_what_was_saved() -> None:
    rows = [
        Row("quick", (4.0, 6.0, 8.0), (1.0, 2.0, 2.0), must=">= 2x"),
        Row("near", (1.9956,), (1.0,), must=">= 2x"),
        Row("absent", (), must=">= 2x", note="not measured: no GPU"),
    ]
    folder = report.save("demo", rows, paths.figures()).parent.parent
    text = write_gallery(folder).read_text()
    assert "| demo: quick | 6 (4 to 8) images/s | 2 (1 to 2) | 4.00x | >= 2x: reached |" in text
    assert "| 1.9956x | >= 2x: missed |" in text  # and not 2.00x
    assert "| demo: absent |  |  |  | >= 2x: not measured | not measured: no GPU |" in text
    assert f"Measured on: {report.machine()['cpu']}, " in text and text.endswith("(demo).\n")


@pytest.mark.parametrize("name", bench.NAMES)
def test_every_benchmark_can_be_run(name: str) -> None:
    assert callable(import_module(f"cnnlab.bench.{name}").run)


def test_main_runs_what_is_named_and_refuses_the_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import lrn, world

    monkeypatch.setattr(bench, "NAMES", ("world", "lrn"))
    monkeypatch.setattr(world, "run", lambda: [Row("w", (1.0,))])
    monkeypatch.setattr(lrn, "run", lambda: [Row("l", (1.0,))])
    with pytest.raises(ValueError, match="no benchmark 'speed'; there are world, lrn"):
        bench.main(["lrn", "speed"], paths.figures())
    assert not (paths.figures() / "bench").exists()
    bench.main(["lrn"], paths.figures())
    assert [p.name for p in (paths.figures() / "bench").iterdir()] == ["lrn.csv"]
    bench.main([], paths.figures())
    assert (paths.figures() / "bench" / "world.csv").exists()


def test_a_benchmark_that_fails_loses_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cnnlab.bench import lrn, world

    def broken() -> list[Row]:
        raise RuntimeError("the two sides differ\nmore")

    monkeypatch.setattr(bench, "NAMES", ("world", "lrn"))
    monkeypatch.setattr(world, "run", broken)
    monkeypatch.setattr(lrn, "run", lambda: [Row("l", (1.0, 3.0), (2.0, 2.0))])
    assert bench.main([], paths.figures()) == ["world"]
    said = capsys.readouterr().out
    assert "world: failed: the two sides differ\n" in said
    assert "lrn: measured in" in said and "1 to 3" in said
    assert [p.name for p in (paths.figures() / "bench").iterdir()] == ["lrn.csv"]


def test_naming_the_benchmarks_imports_none() -> None:
    code = "import sys, cnnlab.bench; print('torch' in sys.modules, 'numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


# ---- the contestants ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zfnet", "alexnet", "caffenet"])
def test_the_rival_computes_the_same_function(name: str) -> None:
    from cnnlab.bench.training import check_same_function

    spec = zoo.spec(name).scaled(56, 0.05, 7)
    check_same_function(spec)
    check_same_function(spec.without(3, 4, 7))


def test_another_function_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import training
    from cnnlab.bench.conventional import stock_net

    wrong = replace(SMALL.norm, k=1.0)
    monkeypatch.setattr(training, "stock_net", lambda spec: stock_net(replace(spec, norm=wrong)))
    with pytest.raises(RuntimeError, match="another function"):
        training.check_same_function(SMALL)


def test_ten_crop_scores_agree() -> None:
    from cnnlab.bench.conventional import MEAN
    from cnnlab.bench.evaluation import naive, twins
    from cnnlab.training.evaluate import scores

    net, stock = twins(SMALL)
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    mean = 255 * torch.tensor(MEAN).expand(64, 64, 3)
    ours, theirs = scores(net, images, mean), naive(stock, SMALL, images)
    assert np.ptp(ours, axis=0).max() > 0.01  # the images are told apart
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_shifted_slices_normalise_as_torch_does() -> None:
    from cnnlab.bench.lrn import CONSTANTS as n
    from cnnlab.bench.lrn import Shifted

    x = 40 * torch.randn(2, 8, 3, 3)
    stock = torch.nn.LocalResponseNorm(n.size, n.alpha * n.size, n.beta, n.k)
    torch.testing.assert_close(Shifted()(x), stock(x))


def test_the_rival_trains_from_jpeg_files(tmp_path) -> None:
    from cnnlab.bench.conventional import Conventional, write_folder

    images = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), dtype=np.uint8)
    write_folder(tmp_path, images, np.arange(12) % 7)
    assert len(list(tmp_path.glob("0006/*.jpg"))) == 1 and len(list(tmp_path.glob("*/*.jpg"))) == 12
    rival = Conventional(SMALL, replace(MINI.base, batch=4), tmp_path)
    before = [p.detach().clone() for p in rival._net.parameters()]
    assert rival.rate(batches=4, warm=1) > 0  # more batches than an epoch has
    after = list(rival._net.parameters())
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_seeing_is_compared_with_captum(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import seeing

    small = zoo.spec("zfnet").scaled(56, 0.05, 7)
    tiny = {"MAPS": 2, "NINE": 2, "BATCHES": (2, 4), "PERTURBATIONS": (64,), "REPEATS": 1}
    tiny |= {"NETS": {"tiny": (small, 2.0, 2.0, 1.3)}, "SEARCHED": 12, "PAGE": 2}
    for name, value in (tiny | {"GROWTH": (9, 18)}).items():
        monkeypatch.setattr(seeing, name, value)
    rows = {row.name: row for row in seeing.run()}
    sheets = [row for name, row in rows.items() if name.startswith("deconvnet")]
    assert len(sheets) == len(seeing.LAYERS) + 1  # and all together
    assert sheets[-1].ours[0] == pytest.approx(sum(row.ours[0] for row in sheets[:-1]))
    for row in sheets[:-1]:
        assert float(row.note.split()[-1]) < 1e-5
    occlusion = rows["occlusion, tiny, fp32"]
    assert float(occlusion.note.split()[5].rstrip(",")) < 1e-4
    mixed = rows["occlusion, tiny, mixed precision"]
    assert mixed.measured is seeing.has_bf16()
    assert mixed.measured or mixed.note == "not measured: no bf16"
    assert any("12 images" in name for name in rows)
    assert all(row.rival for row in rows.values() if row.measured)
    memory = next(row for row in rows.values() if row.unit == "MB")
    assert memory.value > 50


def test_another_projection_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import seeing

    spec = zoo.spec("zfnet").scaled(56, 0.05, 7)
    for name, value in {"MAPS": 2, "NINE": 1, "BATCHES": (2,), "REPEATS": 1}.items():
        monkeypatch.setattr(seeing, name, value)
    right = seeing._ours

    def wrong(*args) -> object:
        found = right(*args)
        return replace(found, pixels=found.pixels * 1.01)

    monkeypatch.setattr(seeing, "_ours", wrong)
    with pytest.raises(RuntimeError, match="differ from captum's"):
        seeing._deconvnets("tiny", spec, 2.0)


def test_probing_is_compared_with_its_rivals(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import probing

    tiny = {"IMAGES": 12, "EXAMPLES": 40, "FEATURES": 6, "PROBLEMS": 4, "REPEATS": 1}
    for name, value in tiny.items():
        monkeypatch.setattr(probing, name, value)
    rows = {row.name.partition(",")[0]: row for row in probing.run()}
    assert set(rows) == {"features", "SVMs"}
    assert all(row.rival for row in rows.values())


def test_units_are_compared_with_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import units

    for name, value in {"BOXES": 40, "FILTERS": 5, "REPEATS": 1}.items():
        monkeypatch.setattr(units, name, value)
    assert all(row.rival for row in units.run())
    monkeypatch.setattr(units, "_area", lambda maps, labels: 1.0)
    with pytest.raises(RuntimeError, match="one pass and of the loop differ"):
        units.run()


def test_the_world_is_drawn_beside_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import world

    sizes = {"REPEATS": 1, "SECONDS": 0.05, "WARM": 1, "PACKED": 1, "ALONE": 2}
    for name, value in sizes.items():
        monkeypatch.setattr(world, name, value)
    monkeypatch.setattr(world, "_drawn", lambda tasks: [world.draw(*task) for task in tasks])
    rows = world.run()
    assert len(rows) == 3 and all(row.rival and row.value > 0 for row in rows)


def test_streamed_jpegs_are_compared_with_imagefolder(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import streaming

    sizes = {"IMAGES": 24, "FEW": 8, "SHARD": 4, "SIDE": 32, "CROP": 28, "BATCH": 4, "DRAWN": 2}
    for name, value in (sizes | {"REPEATS": 1, "SECONDS": 0.0, "WORKERS": 1}).items():
        monkeypatch.setattr(streaming, name, value)
    monkeypatch.setattr(sys, "stdin", sys.stdin)  # which the rival replaces

    def here(function: Callable[..., list[float]], tasks: list[tuple], workers: int) -> Iterator:
        yield from (function(*task) for task in tasks)

    monkeypatch.setattr(streaming, "in_processes", here)
    rows = streaming.run()
    assert len(rows) == 5 and all(row.rival for row in rows)
    assert rows[0].note.startswith("24 JPEGs of") and "32 px" in rows[0].note
    assert not list(paths.cache().iterdir())
    assert [streaming.fitting(free) for free in (0, 2.001e9, 1e12)] == [16, 16, 24]


# ---- what is counted ---------------------------------------------------------------------------


def test_windows_are_compared_with_a_loop_of_crops(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlab.bench import detection

    sizes = {"SCENES": 1, "REPEATS": 1, "PIXELS": 64, "PICTURES": 60, "PROPOSED": 20}
    sizes |= {"FEATURES": 40, "PAPER_PIXELS": 64, "PAPER_SIDE": 56, "PAPER_WIDTH": 0.05, "READ": 8}
    for name, value in sizes.items():
        monkeypatch.setattr(detection, name, value)
    windows, proposals, mining, search, reading = detection.run()
    rows = (windows, proposals, mining, search, reading)
    assert all(row.rival for row in rows) and "GB" in reading.note
    monkeypatch.setattr(detection, "plain_warp", lambda *how: detection.warp(*how) // 2)
    with pytest.raises(RuntimeError, match="levels from the plain ones"):
        detection.run()


def test_common_rate_counts_while_all_were_at_work() -> None:
    from cnnlab.bench.training import common_rate

    assert common_rate([[0.0, 1.0, 2.0, 3.0]], batch=10) == 10
    early, late = [0.0, 1.0, 2.0, 3.0, 4.0], [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]
    assert common_rate([early, late], batch=10) == 10 * (2 + 4) / 2  # from 2 to 4
    with pytest.raises(RuntimeError, match="never at work together"):
        common_rate([[0.0, 1.0], [2.0, 3.0]], batch=10)


def test_operations_of_a_training_are_counted() -> None:
    from cnnlab.bench.peak import training_flops

    convs = [  # AlexNet at full size without groups: maps, side, inputs, kernel
        (96, 55, 3, 11),
        (256, 27, 96, 5),
        (384, 13, 256, 3),
        (384, 13, 384, 3),
        (256, 13, 384, 3),
    ]
    first, *rest = [maps * side**2 * inputs * k**2 for maps, side, inputs, k in convs]
    full = [9216 * 4096, 4096 * 4096, 4096 * 1000]
    expected = 2 * (2 * first + 3 * sum(rest) + 3 * sum(full))
    assert training_flops(zoo.spec("alexnet")) == expected
    groups = 256 * 27**2 * 96 * 25 // 2 + 384 * 13**2 * 384 * 9 // 2 + 256 * 13**2 * 384 * 9 // 2
    assert training_flops(zoo.spec("caffenet")) == expected - 2 * 3 * groups


def test_a_notebook_opens_with_the_cells_up_to_start() -> None:
    from cnnlab.bench.start import NOTEBOOK, opening

    sources = ["import a", "profile = 'mini'", "run = start('n', profile, 0)", "train()"]
    cells = (Cell("markdown", "# title"), *(Cell("code", source) for source in sources))
    assert opening(Notebook(paths.notebooks() / "01_n.ipynb", cells)) == "\n".join(sources[:3])
    with pytest.raises(ValueError, match="never calls start"):
        opening(Notebook(paths.notebooks() / "01_n.ipynb", cells[:3]))
    (measured,) = notebooks.select(notebooks.scan(paths.notebooks()), [NOTEBOOK])
    assert "start(" in opening(measured)  # of the committed one


def test_a_fresh_python_is_measured() -> None:
    from cnnlab.bench.start import measured

    ballast = b"x" * 300_000_000  # of this process, which must not count
    seconds, own, memory = measured("print('hello'); x = b'x' * 50_000_000")
    assert 0 < own < seconds + 0.1
    assert 50 < memory < len(ballast) / 1e6
    with pytest.raises(RuntimeError, match="status 3"):
        measured("raise SystemExit(3)")


def test_precision_judges_the_mean_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy import stats

    from cnnlab.bench import precision

    gaps = np.array([1.0, -2.0, 0.5, 0.0, -0.5])
    monkeypatch.setattr(precision, "_job", lambda profile, kind, seed: _Job(kind, seed))
    monkeypatch.setattr(precision, "train_all", lambda jobs, profile: jobs)
    monkeypatch.setattr(precision, "_correct", lambda job: 80 + gaps[job.seed] * job.bf16)
    both, mean = precision.run()
    assert both.ours == tuple(80 + gaps) and both.rival == (80,) * 5
    low, high = stats.ttest_1samp(gaps, 0).confidence_interval(0.95)
    assert mean.value == pytest.approx(0.2 / ((high - low) / 2))
    assert mean.reached is True
    assert f"-0.20 points, 95% t interval {low:+.2f} to {high:+.2f}, 5 seeds" in mean.note
    gaps -= 10
    assert precision.run()[1].reached is False


class _Job:
    """What the report on precision reads of a job."""

    spec = SMALL
    recipe = MINI.study

    def __init__(self, kind: str, seed: int):
        self.bf16, self.seed = kind == "bf16", seed
