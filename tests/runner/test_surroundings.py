"""Other people's machines: their settings, streams, homes and systems change no result."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from notebook_files import SAVE, furnish, write
from rich.console import Console
from typer.testing import CliRunner

from cnnlab.artifacts import paths, processes, progress
from cnnlab.cli import app
from cnnlab.runner import doctor, notebooks, surroundings
from cnnlab.runner.display import Display
from cnnlab.runner.pipeline import Options, Run


def test_a_kernel_gets_none_of_the_readers_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run under all of them at once; its folders have a blank, a percent sign, letters."""
    house = tmp_path / "wörk %20 ~x 漢字"
    house.mkdir()
    furnish(house, monkeypatch)
    (tmp_path / "startup.py").write_text("raise SystemExit('read')")
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    foreign = {"argv": ["no-such-program"], "display_name": "R", "language": "R"}
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text(json.dumps(foreign))
    settings = {
        "MPLBACKEND": "TkAgg",
        "MATPLOTLIBRC": str(tmp_path),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_PATH": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "startup.py"),
        "PYTHONWARNINGS": "error",
        "PYTHONHASHSEED": "7",
        "PYTHONOPTIMIZE": "2",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
    }
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfigure.dpi: 9\n")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("raise SystemExit('read')")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    draw = (
        "import matplotlib.pyplot as plt, warnings, sys\n"
        "warnings.warn('no error')\n"
        "assert not plt.rcParams['text.usetex']\n"
        "plt.plot([1, 2]); plt.title('漢字 ✓'); print('ü')"
    )
    told = "save('01_first', 'a', f'{sys.flags.optimize} {sys.flags.hash_randomization} ü')"
    path = write(house, "01_first", SAVE, draw, told)
    data = json.loads(path.read_text())
    data["metadata"]["kernelspec"] = {"name": "my-env", "display_name": "mine", "language": "R"}
    path.write_text(json.dumps(data))
    (outcome,) = Run(
        notebooks.scan(house / "notebooks"),
        Options("smoke"),
        Display(Console(file=io.StringIO())),
    ).go()
    assert (outcome.status, outcome.saved) == ("ran", ("a",)), outcome
    assert (house / "figures/smoke/a.csv").read_text(encoding="utf-8") == "0 0 ü"
    executed = json.loads((house / "figures/smoke/notebooks/01_first.ipynb").read_text("utf-8"))
    kinds = [set(o.get("data", ())) for c in executed["cells"] for o in c.get("outputs", ())]
    assert sum("image/png" in kind for kind in kinds) == 1
    assert set(surroundings.left_out()) >= settings.keys() - {
        *("LC_ALL", "JUPYTER_PATH"),
    }


def test_nothing_is_locked_where_nothing_is_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = furnish(tmp_path, monkeypatch)
    write(house, "01_first", "x = 1")
    every = notebooks.scan(house / "notebooks")
    options = Options("smoke")
    results = options.results
    results.notebooks.mkdir(parents=True)
    results.executed(every[0]).write_text("{}")
    success = {"key": options.keys(every)["01_first"], "seconds": 1, "peak_mb": 1, "saved": {}}
    (results.notebooks / "01_first.json").write_text(json.dumps(success))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("locked")

    monkeypatch.setattr("cnnlab.runner.results_folder.lock", refuse)
    with results_of_another_run(results.notebooks):
        outcomes = Run(every, options, Display(Console(file=io.StringIO()))).go()
    assert [o.status for o in outcomes] == ["skipped"]


