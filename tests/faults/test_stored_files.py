"""One flipped bit in any file that is kept: it is noticed, and made again with the same bytes."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_tools import flip, meet, times
from notebook_files import SAVE, furnish, write

from cnnlab.artifacts import paths, store
from cnnlab.datasets import load_scenes
from cnnlab.profiles.tiny import TINY
from cnnlab.runner import notebooks
from cnnlab.runner.pipeline import Options
from cnnlab.runner.results_folder import ResultsFolder, Success
from cnnlab.training import shipped
from cnnlab.training.jobs import imagenet_job
from cnnlab.training.trained import train, train_all


def contents(folder: Path) -> dict[str, bytes]:
    """Path -> bytes of all files of a folder but locks and manifests, which tell a time."""
    names = (path for path in folder.rglob("*") if path.is_file())
    kept = (path for path in names if path.name != store.MANIFEST and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def made_again(make: Callable[[], object]) -> None:
    """Make what is missing as a new process would: nothing is known to be whole."""
    store._verified.clear()
    make()


def test_every_kind_of_artifact(capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(1)

    def make() -> None:
        train_all([imagenet_job("zfnet", TINY)], TINY)
        load_scenes("pascal", TINY)

    make()
    cache = paths.cache()
    before = contents(cache)
    files = sorted(cache.rglob("*"))
    files = [path for path in files if path.is_file() and path.suffix != ".lock"]
    kinds = {path.parent.parent.name for path in files}
    assert {"packed", "scenes", "nets", "scores"} <= kinds
    capsys.readouterr()

    def attempt(path: Path) -> str:
        flip(path, rng)
        made_again(make)
        noticed = "damaged" in capsys.readouterr().err
        if contents(cache) != before:
            return "wrong"
        # of a manifest's own words (kind, configuration, seconds) nothing depends on
        return "mended" if noticed else "right"

    for path in files:
        for _ in range(times(1, 2)):
            meet("flipped bit", f"{path.parent.parent.name}/{path.name}", lambda p=path: attempt(p))


def test_what_a_killed_training_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)  # after each iteration
    job, rng = imagenet_job("zfnet", TINY), random.Random(4)
    whole = contents(train(job, TINY).folder)

    def stop(done: int, row: dict[str, float]) -> None:
        raise KeyboardInterrupt

    def attempt() -> str:
        shutil.rmtree(paths.cache() / "nets")
        with pytest.raises(KeyboardInterrupt):
            train(job, TINY, stop)
        (resume,) = (paths.cache() / "nets").rglob("resume.safetensors")
        flip(resume, rng)
        capsys.readouterr()
        again = contents(train(job, TINY).folder)
        noticed = "resume.safetensors is damaged" in capsys.readouterr().err
        return "mended" if again == whole and noticed else "wrong"

    for _ in range(times(2, 20)):
        meet("flipped bit", "nets/resume.safetensors", attempt)


def test_what_a_run_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = furnish(tmp_path, monkeypatch)
    write(house, "01_a", SAVE, "save('01_a', 'a', 'row,value')")
    (notebook,) = notebooks.scan(house / "notebooks")
    results, key = Options("smoke").results, "key"
    results.notebooks.mkdir(parents=True)
    results.executed(notebook).write_text("{}" * 20)
    (results.path / "a.csv").write_text("row,column,value\na,b,1\n")
    digest = store.sha256(results.path / "a.csv")
    record = f'{{"id": "a", "file": "a.csv", "notebook": "01_a", "sha256": "{digest}"}}'
    (results.path / "a.json").write_text(record)
    executed = store.sha256(results.executed(notebook))
    results.record(notebook, Success(key, 1.0, 1, {"a": digest}, executed))
    assert results.stale(notebook, key) is None
    whole = contents(results.path)
    rng = random.Random(2)

    def attempt(name: str) -> str:
        flip(results.path / name, rng)
        stale = ResultsFolder(results.path).stale(notebook, key)
        last = results.success(notebook)
        # words that nothing depends on (seconds, memory) may change
        kept = last is not None and (last.key, dict(last.saved)) == (key, {"a": digest})
        (results.path / name).write_bytes(whole[name])
        return "mended" if stale else "right" if kept and name.endswith(".json") else "wrong"

    for name in whole:
        for _ in range(times(10, 100)):
            meet("flipped bit", f"results/{Path(name).name}", lambda name=name: attempt(name))


def test_shipped_nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "caffenet-world"  # which has checkpoints
    card = shipped.read_card(name)
    files = [f"{name}.json", *list(card.files)[:3]]
    for file in (f"{name}.json", *card.files):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(paths.weights() / file, tmp_path / file)
    monkeypatch.setattr(paths, "weights", lambda: tmp_path)
    rng = random.Random(3)

    def attempt(file: str) -> str:
        whole = (tmp_path / file).read_bytes()
        flip(tmp_path / file, rng)
        try:
            read = shipped.read_card(name)
            if not file.endswith(".json"):
                return "wrong"
            # a card has no sum: git alone knows that a digit of its history or accuracy changed
            return "right" if read == card else "unnoticed"
        finally:
            (tmp_path / file).write_bytes(whole)

    for file in files:
        for _ in range(times(2, 25)):
            kind = "card" if file.endswith(".json") else "weights"
            meet("flipped bit", f"shipped {kind}", lambda file=file: attempt(file))
