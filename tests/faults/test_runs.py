"""Runs that are killed, run beside each other, or meet a full disk, lose and spoil nothing."""

import contextlib
import math
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fault_tools import LONG, meet, times
from notebook_files import SAVE, furnish, write

ROOT = Path(__file__).resolve().parents[2]
# what a small run does: packs images, trains a net in a process of its own, saves a table
WORK = """
import hashlib
from cnnlab.profiles.tiny import TINY
from cnnlab.training import imagenet_job
from cnnlab.training.trained import train
net = train(imagenet_job("zfnet", TINY), TINY)
digest = hashlib.sha256((net.folder / "net.safetensors").read_bytes()).hexdigest()
"""
WHOLE = """from cnnlab.artifacts.store import write_atomic
    write_atomic(folder / f"{name}.csv", text.encode())"""  # as `save_table` does
CLI = """
import sys
from pathlib import Path
from cnnlab import cli
from cnnlab.artifacts import paths
folder = Path(sys.argv[1])
paths.notebooks = lambda: folder
paths.committed = lambda: folder / "committed"
cli.app(["run", "--profile", "smoke"])
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    furnish(tmp_path, monkeypatch)
    whole = SAVE.replace('(folder / f"{name}.csv").write_text(text)', WHOLE)
    assert whole != SAVE
    write(tmp_path, "01_a", whole, WORK, "save('01_a', 'a', digest)")
    return tmp_path


def start(house: Path | None, **environment: str) -> subprocess.Popen[str]:
    """`cnnlab run --profile smoke` on the house's notebooks; None: on those of the project."""
    small = ["-c", CLI, str(house / "notebooks")] if house else []
    return subprocess.Popen(
        [sys.executable, *(small or ["-m", "cnnlab", "run", "--profile", "smoke"])],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(house: Path | None) -> tuple[int, str]:
    """Exit status and output of a run to its end."""
    process = start(house)
    output, _ = process.communicate(timeout=3600)
    return process.returncode, output


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "figures/smoke").glob("*.csv")}


def kill_often(house: Path | None, folder: Path, thing: str, count: int, longest=math.inf) -> None:
    """Kill a run at random moments, in the end let it end: as one that nothing disturbed."""
    rng = random.Random(5)
    began = time.monotonic()
    status, output = finish(house)
    assert status == 0, output
    whole, seconds = tables(folder), min(longest, time.monotonic() - began)
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "figures")

    def attempt(last: bool) -> str:
        process = start(house)
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may be done sooner
            process.communicate(timeout=rng.uniform(0, seconds))
        done = process.poll()
        if done is None:
            process.kill()  # its workers and kernels end by themselves
            process.communicate(timeout=60)
        if done not in (None, 0):
            return "crashed"
        if last:
            status, output = finish(house)
            if status:
                raise RuntimeError(output)
            return "right" if tables(folder) == whole else "wrong"
        left = tables(folder)  # each is whole, or not there
        if done == 0:  # the next one has something to do again
            shutil.rmtree(folder / "cache")
            shutil.rmtree(folder / "figures")
        return "right" if all(whole[name] == data for name, data in left.items()) else "wrong"

    for i in range(count):
        meet("killed", thing, lambda i=i: attempt(i == count - 1))


def test_killed_at_any_moment(house: Path) -> None:
    kill_often(house, house, "cnnlab run", times(2, 20))


@pytest.mark.skipif(not LONG, reason="runs every notebook of the project twice, and more")
def test_smoke_killed_at_any_moment(tmp_path: Path) -> None:
    kill_often(None, tmp_path, "all of smoke", 20, longest=30)