def results_of_another_run(folder: Path):
    from filelock import FileLock

    return FileLock(folder / ".lock")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_stream_that_cannot_encode_a_check_mark_gets_a_plain_one(encoding: str) -> None:
    script = (
        "from cnnlab.runner import surroundings, display; surroundings.settle()\n"
        "on = display.console()\n"
        "display.summary([display.Outcome('01_a', 'ran'), display.Outcome('02_b', 'failed')], on)"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "+ ran" in done.stdout.decode(encoding) and "x failed" in done.stdout.decode(encoding)


def test_an_account_without_a_home_gets_one_for_a_while() -> None:
    script = (
        "import os, pwd\n"
        "def unknown(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = unknown\n"
        "from cnnlab.runner import surroundings\n"
        "surroundings.settle()\n"
        "assert surroundings.home() is None\n"
        "import jupyter_core.paths\n"
        "print(jupyter_core.paths.jupyter_data_dir())"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HOME"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert surroundings.HOMELESS in done.stdout
    assert not Path(done.stdout.split(".local")[0].strip()).exists()  # cleared away


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, folder in (
        ("CNNLAB_CACHE", paths.cache),
        ("CNNLAB_FIGURES", paths.figures),
        ("CNNLAB_DATA_DIR", paths.data_dir),
    ):
        monkeypatch.setenv(name, "~/x y")
        assert folder() == tmp_path / "x y"
    refused = CliRunner().invoke(app, ["doctor", "--data-dir=~/nowhere"])
    assert f"the data folder {tmp_path}/nowhere is no folder" in refused.stderr
    monkeypatch.setenv("CNNLAB_CACHE", "~nobody-of-that-name/x")
    with pytest.raises(ValueError, match="no home folder is known for ~nobody-of-that-name"):
        paths.cache()


def test_too_little_memory_is_said_before_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "memory", lambda: 2e9)
    house = furnish(tmp_path, monkeypatch)
    (house / "notebooks" / "01_first.ipynb").write_text("{ not json")  # ends at once
    result = CliRunner().invoke(app, ["run"])
    warning, *later = result.stdout.splitlines()
    assert warning.startswith("2.0 GB of memory may be used here, mini takes up to 4 GB")
    assert "01_first" in "".join(later)
    assert surroundings.memory_warning("smoke", 1) == ""
    assert "use --jobs 1" in surroundings.memory_warning("smoke", 2)
    (memory,) = (finding for finding in doctor._machine() if finding.name == "memory")
    assert memory.status == "problem"


@pytest.mark.parametrize("platform", ["win32", "cygwin"])
def test_a_run_is_refused_where_it_cannot_be(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(furnish(tmp_path, monkeypatch), "01_first", "x = 1")
    monkeypatch.setattr(surroundings.sys, "platform", platform)
    result = CliRunner().invoke(app, ["run"])
    finding = doctor._system()
    monkeypatch.undo()
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert "on Windows, install and run it inside WSL 2" in result.stderr
    assert finding.status == "problem" and "WSL 2" in finding.fix


ABSENT = """
import builtins, importlib, os, pkgutil, sys
import torch, torchvision, sklearn.svm, scipy, cv2, papermill, nbclient, ipykernel, seaborn, skimage
import pandas, matplotlib.pyplot, safetensors.torch, typer, ipywidgets, IPython.display
from filelock import SoftFileLock
for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("sched_getaffinity", "sysconf", "posix_fallocate", "fork", "killpg", "getuid"):
    if hasattr(os, name):
        delattr(os, name)
sys.platform = sys.argv[1]
import cnnlab
names = [m.name for m in pkgutil.walk_packages(cnnlab.__path__, "cnnlab.")]
for name in names:
    importlib.import_module(name)
from cnnlab.artifacts import progress
assert progress.processors() >= 1 and progress.memory() > 0
print(len(names))
"""


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_every_module_imports_without_what_other_systems_lack(platform: str) -> None:
    done = subprocess.run([sys.executable, "-c", ABSENT, platform], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_doctor_tells_what_a_run_would_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "home", lambda: None)
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "cp1252"))
    account = {finding.name: finding for finding in doctor._account()}
    assert account["home"].status == account["output"].status == "note"
    assert "cp1252" in account["output"].value
    assert "PYTHONWARNINGS" in account["settings"].value
    monkeypatch.setattr("cnnlab.artifacts.disk.lacking", lambda folder: ["locks"])
    (tmp_path / "cache").mkdir()
    assert doctor._writable("cache", tmp_path / "cache").value.endswith("without locks")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    cache = doctor._writable("cache", tmp_path / "cache")
    assert cache.status == "note" and "what it holds is used" in cache.value
    assert doctor._writable("figures", tmp_path / "cache").status == "problem"


def test_workers_get_modules_and_no_other_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/mine")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    given = processes.environment()
    assert given["PYTHONPATH"] == "/mine" and "PYTHONWARNINGS" not in given
    assert given["PYTHONUTF8"] == "1"


@pytest.mark.parametrize(("gpus", "backend"), [(0, "gloo"), (2, "nccl")])
def test_doctor_names_gpus_and_what_processes_talk_by(
    gpus: int, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    about = SimpleNamespace(name="H100", total_memory=80e9)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda i: about)
    monkeypatch.setattr(torch.distributed, "is_backend_available", lambda name: name == backend)
    findings = {one.name: one for one in doctor._devices()}
    assert [findings[name].value for name in findings if name.startswith("GPU")] == [
        "H100, 80 GB"
    ] * gpus
    assert ("device" in findings) is (gpus == 0)
    assert f"talk by {backend}" in findings["torchrun"].value
    monkeypatch.setattr(torch.distributed, "is_backend_available", lambda name: False)
    assert doctor._torchrun(gpus).status == "note"