def test_two_runs_at_once(house: Path) -> None:
    others = house / "others" / "smoke"

    def apart() -> str:
        """Two folders of results, one cache: what one makes, the other waits for."""
        both = [start(house), start(house, CNNLAB_FIGURES=str(others.parent))]
        ends = [process.communicate(timeout=600)[0] for process in both]
        if any(process.returncode for process in both):
            raise RuntimeError("\n".join(ends))
        theirs = {path.name: path.read_bytes() for path in others.glob("*.csv")}
        return "right" if tables(house) == theirs and theirs else "wrong"

    def together() -> str:
        """One folder of results: the second is refused."""
        both = [start(house), start(house)]
        ends = [process.communicate(timeout=600)[0] for process in both]
        codes = sorted(process.returncode for process in both)
        if codes == [0, 0]:  # the first was done before the second looked
            return "right" if tables(house) == whole else "wrong"
        said = any("another run of smoke is writing" in end for end in ends)
        return "refused" if codes == [0, 2] and said and tables(house) == whole else "wrong"

    for _ in range(times(1, 2)):
        for name in ("cache", "figures", "others"):
            shutil.rmtree(house / name, ignore_errors=True)
        meet("two runs", "one cache", apart)
        whole = tables(house)
        shutil.rmtree(house / "figures")
        meet("two runs", "one folder", together)


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[1])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from cnnlab.artifacts.store import StoreError
from cnnlab.datasets import load_scenes
from cnnlab.profiles.tiny import TINY
from cnnlab.training import imagenet_job
from cnnlab.training.trained import train_all
try:
    load_scenes("pascal", TINY)
    (net,) = train_all([imagenet_job("zfnet", TINY)], TINY)
    net.scores("val")
except StoreError as error:
    print(error)
    sys.exit(3)
"""


def use_the_disk(limit: int = 0) -> subprocess.CompletedProcess[str]:
    """Pack, train and score in a process whose files may have `limit` bytes; 0: any."""
    command = [sys.executable, "-c", FULL, str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def bytes_of(cache: Path) -> dict[str, bytes]:
    every = (path for path in cache.rglob("*") if path.is_file())
    kept = (p for p in every if p.suffix not in (".lock", ".json") or p.name == "history.json")
    return {str(path.relative_to(cache)): path.read_bytes() for path in kept}


def met_and_mended(cache: Path, whole: dict[str, bytes], limit: int, grow) -> str:
    """What a process says that meets the end of its room, and what the next one makes."""
    ended = use_the_disk(limit)
    refused = ended.returncode == 3 and ended.stdout.count("\n") == 1
    if not (refused and "cannot write" in ended.stdout) and ended.returncode:
        raise RuntimeError(ended.stdout + ended.stderr)
    grow()
    again = use_the_disk()
    if again.returncode or bytes_of(cache) != whole:
        raise RuntimeError(again.stdout + again.stderr + str(bytes_of(cache).keys() ^ whole.keys()))
    return "refused" if refused else "right"


@pytest.mark.skipif(not LONG, reason="six processes; tests/artifacts fills disks, too")
def test_files_that_may_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quota, or a stick that holds no file of 4 GB."""
    resource = pytest.importorskip("resource")
    assert hasattr(resource, "RLIMIT_FSIZE")
    cache, rng = tmp_path / "cache", random.Random(6)
    use_the_disk()
    whole = bytes_of(cache)
    largest = max(map(len, whole.values()))
    for _ in range(times(1, 2)):
        shutil.rmtree(cache)
        limit = round(largest ** rng.uniform(0.4, 1))
        meet(
            "disk full",
            "limit of a file",
            lambda limit=limit: met_and_mended(cache, whole, limit, lambda: None),
        )


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small disk in memory, where this account may mount one."""
    mount = shutil.which("mount")
    if not LONG or not mount or not hasattr(os, "geteuid") or os.geteuid():
        pytest.skip("mounts a disk, in the long form only and if this account may")
    use_the_disk()
    whole = bytes_of(tmp_path / "cache")
    size, rng, disk = sum(map(len, whole.values())), random.Random(8), tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("CNNLAB_CACHE", str(disk))
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this account may mount no disk")
    try:
        for _ in range(times(1, 2)):
            for path in disk.iterdir():
                shutil.rmtree(path)
            room = f"remount,size={max(1, round(size * rng.uniform(0.05, 1) / 1024))}k"
            subprocess.run([mount, "-o", room, str(disk)], check=True)
            more = [mount, "-o", "remount,size=500m", str(disk)]
            meet(
                "disk full",
                "small disk",
                lambda more=more: met_and_mended(
                    disk, whole, 0, lambda: subprocess.run(more, check=True)
                ),
            )
    finally:
        subprocess.run(["umount", str(disk)], check=True)
